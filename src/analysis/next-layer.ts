import type { Layer, SharedPart } from '../forensics/layer';

/** Layers that share are begun before those that share nothing, which can fill any worker's time at the end. */
const NEW_PART = 0.5;

/**
 * Takes out of `queue` the layer that a worker should run next: the one that asks for most of what this worker
 * has computed of the picture already, and for least of what only another has. Those that share nothing come
 * after those whose parts are new; of equals the first is taken.
 * @param mine parts that this worker has computed; those of the layer taken are added
 * @param others parts that each other worker has computed
 * @returns undefined where the queue is empty
 */
export function takeNext(
  queue: Layer[],
  mine: Set<SharedPart>,
  others: readonly ReadonlySet<SharedPart>[],
): Layer | undefined {
  let best = -1;
  let most = Number.NEGATIVE_INFINITY;
  for (const [at, { shares = [] }] of queue.entries()) {
    let gain = 0;
    for (const part of shares) {
      if (mine.has(part)) gain += 1;
      else if (others.some((held) => held.has(part))) gain -= 1;
      else gain += NEW_PART;
    }
    if (gain > most) {
      most = gain;
      best = at;
    }
  }
  const [taken] = best < 0 ? [] : queue.splice(best, 1);
  for (const part of taken?.shares ?? []) mine.add(part);
  return taken;
}
