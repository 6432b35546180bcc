import type { ForensicImage } from '../image';
import type { Detector, DetectorResult, Survey } from '../layer';
import type { Backend } from '../report';
import type { RgbaImage } from '../rgba';
import {
  calibrate,
  combineLogits,
  type ModelCard,
  ModelError,
  type ModelView,
  nameFamily,
  weighedViews,
} from './card';
import { flaw } from './judgeable';
import type { Inference } from './session';
import { type Judged, survey } from './survey';
import { timed } from './timed';
import { prepare, viewTensor } from './views';

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

/** Prepared pixels that are kept for a survey, at most (4 bytes each): of 512 px, strips eight times as long get none. */
const KEPT_MAX_PIXELS = 2_000_000;

/** What a network said of a view. */
interface Answered extends Inference {
  readonly view: ModelView;
}

/** A detector that can look closer at the picture that it judged last. */
export interface SurveyingDetector extends Detector {
  /**
   * Judges close-ups all over that picture, for the map. Its pixels may be gone: what
   * the networks saw of it is kept (a megabyte or two) until the next picture, or `forget`.
   * @returns null where no picture was judged, or the card sees no close-ups, or there is room for no more
   * @throws the signal's reason; ModelError where the network fails
   */
  survey(signal: AbortSignal): Promise<Survey | null>;
  forget(): void;
}

/** Cuts the card's views out of an image, has the networks judge them, and combines what they say. */
export function createDetector(network: Network): SurveyingDetector {
  let last: Judged | null = null;
  return {
    survey: async (signal) => last && survey(last, network, signal),

    forget() {
      last = null;
    },

    async detect(image: ForensicImage, signal: AbortSignal): Promise<DetectorResult> {
      const started = performance.now();
      last = null;
      const { card, backend } = await network.describe();
      signal.throwIfAborted();
      const prepared = await timed('model: prepare', () => prepare(image, card.prepare));
      signal.throwIfAborted();
      const unfit = await timed('model: judge', () => flaw(prepared));
      if (unfit) throw new ModelError(unfit, 'Nothing that the networks could judge');

      // The first network computes in its own thread while the next view is cut.
      const asked: Promise<Answered>[] = [];
      for (const view of weighedViews(card)) {
        const { data, count } = await timed(`model: cut ${view.id}`, () => viewTensor(prepared, view));
        const answer = network.infer(view.id, data, count, signal);
        asked.push(answer.then((inference) => ({ view, ...inference })));
      }
      const answers = await Promise.all(asked);
      signal.throwIfAborted();

      const logits: Record<string, number> = {};
      const families: Record<string, readonly number[]> = {};
      for (const { view, logits: each, families: named } of answers) {
        if (named) families[view.id] = named;
        logits[view.id] = each.reduce((sum, logit) => sum + logit, 0) / each.length;
      }
      const logit = combineLogits(card, logits);
      last = judgedCloseUps(card, answers, prepared, image);
      return {
        logit,
        logits,
        probability: calibrate(card, logit),
        family: nameFamily(card, families),
        backend,
        modelVersion: card.version,
        ms: performance.now() - started,
      };
    },
  };
}

/** What a survey goes on from: the card's first view of close-ups. */
function judgedCloseUps(
  card: ModelCard,
  answers: readonly Answered[],
  prepared: RgbaImage,
  { width, height }: ForensicImage,
): Judged | null {
  if (prepared.width * prepared.height > KEPT_MAX_PIXELS) return null;
  const view = card.views.find((one) => one.kind === 'crops');
  if (view?.kind !== 'crops') return null;
  const logits = answers.find((answer) => answer.view === view)?.logits ?? [];
  return { view, prepared, width, height, logits };
}
