import { computeTaps } from '../dsp/taps';
import { growTo, LANES } from '../dsp/wasm';
import type { PixelSource, Rect, WordOrder } from '../image';
import { assembleReduceKernel, type Box } from './reduce-kernel';

/** Pixels read at once: 1 MB. The next are on their way while these are worked on. */
const STRIP_PIXELS = 1 << 18;
/** Bytes behind everything, which the last vector of a row may touch. */
const SLACK = 256;
/** Weights of taps are fixed-point integers of 22 bits. */
const UNIT = 1 / (1 << 22);

/** Squares of `box` x `box` pixels, of those that every `step`th row and column hold; `side` = step box. */
export interface Squares {
  readonly step: number;
  readonly box: Box;
  readonly side: number;
}

/** Where each result's taps begin, and their weights, of which all have `taps`: those that were missing are 0. */
interface Taps {
  readonly taps: number;
  readonly start: Int32Array;
  readonly weights: Float64Array;
}

/** What is done strip by strip, and where it lies in the memory, bytes. */
interface Plan {
  readonly part: Rect;
  readonly squares: Squares;
  readonly columns: number;
  readonly rows: number;
  readonly width: number;
  readonly height: number;
  readonly across: Taps | null;
  readonly down: Taps | null;
  /** Rows of squares in a strip. */
  readonly stripRows: number;
  /** Two strips of pixels in turns. */
  readonly words: readonly [number, number];
  readonly averaged: number;
  /** Rows of the width asked for: those that further results need, and a strip's. */
  readonly narrowed: number;
  readonly starts: number;
  readonly weights: number;
  readonly downWeights: number;
  readonly out: number;
}

/**
 * Brings luma down to another size: mean luma of squares, then Pillow's bicubic taps along the rows and down the
 * columns, strip by strip with vector instructions. One picture at a time.
 */
export class Reducer {
  readonly #kernel = assembleReduceKernel();
  #memory = new ArrayBuffer(0);
  #ints = new Int32Array(this.#memory);
  #floats = new Float32Array(this.#memory);

  /** @returns width x height values, 0..255 but for a little overshoot; nearest single precision where it is not smaller */
  async reduce(
    source: PixelSource,
    part: Rect,
    squares: Squares,
    width: number,
    height: number,
  ): Promise<Float32Array> {
    const plan = this.#prepare(part, squares, width, height);
    const { rows, stripRows, down } = plan;
    const result = new Float32Array(width * height);
    const read = (row: number) => this.#read(source, plan, row);
    let coming = read(0);
    // Rows narrowed so far begin with this one, and results are complete up to that.
    let first = 0;
    let done = 0;
    try {
      for (let row = 0; row < rows; row += stripRows) {
        const order = await coming;
        if (row + stripRows < rows) coming = read(row + stripRows);
        const count = Math.min(stripRows, rows - row);
        this.#narrow(plan, row, count, row - first, order);
        if (!down) {
          this.#copyRows(plan, count, result, row);
          first = row + count;
          continue;
        }
        done = this.#addRows(plan, down, first, row + count, done, result);
        const next = Math.min(row + count, down.start[done] ?? rows);
        const pitch = padded(width);
        const from = plan.narrowed / 4;
        this.#floats.copyWithin(from, from + (next - first) * pitch, from + (row + count - first) * pitch);
        first = next;
      }
    } finally {
      // Nothing may be written to this memory when another picture has it.
      await Promise.allSettled([coming]);
    }
    return result;
  }

  #prepare(part: Rect, squares: Squares, width: number, height: number): Plan {
    const { side } = squares;
    const columns = Math.ceil(part.width / side);
    const rows = Math.ceil(part.height / side);
    const across = columns === width ? null : taps(columns, width, part.width / side, LANES);
    const down = rows === height ? null : taps(rows, height, part.height / side, 1);
    const stripRows = Math.min(rows, Math.max(1, Math.floor(STRIP_PIXELS / (part.width * side))));
    let end = 0;
    const room = (samples: number) => {
      const from = end;
      end += 4 * padded(samples);
      return from;
    };
    const stripWords = part.width * Math.min(part.height, stripRows * side);
    const plan = {
      ...{ part, squares, columns, rows, width, height, across, down, stripRows },
      words: [room(stripWords), room(stripWords)] as const,
      averaged: across ? room(stripRows * padded(columns)) : 0,
      narrowed: room((stripRows + (down?.taps ?? 0)) * padded(width)),
      starts: across ? room(width) : 0,
      weights: across ? room(padded(width) * across.taps) : 0,
      downWeights: down ? room(down.taps) : 0,
      out: room(width),
    };
    this.#grow(end + SLACK);
    if (across) this.#placeTaps(plan, across);
    return plan;
  }

  #grow(bytes: number): void {
    const { memory } = this.#kernel;
    growTo(memory, bytes);
    if (this.#memory === memory.buffer) return;
    this.#memory = memory.buffer;
    this.#ints = new Int32Array(memory.buffer);
    this.#floats = new Float32Array(memory.buffer);
  }

  /** As the kernel wants them: four results' first four taps, then their next four. */
  #placeTaps({ starts, weights, width }: Plan, across: Taps): void {
    const { taps } = across;
    for (let x = 0; x < padded(width); x++) {
      this.#ints[starts / 4 + x] = 4 * (across.start[Math.min(x, width - 1)] ?? 0);
      const quad = weights / 4 + (x - (x % LANES)) * taps + LANES * (x % LANES);
      for (let tap = 0; tap < taps; tap++) {
        const group = (tap - (tap % LANES)) / LANES;
        this.#floats[quad + group * LANES * LANES + (tap % LANES)] = across.weights[x * taps + tap] ?? 0;
      }
    }
  }

  #read(source: PixelSource, { part, squares, stripRows, words }: Plan, row: number): Promise<WordOrder> {
    const y = row * squares.side;
    const height = Math.min(stripRows * squares.side, part.height - y);
    const from = words[(row / stripRows) % 2 === 0 ? 0 : 1] / 4;
    const into = this.#ints.subarray(from, from + part.width * height);
    return source.raw({ x: part.x, y: part.y + y, width: part.width, height }, into);
  }

  /** Averages a strip's squares, and resamples them along the rows, into the narrowed rows from `to` on. */
  #narrow(plan: Plan, row: number, count: number, to: number, order: WordOrder): void {
    const { columns, width, across, averaged, narrowed, starts, weights } = plan;
    const out = narrowed + 4 * to * padded(width);
    const squares = across ? averaged : out;
    for (let at = 0; at < count; at++) {
      this.#average(plan, row, at, squares + 4 * at * padded(columns), order);
    }
    if (!across) return;
    for (let at = 0; at < count; at++) {
      const [from, into] = [averaged + 4 * at * padded(columns), out + 4 * at * padded(width)];
      this.#kernel.across(from, into, into + 4 * width, starts, weights, across.taps / LANES);
    }
  }

  /** One row of squares, the `at`th of a strip that begins with row `row`; those that stick out one by one. */
  #average(plan: Plan, row: number, at: number, to: number, order: WordOrder): void {
    const { part, squares, columns, stripRows, words } = plan;
    const { step, box, side } = squares;
    const strip = words[(row / stripRows) % 2 === 0 ? 0 : 1];
    const top = at * side;
    const bottom = Math.min(top + side, part.height - row * side);
    const inside = bottom - top < side ? 0 : Math.floor(part.width / side);
    const [low, third] = order === 'rgb' ? [299, 114] : [114, 299];
    if (inside > 0) {
      const from = strip + 4 * top * part.width;
      const outer = low | (third << 16);
      const end = to + 4 * inside;
      this.#kernel.average(
        ...[box, from, to, end, 4 * step, 4 * side, 4 * step * part.width, outer, 587, 1000 * box * box],
      );
    }
    for (let column = inside; column < columns; column++) {
      const left = column * side;
      const square = { left, right: Math.min(part.width, left + side), top, bottom };
      this.#floats[to / 4 + column] = meanLuma(
        ...[this.#ints, strip / 4, part.width, square, step, low, third],
      );
    }
  }

  #copyRows({ width, narrowed }: Plan, count: number, result: Float32Array, row: number): void {
    for (let at = 0; at < count; at++) {
      const from = narrowed / 4 + at * padded(width);
      result.set(this.#floats.subarray(from, from + width), (row + at) * width);
    }
  }

  /**
   * Results whose rows are all there.
   * @param first, end rows that are there
   * @returns how many results are complete now
   */
  #addRows(
    { width, height, narrowed, downWeights, out }: Plan,
    down: Taps,
    first: number,
    end: number,
    done: number,
    result: Float32Array,
  ): number {
    const { taps, start, weights } = down;
    const pitch = 4 * padded(width);
    let y = done;
    for (; y < height && (start[y] ?? 0) + taps <= end; y++) {
      this.#floats.set(weights.subarray(y * taps, (y + 1) * taps), downWeights / 4);
      const from = narrowed + ((start[y] ?? 0) - first) * pitch;
      this.#kernel.down(from, out, out + 4 * width, pitch, downWeights, taps);
      result.set(this.#floats.subarray(out / 4, out / 4 + width), y * width);
    }
    return y;
  }
}

/** Rows begin at whole vectors. */
function padded(samples: number): number {
  return LANES * Math.ceil(samples / LANES);
}

/**
 * @param inputs samples of a line, at least as many as an output has taps: none reaches beyond them
 * @param extent as `computeTaps`
 * @param multiple of this many taps each
 */
function taps(inputs: number, outputs: number, extent: number, multiple: number): Taps {
  const { start, count, weights, stride } = computeTaps(inputs, outputs, 'bicubic', extent);
  const most = count.reduce((most, own) => Math.max(most, own), 0);
  const taps = multiple * Math.ceil(most / multiple);
  const starts = new Int32Array(outputs);
  const all = new Float64Array(outputs * taps);
  for (let output = 0; output < outputs; output++) {
    const own = start[output] ?? 0;
    const first = Math.max(0, Math.min(own, inputs - taps));
    starts[output] = first;
    for (let tap = 0; tap < (count[output] ?? 0); tap++) {
      all[output * taps + own - first + tap] = (weights[output * stride + tap] ?? 0) * UNIT;
    }
  }
  return { taps, start: starts, weights: all };
}

interface Square {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** @param low, third weights of the lowest and third byte, thousandths */
function meanLuma(
  words: Int32Array,
  from: number,
  width: number,
  { left, right, top, bottom }: Square,
  step: number,
  low: number,
  third: number,
): number {
  let sum = 0;
  let count = 0;
  for (let y = top; y < bottom; y += step) {
    for (let x = left; x < right; x += step, count++) {
      const word = words[from + y * width + x] ?? 0;
      sum += low * (word & 255) + 587 * ((word >>> 8) & 255) + third * ((word >>> 16) & 255);
    }
  }
  return sum / (1000 * count);
}
