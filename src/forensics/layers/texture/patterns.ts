import type { Patch } from '../../pixels/patches';
import { countPatterns, type Radius } from './surface-kernel';

/** Uniform patterns of 8 neighbours, rotated together: 0 to 8 brighter ones in one run, and all others. */
export const BINS = 10;

/** Rotation-invariant uniform class of each 8-bit pattern: ones in one run -> their number, else 9. */
const CLASS = Uint8Array.from({ length: 256 }, (_, bits) => {
  let changes = 0;
  let ones = 0;
  for (let at = 0; at < 8; at++) {
    const here = (bits >> at) & 1;
    ones += here;
    if (here !== ((bits >> ((at + 1) % 8)) & 1)) changes++;
  }
  return changes <= 2 ? ones : BINS - 1;
});

/**
 * Shares of local binary patterns (Ojala, Pietikaeinen and Maeenpaeae, Multiresolution gray-scale and
 * rotation invariant texture classification with local binary patterns, IEEE TPAMI 2002: LBP riu2 with 8
 * neighbours in a square ring of radius 1 or 2; the corners are taken as they are, not interpolated).
 * @returns BINS shares that add up to 1; all 0 where nothing fits
 */
export function binaryPatterns(patches: readonly Patch[], radius: Radius, step: number): Float64Array {
  const counts = new Uint32Array(BINS);
  let total = 0;
  for (const [bits, count] of countPatterns(patches, radius, step).entries()) {
    const bin = CLASS[bits] ?? 0;
    counts[bin] = (counts[bin] ?? 0) + count;
    total += count;
  }
  return Float64Array.from(counts, (count) => count / Math.max(1, total));
}

/** In bits, 0..log2(length). */
export function entropy(shares: Float64Array): number {
  let bits = 0;
  for (const share of shares) if (share > 0) bits -= share * Math.log2(share);
  return bits;
}
