import { FloatFft } from './float-fft';
import { type PowerKernel, powerKernel } from './power-kernel';
import { DOUBLE, FLOAT } from './wasm';

/**
 * Powers multiplied before a logarithm is taken (of tens of thousands of cells, each costly). A power of a 256-px
 * tile of grey levels stays below 1e13 and above 0.9: the product of 16 fits a double.
 */
const FACTORS = 16;
/** Rows of cells put into the order of frequencies together: what they write shares lines of the cache. */
const BLOCK = 8;

/**
 * Mean logarithm of the power of real square fields, cell by cell, for spectra averaged over tiles: transform, power
 * and product in kernels with vector instructions, in single precision. One is kept by each thread for each size, and
 * used by one caller at a time.
 */
export class LogPower {
  /** Samples from one row of `first` and `second` to the next. */
  readonly stride: number;
  /** Two real fields for `add`, sample (x, y) at `y * stride + x`. Overwritten there. */
  readonly first: Float32Array;
  readonly second: Float32Array;
  /** Holds `first` from its first byte on, `second` `plane` bytes later, and from `spare` on what the caller wants. */
  readonly memory: WebAssembly.Memory;
  readonly plane: number;
  readonly spare: number;
  readonly #fft: FloatFft;
  readonly #kernel: PowerKernel;
  /** Where the products of each mean, what nobody wants, and the sums of each mean begin, in bytes. */
  readonly #products: number;
  readonly #cells: number;
  readonly #sums: readonly Float64Array[];
  readonly #values: readonly Float64Array[];
  readonly #counts: number[];

  /**
   * @param size side in samples: a power of two, 16 or more
   * @param means how many are kept apart
   * @param floor power added to each, over 0
   * @param spare bytes of the memory that the caller wants for itself
   * @throws RangeError otherwise
   */
  constructor(
    readonly size: number,
    readonly means: number,
    readonly floor: number,
    spare = 0,
  ) {
    if (!(floor > 0)) throw new RangeError(`Expected a floor over 0 but received ${floor}`);
    this.#cells = (size / 2 + 1) * size;
    const products = (2 * means + 1) * this.#cells * DOUBLE;
    this.#fft = new FloatFft(size, products + spare);
    this.stride = this.#fft.stride;
    this.first = this.#fft.re;
    this.second = this.#fft.im;
    this.memory = this.#fft.memory;
    this.plane = this.#fft.plane;
    this.#products = this.#fft.spare;
    this.spare = this.#products + products;
    this.#kernel = powerKernel(this.memory, this.plane, 'multiply');
    this.#sums = Array.from({ length: means }, (_, mean) => this.#cellsAt(means + 1 + mean));
    this.#values = Array.from({ length: means }, () => new Float64Array(size * size));
    this.#counts = Array.from({ length: means }, () => 0);
    this.reset();
  }

  /** Forgets all that was added. */
  reset(): void {
    for (let mean = 0; mean <= this.means; mean++) this.#cellsAt(mean).fill(1);
    for (const sum of this.#sums) sum.fill(0);
    this.#counts.fill(0);
  }

  /**
   * Adds the fields in `first` and `second` to a mean each; both may go to the same one. The second one is not counted
   * where there is no mean for it.
   * @param meanOfFirst, meanOfSecond 0 to `means` - 1
   */
  add(meanOfFirst: number, meanOfSecond: number | null): void {
    this.#fft.forward();
    foldPowers(
      this.#fft,
      this.#kernel,
      this.#at(meanOfFirst),
      this.#at(meanOfSecond ?? this.means),
      this.floor,
    );
    this.#count(meanOfFirst);
    if (meanOfSecond === null) this.#cellsAt(this.means).fill(1);
    else this.#count(meanOfSecond);
  }

  /**
   * Mean natural logarithm, row-major, size x size, u along rows, 0..size-1. NaN where nothing was added. The array is
   * the same each time: copy what is to outlast the next call for this mean.
   */
  value(mean: number): Float64Array {
    this.#takeLogarithms(mean);
    const sum = this.#sums[mean] ?? new Float64Array(0);
    const out = this.#values[mean] ?? new Float64Array(0);
    unfold(sum, this.#fft, 1 / (this.#counts[mean] ?? 0), out);
    return out;
  }

  #count(mean: number): void {
    const count = (this.#counts[mean] ?? 0) + 1;
    this.#counts[mean] = count;
    if (count % FACTORS === 0) this.#takeLogarithms(mean);
  }

  #takeLogarithms(mean: number): void {
    const from = this.#at(mean);
    this.#kernel.logarithms(from, from + this.#cells * DOUBLE, this.#at(this.means + 1 + mean));
  }

  #cellsAt(field: number): Float64Array {
    return new Float64Array(this.memory.buffer, this.#at(field), this.#cells);
  }

  #at(field: number): number {
    return this.#products + field * this.#cells * DOUBLE;
  }
}

/**
 * Folds the powers of the two real fields of a transform into doubles: rows u = 0..size / 2 of `size` cells each, in
 * the order of the transform's places.
 * @param toA, toB bytes of its memory; they may be the same
 */
export function foldPowers(
  fft: FloatFft,
  kernel: PowerKernel,
  toA: number,
  toB: number,
  floor: number,
): void {
  const { size, placeOf, mirrors } = fft;
  const row = fft.stride * FLOAT;
  const four = 4 * DOUBLE;
  for (let u = 0; u <= size / 2; u++) {
    const here = (placeOf[u] ?? 0) * row;
    const end = here + size * FLOAT;
    const mirror = (placeOf[u === 0 ? 0 : size - u] ?? 0) * row;
    const a = toA + u * size * DOUBLE;
    const b = toB + u * size * DOUBLE;
    kernel.foldFirst(here, here + 4 * FLOAT, mirror, mirrors, a, b, floor);
    kernel.fold(here + 4 * FLOAT, end, mirror, mirrors + FLOAT, a + four, b + four, floor);
  }
}

/** Brings what `foldPowers` left into the natural order, row-major, u along rows, with the mirrored half. */
export function unfold(
  cells: Float64Array,
  { size, placeOf }: FloatFft,
  scale: number,
  out: Float64Array,
): void {
  for (let from = 0; from <= size / 2; from += BLOCK) {
    const end = Math.min(from + BLOCK, size / 2 + 1);
    for (let v = 0; v < size; v++) {
      unfoldPart(
        cells,
        size,
        placeOf[v] ?? 0,
        from,
        end,
        scale,
        out,
        v * size,
        v === 0 ? 0 : (size - v) * size,
      );
    }
  }
}

function unfoldPart(
  cells: Float64Array,
  size: number,
  place: number,
  from: number,
  end: number,
  scale: number,
  out: Float64Array,
  row: number,
  mirrorRow: number,
): void {
  for (let u = from; u < end; u++) {
    const value = (cells[u * size + place] ?? 0) * scale;
    out[row + u] = value;
    out[mirrorRow + ((size - u) & (size - 1))] = value;
  }
}
