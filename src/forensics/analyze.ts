import { openImage } from './decode';
import { type FusionConfig, fuse } from './fusion';
import { sha256Hex } from './hash';
import type { ForensicImage } from './image';
import type { DetectorResult, EngineServices, Layer } from './layer';
import { LAYERS } from './layers';
import type { AcquiredBy, Analysis, LayerResult, LayerStatus } from './report';
import { message, type Text } from './text';

export interface AnalysisRequest {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly how: AcquiredBy;
  /** Milliseconds the acquisition took, to complete the timings. */
  readonly acquireMs: number;
}

export interface AnalysisProgress {
  readonly step: 'decoding' | 'layers' | 'model' | 'fusing';
  /** Layers that have ended, in the order they ended. */
  readonly finished: readonly { readonly id: string; readonly status: LayerStatus }[];
  readonly total: number;
}

/**
 * The whole engine: opens an image, runs every layer side by side, and weighs what they found.
 * @param onProgress called at each step and as each layer ends; `model` when only the networks are awaited
 * @throws ForensicError for what cannot be opened; the signal's reason when it is aborted
 */
export async function analyze(
  request: AnalysisRequest,
  services: EngineServices,
  fusionConfig: FusionConfig,
  onProgress: (progress: AnalysisProgress) => void,
  signal: AbortSignal,
  layers: readonly Layer[] = LAYERS,
): Promise<Analysis> {
  const { bytes, how, acquireMs } = request;
  const started = performance.now();
  const finished: AnalysisProgress['finished'][number][] = [];
  const report = (step: AnalysisProgress['step']) =>
    onProgress({ step, finished: [...finished], total: layers.length });

  report('decoding');
  const image = await openImage(bytes, how, signal);
  const decodeMs = performance.now() - started;
  try {
    report('layers');
    const recorded = recordDetector(services);
    const [sha256, ...results] = await Promise.all([
      sha256Hex(bytes),
      ...layers.map(async (layer) => {
        const result = await runLayer(layer, image, recorded.services, signal);
        finished.push({ id: result.id, status: result.status });
        report(onlyModelLeft(layers, finished) ? 'model' : 'layers');
        return result;
      }),
    ]);
    signal.throwIfAborted();

    report('fusing');
    const { format, width, height } = image;
    const facts = { bytes: bytes.byteLength, format, width, height };
    const detected = recorded.result();
    return {
      image: { sha256, ...facts },
      ...fuse(results, { ...facts, how }, fusionConfig),
      backend: detected?.backend ?? null,
      modelVersion: detected?.modelVersion ?? null,
      timings: {
        total: acquireMs + performance.now() - started,
        acquire: acquireMs,
        decode: decodeMs,
        layers: Object.fromEntries(results.map((result) => [result.id, result.ms ?? 0])),
        model: detected?.ms ?? 0,
      },
    };
  } finally {
    image.close();
  }
}

/** One layer, timed. What it cannot do, or a bug in it, costs the check this layer and nothing else. */
async function runLayer(
  layer: Layer,
  image: ForensicImage,
  services: EngineServices,
  signal: AbortSignal,
): Promise<LayerResult> {
  if (layer.needs.includes('file') && !image.bytes) return notRun(layer, message('engine.needs_file'));
  const started = performance.now();
  try {
    const result = await layer.analyze(image, services, signal);
    return { ...result, ms: performance.now() - started };
  } catch (error) {
    signal.throwIfAborted();
    console.error(`Layer ${layer.id} failed:`, error);
    return { ...notRun(layer, message('engine.layer_failed')), ms: performance.now() - started };
  }
}

function notRun({ id, family }: Layer, why: Text): LayerResult {
  return {
    id,
    family,
    status: 'unavailable',
    unavailable: why,
    score: null,
    features: {},
    label: message('engine.not_run'),
    explanation: { seen: [], means: [], otherwise: [] },
  };
}

/** Keeps the detector's answer: a report names its backend and model, which no layer result carries. */
function recordDetector(services: EngineServices): {
  services: EngineServices;
  result: () => DetectorResult | null;
} {
  let last: DetectorResult | null = null;
  const detector: EngineServices['detector'] = {
    async detect(image, signal) {
      last = await services.detector.detect(image, signal);
      return last;
    },
  };
  return { services: { ...services, detector }, result: () => last };
}

function onlyModelLeft(layers: readonly Layer[], finished: AnalysisProgress['finished']): boolean {
  return finished.length === layers.length - 1 && !finished.some(({ id }) => id === 'model');
}
