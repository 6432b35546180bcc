import { computeTaps } from '../dsp/resample';
import type { ForensicImage, PixelSource, Rect } from '../image';
import { sizeForShorterSide } from './scaled';

/** Shorter side of the reduced picture, px: what the networks see, too. */
const SHORTER_SIDE = 512;
/** Of a long strip only the middle is taken: what is done with the plane grows with its area. */
const MOST_PIXELS = 1_200_000;
/**
 * Least pixels a side, for one of the plane, that are read: of a reduction by 5 every second row and column is, of
 * one by 7.5 every third.
 */
const DENSE = 2.5;
/** Least reduction left to the resampling after averaging over squares. */
const GAP = 1.25;
/** Pixels read at once: 512 KB, which stay in the processor's cache until they are averaged. */
const STRIP_PIXELS = 1 << 17;

/** Luma of the whole picture at a size that bounds what it costs to look at it. */
export interface ReducedLuma {
  readonly width: number;
  readonly height: number;
  /** Rec. 601, 0..255 but for a little overshoot, row-major. */
  readonly luma: Float32Array;
  /** Pixels of the image that one px of the plane stands for. */
  readonly scale: number;
  /** Where the plane begins, in its own px of the whole reduced picture: not 0 in long strips. */
  readonly left: number;
  readonly top: number;
  /** False for the middle of a strip. */
  readonly whole: boolean;
}

const known = new WeakMap<ForensicImage, Promise<ReducedLuma>>();

/**
 * The picture's luma with the shorter side brought down to 512 px (never enlarged), of long strips the middle.
 * Computed once an image. Of pictures over 2560 px a side an even grid is read, 6 to 25 pixels for each of the plane,
 * so that its cost is bounded. It may differ by a few levels from `scaledToShorterSide`, which is exact for the
 * networks and costs ten times as much.
 */
export function reducedLuma(image: ForensicImage): Promise<ReducedLuma> {
  let plane = known.get(image);
  if (!plane) {
    plane = reduce(image);
    known.set(image, plane);
  }
  return plane;
}

async function reduce({ width, height, pixels }: ForensicImage): Promise<ReducedLuma> {
  const all = sizeForShorterSide(width, height, SHORTER_SIDE);
  const scale = width / all.width;
  const size = cutSize(all.width, all.height);
  const left = Math.floor((all.width - size.width) / 2);
  const top = Math.floor((all.height - size.height) / 2);
  const across = span(left, size.width, all.width, width);
  const down = span(top, size.height, all.height, height);
  const part = { x: across.from, y: down.from, width: across.length, height: down.length };
  const luma = await resampled(pixels, part, size.width, size.height);
  const whole = size.width === all.width && size.height === all.height;
  return { ...size, luma, scale, left, top, whole };
}

/** The size itself, or with the longer side cut so that the area is bounded. */
function cutSize(width: number, height: number): { width: number; height: number } {
  if (width * height <= MOST_PIXELS) return { width, height };
  return width > height
    ? { width: Math.max(1, Math.floor(MOST_PIXELS / height)), height }
    : { width, height: Math.max(1, Math.floor(MOST_PIXELS / width)) };
}

/** Pixels of the image under `length` px of the plane from `at` on. */
function span(at: number, length: number, planeSide: number, side: number): { from: number; length: number } {
  const from = Math.round((at * side) / planeSide);
  return { from, length: Math.max(1, Math.round(((at + length) * side) / planeSide) - from) };
}

/** A part of the picture as luma of another size, not larger. */
async function resampled(
  source: PixelSource,
  part: Rect,
  width: number,
  height: number,
): Promise<Float32Array> {
  const factor = Math.min(part.width / width, part.height / height);
  const step = Math.max(1, Math.floor(factor / DENSE));
  const box = Math.max(1, Math.floor(factor / step / GAP));
  const side = step * box;
  const columns = Math.ceil(part.width / side);
  const rows = Math.ceil(part.height / side);
  const across = columns === width ? null : taps(columns, width, part.width / side);
  const narrowed = await narrow(source, part, { step, box, columns, rows }, across);
  if (rows === height) return narrowed.subarray(0, width * height);
  return alongColumns(narrowed, width, taps(rows, height, part.height / side));
}

/** Squares of `box` x `box` pixels, of those that every `step`th row and column hold. */
interface Squares {
  readonly step: number;
  readonly box: number;
  readonly columns: number;
  readonly rows: number;
}

/**
 * Mean luma of squares, resampled along the rows as soon as a strip is read: nothing but the result is larger than
 * the processor's cache.
 * @param across null where the squares have the width already
 * @returns with room for one row more
 */
async function narrow(
  source: PixelSource,
  part: Rect,
  squares: Squares,
  across: Grouped | null,
): Promise<Float32Array> {
  const { columns, rows } = squares;
  const side = squares.step * squares.box;
  const width = across?.outputs ?? columns;
  const narrowed = new Float32Array((rows + 1) * width);
  const stripRows = Math.min(rows, Math.max(1, Math.floor(STRIP_PIXELS / (part.width * side))));
  const words = new Int32Array(part.width * Math.min(part.height, stripRows * side));
  const strip = across ? new Float32Array((stripRows + 1) * columns) : null;
  for (let row = 0; row < rows; row += stripRows) {
    const y = row * side;
    const height = Math.min(stripRows * side, part.height - y);
    const order = await source.raw({ x: part.x, y: part.y + y, width: part.width, height }, words);
    const weights = order === 'rgb' ? RGB : BGR;
    const [luma, at] = strip ? [strip, 0] : [narrowed, row * width];
    if (side === 1) toLuma(words, luma, at, columns * height, weights);
    else averageStrip(words, part.width, height, squares, weights, luma, at);
    if (strip && across) alongRows(strip, columns, Math.ceil(height / side), across, narrowed, row * width);
  }
  return narrowed;
}

/** Rec. 601 of the lowest, second and third byte. */
type Weights = readonly [number, number, number];
const RGB: Weights = [0.299, 0.587, 0.114];
const BGR: Weights = [0.114, 0.587, 0.299];

const EVEN_BYTES = 0x00ff00ff;

function toLuma(words: Int32Array, luma: Float32Array, at: number, count: number, weights: Weights): void {
  const [low, middle, high] = weights;
  for (let from = 0; from < count; from++) {
    const pixel = words[from] ?? 0;
    luma[at + from] = low * (pixel & 0xff) + middle * ((pixel >>> 8) & 0xff) + high * ((pixel >>> 16) & 0xff);
  }
}

/** Sums of squares; the lowest and third byte in one integer, of which 16 bits hold 25 pixels easily. */
function averageStrip(
  words: Int32Array,
  width: number,
  height: number,
  { step, box, columns }: Squares,
  weights: Weights,
  luma: Float32Array,
  at: number,
): void {
  const side = step * box;
  for (let top = 0, to = at; top < height; top += side, to += columns) {
    const bottom = Math.min(height, top + side);
    // Squares of two by two that lie inside are most of a large photograph.
    const done =
      box === 2 && bottom === top + side ? averageTwos(words, width, top, step, weights, luma, to) : 0;
    for (let column = done; column < columns; column++) {
      const left = column * side;
      luma[to + column] = averageSquare(
        words,
        width,
        left,
        Math.min(width, left + side),
        top,
        bottom,
        step,
        weights,
      );
    }
  }
}

/** A row of squares of two by two pixels, `step` apart. @returns how many lie inside */
function averageTwos(
  words: Int32Array,
  width: number,
  top: number,
  step: number,
  [low, middle, high]: Weights,
  luma: Float32Array,
  to: number,
): number {
  const side = 2 * step;
  const whole = Math.floor(width / side);
  const [l, m, h] = [low / 4, middle / 4, high / 4];
  let upper = top * width;
  let lower = upper + step * width;
  for (let column = 0; column < whole; column++, upper += side, lower += side) {
    const a = words[upper] ?? 0;
    const b = words[upper + step] ?? 0;
    const c = words[lower] ?? 0;
    const d = words[lower + step] ?? 0;
    const outer = (a & EVEN_BYTES) + (b & EVEN_BYTES) + (c & EVEN_BYTES) + (d & EVEN_BYTES);
    const green = (a & 0xff00) + (b & 0xff00) + (c & 0xff00) + (d & 0xff00);
    luma[to + column] = l * (outer & 0xffff) + m * (green >>> 8) + h * (outer >>> 16);
  }
  return whole;
}

function averageSquare(
  words: Int32Array,
  width: number,
  left: number,
  right: number,
  top: number,
  bottom: number,
  step: number,
  [low, middle, high]: Weights,
): number {
  let outer = 0;
  let green = 0;
  let count = 0;
  for (let y = top; y < bottom; y += step) {
    const end = y * width + right;
    for (let from = y * width + left; from < end; from += step) {
      const pixel = words[from] ?? 0;
      outer += pixel & EVEN_BYTES;
      green += pixel & 0xff00;
      count++;
    }
  }
  return (low * (outer & 0xffff) + middle * (green >>> 8) + high * (outer >>> 16)) / count;
}

/** Weights of taps are fixed-point integers of 22 bits. */
const UNIT = 1 / (1 << 22);

/** Taps of every output in whole groups of three, which are written out; those that were missing weigh nothing. */
interface Grouped {
  readonly outputs: number;
  readonly taps: number;
  readonly start: Int32Array;
  readonly weights: Float64Array;
}

/** @param inputs samples of a line, more than an output has taps: no group reaches beyond them
 * @param extent as `computeTaps` */
function taps(inputs: number, outputs: number, extent: number): Grouped {
  const { start, count, weights, stride } = computeTaps(inputs, outputs, 'bicubic', extent);
  const taps = 3 * Math.ceil(count.reduce((most, own) => Math.max(most, own), 0) / 3);
  const starts = new Int32Array(outputs);
  const padded = new Float64Array(outputs * taps);
  for (let output = 0; output < outputs; output++) {
    const own = start[output] ?? 0;
    const first = Math.min(own, inputs - taps);
    starts[output] = first;
    for (let tap = 0; tap < (count[output] ?? 0); tap++) {
      padded[output * taps + own - first + tap] = (weights[output * stride + tap] ?? 0) * UNIT;
    }
  }
  return { outputs, taps, start: starts, weights: padded };
}

/**
 * Two rows at a time, which share their weights.
 * @param plane, out hold a row more than `height`: an odd row has a companion that means nothing
 */
function alongRows(
  plane: Float32Array,
  width: number,
  height: number,
  across: Grouped,
  out: Float32Array,
  at: number,
): void {
  const { outputs } = across;
  for (let y = 0; y < height; y += 2) alongTwoRows(plane, y * width, width, across, out, at + y * outputs);
}

// Loops over the pixels of a row are functions of their own: V8 leaves one that it compiled while it ran inside
// another loop at the end of every row, and begins again slowly.

function alongTwoRows(
  plane: Float32Array,
  from: number,
  width: number,
  { outputs, taps, start, weights }: Grouped,
  out: Float32Array,
  to: number,
): void {
  for (let x = 0, tap = 0; x < outputs; x++) {
    let upper = from + (start[x] ?? 0);
    let lower = upper + width;
    let above = 0;
    let below = 0;
    for (const end = tap + taps; tap < end; tap += 3, upper += 3, lower += 3) {
      const a = weights[tap] ?? 0;
      const b = weights[tap + 1] ?? 0;
      const c = weights[tap + 2] ?? 0;
      above += a * (plane[upper] ?? 0) + b * (plane[upper + 1] ?? 0) + c * (plane[upper + 2] ?? 0);
      below += a * (plane[lower] ?? 0) + b * (plane[lower + 1] ?? 0) + c * (plane[lower + 2] ?? 0);
    }
    out[to + x] = above;
    out[to + outputs + x] = below;
  }
}

function alongColumns(
  plane: Float32Array,
  width: number,
  { outputs, taps, start, weights }: Grouped,
): Float32Array {
  const out = new Float32Array(width * outputs);
  const sums = new Float64Array(width);
  for (let y = 0; y < outputs; y++) {
    sums.fill(0);
    for (let tap = 0; tap < taps; tap += 3) {
      addThreeRows(sums, plane, ((start[y] ?? 0) + tap) * width, width, weights, y * taps + tap);
    }
    out.set(sums, y * width);
  }
  return out;
}

/** Adds three rows of the plane, of which the first begins at `from`, by the three weights at `at`. */
function addThreeRows(
  sums: Float64Array,
  plane: Float32Array,
  from: number,
  width: number,
  weights: Float64Array,
  at: number,
): void {
  const a = weights[at] ?? 0;
  const b = weights[at + 1] ?? 0;
  const c = weights[at + 2] ?? 0;
  for (let x = 0; x < width; x++) {
    const first = from + x;
    sums[x] =
      (sums[x] ?? 0) +
      a * (plane[first] ?? 0) +
      b * (plane[first + width] ?? 0) +
      c * (plane[first + 2 * width] ?? 0);
  }
}
