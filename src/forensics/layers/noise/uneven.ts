import { MAD_TO_SD, median } from '../../dsp/statistics';
import type { LocalNoise } from '../../pixels/local-noise';

/** Added to noise levels before the logarithm, grey levels: below it differences are rounding. */
const FLOOR = 0.1;
/** Clipped cells have no noise of their own. */
const DARKEST = 6;
const BRIGHTEST = 249;
/** Cells of like activity that a cell is compared with. */
const PEERS = 30;
/** Fewer usable cells than this make no comparison. */
const LEAST_CELLS = 36;
/** Least spread, in ln: a tenth, so that computed pictures do not light up. */
const LEAST_SPREAD = 0.1;
/** Robust deviations from which a cell counts as an outlier. */
export const OUTLIER = 3.5;
/** Deviations shown as full brightness. */
const FULL = 2 * OUTLIER;

export interface Unevenness {
  /** Cells that can be compared. */
  readonly usable: number;
  /** Robust spread of ln noise level that texture does not explain. */
  readonly spread: number;
  /** Share of usable cells that stand out, alone or not, 0..1. */
  readonly outliers: number;
  /** Cells of the largest connected group that stands out with one sign. */
  readonly largest: number;
  /** Per cell: size of the deviation, 0..1 of `FULL` robust deviations. */
  readonly map: Float32Array;
}

/**
 * Cells whose noise level texture does not explain: each is compared (in ln) with the cells of like
 * activity, as busy parts hide and mimic noise (block-wise noise inconsistency; Mahdian and Saic 2009).
 * @returns null where too few cells can be compared
 */
export function unevenness(noise: LocalNoise): Unevenness | null {
  const cells = noise.level.length;
  const usable: number[] = [];
  for (let at = 0; at < cells; at++) {
    const mean = noise.mean[at] ?? 0;
    if (mean >= DARKEST && mean <= BRIGHTEST) usable.push(at);
  }
  if (usable.length < LEAST_CELLS) return null;
  const ln = Float64Array.from(noise.level, (level) => Math.log(level + FLOOR));
  const deviations = new Float64Array(cells);
  const order = [...usable].sort((a, b) => (noise.activity[a] ?? 0) - (noise.activity[b] ?? 0));
  for (const [rank, at] of order.entries()) {
    const from = Math.max(0, Math.min(rank - PEERS / 2, order.length - PEERS));
    const peers = order.slice(from, from + PEERS).map((cell) => ln[cell] ?? 0);
    deviations[at] = (ln[at] ?? 0) - median(peers);
  }
  const spread = MAD_TO_SD * median(usable.map((at) => Math.abs(deviations[at] ?? 0)));
  const scale = Math.max(spread, LEAST_SPREAD);
  const map = Float32Array.from(deviations, (value) => Math.min(1, Math.abs(value) / (scale * FULL)));
  const signs = Int8Array.from(deviations, (value) =>
    Math.abs(value) / scale >= OUTLIER ? Math.sign(value) : 0,
  );
  const outliers = usable.filter((at) => signs[at] !== 0).length / usable.length;
  return { usable: usable.length, spread, outliers, largest: largestGroup(signs, noise.columns), map };
}

/** Size of the largest group of edge-connected cells of one sign. Empties `signs`. */
function largestGroup(signs: Int8Array, columns: number): number {
  let largest = 0;
  const open: number[] = [];
  const visit = (at: number, sign: number) => {
    if (signs[at] !== sign) return;
    signs[at] = 0;
    open.push(at);
  };
  for (let start = 0; start < signs.length; start++) {
    const sign = signs[start] ?? 0;
    if (sign === 0) continue;
    let size = 0;
    visit(start, sign);
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      size++;
      if (at % columns > 0) visit(at - 1, sign);
      if (at % columns < columns - 1) visit(at + 1, sign);
      visit(at - columns, sign);
      visit(at + columns, sign);
    }
    largest = Math.max(largest, size);
  }
  return largest;
}
