import { halfTwiddles, placesOf, quarterTwiddles } from './fft-plan';

/** Samples between the rows of a field beside the row itself: rows a power of two apart share lines of the cache. */
const PADDING = 8;
/** Columns transformed together: their rows stay in the processor's nearer caches through all stages. */
const PANEL = 32;

/** One stage of four sub-transforms: a quarter of their length apart, and their twiddle factors. */
interface Stage {
  readonly quarter: number;
  /** Real and imaginary part of w^j, w^2j, w^3j for each j below `quarter`, w = exp(-2 pi i / (4 quarter)). */
  readonly twiddles: Float64Array;
}

/**
 * Discrete Fourier transform of one square complex field, in place, unnormalised, forward; decimation in
 * frequency by fours (Cooley and Tukey 1965; Gentleman and Sande 1966), by two once where the side is no power of four.
 *
 * Frequencies come out of order, and stay so: frequency (u, v) lies at `placeOf[v] * stride + placeOf[u]`. Who reads
 * each once needs no pass that sorts them. Columns are transformed row upon row, which reads memory in its order.
 */
export class SquareFft {
  readonly stride: number;
  /** Real and imaginary parts, sample (x, y) at `y * stride + x`; the rest of a row is not used. */
  readonly re: Float64Array;
  readonly im: Float64Array;
  /** Row or column of each frequency 0..size-1 after `forward`. */
  readonly placeOf: Int32Array;
  readonly #stages: readonly Stage[];
  /** cos and -sin of 2 pi j / size for the stage of two halves, or null where there is none. */
  readonly #halves: Float64Array | null;

  /** @param size side in samples: a power of two, 2 or more. @throws RangeError otherwise */
  constructor(readonly size: number) {
    if (!Number.isInteger(size) || size < 2 || (size & (size - 1)) !== 0) {
      throw new RangeError(`Expected a power of two from 2 up but received ${size}`);
    }
    this.stride = size + PADDING;
    this.re = new Float64Array(this.stride * size);
    this.im = new Float64Array(this.stride * size);
    const isOdd = Math.log2(size) % 2 === 1;
    this.#halves = isOdd ? halfTwiddles(size) : null;
    const stages: Stage[] = [];
    for (let length = isOdd ? size / 2 : size; length >= 4; length /= 4) {
      stages.push({ quarter: length / 4, twiddles: quarterTwiddles(length) });
    }
    this.#stages = stages;
    this.placeOf = placesOf(size, [...(isOdd ? [2] : []), ...stages.map(() => 4)]);
  }

  /** Transforms the field in `re` and `im`. */
  forward(): void {
    this.#transform(this.re, this.im);
  }

  /**
   * Transforms back, times size^2, what lies in `re` and `im` in the natural order of frequencies; samples come out
   * as frequencies do of `forward`. Parts swapped, the forward transform is the inverse one.
   */
  inverse(): void {
    this.#transform(this.im, this.re);
  }

  #transform(re: Float64Array, im: Float64Array): void {
    const { size, stride } = this;
    const halves = this.#halves;
    for (let from = 0; from < size * stride; from += stride) {
      if (halves) rowHalves(re, im, from, size / 2, halves);
      for (const { quarter, twiddles } of this.#stages) {
        if (quarter > 1) rowQuarters(re, im, from, size, quarter, twiddles);
        else rowFours(re, im, from, size);
      }
    }
    const panel = Math.min(PANEL, size);
    for (let left = 0; left < size; left += panel) {
      if (halves) columnHalves(re, im, left, panel, stride, size / 2, halves);
      for (const { quarter, twiddles } of this.#stages) {
        columnQuarters(re, im, left, panel, stride, size, quarter, twiddles);
      }
    }
  }
}

function rowHalves(re: Float64Array, im: Float64Array, from: number, half: number, w: Float64Array): void {
  for (let j = 0; j < half; j++) {
    const a = from + j;
    const b = a + half;
    const ar = re[a] ?? 0;
    const ai = im[a] ?? 0;
    const br = re[b] ?? 0;
    const bi = im[b] ?? 0;
    const c = w[2 * j] ?? 0;
    const s = w[2 * j + 1] ?? 0;
    re[a] = ar + br;
    im[a] = ai + bi;
    re[b] = (ar - br) * c - (ai - bi) * s;
    im[b] = (ar - br) * s + (ai - bi) * c;
  }
}

function rowQuarters(
  re: Float64Array,
  im: Float64Array,
  from: number,
  size: number,
  quarter: number,
  w: Float64Array,
): void {
  for (let begin = from; begin < from + size; begin += 4 * quarter) {
    for (let j = 0, t = 0; j < quarter; j++, t += 6) {
      const a = begin + j;
      const b = a + quarter;
      const c = b + quarter;
      const d = c + quarter;
      const sr = (re[a] ?? 0) + (re[c] ?? 0);
      const si = (im[a] ?? 0) + (im[c] ?? 0);
      const tr = (re[a] ?? 0) - (re[c] ?? 0);
      const ti = (im[a] ?? 0) - (im[c] ?? 0);
      const ur = (re[b] ?? 0) + (re[d] ?? 0);
      const ui = (im[b] ?? 0) + (im[d] ?? 0);
      const vr = (re[b] ?? 0) - (re[d] ?? 0);
      const vi = (im[b] ?? 0) - (im[d] ?? 0);
      const c1 = w[t] ?? 0;
      const s1 = w[t + 1] ?? 0;
      const c2 = w[t + 2] ?? 0;
      const s2 = w[t + 3] ?? 0;
      const c3 = w[t + 4] ?? 0;
      const s3 = w[t + 5] ?? 0;
      re[a] = sr + ur;
      im[a] = si + ui;
      re[b] = (tr + vi) * c1 - (ti - vr) * s1;
      im[b] = (tr + vi) * s1 + (ti - vr) * c1;
      re[c] = (sr - ur) * c2 - (si - ui) * s2;
      im[c] = (sr - ur) * s2 + (si - ui) * c2;
      re[d] = (tr - vi) * c3 - (ti + vr) * s3;
      im[d] = (tr - vi) * s3 + (ti + vr) * c3;
    }
  }
}

/** The last stage: runs of four, whose twiddle factors are 1. */
function rowFours(re: Float64Array, im: Float64Array, from: number, size: number): void {
  for (let a = from; a < from + size; a += 4) {
    const sr = (re[a] ?? 0) + (re[a + 2] ?? 0);
    const si = (im[a] ?? 0) + (im[a + 2] ?? 0);
    const tr = (re[a] ?? 0) - (re[a + 2] ?? 0);
    const ti = (im[a] ?? 0) - (im[a + 2] ?? 0);
    const ur = (re[a + 1] ?? 0) + (re[a + 3] ?? 0);
    const ui = (im[a + 1] ?? 0) + (im[a + 3] ?? 0);
    const vr = (re[a + 1] ?? 0) - (re[a + 3] ?? 0);
    const vi = (im[a + 1] ?? 0) - (im[a + 3] ?? 0);
    re[a] = sr + ur;
    im[a] = si + ui;
    re[a + 1] = tr + vi;
    im[a + 1] = ti - vr;
    re[a + 2] = sr - ur;
    im[a + 2] = si - ui;
    re[a + 3] = tr - vi;
    im[a + 3] = ti + vr;
  }
}

function columnHalves(
  re: Float64Array,
  im: Float64Array,
  left: number,
  panel: number,
  stride: number,
  half: number,
  w: Float64Array,
): void {
  for (let j = 0; j < half; j++) {
    const c = w[2 * j] ?? 0;
    const s = w[2 * j + 1] ?? 0;
    const first = j * stride + left;
    for (let a = first, b = first + half * stride; a < first + panel; a++, b++) {
      const ar = re[a] ?? 0;
      const ai = im[a] ?? 0;
      const br = re[b] ?? 0;
      const bi = im[b] ?? 0;
      re[a] = ar + br;
      im[a] = ai + bi;
      re[b] = (ar - br) * c - (ai - bi) * s;
      im[b] = (ar - br) * s + (ai - bi) * c;
    }
  }
}

function columnQuarters(
  re: Float64Array,
  im: Float64Array,
  left: number,
  panel: number,
  stride: number,
  size: number,
  quarter: number,
  w: Float64Array,
): void {
  for (let begin = 0; begin < size; begin += 4 * quarter) {
    for (let j = 0; j < quarter; j++) {
      const first = (begin + j) * stride + left;
      combineRows(re, im, first, first + panel, quarter * stride, w, 6 * j);
    }
  }
}

/** Four rows, `step` samples from one to the next, with the same twiddle factors all along. */
function combineRows(
  re: Float64Array,
  im: Float64Array,
  from: number,
  end: number,
  step: number,
  w: Float64Array,
  t: number,
): void {
  const c1 = w[t] ?? 0;
  const s1 = w[t + 1] ?? 0;
  const c2 = w[t + 2] ?? 0;
  const s2 = w[t + 3] ?? 0;
  const c3 = w[t + 4] ?? 0;
  const s3 = w[t + 5] ?? 0;
  for (let a = from; a < end; a++) {
    const b = a + step;
    const c = b + step;
    const d = c + step;
    const sr = (re[a] ?? 0) + (re[c] ?? 0);
    const si = (im[a] ?? 0) + (im[c] ?? 0);
    const tr = (re[a] ?? 0) - (re[c] ?? 0);
    const ti = (im[a] ?? 0) - (im[c] ?? 0);
    const ur = (re[b] ?? 0) + (re[d] ?? 0);
    const ui = (im[b] ?? 0) + (im[d] ?? 0);
    const vr = (re[b] ?? 0) - (re[d] ?? 0);
    const vi = (im[b] ?? 0) - (im[d] ?? 0);
    re[a] = sr + ur;
    im[a] = si + ui;
    re[b] = (tr + vi) * c1 - (ti - vr) * s1;
    im[b] = (tr + vi) * s1 + (ti - vr) * c1;
    re[c] = (sr - ur) * c2 - (si - ui) * s2;
    im[c] = (sr - ur) * s2 + (si - ui) * c2;
    re[d] = (tr - vi) * c3 - (ti + vr) * s3;
    im[d] = (tr - vi) * s3 + (ti + vr) * c3;
  }
}
