/**
 * Antialiased image resampling, bit for bit as Pillow's `Image.resize` does it for 8-bit images
 * (`Resample.c`: coefficients in 22-bit fixed point, horizontal pass first, rounding to 8 bits after each
 * pass). The networks were trained on pictures scaled that way, and a browser's own scaler differs from
 * one version and machine to the next.
 */
import type { RgbaImage } from '../rgba';

export type Kernel = 'bicubic' | 'bilinear';

/** Pillow keeps 8 bits for the sample and 2 for the sum's overshoot out of 32. */
const PRECISION_BITS = 32 - 8 - 2;
const ONE = 1 << PRECISION_BITS;
const HALF = 1 << (PRECISION_BITS - 1);

/** Catmull-Rom (Keys 1981 with a = -0.5), as in Pillow; browsers and OpenCV use other values of a. */
const CUBIC_A = -0.5;

const KERNELS: Readonly<Record<Kernel, { support: number; weight: (x: number) => number }>> = {
  bilinear: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: {
    support: 2,
    weight: (signed) => {
      const x = Math.abs(signed);
      if (x < 1) return ((CUBIC_A + 2) * x - (CUBIC_A + 3)) * x * x + 1;
      if (x < 2) return (((x - 5) * x + 8) * x - 4) * CUBIC_A;
      return 0;
    },
  },
};

/** For each output sample: the first input sample, how many, and their fixed-point weights. */
export interface Taps {
  readonly outputs: number;
  readonly start: Int32Array;
  readonly count: Int32Array;
  /** `stride` weights for each output, the first `count` of them in use. */
  readonly weights: Int32Array;
  readonly stride: number;
}

/**
 * Weights that bring `inputs` samples to `outputs`. When reducing, the kernel widens by the factor
 * (antialiasing); when enlarging, it keeps its own width.
 * @param extent samples that the outputs span, where the last input stands for less than a whole one
 */
export function computeTaps(inputs: number, outputs: number, kernel: Kernel, extent = inputs): Taps {
  const { support: kernelSupport, weight } = KERNELS[kernel];
  const scale = extent / outputs;
  const filterScale = Math.max(1, scale);
  const support = kernelSupport * filterScale;
  const stride = Math.ceil(support) * 2 + 1;
  const start = new Int32Array(outputs);
  const count = new Int32Array(outputs);
  const weights = new Int32Array(outputs * stride);
  const row = new Float64Array(stride);
  for (let out = 0; out < outputs; out++) {
    const centre = (out + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - support + 0.5));
    const taps = Math.min(inputs, Math.trunc(centre + support + 0.5)) - first;
    let sum = 0;
    for (let tap = 0; tap < taps; tap++) {
      const value = weight((tap + first - centre + 0.5) / filterScale);
      row[tap] = value;
      sum += value;
    }
    for (let tap = 0; tap < taps; tap++) {
      const fixed = ((row[tap] ?? 0) / (sum === 0 ? 1 : sum)) * ONE;
      weights[out * stride + tap] = Math.trunc(fixed < 0 ? fixed - 0.5 : fixed + 0.5);
    }
    start[out] = first;
    count[out] = taps;
  }
  return { outputs, start, count, weights, stride };
}

/**
 * Horizontal pass over `rows` full rows of RGBA.
 * @param source `rows` rows of `sourceWidth` pixels
 * @param target receives `rows` rows of `taps.outputs` pixels from row `targetRow` on; alpha becomes 255
 */
export function resampleRows(
  source: Uint8ClampedArray,
  sourceWidth: number,
  rows: number,
  taps: Taps,
  target: Uint8ClampedArray,
  targetRow: number,
): void {
  const { outputs, start, count, weights, stride } = taps;
  const pixels = asWords(source);
  for (let row = 0; row < rows; row++) {
    const sourceRow = row * sourceWidth;
    let to = (targetRow + row) * outputs * 4;
    for (let out = 0; out < outputs; out++) {
      let from = sourceRow + (start[out] ?? 0);
      let tap = out * stride;
      const end = tap + (count[out] ?? 0);
      // 32-bit integer arithmetic, as the fixed point allows: twice as fast as doubles here.
      let red = HALF;
      let green = HALF;
      let blue = HALF;
      for (; tap < end; tap++, from++) {
        const weight = weights[tap] ?? 0;
        const pixel = pixels[from] ?? 0;
        red = (red + Math.imul(pixel & 0xff, weight)) | 0;
        green = (green + Math.imul((pixel >>> 8) & 0xff, weight)) | 0;
        blue = (blue + Math.imul((pixel >>> 16) & 0xff, weight)) | 0;
      }
      // Uint8ClampedArray clamps to 0..255; the shift rounds, as HALF was added first.
      target[to] = red >> PRECISION_BITS;
      target[to + 1] = green >> PRECISION_BITS;
      target[to + 2] = blue >> PRECISION_BITS;
      target[to + 3] = 255;
      to += 4;
    }
  }
}

/** Vertical pass: `width` columns of RGBA to `taps.outputs` rows; alpha becomes 255. */
export function resampleColumns(source: Uint8ClampedArray, width: number, taps: Taps): Uint8ClampedArray {
  const { outputs, start, count, weights, stride } = taps;
  const target = new Uint8ClampedArray(width * outputs * 4);
  const pixels = asWords(source);
  const sums = new Int32Array(width * 3);
  for (let out = 0; out < outputs; out++) {
    sums.fill(HALF);
    const taken = count[out] ?? 0;
    // Row by row instead of column by column, two at once: memory is read in order, and the sums half as often.
    for (let tap = 0; tap < taken; tap += 2) {
      const at = out * stride + tap;
      const upper = weights[at] ?? 0;
      // Past the last row the same one again, with no weight.
      const lower = tap + 1 < taken ? (weights[at + 1] ?? 0) : 0;
      const from = ((start[out] ?? 0) + tap) * width;
      addRows(sums, pixels, from, tap + 1 < taken ? from + width : from, upper, lower);
    }
    let to = out * width * 4;
    for (let at = 0; at < sums.length; at += 3, to += 4) {
      target[to] = (sums[at] ?? 0) >> PRECISION_BITS;
      target[to + 1] = (sums[at + 1] ?? 0) >> PRECISION_BITS;
      target[to + 2] = (sums[at + 2] ?? 0) >> PRECISION_BITS;
      target[to + 3] = 255;
    }
  }
  return target;
}

/** Adds two weighted rows of pixels to the sums of their channels. */
function addRows(
  sums: Int32Array,
  pixels: Int32Array,
  upperRow: number,
  lowerRow: number,
  upper: number,
  lower: number,
): void {
  for (let at = 0, a = upperRow, b = lowerRow; at < sums.length; at += 3, a++, b++) {
    const above = pixels[a] ?? 0;
    const below = pixels[b] ?? 0;
    sums[at] = (sums[at] ?? 0) + Math.imul(above & 0xff, upper) + Math.imul(below & 0xff, lower);
    sums[at + 1] =
      (sums[at + 1] ?? 0) + Math.imul((above >>> 8) & 0xff, upper) + Math.imul((below >>> 8) & 0xff, lower);
    sums[at + 2] =
      (sums[at + 2] ?? 0) + Math.imul((above >>> 16) & 0xff, upper) + Math.imul((below >>> 16) & 0xff, lower);
  }
}

/**
 * RGBA as little-endian words, so that a pixel is one read (every platform with a browser is little-endian);
 * copied where it lies askew.
 */
export function asWords(data: Uint8ClampedArray): Int32Array {
  const aligned = data.byteOffset % 4 === 0 ? data : data.slice();
  return new Int32Array(aligned.buffer, aligned.byteOffset, aligned.length >> 2);
}

/**
 * Resizes an opaque picture, as Pillow's `image.resize((width, height), resample)`.
 * @param image alpha is ignored and answered as 255 (the engine's pixels are flattened)
 * @param width target width in px, at least 1
 * @param height target height in px, at least 1
 * @throws RangeError for a size that is not a positive integer
 */
export function resize(image: RgbaImage, width: number, height: number, kernel: Kernel): RgbaImage {
  assertSize(width, height);
  let data = image.data;
  if (width !== image.width) {
    const narrowed = new Uint8ClampedArray(width * image.height * 4);
    resampleRows(image.data, image.width, image.height, computeTaps(image.width, width, kernel), narrowed, 0);
    data = narrowed;
  }
  if (height !== image.height) {
    data = resampleColumns(data, width, computeTaps(image.height, height, kernel));
  }
  return { width, height, data: data === image.data ? image.data.slice() : data };
}

/** @throws RangeError for a size that is not a positive integer */
export function assertSize(width: number, height: number): void {
  if (!(Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0)) {
    throw new RangeError(`Expected a positive integer size but received ${width} x ${height}`);
  }
}
