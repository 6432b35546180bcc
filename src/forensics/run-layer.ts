import type { ForensicImage } from './image';
import type { DetectorResult, EngineServices, Layer } from './layer';
import type { LayerResult } from './report';
import { message, type Text } from './text';
import { unavailable } from './unavailable';

/** What one layer answered, and what a report tells of the networks where the layer asked them. */
export interface LayerOutcome {
  readonly result: LayerResult;
  readonly detected: Pick<DetectorResult, 'backend' | 'modelVersion' | 'ms'> | null;
}

/**
 * One layer, timed. What it cannot do, or a bug in it, costs the check this layer and nothing else.
 * @throws the signal's reason when it is aborted
 */
export async function runLayer(
  layer: Layer,
  image: ForensicImage,
  services: EngineServices,
  signal: AbortSignal,
): Promise<LayerOutcome> {
  if (layer.needs.includes('file') && !image.bytes) return notRun(layer, message('engine.needs_file'));
  const started = performance.now();
  let detected: LayerOutcome['detected'] = null;
  const detector: EngineServices['detector'] = {
    async detect(...asked) {
      const answer = await services.detector.detect(...asked);
      detected = { backend: answer.backend, modelVersion: answer.modelVersion, ms: answer.ms };
      return answer;
    },
  };
  try {
    const result = await layer.analyze(image, { ...services, detector }, signal);
    return { result: { ...result, ms: performance.now() - started }, detected };
  } catch (error) {
    signal.throwIfAborted();
    console.error(`Layer ${layer.id} failed:`, error);
    return notRun(layer, message('engine.layer_failed'), performance.now() - started);
  }
}

/** The outcome of a layer that did not run, or not to its end. */
export function notRun(layer: Layer, why: Text, ms = 0): LayerOutcome {
  return { result: { ...unavailable(layer, why, message('engine.not_run')), ms }, detected: null };
}
