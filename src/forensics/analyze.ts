import { type DecodedImage, decodeImage, imageOf } from './decode';
import { type FusionConfig, fuse } from './fusion';
import { sha256Hex } from './hash';
import type { EngineServices, Layer } from './layer';
import { LAYERS } from './layers';
import type { AcquiredBy, Analysis, LayerStatus } from './report';
import { type LayerOutcome, runLayer } from './run-layer';

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

/** Runs layers on a picture: in this thread, or in workers under deadlines (`../analysis/crew.ts`). */
export interface Crew {
  /**
   * @param decodeMs how long decoding took: the yardstick for how fast this machine is right now
   * @param onEnded called as each layer ends
   * @returns one outcome a layer, in any order
   * @throws the signal's reason when it is aborted
   */
  run(
    image: DecodedImage,
    layers: readonly Layer[],
    decodeMs: number,
    onEnded: (outcome: LayerOutcome) => void,
    signal: AbortSignal,
  ): Promise<readonly LayerOutcome[]>;
}

/**
 * The whole engine: decodes a picture once, has every layer look at it, and weighs what they found.
 * @param onProgress called at each step and as each layer ends; `model` when only the networks are awaited
 * @throws ForensicError for what cannot be opened; the signal's reason when it is aborted
 */
export async function analyze(
  request: AnalysisRequest,
  crew: Crew,
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
  const image = await decodeImage(bytes, how, signal);
  const decodeMs = performance.now() - started;
  // Sizes fall to 0 when the bitmap is closed.
  const { format } = image;
  const { width, height } = image.bitmap;
  try {
    report('layers');
    const ended = ({ result }: LayerOutcome) => {
      finished.push({ id: result.id, status: result.status });
      report(onlyModelLeft(layers, finished) ? 'model' : 'layers');
    };
    const [sha256, outcomes] = await Promise.all([
      sha256Hex(bytes),
      crew.run(image, layers, decodeMs, ended, signal),
    ]);
    signal.throwIfAborted();

    report('fusing');
    const facts = { bytes: bytes.byteLength, format, width, height };
    const results = outcomes.map(({ result }) => result);
    const detected = outcomes.find((outcome) => outcome.detected)?.detected;
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
    image.bitmap.close();
  }
}

/** Every layer in this thread, side by side where they wait; nothing ends one that does not return. */
export function inlineCrew(services: EngineServices): Crew {
  return {
    run(decoded, layers, _decodeMs, onEnded, signal) {
      const image = imageOf(decoded);
      return Promise.all(
        layers.map(async (layer) => {
          const outcome = await runLayer(layer, image, services, signal);
          onEnded(outcome);
          return outcome;
        }),
      );
    },
  };
}

function onlyModelLeft(layers: readonly Layer[], finished: AnalysisProgress['finished']): boolean {
  return finished.length === layers.length - 1 && !finished.some(({ id }) => id === 'model');
}
