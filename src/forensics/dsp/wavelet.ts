import { FLOAT, LANES, newMemory } from './wasm';
import { type WaveletKernel, waveletKernel } from './wavelet-kernel';

/** Scaling filter (Daubechies 1992, table 6.1), sum sqrt 2. */
const LOW = [
  0.23037781330885523, 0.7148465705525415, 0.6308807679295904, -0.02798376941698385, -0.18703481171888114,
  0.030841381835986965, 0.032883011666982945, -0.010597401784997278,
] as const;
/** Rows that follow the last one a filter begins at: the first ones again. */
const BEHIND = LOW.length - 2;
/** Work rows have room for this many samples ahead of each band. */
const AHEAD = LANES;

/**
 * Two-dimensional orthogonal wavelet transform with Daubechies' filter of 8 taps (4 vanishing moments),
 * periodic at the borders: the one that denoising of sensor noise commonly takes (Mihcak, Kozintsev and
 * Ramchandran 1999; Lukas, Fridrich and Goljan 2006). In single precision, with vector instructions.
 *
 * Coefficients lie as usual: after one level the top left quarter holds the approximation, the top right
 * one detail across (high along rows), the bottom left one detail down, the bottom right one the diagonal;
 * the next level parts the approximation again.
 */
export class Wavelet2d {
  /** What is transformed in place: row-major, width x height. */
  readonly field: Float32Array;
  /** Holds the field, from its first byte on, and from the byte `spare` on what the caller asked for. */
  readonly memory: WebAssembly.Memory;
  readonly spare: number;
  readonly #kernel: WaveletKernel;
  /** Where the work field begins, and from one of its rows to the next, in bytes. */
  readonly #work: number;
  readonly #stride: number;

  /**
   * @param width, height samples: each a multiple of 4 x 2^levels
   * @param spare bytes of the memory that the caller wants for itself
   * @throws RangeError otherwise
   */
  constructor(
    readonly width: number,
    readonly height: number,
    readonly levels: number,
    spare = 0,
  ) {
    const step = LANES * 2 ** levels;
    const fits = (side: number) => Number.isInteger(side) && side > 0 && side % step === 0;
    if (!Number.isInteger(levels) || levels < 1 || !fits(width) || !fits(height)) {
      throw new RangeError(`Expected sides in multiples of ${step} but received ${width} x ${height}`);
    }
    const line = (width / 2 + LANES) * FLOAT;
    this.#work = width * height * FLOAT;
    this.#stride = (width + 2 * AHEAD) * FLOAT;
    const lines = this.#work + (height + BEHIND) * this.#stride;
    this.spare = lines + 2 * line;
    this.memory = newMemory(this.spare + spare);
    this.field = new Float32Array(this.memory.buffer, 0, width * height);
    this.#kernel = waveletKernel(this.memory, LOW, this.#stride, lines, line);
  }

  /** Transforms what `field` holds. */
  forward(): void {
    for (let level = 0; level < this.levels; level++) this.#part(this.width >> level, this.height >> level);
  }

  /** Undoes `forward`. */
  inverse(): void {
    for (let level = this.levels - 1; level >= 0; level--) {
      this.#join(this.width >> level, this.height >> level);
    }
  }

  #part(width: number, height: number): void {
    const kernel = this.#kernel;
    const row = this.width * FLOAT;
    const [length, half] = [width * FLOAT, (width / 2) * FLOAT];
    for (let y = 0; y < height; y++) {
      const to = this.#work + y * this.#stride;
      kernel.rowForward(y * row, y * row + length, to, to + half);
    }
    const bytes = new Uint8Array(this.memory.buffer);
    for (let y = 0; y < BEHIND; y++) {
      const from = this.#work + (y % height) * this.#stride;
      bytes.copyWithin(this.#work + (height + y) * this.#stride, from, from + length);
    }
    for (let k = 0; k < height / 2; k++) {
      const from = this.#work + 2 * k * this.#stride;
      kernel.rowsForward(from, from + length, k * row, (k + height / 2) * row);
    }
  }

  #join(width: number, height: number): void {
    const kernel = this.#kernel;
    const row = this.width * FLOAT;
    const half = height / 2;
    const band = (width / 2) * FLOAT;
    const ahead = AHEAD * FLOAT;
    for (let k = 0; k < half; k++) {
      const rowOf = (back: number) => ((k - back + half) % half) * row;
      const [a, b, c, d] = [rowOf(0), rowOf(1), rowOf(2), rowOf(3)];
      const down = half * row;
      const to = this.#work + 2 * k * this.#stride + ahead;
      kernel.rowsInverse(a, a + band, b, c, d, down, to);
      kernel.rowsInverse(a + band, a + 2 * band, b + band, c + band, d + band, down, to + band + ahead);
    }
    for (let y = 0; y < height; y++) {
      const low = this.#work + y * this.#stride + ahead;
      kernel.rowInverse(low, low + band + ahead, band, y * row);
    }
  }
}
