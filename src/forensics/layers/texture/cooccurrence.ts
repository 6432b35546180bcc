import type { Patch } from '../../pixels/patches';
import { countPairs, LEVELS } from './surface-kernel';

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
  const counts = countPairs(patches, distance, step);
  const pairs = counts.reduce((sum, count) => sum + count, 0);
  return describe(Float64Array.from(counts), Math.max(1, pairs));
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
