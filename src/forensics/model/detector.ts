import type { ForensicImage } from '../image';
import type { Detector, DetectorResult } from '../layer';
import type { Backend } from '../report';
import type { RgbaImage } from '../rgba';
import { calibrate, combineLogits, type ModelCard, ModelError } from './card';
import { prepare, viewTensor } from './views';

/** The networks wherever they run: in this context, or behind a port. */
export interface Network {
  /** @throws ModelError where the model could not be loaded */
  describe(): Promise<{ readonly card: ModelCard; readonly backend: Backend }>;
  /**
   * @param data transferred: detached for the caller
   * @returns one log-odds a square
   */
  infer(
    viewId: string,
    data: Float32Array<ArrayBuffer>,
    count: number,
    signal: AbortSignal,
  ): Promise<readonly number[]>;
}

/**
 * A picture whose brightness deviates less than this (grey levels of 255, root mean square) has nothing on
 * it: the networks have seen no such picture and their answer would be about nothing.
 */
const FLAT_DEVIATION = 2;

/** Cuts the card's views out of an image, has the networks judge them, and combines what they say. */
export function createDetector(network: Network): Detector {
  return {
    async detect(image: ForensicImage, signal: AbortSignal): Promise<DetectorResult> {
      const started = performance.now();
      const { card, backend } = await network.describe();
      signal.throwIfAborted();
      const prepared = prepare(image, card.prepare);
      if (lumaDeviation(prepared) < FLAT_DEVIATION) throw new ModelError('flat-picture', 'One flat colour');
      const scale = image.width / prepared.width;

      const answers = await Promise.all(
        card.views.map(async (view) => {
          const { data, count, size, places } = viewTensor(prepared, view, scale);
          const logits = await network.infer(view.id, data, count, signal);
          return { view, size, places, logits };
        }),
      );
      signal.throwIfAborted();

      const logits: Record<string, number> = {};
      const crops: DetectorResult['crops'][number][] = [];
      for (const { view, places, logits: each } of answers) {
        logits[view.id] = each.reduce((sum, logit) => sum + logit, 0) / each.length;
        for (const [at, place] of places.entries()) crops.push({ ...place, logit: each[at] ?? 0 });
      }
      const logit = combineLogits(card, logits);
      return {
        logit,
        logits,
        crops,
        probability: calibrate(card, logit),
        backend,
        modelVersion: card.version,
        ms: performance.now() - started,
      };
    },
  };
}

/** Standard deviation of Rec. 601 luma, 0..127.5. */
function lumaDeviation({ data }: RgbaImage): number {
  let sum = 0;
  let squares = 0;
  for (let at = 0; at < data.length; at += 4) {
    const luma = 0.299 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0);
    sum += luma;
    squares += luma * luma;
  }
  const pixels = data.length / 4;
  return Math.sqrt(Math.max(0, squares / pixels - (sum / pixels) ** 2));
}
