import type { LayerResult, Verdict } from '../report';
import { message } from '../text';
import type { Finished } from './common';

/** A finished check with all of its figures known, for tests. */
export function finished(change: Partial<Finished> = {}): Finished {
  return {
    id: '0f8fad5b-d9cb-469f-a165-70867728950e',
    checkedAt: Date.UTC(2026, 10, 21, 14, 30, 5, 250),
    image: { sha256: 'ab'.repeat(32), bytes: 1000, format: 'jpeg', width: 1920, height: 1080 },
    verdict: 'ai-generated',
    because: [message('verdict.why.small')],
    probability: 0.94,
    uncertainty: { width: 0.05, reasons: [] },
    manipulation: { state: 'not-checked', score: null, regions: [] },
    generator: { name: 'Midjourney', confidence: 0.6 },
    layers: [
      layer('model', 'model', 'flagged', 0.92),
      layer('frequency', 'frequency', 'flagged', 0.65),
      layer('noise', 'pixels', 'warning', 0.71),
      layer('ela', 'compression', 'clear', 0.41),
      layer('edge', 'pixels', 'clear', null),
      layer('physics', 'physics', 'clear', 0.5),
      layer('provenance', 'metadata', 'clear', 0.4),
      { ...layer('metadata', 'metadata', 'clear', 0.3), features: { anyExif: 1 } },
      { ...layer('prnu', 'pixels', 'unavailable', null), unavailable: message('layers.prnu.small') },
    ],
    backend: 'wasm',
    modelVersion: '1',
    timings: { total: 1846.6, acquire: 1, decode: 2, layers: {}, model: 3 },
    ...change,
  };
}

export function layer(
  id: string,
  family: LayerResult['family'],
  status: LayerResult['status'],
  score: number | null,
): LayerResult {
  const explanation = { seen: [message(`seen.${id}`)], means: [message(`means.${id}`)], otherwise: [] };
  return { id, family, status, score, features: {}, label: message(`label.${id}`), explanation };
}

export const VERDICTS: readonly Verdict[] = [
  'ai-generated',
  'likely-ai-generated',
  'inconclusive',
  'likely-authentic',
  'authentic',
];
