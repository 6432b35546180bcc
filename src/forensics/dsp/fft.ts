import FFT from 'fft.js';

/**
 * Two-dimensional discrete Fourier transform of square fields, unnormalised:
 * X(u, v) = sum over x, y of f(x, y) exp(-2 pi i (u x + v y) / size).
 */
export class Fft2d {
  readonly #fft: FFT;
  readonly #transformed: Float64Array;
  /** Two real fields for `halfPowers`, interleaved: sample `at` of them at 2 at and 2 at + 1. Overwritten there. */
  readonly input: Float64Array;
  readonly #turned: Float64Array;

  /** @param size side in samples: a power of two, 2 or more. @throws RangeError otherwise */
  constructor(readonly size: number) {
    if (!Number.isInteger(size) || size < 2 || (size & (size - 1)) !== 0) {
      throw new RangeError(`Expected a power of two from 2 up but received ${size}`);
    }
    this.#fft = new FFT(size);
    this.#transformed = new Float64Array(2 * size);
    this.input = new Float64Array(2 * size * size);
    this.#turned = new Float64Array(2 * size * size);
  }

  /**
   * Power |X(u, v)|^2 of two real fields by one complex transform (one rides as the imaginary part; their
   * spectra part again by symmetry).
   * @param a row-major, size x size
   * @param b the same
   * @returns both powers, row-major with u (horizontal frequency) along the rows, 0..size-1 in each axis
   * @throws RangeError where a field has another length
   */
  powerOfTwoFields(a: ArrayLike<number>, b: ArrayLike<number>): [Float64Array, Float64Array] {
    const { size } = this;
    const cells = size * size;
    if (a.length !== cells || b.length !== cells) {
      throw new RangeError(`Expected fields of ${cells} values but received ${a.length} and ${b.length}`);
    }
    const input = this.input;
    for (let at = 0; at < cells; at++) {
      input[2 * at] = a[at] ?? 0;
      input[2 * at + 1] = b[at] ?? 0;
    }
    const powerA = new Float64Array(cells);
    const powerB = new Float64Array(cells);
    this.halfPowers(powerA, powerB);
    this.#mirror(powerA);
    this.#mirror(powerB);
    return [powerA, powerB];
  }

  /** Power of one real field: see `powerOfTwoFields`. */
  power(field: ArrayLike<number>): Float64Array {
    return this.powerOfTwoFields(field, new Float64Array(this.size * this.size))[0];
  }

  /**
   * As `powerOfTwoFields` of the two fields that the caller wrote to `input`, without the lower half of the
   * powers, which mirrors the upper one: rows 0 to size / 2.
   * @param powerA, powerB receive (size / 2 + 1) x size values or more
   */
  halfPowers(powerA: Float64Array, powerB: Float64Array): void {
    this.#transformRows(this.input, this.#turned);
    this.#transformRows(this.#turned, this.input);
    this.#partPowers(powerA, powerB);
  }

  /** Transforms every row of `from` and writes it as a column of `to`. */
  #transformRows(from: Float64Array, to: Float64Array): void {
    const { size } = this;
    const transformed = this.#transformed;
    for (let row = 0; row < size; row++) {
      this.#fft.transform(transformed, from.subarray(2 * row * size, 2 * (row + 1) * size));
      for (let at = 0; at < size; at++) {
        to[2 * (at * size + row)] = transformed[2 * at] ?? 0;
        to[2 * (at * size + row) + 1] = transformed[2 * at + 1] ?? 0;
      }
    }
  }

  /** A(k) = (Z(k) + conj Z(-k)) / 2 and B(k) = (Z(k) - conj Z(-k)) / 2i, squared. */
  #partPowers(powerA: Float64Array, powerB: Float64Array): void {
    const { size } = this;
    const z = this.input;
    for (let v = 0; v <= size / 2; v++) {
      const mirrorRow = ((size - v) % size) * size;
      for (let u = 0; u < size; u++) {
        const at = v * size + u;
        const mirror = mirrorRow + (u === 0 ? 0 : size - u);
        const re = z[2 * at] ?? 0;
        const im = z[2 * at + 1] ?? 0;
        const mirrorRe = z[2 * mirror] ?? 0;
        const mirrorIm = z[2 * mirror + 1] ?? 0;
        const sumRe = re + mirrorRe;
        const sumIm = im + mirrorIm;
        const lessRe = re - mirrorRe;
        const lessIm = im - mirrorIm;
        powerA[at] = (sumRe * sumRe + lessIm * lessIm) / 4;
        powerB[at] = (lessRe * lessRe + sumIm * sumIm) / 4;
      }
    }
  }

  #mirror(power: Float64Array): void {
    const { size } = this;
    for (let v = size / 2 + 1; v < size; v++) {
      const from = (size - v) * size;
      power[v * size] = power[from] ?? 0;
      for (let u = 1; u < size; u++) power[v * size + u] = power[from + size - u] ?? 0;
    }
  }
}

/** Periodic Hann window of `size` samples: sidelobes fall by 18 dB an octave. */
export function hann(size: number): Float64Array {
  return Float64Array.from({ length: size }, (_, at) => 0.5 - 0.5 * Math.cos((2 * Math.PI * at) / size));
}
