import { ENTRY, type FftKernel, fftKernel } from './fft-kernel';
import { halfTwiddles, placesOf, quarterTwiddles } from './fft-plan';
import { FLOAT, newMemory } from './wasm';

/** Samples beside each row: rows a power of two apart share lines of the cache. */
const PADDING = 16;

/**
 * Discrete Fourier transform of one square complex field in single precision, in place, unnormalised, forward: as
 * `SquareFft`, by kernels with vector instructions (rounding is 130 dB below the field's own power). Frequency (u, v)
 * comes out at row `placeOf[u]`, column `placeOf[v]`, which leaves out a pass that turns the field back and one that
 * sorts it.
 */
export class FloatFft {
  /** Samples from one row to the next. */
  readonly stride: number;
  /** Real and imaginary parts, sample (x, y) at `y * stride + x`. */
  readonly re: Float32Array;
  readonly im: Float32Array;
  readonly memory: WebAssembly.Memory;
  /** Bytes from a real part, which begin at 0, to its imaginary part. */
  readonly plane: number;
  /** Place of each frequency 0..size-1. */
  readonly placeOf: Int32Array;
  /** Byte where a table begins that tells of each four places of a row where those of the opposite frequencies lie. */
  readonly mirrors: number;
  /** Byte from which on the memory is the caller's own. */
  readonly spare: number;
  readonly #kernel: FftKernel;
  readonly #runs: readonly Run[];

  /**
   * @param size side in samples: a power of two, 16 or more
   * @param spare bytes of the memory that the caller wants for itself
   * @throws RangeError otherwise
   */
  constructor(
    readonly size: number,
    spare = 0,
  ) {
    if (!Number.isInteger(size) || size < 16 || (size & (size - 1)) !== 0) {
      throw new RangeError(`Expected a power of two from 16 up but received ${size}`);
    }
    this.stride = size + PADDING;
    const row = this.stride * FLOAT;
    this.plane = row * size;
    this.mirrors = 2 * this.plane;
    const list = this.mirrors + size * FLOAT;
    const butterflies = butterfliesOf(size);
    this.spare = list + butterflies.length * ENTRY;
    this.memory = newMemory(this.spare + spare);
    const { buffer } = this.memory;
    this.re = new Float32Array(buffer, 0, this.plane / FLOAT);
    this.im = new Float32Array(buffer, this.plane, this.plane / FLOAT);
    this.#kernel = fftKernel(this.memory, row, this.plane);
    this.#runs = writeList(buffer, list, butterflies, row);
    const isOdd = Math.log2(size) % 2 === 1;
    const fours = Math.floor(Math.log2(size) / 2);
    this.placeOf = placesOf(size, [...(isOdd ? [2] : []), ...Array<number>(fours).fill(4)]);
    const table = new Int32Array(buffer, this.mirrors, size / 4);
    // The last stage leaves b, b + size / 4, b + size / 2, b + 3 size / 4 side by side, so their opposites are too.
    for (let b = 0; b < size / 4; b++) {
      const opposite = this.placeOf[b === 0 ? 0 : size / 4 - b] ?? 0;
      table[(this.placeOf[b] ?? 0) / 4] = opposite * FLOAT;
    }
  }

  /** Columns, then rows as columns of the transposed field. */
  forward(): void {
    this.#columns();
    const row = this.stride * FLOAT;
    for (let at = 0; at < this.size; at += 4) {
      const diagonal = at * row + at * FLOAT;
      this.#kernel.exchange(diagonal, diagonal, at * row + this.size * FLOAT);
    }
    this.#columns();
  }

  #columns(): void {
    const width = this.size * FLOAT;
    for (const run of this.#runs) this.#kernel[run.how](run.from, run.end, width, run.step);
  }
}

type How = 'halves' | 'quarters' | 'fours';

/** One combination of two or four rows. */
interface Butterfly {
  readonly how: How;
  /** The first row, and how many lie from one to the next. */
  readonly first: number;
  readonly apart: number;
  /** Real and imaginary parts of the twiddle factors of all rows but the first. */
  readonly turns: readonly number[];
}

/** Butterflies of one kind side by side in the list, in bytes of the memory. */
interface Run {
  readonly how: How;
  readonly from: number;
  readonly end: number;
  readonly step: number;
}

/** All of a transform in their order: by two once where the side is no power of four, then by fours. */
function butterfliesOf(size: number): readonly Butterfly[] {
  const isOdd = Math.log2(size) % 2 === 1;
  const all: Butterfly[] = [];
  if (isOdd) {
    const w = halfTwiddles(size);
    for (let j = 0; j < size / 2; j++) {
      all.push({ how: 'halves', first: j, apart: size / 2, turns: [...w.subarray(2 * j, 2 * j + 2)] });
    }
  }
  for (let length = isOdd ? size / 2 : size; length >= 4; length /= 4) {
    const w = quarterTwiddles(length);
    const apart = length / 4;
    // Within a stage the order does not matter: those without factors first.
    for (let j = 0; j < apart; j++) {
      const how = j === 0 ? 'fours' : 'quarters';
      const turns = [...w.subarray(6 * j, 6 * j + 6)];
      for (let begin = 0; begin < size; begin += length) all.push({ how, first: begin + j, apart, turns });
    }
  }
  return all;
}

function writeList(
  buffer: ArrayBuffer,
  from: number,
  butterflies: readonly Butterfly[],
  row: number,
): readonly Run[] {
  const words = ENTRY / FLOAT;
  const firsts = new Int32Array(buffer, from, butterflies.length * words);
  const turns = new Float32Array(buffer, from, butterflies.length * words);
  const runs: Run[] = [];
  for (const [at, { how, first, apart, turns: own }] of butterflies.entries()) {
    firsts[at * words] = first * row;
    turns.set(own, at * words + 1);
    const before = runs.at(-1);
    const end = from + (at + 1) * ENTRY;
    const step = apart * row;
    if (before?.how === how && before.step === step) runs[runs.length - 1] = { ...before, end };
    else runs.push({ how, from: end - ENTRY, end, step });
  }
  return runs;
}
