import type { Patch } from '../../pixels/patches';

/** Uniform patterns of 8 neighbours, rotated together: 0 to 8 brighter ones in one run, and all others. */
export const BINS = 10;
/** A neighbour must be brighter by this many levels: rounding must not decide in flat places. */
const BRIGHTER = 1;

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
export function binaryPatterns(patches: readonly Patch[], radius: number, step: number): Float64Array {
  const counts = new Uint32Array(BINS);
  let total = 0;
  for (const { luma, width, height } of patches) {
    const up = -radius * width;
    const around = [up - radius, up, up + radius, radius, -up + radius, -up, -up - radius, -radius];
    for (let y = radius; y < height - radius; y += step) {
      total += countRow(luma, y * width + radius, y * width + width - radius, step, around, counts);
    }
  }
  return Float64Array.from(counts, (count) => count / Math.max(1, total));
}

/**
 * A function of its own: V8 leaves a loop that it compiled while it ran inside another at the end of every row.
 * @returns how many patterns were counted
 */
function countRow(
  luma: Float32Array,
  from: number,
  end: number,
  step: number,
  around: readonly number[],
  counts: Uint32Array,
): number {
  const [n0 = 0, n1 = 0, n2 = 0, n3 = 0, n4 = 0, n5 = 0, n6 = 0, n7 = 0] = around;
  let counted = 0;
  for (let at = from; at < end; at += step) {
    const limit = (luma[at] ?? 0) + BRIGHTER;
    const bits =
      +((luma[at + n0] ?? 0) >= limit) |
      (+((luma[at + n1] ?? 0) >= limit) << 1) |
      (+((luma[at + n2] ?? 0) >= limit) << 2) |
      (+((luma[at + n3] ?? 0) >= limit) << 3) |
      (+((luma[at + n4] ?? 0) >= limit) << 4) |
      (+((luma[at + n5] ?? 0) >= limit) << 5) |
      (+((luma[at + n6] ?? 0) >= limit) << 6) |
      (+((luma[at + n7] ?? 0) >= limit) << 7);
    const bin = CLASS[bits] ?? 0;
    counts[bin] = (counts[bin] ?? 0) + 1;
    counted++;
  }
  return counted;
}

/** In bits, 0..log2(length). */
export function entropy(shares: Float64Array): number {
  let bits = 0;
  for (const share of shares) if (share > 0) bits -= share * Math.log2(share);
  return bits;
}
