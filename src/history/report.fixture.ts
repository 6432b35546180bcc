import type { LayerResult, Report } from '../forensics/report';
import { message } from '../forensics/text';

/** A report like the engine's, with what a test wants different. */
export function reportOf(changes: Partial<Report> = {}): Report {
  return {
    id: 'report',
    checkedAt: 1_000,
    source: { url: 'https://cdn.example/cat.jpg', page: 'https://news.example/a', how: 'original' },
    engine: 'local',
    image: { sha256: 'ab'.repeat(32), bytes: 1234, format: 'jpeg', width: 640, height: 480 },
    verdict: 'inconclusive',
    probability: 0.5,
    uncertainty: { width: 0.2, reasons: [] },
    manipulation: { state: 'none-seen', score: 0.1, regions: [] },
    generator: null,
    layers: [layerOf()],
    backend: 'wasm',
    modelVersion: 'pilot',
    timings: { total: 10, acquire: 1, decode: 2, layers: {}, model: 5 },
    ...changes,
  };
}

export function layerOf(changes: Partial<LayerResult> = {}): LayerResult {
  return {
    id: 'ela',
    family: 'compression',
    status: 'clear',
    score: null,
    features: { spread: 0.3 },
    label: message('layers.ela.label.even'),
    explanation: { seen: [], means: [], otherwise: [] },
    ...changes,
  };
}
