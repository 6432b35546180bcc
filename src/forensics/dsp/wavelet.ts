/**
 * Two-dimensional orthogonal wavelet transform with Daubechies' filter of 8 taps (4 vanishing moments),
 * periodic at the borders: the one that denoising of sensor noise commonly takes (Mihcak, Kozintsev and
 * Ramchandran 1999; Lukas, Fridrich and Goljan 2006).
 *
 * Coefficients lie as usual: after one level the top left quarter holds the approximation, the top right
 * one detail across (high along rows), the bottom left one detail down, the bottom right one the diagonal;
 * the next level parts the approximation again.
 */

/** Scaling filter (Daubechies 1992, table 6.1), sum sqrt 2. */
const LOW = Float64Array.of(
  0.23037781330885523,
  0.7148465705525415,
  0.6308807679295904,
  -0.02798376941698385,
  -0.18703481171888114,
  0.030841381835986965,
  0.032883011666982945,
  -0.010597401784997278,
);
/** Wavelet filter: the scaling filter backwards with alternating signs. */
const HIGH = LOW.map((_, at) => (at % 2 === 0 ? 1 : -1) * (LOW[LOW.length - 1 - at] ?? 0));
export const TAPS = LOW.length;

/** A plan for fields of one size: its work lines are kept between calls. */
export class Wavelet2d {
  readonly #line: Float32Array;
  readonly #field: Float32Array;

  /**
   * @param width, height samples: each a multiple of 2^levels, and 8 or more at the last level
   * @throws RangeError otherwise
   */
  constructor(
    readonly width: number,
    readonly height: number,
    readonly levels: number,
  ) {
    const step = 2 ** levels;
    const fits = (side: number) => Number.isInteger(side) && side % step === 0 && side / step >= TAPS / 2;
    if (!Number.isInteger(levels) || levels < 1 || !fits(width) || !fits(height)) {
      throw new RangeError(
        `Expected sides of at least ${(step * TAPS) / 2} in multiples of ${step} but received ${width} x ${height}`,
      );
    }
    this.#line = new Float32Array(Math.max(width, height) + TAPS);
    this.#field = new Float32Array(width * height);
  }

  /** Transforms `field` (row-major, width x height) in place. */
  forward(field: Float32Array): void {
    for (let level = 0; level < this.levels; level++) {
      const width = this.width >> level;
      const height = this.height >> level;
      this.#rowsForward(field, width, height);
      this.#columnsForward(field, width, height);
    }
  }

  /** Undoes `forward` in place. */
  inverse(field: Float32Array): void {
    for (let level = this.levels - 1; level >= 0; level--) {
      const width = this.width >> level;
      const height = this.height >> level;
      this.#columnsInverse(field, width, height);
      this.#rowsInverse(field, width, height);
    }
  }

  #rowsForward(field: Float32Array, width: number, height: number): void {
    const line = this.#line;
    const half = width >> 1;
    const [l0, l1, l2, l3, l4, l5, l6, l7] = taps(LOW);
    const [h0, h1, h2, h3, h4, h5, h6, h7] = taps(HIGH);
    for (let y = 0; y < height; y++) {
      const row = y * this.width;
      for (let x = 0; x < width; x++) line[x] = field[row + x] ?? 0;
      for (let x = 0; x < TAPS; x++) line[width + x] = line[x] ?? 0;
      for (let k = 0, at = 0; k < half; k++, at += 2) {
        const a = line[at] ?? 0;
        const b = line[at + 1] ?? 0;
        const c = line[at + 2] ?? 0;
        const d = line[at + 3] ?? 0;
        const e = line[at + 4] ?? 0;
        const f = line[at + 5] ?? 0;
        const g = line[at + 6] ?? 0;
        const h = line[at + 7] ?? 0;
        field[row + k] = a * l0 + b * l1 + c * l2 + d * l3 + e * l4 + f * l5 + g * l6 + h * l7;
        field[row + half + k] = a * h0 + b * h1 + c * h2 + d * h3 + e * h4 + f * h5 + g * h6 + h * h7;
      }
    }
  }

  /** Row by row, so that memory is read in order. */
  #columnsForward(field: Float32Array, width: number, height: number): void {
    const stride = this.width;
    const from = this.#field;
    for (let y = 0; y < height; y++) from.set(field.subarray(y * stride, y * stride + width), y * width);
    const half = height >> 1;
    const [l0, l1, l2, l3, l4, l5, l6, l7] = taps(LOW);
    const [h0, h1, h2, h3, h4, h5, h6, h7] = taps(HIGH);
    for (let k = 0; k < half; k++) {
      const row = (tap: number) => ((2 * k + tap) % height) * width;
      const [r0, r1, r2, r3, r4, r5, r6, r7] = [
        row(0),
        row(1),
        row(2),
        row(3),
        row(4),
        row(5),
        row(6),
        row(7),
      ];
      const low = k * stride;
      const high = (half + k) * stride;
      for (let x = 0; x < width; x++) {
        const a = from[r0 + x] ?? 0;
        const b = from[r1 + x] ?? 0;
        const c = from[r2 + x] ?? 0;
        const d = from[r3 + x] ?? 0;
        const e = from[r4 + x] ?? 0;
        const f = from[r5 + x] ?? 0;
        const g = from[r6 + x] ?? 0;
        const h = from[r7 + x] ?? 0;
        field[low + x] = a * l0 + b * l1 + c * l2 + d * l3 + e * l4 + f * l5 + g * l6 + h * l7;
        field[high + x] = a * h0 + b * h1 + c * h2 + d * h3 + e * h4 + f * h5 + g * h6 + h * h7;
      }
    }
  }

  /** Each pair of rows is a sum over four of the low and four of the high band (polyphase form). */
  #columnsInverse(field: Float32Array, width: number, height: number): void {
    const stride = this.width;
    const to = this.#field;
    const half = height >> 1;
    const [l0, l1, l2, l3, l4, l5, l6, l7] = taps(LOW);
    const [h0, h1, h2, h3, h4, h5, h6, h7] = taps(HIGH);
    for (let k = 0; k < half; k++) {
      const row = (back: number) => ((k - back + half) % half) * stride;
      const [r0, r1, r2, r3] = [row(0), row(1), row(2), row(3)];
      const down = half * stride;
      const even = 2 * k * width;
      const odd = even + width;
      for (let x = 0; x < width; x++) {
        const a = field[r0 + x] ?? 0;
        const b = field[r1 + x] ?? 0;
        const c = field[r2 + x] ?? 0;
        const d = field[r3 + x] ?? 0;
        const e = field[r0 + down + x] ?? 0;
        const f = field[r1 + down + x] ?? 0;
        const g = field[r2 + down + x] ?? 0;
        const h = field[r3 + down + x] ?? 0;
        to[even + x] = a * l0 + b * l2 + c * l4 + d * l6 + e * h0 + f * h2 + g * h4 + h * h6;
        to[odd + x] = a * l1 + b * l3 + c * l5 + d * l7 + e * h1 + f * h3 + g * h5 + h * h7;
      }
    }
    for (let y = 0; y < height; y++) field.set(to.subarray(y * width, (y + 1) * width), y * stride);
  }

  #rowsInverse(field: Float32Array, width: number, height: number): void {
    const line = this.#line;
    const half = width >> 1;
    const [l0, l1, l2, l3, l4, l5, l6, l7] = taps(LOW);
    const [h0, h1, h2, h3, h4, h5, h6, h7] = taps(HIGH);
    // Both bands in the work line, each with its last three samples ahead.
    const high = half + BEFORE;
    for (let y = 0; y < height; y++) {
      const row = y * this.width;
      for (let k = 0; k < BEFORE; k++) {
        line[k] = field[row + half - BEFORE + k] ?? 0;
        line[high + k] = field[row + width - BEFORE + k] ?? 0;
      }
      for (let k = 0; k < half; k++) {
        line[BEFORE + k] = field[row + k] ?? 0;
        line[high + BEFORE + k] = field[row + half + k] ?? 0;
      }
      for (let k = 0; k < half; k++) {
        const d = line[k] ?? 0;
        const c = line[k + 1] ?? 0;
        const b = line[k + 2] ?? 0;
        const a = line[k + 3] ?? 0;
        const h = line[high + k] ?? 0;
        const g = line[high + k + 1] ?? 0;
        const f = line[high + k + 2] ?? 0;
        const e = line[high + k + 3] ?? 0;
        field[row + 2 * k] = a * l0 + b * l2 + c * l4 + d * l6 + e * h0 + f * h2 + g * h4 + h * h6;
        field[row + 2 * k + 1] = a * l1 + b * l3 + c * l5 + d * l7 + e * h1 + f * h3 + g * h5 + h * h7;
      }
    }
  }
}

/** Samples of a band before its own place that enter a pair of samples of the field. */
const BEFORE = TAPS / 2 - 1;

function taps(filter: Float64Array): [number, number, number, number, number, number, number, number] {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = filter;
  return [a, b, c, d, e, f, g, h];
}
