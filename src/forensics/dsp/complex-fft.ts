import { SquareFft } from './square-fft';

/** Discrete Fourier transform of square complex fields, interleaved (re, im), in place. */
export class ComplexFft2d {
  readonly #fft: SquareFft;

  /** @param size side in samples: a power of two, 2 or more. @throws RangeError otherwise */
  constructor(readonly size: number) {
    this.#fft = new SquareFft(size);
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
    this.#load(field);
    this.#fft.forward();
    this.#store(field, 1);
  }

  /** Undoes `forward`. */
  inverse(field: Float64Array): void {
    this.#load(field);
    this.#fft.inverse();
    this.#store(field, 1 / (this.size * this.size));
  }

  #load(field: Float64Array): void {
    const { size } = this;
    const { re, im, stride } = this.#fft;
    for (let y = 0, from = 0; y < size; y++) {
      for (let to = y * stride; to < y * stride + size; to++, from += 2) {
        re[to] = field[from] ?? 0;
        im[to] = field[from + 1] ?? 0;
      }
    }
  }

  #store(field: Float64Array, scale: number): void {
    const { size } = this;
    const { re, im, stride, placeOf } = this.#fft;
    for (let y = 0, to = 0; y < size; y++) {
      const row = (placeOf[y] ?? 0) * stride;
      for (let x = 0; x < size; x++, to += 2) {
        const from = row + (placeOf[x] ?? 0);
        field[to] = (re[from] ?? 0) * scale;
        field[to + 1] = (im[from] ?? 0) * scale;
      }
    }
  }
}
