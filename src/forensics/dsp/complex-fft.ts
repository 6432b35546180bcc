import FFT from 'fft.js';

/** Discrete Fourier transform of square complex fields, interleaved (re, im), in place. */
export class ComplexFft2d {
  readonly #fft: FFT;
  readonly #line: Float64Array;
  readonly #transformed: Float64Array;
  readonly #turned: Float64Array;

  /** @param size side in samples: a power of two, 2 or more. @throws RangeError otherwise */
  constructor(readonly size: number) {
    if (!Number.isInteger(size) || size < 2 || (size & (size - 1)) !== 0) {
      throw new RangeError(`Expected a power of two from 2 up but received ${size}`);
    }
    this.#fft = new FFT(size);
    this.#line = new Float64Array(2 * size);
    this.#transformed = new Float64Array(2 * size);
    this.#turned = new Float64Array(2 * size * size);
  }

  /** A complex field with the given real part. @throws RangeError where its length is not size x size */
  fromReal(field: ArrayLike<number>): Float64Array {
    const cells = this.size * this.size;
    if (field.length !== cells) throw new RangeError(`Expected ${cells} values but received ${field.length}`);
    const out = new Float64Array(2 * cells);
    for (let at = 0; at < cells; at++) out[2 * at] = field[at] ?? 0;
    return out;
  }

  /** Unnormalised. @param field 2 x size x size numbers */
  forward(field: Float64Array): void {
    this.#rows(field, this.#turned, false);
    this.#rows(this.#turned, field, false);
  }

  /** Undoes `forward`. */
  inverse(field: Float64Array): void {
    this.#rows(field, this.#turned, true);
    this.#rows(this.#turned, field, true);
  }

  /** Transforms every row of `from` and writes it as a column of `to`. */
  #rows(from: Float64Array, to: Float64Array, inverse: boolean): void {
    const { size } = this;
    const line = this.#line;
    const transformed = this.#transformed;
    for (let row = 0; row < size; row++) {
      line.set(from.subarray(2 * row * size, 2 * (row + 1) * size));
      if (inverse) this.#fft.inverseTransform(transformed, line);
      else this.#fft.transform(transformed, line);
      for (let at = 0; at < size; at++) {
        to[2 * (at * size + row)] = transformed[2 * at] ?? 0;
        to[2 * (at * size + row) + 1] = transformed[2 * at + 1] ?? 0;
      }
    }
  }
}
