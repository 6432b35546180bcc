import { LocalWiener } from './local-wiener';
import { MAD_TO_SD, medianInPlace } from './statistics';
import { Wavelet2d } from './wavelet';

/** Noise that the denoiser takes away, as standard deviation in grey levels (Goljan and Fridrich's choice). */
export const ASSUMED_NOISE = 3;
/** Levels of the transform (Lukas, Fridrich and Goljan 2006). */
const LEVELS = 4;

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
   * @param width, height samples: multiples of 64
   * @throws RangeError otherwise
   */
  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    const [columns, rows] = [width / 2, height / 2];
    this.#wavelet = new Wavelet2d(width, height, LEVELS, LocalWiener.bytes(columns, rows));
    this.#local = new LocalWiener(width, height, columns, rows, this.#wavelet);
  }

  /**
   * @param given row-major, width x height, in grey levels; left as it is
   * @param noise standard deviation of the noise to take away, in grey levels, over 0
   * @returns picture minus denoised picture, in grey levels, with the mean 0
   * @throws RangeError where the field has another length or `noise` is not over 0
   */
  residual(given: Float32Array, noise: number = ASSUMED_NOISE): Float32Array {
    const { width, height } = this;
    if (given.length !== width * height) {
      throw new RangeError(`Expected ${width * height} values but received ${given.length}`);
    }
    if (!(noise > 0)) throw new RangeError(`Expected a noise level over 0 but received ${noise}`);
    const { field } = this.#wavelet;
    field.set(given);
    this.#wavelet.forward();
    const variance = noise * noise;
    for (let level = 1; level <= LEVELS; level++) {
      const w = width >> level;
      const h = height >> level;
      this.#local.keepNoise(w, 0, w, h, variance);
      this.#local.keepNoise(0, h, w, h, variance);
      this.#local.keepNoise(w, h, w, h, variance);
    }
    // The approximation is picture, not noise.
    for (let y = 0; y < height >> LEVELS; y++) field.fill(0, y * width, y * width + (width >> LEVELS));
    this.#wavelet.inverse();
    return field.slice();
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
