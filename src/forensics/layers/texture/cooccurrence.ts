import type { Patch } from '../../pixels/patches';

/** Grey is counted in steps of 8 levels: finer, most cells of the matrix would hold nothing. */
const LEVELS = 32;
const SHIFT = 3;

export interface Cooccurrence {
  /** Mean squared difference of neighbours, in steps of 8 levels. */
  readonly contrast: number;
  /** Haralick's inverse difference moment, 0..1: 1 for a flat picture. */
  readonly homogeneity: number;
  /** Sum of squared shares (angular second moment), 0..1. */
  readonly energy: number;
  /** Of neighbours, -1..1. */
  readonly correlation: number;
  /** Of the joint distribution, bits, 0..10. */
  readonly entropy: number;
}

/**
 * Haralick's features (Textural features for image classification, IEEE Trans. SMC 1973) of the grey-level
 * co-occurrence matrix: neighbours `distance` px apart, to the right and below taken together.
 */
export function cooccurrence(patches: readonly Patch[], distance: number, step: number): Cooccurrence {
  // One matrix a direction: neighbours are alike, and adding twice in a row to one place waits for the first.
  const across = new Uint32Array(LEVELS * LEVELS);
  const down = new Uint32Array(LEVELS * LEVELS);
  let pairs = 0;
  for (const { luma, width, height } of patches) {
    const below = distance * width;
    for (let y = 0; y < height - distance; y += step) {
      const end = y * width + width - distance;
      countRow(luma, y * width, end, step, distance, below, across, down);
      pairs += 2 * Math.max(0, Math.ceil((width - distance) / step));
    }
  }
  const matrix = Float64Array.from(across, (count, at) => count + (down[at] ?? 0));
  return describe(matrix, Math.max(1, pairs));
}

/** A function of its own: V8 leaves a loop that it compiled while it ran inside another at the end of every row. */
function countRow(
  luma: Float32Array,
  from: number,
  end: number,
  step: number,
  beside: number,
  below: number,
  across: Uint32Array,
  down: Uint32Array,
): void {
  for (let at = from; at < end; at += step) {
    const row = levelOf(luma[at] ?? 0) * LEVELS;
    const right = row + levelOf(luma[at + beside] ?? 0);
    const under = row + levelOf(luma[at + below] ?? 0);
    across[right] = (across[right] ?? 0) + 1;
    down[under] = (down[under] ?? 0) + 1;
  }
}

/** @param value 0..255, rounded to a whole level first */
function levelOf(value: number): number {
  return ((value + 0.5) | 0) >> SHIFT;
}

function describe(matrix: Float64Array, total: number): Cooccurrence {
  let [contrast, homogeneity, energy, entropy] = [0, 0, 0, 0];
  let [mi, mj, ii, jj, ij] = [0, 0, 0, 0, 0];
  for (let at = 0; at < matrix.length; at++) {
    const share = (matrix[at] ?? 0) / total;
    if (share === 0) continue;
    const i = Math.floor(at / LEVELS);
    const j = at % LEVELS;
    const difference = (i - j) * (i - j);
    contrast += share * difference;
    homogeneity += share / (1 + difference);
    energy += share * share;
    entropy -= share * Math.log2(share);
    mi += share * i;
    mj += share * j;
    ii += share * i * i;
    jj += share * j * j;
    ij += share * i * j;
  }
  const spread = Math.sqrt(Math.max(0, ii - mi * mi) * Math.max(0, jj - mj * mj));
  return {
    contrast,
    homogeneity,
    energy,
    entropy,
    correlation: spread > 1e-12 ? Math.min(1, (ij - mi * mj) / spread) : 1,
  };
}
