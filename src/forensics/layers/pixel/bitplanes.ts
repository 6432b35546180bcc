import { asWords } from '../../dsp/resample';
import type { Patch } from '../../pixels/patches';

/** The three finest bits of green: of the channels the one that a camera measures most densely. */
const PLANES = 3;
const PATTERNS = 16;
const JOINT_PATTERNS = 1 << (4 * PLANES);
/** Values nearer to an end of the scale than this are clipped or nearly so: their bits are no noise. */
const MARGIN = 4;
const LEAST_BLOCKS = 512;
/** Of more pixels than this every third line of squares is read, which meets all places of a JPEG's blocks. */
const PLENTY = 1 << 19;
const SPARSE = 6;

/**
 * How random the finest bits are: entropy of the 16 patterns that 2 x 2 neighbours make of one bit, in
 * bits a pixel (1: coin tosses; 0: all alike). Noise of a sensor makes the lowest planes coin tosses;
 * smoothing, flat areas and enlarging make neighbours alike.
 * @returns planes 0 (finest), 1, 2; NaN-free: null where too few pixels lie off the ends of the scale
 */
export function bitPlaneEntropy(patches: readonly Patch[]): readonly [number, number, number] | null {
  const joint = new Uint32Array(JOINT_PATTERNS);
  let blocks = 0;
  const pixels = patches.reduce((sum, { width, height }) => sum + width * height, 0);
  const step = pixels > PLENTY ? SPARSE : 2;
  for (const { width, height, rgba } of patches) {
    const words = asWords(rgba);
    for (let y = 0; y + 1 < height; y += step) {
      blocks += countRow(words, y * width, width, joint);
    }
  }
  if (blocks < LEAST_BLOCKS) return null;
  const counts = byPlane(joint);
  const entropy = (plane: number) => {
    let bits = 0;
    for (let pattern = 0; pattern < PATTERNS; pattern++) {
      const share = (counts[plane * PATTERNS + pattern] ?? 0) / blocks;
      if (share > 0) bits -= share * Math.log2(share);
    }
    return bits / 4;
  };
  return [entropy(0), entropy(1), entropy(2)];
}

/**
 * Counts the patterns of a row of squares. A function of its own: V8 leaves a loop that it compiled while it ran
 * inside another at the end of every row.
 * @returns how many were counted
 */
function countRow(words: Int32Array, from: number, width: number, joint: Uint32Array): number {
  let blocks = 0;
  for (let at = from; at < from + width - 1; at += 2) {
    const a = ((words[at] ?? 0) >>> 8) & 255;
    const b = ((words[at + 1] ?? 0) >>> 8) & 255;
    const c = ((words[at + width] ?? 0) >>> 8) & 255;
    const d = ((words[at + width + 1] ?? 0) >>> 8) & 255;
    if (isNearEnd(a) || isNearEnd(b) || isNearEnd(c) || isNearEnd(d)) continue;
    blocks++;
    // The three bits of all four at once; they are parted when all are counted.
    const pattern = (a & 7) | ((b & 7) << 3) | ((c & 7) << 6) | ((d & 7) << 9);
    joint[pattern] = (joint[pattern] ?? 0) + 1;
  }
  return blocks;
}

function isNearEnd(value: number): boolean {
  return value < MARGIN || value > 255 - MARGIN;
}

/** Counts of the 16 patterns of each plane. */
function byPlane(joint: Uint32Array): Float64Array {
  const counts = new Float64Array(PLANES * PATTERNS);
  for (const [pattern, count] of joint.entries()) {
    for (let plane = 0; plane < PLANES; plane++) {
      const bit = (neighbour: number) => ((pattern >> (PLANES * neighbour + plane)) & 1) << neighbour;
      const cell = plane * PATTERNS + (bit(0) | bit(1) | bit(2) | bit(3));
      counts[cell] = (counts[cell] ?? 0) + count;
    }
  }
  return counts;
}
