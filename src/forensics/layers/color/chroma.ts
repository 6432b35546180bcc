import { asWords } from '../../dsp/resample';
import type { Patch } from '../../pixels/patches';

/** Every second pixel in both directions is read: a quarter of a megapixel is plenty for these. */
const STEP = 2;
/** Values nearer to an end of the scale than this are clipped or nearly so: their residuals are not the scene's. */
const MARGIN = 4;
/** Residuals are counted in steps of 2 levels, from -2 to 2 steps and beyond: 5 classes (Barni et al. use 256). */
const QUANTUM = 2;
const CLASSES = 5;
const VIVID = 0.9;
const PALE = 0.05;

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
  const tones = new Tones();
  const detail = new Detail();
  for (const { rgba, width, height } of patches) {
    const words = asWords(rgba);
    for (let y = 1; y < height - 1; y += STEP) {
      tones.addRow(words, y * width + 1, (y + 1) * width - 1);
      detail.addRow(words, y * width + 1, (y + 1) * width - 1);
    }
  }
  return { ...tones.read(), ...detail.read() };
}

/** Running sums of single pixels. */
class Tones {
  #count = 0;
  #s = 0;
  #ss = 0;
  #vivid = 0;
  #pale = 0;
  #rg = 0;
  #rg2 = 0;
  #yb = 0;
  #yb2 = 0;

  /** Every STEPth pixel of a row. Sums stand in locals: fields are written to memory at each step. */
  addRow(words: Int32Array, from: number, end: number): void {
    let [s, ss, vivid, pale, rg, rg2, yb, yb2] = [0, 0, 0, 0, 0, 0, 0, 0];
    let count = 0;
    for (let at = from; at < end; at += STEP, count++) {
      const pixel = words[at] ?? 0;
      const r = pixel & 0xff;
      const g = (pixel >>> 8) & 0xff;
      const b = (pixel >>> 16) & 0xff;
      const most = Math.max(r, g, b);
      const saturation = most > 0 ? (most - Math.min(r, g, b)) / most : 0;
      s += saturation;
      ss += saturation * saturation;
      if (saturation > VIVID && most > 64) vivid++;
      if (saturation < PALE) pale++;
      const redGreen = r - g;
      const yellowBlue = (r + g) / 2 - b;
      rg += redGreen;
      rg2 += redGreen * redGreen;
      yb += yellowBlue;
      yb2 += yellowBlue * yellowBlue;
    }
    this.#count += count;
    this.#s += s;
    this.#ss += ss;
    this.#vivid += vivid;
    this.#pale += pale;
    this.#rg += rg;
    this.#rg2 += rg2;
    this.#yb += yb;
    this.#yb2 += yb2;
  }

  read() {
    const n = Math.max(1, this.#count);
    const saturation = this.#s / n;
    const [rg, yb] = [this.#rg / n, this.#yb / n];
    const spread = Math.sqrt(Math.max(0, this.#rg2 / n - rg * rg + this.#yb2 / n - yb * yb));
    return {
      saturation,
      saturationSpread: Math.sqrt(Math.max(0, this.#ss / n - saturation * saturation)),
      vivid: this.#vivid / n,
      pale: this.#pale / n,
      colourfulness: spread + 0.3 * Math.hypot(rg, yb),
    };
  }
}

/** Running sums of residuals: a pixel less the mean of its left and right neighbours. */
class Detail {
  readonly #red = new Float64Array(CLASSES * CLASSES);
  readonly #blue = new Float64Array(CLASSES * CLASSES);
  #rr = 0;
  #gg = 0;
  #bb = 0;
  #rg = 0;
  #bg = 0;
  #luma = 0;
  #chroma = 0;

  /** Every STEPth pixel of a row, with the ones beside it. Residuals stand doubled: whole numbers. */
  addRow(words: Int32Array, from: number, end: number): void {
    const reds = this.#red;
    const blues = this.#blue;
    let [rr, gg, bb, rg, bg, lumas, chromas] = [0, 0, 0, 0, 0, 0, 0];
    for (let at = from; at < end; at += STEP) {
      const pixel = words[at] ?? 0;
      const r0 = pixel & 0xff;
      const g0 = (pixel >>> 8) & 0xff;
      const b0 = (pixel >>> 16) & 0xff;
      if (isNearEnd(r0) || isNearEnd(g0) || isNearEnd(b0)) continue;
      const left = words[at - 1] ?? 0;
      const right = words[at + 1] ?? 0;
      const r = 2 * r0 - (left & 0xff) - (right & 0xff);
      const g = 2 * g0 - ((left >>> 8) & 0xff) - ((right >>> 8) & 0xff);
      const b = 2 * b0 - ((left >>> 16) & 0xff) - ((right >>> 16) & 0xff);
      rr += r * r;
      gg += g * g;
      bb += b * b;
      rg += r * g;
      bg += b * g;
      const luma = 0.299 * r + 0.587 * g + 0.114 * b;
      lumas += Math.abs(luma);
      chromas += 0.564 * Math.abs(b - luma) + 0.713 * Math.abs(r - luma);
      const row = (CLASS[g + MOST_DOUBLED] ?? 0) * CLASSES;
      const red = row + (CLASS[r + MOST_DOUBLED] ?? 0);
      const blue = row + (CLASS[b + MOST_DOUBLED] ?? 0);
      reds[red] = (reds[red] ?? 0) + 1;
      blues[blue] = (blues[blue] ?? 0) + 1;
    }
    this.#rr += rr;
    this.#gg += gg;
    this.#bb += bb;
    this.#rg += rg;
    this.#bg += bg;
    this.#luma += lumas;
    this.#chroma += chromas;
  }

  read() {
    const correlation = (ab: number, aa: number, bb: number) =>
      aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
    return {
      chromaDetail: this.#luma > 0 ? this.#chroma / (2 * this.#luma) : 0,
      redGreen: correlation(this.#rg, this.#rr, this.#gg),
      blueGreen: correlation(this.#bg, this.#bb, this.#gg),
      redInformation: mutualInformation(this.#red),
      blueInformation: mutualInformation(this.#blue),
    };
  }
}

function isNearEnd(value: number): boolean {
  return value < MARGIN || value > 255 - MARGIN;
}

/** Largest doubled residual. */
const MOST_DOUBLED = 510;
/** Class of each doubled residual, from -MOST_DOUBLED on. */
const CLASS = Uint8Array.from({ length: 2 * MOST_DOUBLED + 1 }, (_, at) => {
  const residual = (at - MOST_DOUBLED) / 2;
  return Math.min(CLASSES - 1, Math.max(0, Math.round(residual / QUANTUM) + (CLASSES - 1) / 2));
});

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
