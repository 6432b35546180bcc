import { halfTwiddles, placesOf, quarterTwiddles } from './fft-plan';
import { type PowerKernel, powerKernel } from './power-kernel';

/** Samples beside each row: rows a power of two apart share lines of the cache. */
const PADDING = 16;
/** Columns transformed together: their rows stay in the processor's nearer caches through all stages. */
const PANEL = 64;
/**
 * Powers multiplied before a logarithm is taken (of tens of thousands of cells, each costly). A power of a 256-px
 * tile of grey levels stays below 1e13 and above 0.9: the product of 16 fits a double.
 */
const FACTORS = 16;
const FLOAT = 4;
const DOUBLE = 8;

/**
 * Mean logarithm of the power of real square fields, cell by cell, for spectra averaged over tiles: transform, power
 * and product in one kernel with vector instructions, in single precision (the transform's rounding is 130 dB below
 * the field's own power). One is kept by each thread for each size, and used by one caller at a time.
 */
export class LogPower {
  /** Samples from one row of `first` and `second` to the next. */
  readonly stride: number;
  /** Two real fields for `add`, sample (x, y) at `y * stride + x`. Overwritten there. */
  readonly first: Float32Array;
  readonly second: Float32Array;
  readonly #kernel: PowerKernel;
  readonly #butterflies: readonly Butterfly[];
  readonly #placeOf: Int32Array;
  /** Where the table of mirrored fours, the products of each mean, and what nobody wants begin, in bytes. */
  readonly #table: number;
  readonly #products: number;
  readonly #cells: number;
  readonly #sums: readonly Float64Array[];
  readonly #counts: number[];

  /**
   * @param size side in samples: a power of two, 16 or more
   * @param means how many are kept apart
   * @param floor power added to each, over 0
   * @throws RangeError otherwise
   */
  constructor(
    readonly size: number,
    readonly means: number,
    readonly floor: number,
  ) {
    if (!Number.isInteger(size) || size < 16 || (size & (size - 1)) !== 0) {
      throw new RangeError(`Expected a power of two from 16 up but received ${size}`);
    }
    if (!(floor > 0)) throw new RangeError(`Expected a floor over 0 but received ${floor}`);
    this.stride = size + PADDING;
    const plane = this.stride * size * FLOAT;
    this.#cells = (size / 2 + 1) * size;
    this.#table = 2 * plane;
    this.#products = this.#table + size * FLOAT;
    const bytes = this.#products + (means + 1) * this.#cells * DOUBLE;
    this.#kernel = powerKernel(this.stride * FLOAT, plane, bytes);
    const { buffer } = this.#kernel.memory;
    this.first = new Float32Array(buffer, 0, plane / FLOAT);
    this.second = new Float32Array(buffer, plane, plane / FLOAT);
    const isOdd = Math.log2(size) % 2 === 1;
    this.#butterflies = butterfliesOf(size, isOdd);
    const fours = Math.floor(Math.log2(size) / 2);
    this.#placeOf = placesOf(size, [...(isOdd ? [2] : []), ...Array<number>(fours).fill(4)]);
    const table = new Int32Array(buffer, this.#table, size / 4);
    // The last stage leaves b, b + size / 4, b + size / 2, b + 3 size / 4 side by side, so their opposites are too.
    for (let b = 0; b < size / 4; b++) {
      const opposite = this.#placeOf[b === 0 ? 0 : size / 4 - b] ?? 0;
      table[(this.#placeOf[b] ?? 0) / 4] = opposite * FLOAT;
    }
    this.#sums = Array.from({ length: means }, () => new Float64Array(this.#cells));
    this.#counts = Array.from({ length: means }, () => 0);
    this.reset();
  }

  /** Forgets all that was added. */
  reset(): void {
    for (let mean = 0; mean <= this.means; mean++) this.#productOf(mean).fill(1);
    for (const sum of this.#sums) sum.fill(0);
    this.#counts.fill(0);
  }

  /**
   * Adds the fields in `first` and `second` to a mean each; both may go to the same one. The second one is not counted
   * where there is no mean for it.
   * @param meanOfFirst, meanOfSecond 0 to `means` - 1
   */
  add(meanOfFirst: number, meanOfSecond: number | null): void {
    this.#transform();
    const { size, floor } = this;
    const row = this.stride * FLOAT;
    const kernel = this.#kernel;
    const length = size * FLOAT;
    for (let u = 0; u <= size / 2; u++) {
      const here = (this.#placeOf[u] ?? 0) * row;
      const mirror = (this.#placeOf[u === 0 ? 0 : size - u] ?? 0) * row;
      const a = this.#at(meanOfFirst) + u * size * DOUBLE;
      const b = this.#at(meanOfSecond ?? this.means) + u * size * DOUBLE;
      const four = 4 * DOUBLE;
      kernel.firstPowers(here, here + 4 * FLOAT, mirror, this.#table, a, b, floor);
      kernel.powers(here + 4 * FLOAT, here + length, mirror, this.#table + FLOAT, a + four, b + four, floor);
    }
    this.#count(meanOfFirst);
    if (meanOfSecond === null) this.#productOf(this.means).fill(1);
    else this.#count(meanOfSecond);
  }

  /** Mean natural logarithm, row-major, size x size, u along rows, 0..size-1. NaN where nothing was added. */
  value(mean: number): Float64Array {
    this.#takeLogarithms(mean);
    const { size } = this;
    const sum = this.#sums[mean] ?? new Float64Array(0);
    const count = this.#counts[mean] ?? 0;
    const out = new Float64Array(size * size);
    for (let v = 0; v < size; v++) {
      const place = this.#placeOf[v] ?? 0;
      const mirrorRow = v === 0 ? 0 : (size - v) * size;
      for (let u = 0; u <= size / 2; u++) {
        const value = (sum[u * size + place] ?? 0) / count;
        out[v * size + u] = value;
        out[mirrorRow + ((size - u) & (size - 1))] = value;
      }
    }
    return out;
  }

  #count(mean: number): void {
    const count = (this.#counts[mean] ?? 0) + 1;
    this.#counts[mean] = count;
    if (count % FACTORS === 0) this.#takeLogarithms(mean);
  }

  #takeLogarithms(mean: number): void {
    const product = this.#productOf(mean);
    const sum = this.#sums[mean];
    if (sum) addLogarithms(sum, product);
    product.fill(1);
  }

  #productOf(mean: number): Float64Array {
    return new Float64Array(this.#kernel.memory.buffer, this.#at(mean), this.#cells);
  }

  #at(mean: number): number {
    return this.#products + mean * this.#cells * DOUBLE;
  }

  /** Columns, then rows as columns of the transposed field: frequency (u, v) comes out at row u, column v. */
  #transform(): void {
    this.#columns();
    const { size } = this;
    const row = this.stride * FLOAT;
    for (let at = 0; at < size; at += 4) {
      const diagonal = at * row + at * FLOAT;
      this.#kernel.exchange(diagonal, diagonal, at * row + size * FLOAT);
    }
    this.#columns();
  }

  #columns(): void {
    const row = this.stride * FLOAT;
    const kernel = this.#kernel;
    const width = Math.min(PANEL, this.size) * FLOAT;
    for (let left = 0; left < this.size * FLOAT; left += width) {
      for (const { first, apart, turns } of this.#butterflies) {
        const from = first * row + left;
        const [c1 = 1, s1 = 0, c2 = 1, s2 = 0, c3 = 1, s3 = 0] = turns ?? [];
        if (!turns) kernel.fours(from, from + width, apart * row);
        else if (turns.length === 2) kernel.halves(from, from + width, apart * row, c1, s1);
        else kernel.quarters(from, from + width, apart * row, c1, s1, c2, s2, c3, s3);
      }
    }
  }
}

/** One combination of two or four rows. */
interface Butterfly {
  /** The first row, and how many lie from one to the next. */
  readonly first: number;
  readonly apart: number;
  /** Real and imaginary parts of the twiddle factors of all rows but the first; null where four have none. */
  readonly turns: readonly number[] | null;
}

/** All of a transform in their order: by two once where the side is no power of four, then by fours. */
function butterfliesOf(size: number, isOdd: boolean): readonly Butterfly[] {
  const all: Butterfly[] = [];
  if (isOdd) {
    const w = halfTwiddles(size);
    for (let j = 0; j < size / 2; j++) {
      all.push({ first: j, apart: size / 2, turns: [...w.subarray(2 * j, 2 * j + 2)] });
    }
  }
  for (let length = isOdd ? size / 2 : size; length >= 4; length /= 4) {
    const w = quarterTwiddles(length);
    const apart = length / 4;
    for (let begin = 0; begin < size; begin += length) {
      for (let j = 0; j < apart; j++) {
        const turns = j === 0 ? null : [...w.subarray(6 * j, 6 * j + 6)];
        all.push({ first: begin + j, apart, turns });
      }
    }
  }
  return all;
}

function addLogarithms(sum: Float64Array, product: Float64Array): void {
  for (let at = 0; at < sum.length; at++) sum[at] = (sum[at] ?? 0) + Math.log(product[at] ?? 1);
}
