// @ts-check
/** Figures of merit of a detector, and how far chance could move them. Scores rise with the evidence for AI. */

/** @typedef {{ ai: boolean, p: number, verdict: string, kind: string, group: string }} Judged */

const BINS = 10;
const DECIDED = new Set(['ai-generated', 'likely-ai-generated', 'likely-authentic', 'authentic']);

/**
 * Area under the ROC curve as the Mann-Whitney statistic; ties count half.
 * @param {readonly Judged[]} all
 */
export function auc(all) {
  const ranked = [...all].sort((a, b) => a.p - b.p);
  let wins = 0;
  let realBelow = 0;
  for (let at = 0; at < ranked.length; ) {
    let end = at;
    while (end < ranked.length && ranked[end]?.p === ranked[at]?.p) end++;
    const tie = ranked.slice(at, end);
    const real = tie.filter((one) => !one.ai).length;
    wins += (tie.length - real) * (realBelow + real / 2);
    realBelow += real;
    at = end;
  }
  const ai = ranked.filter((one) => one.ai).length;
  return wins / (ai * (ranked.length - ai));
}

/** Mean of both classes' shares on the right side of even odds. @param {readonly Judged[]} all */
export function balancedAccuracy(all) {
  return (
    (share(all, (one) => one.ai, called) +
      share(
        all,
        (one) => !one.ai,
        (one) => !called(one),
      )) /
    2
  );
}

/**
 * Share of AI images above the lowest threshold that at most `allowed` of the real ones exceed.
 * @param {readonly Judged[]} all
 * @param {number} allowed 0..1
 */
export function foundAt(all, allowed) {
  const real = all.filter((one) => !one.ai).map((one) => one.p);
  real.sort((a, b) => b - a);
  const threshold = real[Math.floor(allowed * real.length)] ?? 0;
  return share(
    all,
    (one) => one.ai,
    (one) => one.p > threshold,
  );
}

/**
 * Expected calibration error over ten equal bins, both classes weighing the same.
 * @param {readonly Judged[]} all
 */
export function calibrationError(all) {
  const ai = all.filter((one) => one.ai).length;
  const weight = (/** @type {Judged} */ one) => 0.5 / (one.ai ? ai : all.length - ai);
  const gaps = new Float64Array(BINS);
  for (const one of all) {
    const bin = Math.min(BINS - 1, Math.floor(one.p * BINS));
    gaps[bin] = (gaps[bin] ?? 0) + weight(one) * (Number(one.ai) - one.p);
  }
  return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0);
}

/** @param {readonly Judged[]} all */
export function inconclusive(all) {
  return share(
    all,
    () => true,
    (one) => !DECIDED.has(one.verdict),
  );
}

/** Share of wrong ones among the decided verdicts; NaN where none was decided. @param {readonly Judged[]} all */
export function wrongAmongDecided(all) {
  return share(
    all,
    (one) => DECIDED.has(one.verdict),
    (one) => one.verdict.includes('ai-generated') !== one.ai,
  );
}

/**
 * Percentile bootstrap interval (95 %) that draws whole groups within each class: images of one source resemble
 * each other, and drawing images would make it far too narrow.
 * @param {readonly Judged[]} all
 * @param {(sample: readonly Judged[]) => number} measure
 * @param {number} [times]
 * @returns {[number, number]}
 */
export function interval(all, measure, times = 500) {
  const random = seeded(1);
  const classes = [true, false].map((ai) => [
    ...groupBy(
      all.filter((one) => one.ai === ai),
      (one) => one.group,
    ).values(),
  ]);
  const values = [];
  for (let time = 0; time < times; time++) {
    const sample = classes.flatMap((groups) =>
      groups.flatMap(() => groups[Math.floor(random() * groups.length)] ?? []),
    );
    values.push(measure(sample));
  }
  const finite = values.filter(Number.isFinite).sort((a, b) => a - b);
  const at = (/** @type {number} */ part) =>
    finite[Math.min(finite.length - 1, Math.floor(part * finite.length))] ?? Number.NaN;
  return [at(0.025), at(0.975)];
}

/**
 * @template Item
 * @param {readonly Item[]} all
 * @param {(one: Item) => string} key
 * @returns {Map<string, Item[]>}
 */
export function groupBy(all, key) {
  const groups = new Map();
  for (const one of all) groups.set(key(one), [...(groups.get(key(one)) ?? []), one]);
  return groups;
}

const called = (/** @type {Judged} */ one) => one.p >= 0.5;

/**
 * @param {readonly Judged[]} all
 * @param {(one: Judged) => boolean} among
 * @param {(one: Judged) => boolean} which
 */
function share(all, among, which) {
  const chosen = all.filter(among);
  return chosen.filter(which).length / chosen.length;
}

/** Numbers 0..1, the same for the same seed (mulberry32). @param {number} seed */
function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
