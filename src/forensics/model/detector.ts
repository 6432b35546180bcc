import type { ForensicImage } from '../image';
import type { Detector, DetectorResult } from '../layer';
import type { Backend } from '../report';
import { calibrate, combineLogits, type ModelCard, ModelError, type ModelView, nameFamily } from './card';
import { flaw } from './judgeable';
import type { Inference } from './session';
import { timed } from './timed';
import { prepare, type ViewTensor, viewTensor } from './views';

/** The networks wherever they run: in this context, or behind a port. */
export interface Network {
  /** @throws ModelError where the model could not be loaded */
  describe(): Promise<{ readonly card: ModelCard; readonly backend: Backend }>;
  /**
   * @param data transferred: detached for the caller
   */
  infer(
    viewId: string,
    data: Float32Array<ArrayBuffer>,
    count: number,
    signal: AbortSignal,
  ): Promise<Inference>;
}

/** What a network said of a view. */
interface Answered extends Inference, Pick<ViewTensor, 'size' | 'places'> {
  readonly view: ModelView;
}

/** Cuts the card's views out of an image, has the networks judge them, and combines what they say. */
export function createDetector(network: Network): Detector {
  return {
    async detect(image: ForensicImage, signal: AbortSignal): Promise<DetectorResult> {
      const started = performance.now();
      const { card, backend } = await network.describe();
      signal.throwIfAborted();
      const prepared = await timed('model: prepare', () => prepare(image, card.prepare));
      signal.throwIfAborted();
      const unfit = await timed('model: judge', () => flaw(prepared));
      if (unfit) throw new ModelError(unfit, 'Nothing that the networks could judge');
      const scale = image.width / prepared.width;

      // The first network computes in its own thread while the next view is cut.
      const asked: Promise<Answered>[] = [];
      for (const view of card.views) {
        const { data, count, size, places } = await timed(`model: cut ${view.id}`, () =>
          viewTensor(prepared, view, scale),
        );
        const answer = network.infer(view.id, data, count, signal);
        asked.push(answer.then((inference) => ({ view, size, places, ...inference })));
      }
      const answers = await Promise.all(asked);
      signal.throwIfAborted();

      const logits: Record<string, number> = {};
      const families: Record<string, readonly number[]> = {};
      const crops: DetectorResult['crops'][number][] = [];
      for (const { view, places, logits: each, families: named } of answers) {
        if (named) families[view.id] = named;
        logits[view.id] = each.reduce((sum, logit) => sum + logit, 0) / each.length;
        for (const [at, place] of places.entries()) crops.push({ ...place, logit: each[at] ?? 0 });
      }
      const logit = combineLogits(card, logits);
      return {
        logit,
        logits,
        crops,
        probability: calibrate(card, logit),
        family: nameFamily(card, families),
        backend,
        modelVersion: card.version,
        ms: performance.now() - started,
      };
    },
  };
}
