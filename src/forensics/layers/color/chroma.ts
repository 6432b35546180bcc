import { asWords } from '../../dsp/resample';
import type { Patch } from '../../pixels/patches';
import { CLASSES, sumChroma } from './chroma-kernel';

/** Every second pixel in both directions is read: a quarter of a megapixel is plenty for these. */
const STEP = 2;

export interface ChromaFindings {
  /** Mean and deviation of saturation (HSV), 0..1. */
  readonly saturation: number;
  readonly saturationSpread: number;
  /** Shares of pixels, 0..1: saturation over 0.9 (and not dark), and under 0.05. */
  readonly vivid: number;
  readonly pale: number;
  /** Hasler and Suesstrunk's measure: 0 grey, 15 slightly, 45 averagely, 80 highly colourful. */
  readonly colourfulness: number;
  /** Mean absolute detail of Cb and Cr over that of luma. */
  readonly chromaDetail: number;
  /** Correlation of the residuals of red with green, and of blue with green, -1..1. */
  readonly redGreen: number;
  readonly blueGreen: number;
  /** Bits that the class of green's residual tells about red's, and about blue's. */
  readonly redInformation: number;
  readonly blueInformation: number;
}

/**
 * Statistics of colours, and of how the channels' fine detail goes together. A camera measures one colour
 * at each pixel and computes the others from neighbours, so their detail is nearly one; generators compute
 * three channels. Cross-band co-occurrences after Barni, Kallas, Nowroozi and Tondi (CNN detection of
 * GAN-generated face images based on cross-band co-occurrences analysis, WIFS 2020); colourfulness after
 * Hasler and Suesstrunk (Measuring colourfulness in natural images, SPIE 2003).
 */
export function measureChroma(patches: readonly Patch[]): ChromaFindings {
  const sums = sumChroma(rowsOf(patches));
  const n = Math.max(1, sums.count);
  const saturation = sums.saturation / n;
  const redGreen = sums.redGreen / n;
  // Of (r + g) / 2 - b the double was added up.
  const yellowBlue = sums.yellowBlue / 2 / n;
  const variance = sums.redGreen2 / n - redGreen ** 2 + sums.yellowBlue2 / 4 / n - yellowBlue ** 2;
  return {
    saturation,
    saturationSpread: Math.sqrt(Math.max(0, sums.saturation2 / n - saturation * saturation)),
    vivid: sums.vivid / n,
    pale: sums.pale / n,
    colourfulness: Math.sqrt(Math.max(0, variance)) + 0.3 * Math.hypot(redGreen, yellowBlue),
    chromaDetail: sums.luma > 0 ? sums.chroma / (2 * sums.luma) : 0,
    redGreen: correlation(sums.rg, sums.rr, sums.gg),
    blueGreen: correlation(sums.bg, sums.bb, sums.gg),
    redInformation: mutualInformation(sums.red),
    blueInformation: mutualInformation(sums.blue),
  };
}

/** Every STEPth row, with a row at each side. */
function* rowsOf(patches: readonly Patch[]): Iterable<Int32Array> {
  for (const { rgba, width, height } of patches) {
    const words = asWords(rgba);
    for (let y = 1; y < height - 1; y += STEP) yield words.subarray(y * width, (y + 1) * width);
  }
}

function correlation(ab: number, aa: number, bb: number): number {
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
}

/** @param joint CLASSES x CLASSES counts @returns bits, 0..log2(CLASSES) */
export function mutualInformation(joint: Float64Array): number {
  const rows = new Float64Array(CLASSES);
  const columns = new Float64Array(CLASSES);
  let total = 0;
  for (let at = 0; at < joint.length; at++) {
    const count = joint[at] ?? 0;
    const row = Math.floor(at / CLASSES);
    rows[row] = (rows[row] ?? 0) + count;
    columns[at % CLASSES] = (columns[at % CLASSES] ?? 0) + count;
    total += count;
  }
  let bits = 0;
  for (let at = 0; at < joint.length; at++) {
    const count = joint[at] ?? 0;
    const expected = (rows[Math.floor(at / CLASSES)] ?? 0) * (columns[at % CLASSES] ?? 0);
    if (count > 0) bits += (count / total) * Math.log2((count * total) / expected);
  }
  return Math.max(0, bits);
}
