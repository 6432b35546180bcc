import type { Crew } from '../forensics/analyze';
import { type ImageSender, imageSender } from '../forensics/decode';
import type { Layer, SharedPart } from '../forensics/layer';
import { LAYER_DEADLINE_COLD, LAYER_DEADLINE_MS, MOST_PATIENCE, USUAL_DECODE_MS } from '../forensics/limits';
import { type LayerOutcome, notRun } from '../forensics/run-layer';
import { message, type Text } from '../forensics/text';
import { type Lane, LaneStopped } from './lane';
import { takeNext } from './next-layer';

/** A lane whose worker cannot even take the picture this often in a row is no lane. */
const MAX_FAILED_OPENS = 2;

/** How often a layer that waited in a worker is begun again after another layer ended that worker. */
const MAX_RESTARTS = 1;

/** A worker is asked for a layer ahead while more than this many are left. */
const AHEAD_WHILE = 3;

export interface CrewOptions {
  /** Milliseconds a layer may take; it gets longer where this machine decodes slowly. */
  readonly layerDeadlineMs?: number;
  /** How many times as long a layer may take in a new worker. */
  readonly coldFactor?: number;
  /** Makes the error of workers that cannot be had. */
  readonly crashed: (detail: string) => Error;
}

/**
 * Shares the layers of one picture among workers, which all see the same decoded pixels. Each takes another
 * layer when it has done one, those first that need what it has computed already. A layer that passes its
 * deadline is ended with its worker, a new worker goes on with the others; a crash costs the layer that was
 * running. Layers that wait for other workers are begun at once in the first lane, beside the others.
 */
export function createCrew(lanes: readonly Lane[], options: CrewOptions): Crew {
  return {
    async run(image, layers, decodeMs, onEnded, signal) {
      const { width, height } = image.bitmap;
      const usualMs = USUAL_DECODE_MS.start + USUAL_DECODE_MS.megapixel * ((width * height) / 1e6);
      const patience = Math.min(MOST_PATIENCE, Math.max(1, decodeMs / usualMs));
      const deadlineMs = (options.layerDeadlineMs ?? LAYER_DEADLINE_MS) * patience;
      const allowed = (lane: Lane) =>
        deadlineMs * (lane.cold ? (options.coldFactor ?? LAYER_DEADLINE_COLD) : 1);
      const sender = imageSender(image);
      const round = new Round(sender, allowed, options.crashed, onEnded, signal);
      const onAbort = () => {
        for (const lane of lanes) lane.stop('aborted');
      };
      signal.addEventListener('abort', onAbort);
      try {
        const queue = layers.filter((layer) => !layer.waits);
        const waiting = layers.filter((layer) => layer.waits);
        // No more workers than there is work for.
        const used = lanes.slice(0, Math.max(1, queue.length));
        await Promise.all(used.map((lane, at) => round.work(lane, queue, at === 0 ? waiting : [])));
        return round.outcomes;
      } finally {
        signal.removeEventListener('abort', onAbort);
        sender.close();
        for (const lane of lanes) lane.release();
      }
    },
  };
}

/** A layer that a worker was asked for. */
interface Asked {
  readonly layer: Layer;
  readonly answer: Promise<LayerOutcome>;
}

/** One picture on its way through the lanes. */
class Round {
  readonly outcomes: LayerOutcome[] = [];
  /** What each lane's worker has computed of the picture. */
  readonly #parts = new Map<Lane, Set<SharedPart>>();

  constructor(
    private readonly sender: ImageSender,
    private readonly allowedMs: (lane: Lane) => number,
    private readonly crashed: (detail: string) => Error,
    private readonly onEnded: (outcome: LayerOutcome) => void,
    private readonly signal: AbortSignal,
  ) {}

  /** Runs layers in one lane until the shared queue is empty and those that wait there have ended. */
  async work(lane: Lane, queue: Layer[], waiting: readonly Layer[]): Promise<void> {
    let restarts = 0;
    let left = [...waiting];
    // The lane's worker holds the picture from `open` until the worker is ended.
    let opened = false;
    let background: Promise<void> = Promise.resolve();
    let ahead: Asked | null = null;
    while (queue.length > 0 || left.length > 0 || ahead) {
      this.signal.throwIfAborted();
      if (!opened) {
        await this.#open(lane);
        opened = true;
        const begun = left;
        left = [];
        this.#parts.set(lane, new Set(begun.flatMap(({ shares = [] }) => shares)));
        background = this.#wait(lane, begun).then((lost) => {
          left.push(...lost);
        });
      }
      const asked = ahead ?? this.#ask(lane, queue);
      if (asked) {
        // The worker goes on with the next layer without waiting for this thread, which others keep busy, too. Near the
        // end none is taken ahead: it may be the other worker that is free first.
        ahead = queue.length > AHEAD_WHILE ? this.#ask(lane, queue) : null;
        opened = await this.#runTimed(lane, asked);
        if (opened) continue;
        // It was not begun: any worker may take it.
        if (ahead) queue.unshift(ahead.layer);
        ahead = null;
      }
      await background;
      if (left.length === 0) continue;
      // What waited in a worker that was ended is begun once more in the next.
      opened = false;
      restarts += 1;
      if (restarts > MAX_RESTARTS) {
        for (const lost of left.splice(0)) this.#end(notRun(lost, message('engine.layer_crashed')));
      }
    }
    await background;
    for (const lost of left) this.#end(notRun(lost, message('engine.layer_crashed')));
  }

  /** Asks the worker for the layer of the queue that suits it best; null where there is none. */
  #ask(lane: Lane, queue: Layer[]): Asked | null {
    const layer = this.#take(lane, queue);
    if (!layer) return null;
    const answer = lane.run(layer.id);
    // Of one that was asked for ahead nobody may be waiting when the worker ends.
    answer.catch(() => undefined);
    return { layer, answer };
  }

  #take(lane: Lane, queue: Layer[]): Layer | undefined {
    const others = [...this.#parts].filter(([other]) => other !== lane).map(([, parts]) => parts);
    return takeNext(queue, this.#parts.get(lane) ?? new Set(), others);
  }

  /** Hands the lane the picture, twice if it must. */
  async #open(lane: Lane): Promise<void> {
    for (let failed = 0; ; ) {
      this.signal.throwIfAborted();
      try {
        await lane.open(await this.sender.send());
        return;
      } catch (error) {
        this.signal.throwIfAborted();
        failed += 1;
        if (failed >= MAX_FAILED_OPENS) throw this.crashed(String(error));
        lane.stop('not opened');
      }
    }
  }

  /** Begins layers that wait for other workers; answers those that were lost with this lane's worker. */
  async #wait(lane: Lane, layers: readonly Layer[]): Promise<readonly Layer[]> {
    const lost = await Promise.all(
      layers.map(async (layer) => {
        try {
          this.#end(await lane.run(layer.id));
          return [];
        } catch (error) {
          if (error instanceof LaneStopped) return [layer];
          throw error;
        }
      }),
    );
    return lost.flat();
  }

  /** @returns false where the lane's worker was ended */
  async #runTimed(lane: Lane, { layer, answer }: Asked): Promise<boolean> {
    const started = performance.now();
    const deadlineMs = this.allowedMs(lane);
    let why: Text = message('engine.layer_crashed');
    const timer = setTimeout(() => {
      why = message('engine.layer_late', Math.round(deadlineMs / 100) / 10);
      lane.stop(`${layer.id} passed its deadline of ${deadlineMs} ms`);
    }, deadlineMs);
    try {
      this.#end(await answer);
      return true;
    } catch (error) {
      this.signal.throwIfAborted();
      if (!(error instanceof LaneStopped)) throw error;
      console.error(`Layer ${layer.id} was ended: ${error.message}`);
      this.#end(notRun(layer, why, performance.now() - started));
      return false;
    } finally {
      clearTimeout(timer);
    }
  }

  #end(outcome: LayerOutcome): void {
    this.outcomes.push(outcome);
    this.onEnded(outcome);
  }
}
