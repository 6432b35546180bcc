import { LocalWiener } from './local-wiener';
import { Wavelet2d } from './wavelet';

/** Noise that the denoiser takes away, as standard deviation in grey levels (Goljan and Fridrich's choice). */
const ASSUMED_NOISE = 3;
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
