import type { Patch } from '../../pixels/patches';
import { addGradients, noGradients } from './gradient-kernel';

/** Grey levels a px below which a place is flat, and from which its direction is meant. */
const FLAT = 2;
const DIRECTED = 20;
/** tan 10 degrees: edges this near to upright or level count as such (a share of 2/9 by chance). */
const NEARLY_CARDINAL = Math.tan((10 * Math.PI) / 180);

export interface GradientFindings {
  /** Mean gradient, grey levels a px. */
  readonly mean: number;
  /** Share of flat places, 0..1. */
  readonly flat: number;
  /** Natural logarithm of the kurtosis of differences: 1.1 for Gaussian, 2 to 4 for photographs. */
  readonly tail: number;
  /** Share of upright and level edges among the directed ones, 0..1; 2/9 where none is preferred. */
  readonly cardinal: number;
}

/**
 * Statistics of luma differences. Photographs have sparse ones: many near zero and a heavy tail (Srivastava
 * et al., On advances in statistical modeling of natural images, JMIV 2003).
 */
export function measureGradients(patches: readonly Patch[]): GradientFindings {
  const sums = noGradients();
  const limits = { flat: FLAT, directed: DIRECTED, cardinal: NEARLY_CARDINAL };
  for (const { luma, width, height } of patches) {
    // Every third line, which meets all places of a JPEG's blocks: a third of a megapixel is plenty.
    addGradients(luma, width, height, 3, limits, sums);
  }
  const { count, size, second, fourth, flat, directed, cardinal } = sums;
  const variance = second / Math.max(1, 2 * count);
  return {
    mean: size / Math.max(1, count),
    flat: flat / Math.max(1, count),
    tail: variance > 0 ? Math.log(fourth / (2 * count) / (variance * variance)) : 0,
    cardinal: directed > 0 ? cardinal / directed : 2 / 9,
  };
}
