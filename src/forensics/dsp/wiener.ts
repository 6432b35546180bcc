import { MAD_TO_SD, medianInPlace } from './statistics';
import { Wavelet2d } from './wavelet';

/** Noise that the denoiser takes away, as standard deviation in grey levels (Goljan and Fridrich's choice). */
export const ASSUMED_NOISE = 3;
/** Levels of the transform (Lukas, Fridrich and Goljan 2006). */
const LEVELS = 4;
/** Windows of 3, 5, 7 and 9 samples: half-widths 1 to this, which `#leastInside` writes out. */
const LONGEST_REACH = 4;

/**
 * Locally adaptive Wiener filter of coefficients, the noise part of it: a coefficient's own variance is
 * estimated from its surroundings in windows of 3 to 9 samples, the least one counts, and the share
 * v / (s^2 + v) of it is kept, s^2 being what is over the noise variance v.
 */
export class LocalWiener {
  /** Summed-area table of squared coefficients, one row and column of zeros ahead. */
  readonly #sums: Float64Array;
  /** Least variance of each place of one row. */
  readonly #least: Float64Array;

  /**
   * @param width samples a row of the fields to be filtered
   * @param mostColumns, mostRows size of the largest part to be filtered at once
   */
  constructor(
    readonly width: number,
    mostColumns: number,
    mostRows: number,
  ) {
    this.#sums = new Float64Array((mostColumns + 1) * (mostRows + 1));
    this.#least = new Float64Array(mostColumns);
  }

  /** Keeps of each coefficient of a part of `field`, in place, the share that is noise. */
  keepNoise(field: Float32Array, left: number, top: number, w: number, h: number, variance: number): void {
    this.#sumSquares(field, left, top, w, h);
    const least = this.#least;
    for (let y = 0; y < h; y++) {
      // Almost all places are inside, where the windows are whole.
      const whole = y >= LONGEST_REACH && y < h - LONGEST_REACH && w > 2 * LONGEST_REACH;
      if (whole) {
        this.#leastInside(y, w);
        this.#leastNearBorder(y, w, h, 0, LONGEST_REACH);
        this.#leastNearBorder(y, w, h, w - LONGEST_REACH, w);
      } else this.#leastNearBorder(y, w, h, 0, w);
      const from = (top + y) * this.width + left;
      for (let x = 0; x < w; x++) {
        // The coefficient's own variance is what is over the noise's: v / (max(0, s - v) + v).
        field[from + x] = ((field[from + x] ?? 0) * variance) / Math.max(least[x] ?? 0, variance);
      }
    }
  }

  #sumSquares(field: Float32Array, left: number, top: number, w: number, h: number): void {
    const sums = this.#sums;
    const stride = w + 1;
    sums.fill(0, 0, stride);
    for (let y = 0; y < h; y++) {
      let row = 0;
      const from = (top + y) * this.width + left;
      const to = (y + 1) * stride;
      sums[to] = 0;
      for (let x = 0; x < w; x++) {
        const value = field[from + x] ?? 0;
        row += value * value;
        sums[to + x + 1] = (sums[to + x + 1 - stride] ?? 0) + row;
      }
    }
  }

  /** Least of the mean squares in the four windows of each place of a row, where all are whole. */
  #leastInside(y: number, w: number): void {
    const sums = this.#sums;
    const least = this.#least;
    const stride = w + 1;
    const a4 = (y - 4) * stride;
    const b4 = (y + 5) * stride;
    const [a3, a2, a1] = [a4 + stride, a4 + 2 * stride, a4 + 3 * stride];
    const [b3, b2, b1] = [b4 - stride, b4 - 2 * stride, b4 - 3 * stride];
    for (let x = LONGEST_REACH; x < w - LONGEST_REACH; x++) {
      const m1 =
        (sums[b1 + x + 2] ?? 0) - (sums[a1 + x + 2] ?? 0) - (sums[b1 + x - 1] ?? 0) + (sums[a1 + x - 1] ?? 0);
      const m2 =
        (sums[b2 + x + 3] ?? 0) - (sums[a2 + x + 3] ?? 0) - (sums[b2 + x - 2] ?? 0) + (sums[a2 + x - 2] ?? 0);
      const m3 =
        (sums[b3 + x + 4] ?? 0) - (sums[a3 + x + 4] ?? 0) - (sums[b3 + x - 3] ?? 0) + (sums[a3 + x - 3] ?? 0);
      const m4 =
        (sums[b4 + x + 5] ?? 0) - (sums[a4 + x + 5] ?? 0) - (sums[b4 + x - 4] ?? 0) + (sums[a4 + x - 4] ?? 0);
      least[x] = Math.min(Math.min(m1 * (1 / 9), m2 * (1 / 25)), Math.min(m3 * (1 / 49), m4 * (1 / 81)));
    }
  }

  /** The same for the places from `from` to `end`, their windows cut off at the part's border. */
  #leastNearBorder(y: number, w: number, h: number, from: number, end: number): void {
    const sums = this.#sums;
    const stride = w + 1;
    for (let x = from; x < end; x++) {
      let least = Number.POSITIVE_INFINITY;
      for (let reach = 1; reach <= LONGEST_REACH; reach++) {
        const first = Math.max(0, y - reach);
        const last = Math.min(h, y + reach + 1);
        const x0 = Math.max(0, x - reach);
        const x1 = Math.min(w, x + reach + 1);
        const above = first * stride;
        const below = last * stride;
        const sum =
          (sums[below + x1] ?? 0) -
          (sums[above + x1] ?? 0) -
          (sums[below + x0] ?? 0) +
          (sums[above + x0] ?? 0);
        least = Math.min(least, sum / ((last - first) * (x1 - x0)));
      }
      this.#least[x] = least;
    }
  }
}

/**
 * Noise residual by locally adaptive Wiener filtering of wavelet coefficients (Mihcak, Kozintsev and
 * Ramchandran 1999, as Lukas, Fridrich and Goljan 2006 use it for sensor noise): a coefficient's own
 * variance is estimated from its surroundings in windows of 3 to 9 samples, the least one counts, and the
 * share s^2 / (s^2 + v) of it is taken for noise of the variance s^2. Smooth shading and strong edges stay
 * in the picture; what is left is noise and fine texture.
 *
 * Periodic at the borders: the outer 8 samples of a tile cut from a picture are less sure.
 */
export class WienerDenoiser {
  readonly #wavelet: Wavelet2d;
  readonly #local: LocalWiener;

  /**
   * @param width, height samples: multiples of 16, 64 or more
   * @throws RangeError otherwise
   */
  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.#wavelet = new Wavelet2d(width, height, LEVELS);
    this.#local = new LocalWiener(width, width / 2, height / 2);
  }

  /**
   * @param field row-major, width x height, in grey levels; left as it is
   * @param noise standard deviation of the noise to take away, in grey levels, over 0
   * @returns picture minus denoised picture, in grey levels, with the mean 0
   * @throws RangeError where the field has another length or `noise` is not over 0
   */
  residual(field: Float32Array, noise: number = ASSUMED_NOISE): Float32Array {
    const out = this.#transformed(field);
    if (!(noise > 0)) throw new RangeError(`Expected a noise level over 0 but received ${noise}`);
    const variance = noise * noise;
    const { width, height } = this;
    for (let level = 1; level <= LEVELS; level++) {
      const w = width >> level;
      const h = height >> level;
      this.#local.keepNoise(out, w, 0, w, h, variance);
      this.#local.keepNoise(out, 0, h, w, h, variance);
      this.#local.keepNoise(out, w, h, w, h, variance);
    }
    // The approximation is picture, not noise.
    for (let y = 0; y < height >> LEVELS; y++) out.fill(0, y * width, y * width + (width >> LEVELS));
    this.#wavelet.inverse(out);
    return out;
  }

  #transformed(field: Float32Array): Float32Array {
    if (field.length !== this.width * this.height) {
      throw new RangeError(`Expected ${this.width * this.height} values but received ${field.length}`);
    }
    const out = field.slice();
    this.#wavelet.forward(out);
    return out;
  }
}

/**
 * Noise level by the median of diagonal Haar details (Donoho and Johnstone 1994), which shading and edges
 * along the axes do not reach: half the difference of the two diagonals of each square of 2 x 2 samples.
 * White noise of standard deviation s answers s; noise smoothed by JPEG or scaling answers less.
 * @param field row-major, in grey levels
 * @param width samples a row
 * @param left, top, w, h the part to measure, in samples; 2 x 2 or more
 * @returns standard deviation in grey levels; 0 where most squares are flat
 */
export function diagonalNoise(
  field: Float32Array,
  width: number,
  left: number,
  top: number,
  w: number,
  h: number,
): number {
  const columns = w >> 1;
  const rows = h >> 1;
  if (columns < 1 || rows < 1)
    throw new RangeError(`Expected 2 x 2 samples or more but received ${w} x ${h}`);
  if (details.length !== columns * rows) details = new Float64Array(columns * rows);
  let count = 0;
  for (let row = 0; row < rows; row++) {
    let at = (top + 2 * row) * width + left;
    for (let column = 0; column < columns; column++, at += 2) {
      const detail =
        (field[at] ?? 0) - (field[at + 1] ?? 0) - (field[at + width] ?? 0) + (field[at + width + 1] ?? 0);
      details[count++] = Math.abs(detail) / 2;
    }
  }
  return MAD_TO_SD * medianInPlace(details);
}

/** Details of the part measured last: parts of one size come in hundreds. */
let details = new Float64Array(0);
