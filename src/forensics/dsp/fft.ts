import { SquareFft } from './square-fft';

/**
 * Two-dimensional discrete Fourier transform of square fields, unnormalised:
 * X(u, v) = sum over x, y of f(x, y) exp(-2 pi i (u x + v y) / size).
 */
export class Fft2d {
  readonly #fft: SquareFft;
  /** Samples from one row of `first` and `second` to the next. */
  readonly stride: number;
  /** Two real fields for `halfPowers`, sample (x, y) at `y * stride + x`. Overwritten there. */
  readonly first: Float64Array;
  readonly second: Float64Array;

  /** @param size side in samples: a power of two, 2 or more. @throws RangeError otherwise */
  constructor(readonly size: number) {
    this.#fft = new SquareFft(size);
    this.stride = this.#fft.stride;
    this.first = this.#fft.re;
    this.second = this.#fft.im;
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
    const { size, stride, first, second } = this;
    const cells = size * size;
    if (a.length !== cells || b.length !== cells) {
      throw new RangeError(`Expected fields of ${cells} values but received ${a.length} and ${b.length}`);
    }
    for (let y = 0, from = 0; y < size; y++) {
      for (let to = y * stride; to < y * stride + size; to++, from++) {
        first[to] = a[from] ?? 0;
        second[to] = b[from] ?? 0;
      }
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
   * As `powerOfTwoFields` of the fields that the caller wrote to `first` and `second`, without the lower half of
   * the powers, which mirrors the upper one: rows 0 to size / 2.
   * A(k) = (Z(k) + conj Z(-k)) / 2 and B(k) = (Z(k) - conj Z(-k)) / 2i, squared.
   * @param powerA, powerB receive (size / 2 + 1) x size values or more
   */
  halfPowers(powerA: Float64Array, powerB: Float64Array): void {
    const { size, stride } = this;
    const { re, im, placeOf } = this.#fft;
    this.#fft.forward();
    for (let v = 0, at = 0; v <= size / 2; v++) {
      const row = (placeOf[v] ?? 0) * stride;
      const mirrorRow = (placeOf[v === 0 ? 0 : size - v] ?? 0) * stride;
      for (let u = 0; u < size; u++, at++) {
        const here = row + (placeOf[u] ?? 0);
        const mirror = mirrorRow + (placeOf[u === 0 ? 0 : size - u] ?? 0);
        const sumRe = (re[here] ?? 0) + (re[mirror] ?? 0);
        const sumIm = (im[here] ?? 0) + (im[mirror] ?? 0);
        const lessRe = (re[here] ?? 0) - (re[mirror] ?? 0);
        const lessIm = (im[here] ?? 0) - (im[mirror] ?? 0);
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

const known = new Map<number, Fft2d>();

/** A transform that this thread keeps for fields of one size: its twiddle factors and fields are made once. */
export function sharedFft2d(size: number): Fft2d {
  const fft = known.get(size) ?? new Fft2d(size);
  known.set(size, fft);
  return fft;
}

/** Periodic Hann window of `size` samples: sidelobes fall by 18 dB an octave. */
export function hann(size: number): Float64Array {
  return Float64Array.from({ length: size }, (_, at) => 0.5 - 0.5 * Math.cos((2 * Math.PI * at) / size));
}
