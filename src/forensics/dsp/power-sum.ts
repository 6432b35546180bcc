import { FloatFft } from './float-fft';
import { foldPowers, unfold } from './log-power';
import { type PowerKernel, powerKernel } from './power-kernel';
import { DOUBLE } from './wasm';

/**
 * Sum of the powers |X(u, v)|^2 of real square fields, two to a transform, in single precision with vector
 * instructions. One is kept by each thread for each size, and used by one caller at a time.
 */
export class PowerSum {
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
  readonly #sums: Float64Array;

  /**
   * @param size side in samples: a power of two, 16 or more
   * @param spare bytes of the memory that the caller wants for itself
   * @throws RangeError otherwise
   */
  constructor(
    readonly size: number,
    spare = 0,
  ) {
    const cells = (size / 2 + 1) * size;
    this.#fft = new FloatFft(size, cells * DOUBLE + spare);
    this.memory = this.#fft.memory;
    this.plane = this.#fft.plane;
    this.spare = this.#fft.spare + cells * DOUBLE;
    this.stride = this.#fft.stride;
    this.first = this.#fft.re;
    this.second = this.#fft.im;
    this.#kernel = powerKernel(this.#fft.memory, this.#fft.plane, 'add');
    this.#sums = new Float64Array(this.#fft.memory.buffer, this.#fft.spare, cells);
  }

  /** Forgets all that was added. */
  reset(): void {
    this.#sums.fill(0);
  }

  /** Adds the powers of the fields in `first` and `second`: a field of zeros adds nothing. */
  add(): void {
    this.#fft.forward();
    foldPowers(this.#fft, this.#kernel, this.#fft.spare, this.#fft.spare, 0);
  }

  /** The sum, row-major, size x size, u along rows, 0..size-1. */
  value(): Float64Array {
    const out = new Float64Array(this.size * this.size);
    unfold(this.#sums, this.#fft, 1, out);
    return out;
  }
}
