import type { Taps } from './taps';
import {
  addBytePairs,
  addInt,
  addInts,
  addShorts,
  advance,
  assemble,
  bytesOf,
  type Code,
  dotShorts,
  get,
  growTo,
  highBytes,
  I32,
  int,
  isBelow,
  load,
  loadInt,
  loadSplat,
  lowBytes,
  narrowInts,
  narrowToBytes,
  orBits,
  PAGE,
  repeat,
  set,
  shiftLeft,
  shiftShortsRight,
  shiftSignedRight,
  splatInt,
  store,
  storeLowest,
  V128,
} from './wasm';

/**
 * The passes of a resampling with vector instructions, on pixels of 4 bytes that lie in the kernel's own memory: the
 * same integers as `Resample.c` computes, for four channels at once. A weight of 22 bits is taken as two of 16, so
 * that two taps are one instruction.
 */
export interface ResampleKernel {
  /** Forgets what was reserved before. */
  clear(): void;
  /**
   * All is reserved before anything is written: memory that grows is another `ArrayBuffer`.
   * @returns address of `bytes` bytes, and of more behind them that may be written to
   */
  reserve(bytes: number): number;
  /** Bytes at an address. */
  bytes(address: number, length: number): Uint8ClampedArray<ArrayBuffer>;
  /** The same as words, a pixel each. */
  words(address: number, length: number): Int32Array<ArrayBuffer>;
  /**
   * Means of squares of 2 x 2 pixels, halves up, alpha 255. Writes up to 12 bytes more than asked for.
   * @param upper, lower addresses of two rows
   * @param count squares
   */
  halve(upper: number, lower: number, to: number, count: number): void;
  /** Writes a table of weights for `alongRows` to where `reserve(rowTableBytes(taps))` was. */
  writeRowTable(address: number, taps: Taps): void;
  /**
   * Horizontal pass, alpha 255.
   * @param from first of `rows` rows of `width` pixels
   * @param to receives rows of `taps.outputs` pixels
   */
  alongRows(from: number, width: number, rows: number, table: number, taps: Taps, to: number): void;
  writeColumnTable(address: number, taps: Taps): void;
  /**
   * Vertical pass, alpha 255. Reads a row more than there are, of any content.
   * @param from rows of `width` pixels
   * @param to receives `taps.outputs` rows
   */
  alongColumns(from: number, width: number, table: number, taps: Taps, to: number): void;
}

/** Written and read past the end of what is reserved: a vector's rest. */
const SLACK = 64;
/** A kernel with more memory than this is not kept: most pictures need less. */
const MOST_KEPT = 24 << 20;

const idle: ResampleKernel[] = [];

/**
 * Lends a kernel to one resampling at a time: another that is on its way meanwhile gets another one.
 * @returns what `work` answers
 */
export function withKernel<T>(work: (kernel: ResampleKernel) => T): T {
  const kernel = idle.pop() ?? newKernel();
  kernel.clear();
  const answer = work(kernel);
  const back = () => giveBack(kernel);
  if (answer instanceof Promise) void answer.then(back, back);
  else back();
  return answer;
}

function giveBack(kernel: ResampleKernel): void {
  if (kernel.bytes(0, 0).buffer.byteLength <= MOST_KEPT) idle.push(kernel);
}

/** Groups of `size` taps that hold the most that any output has. */
const groups = (taps: Taps, size: number): number =>
  Math.ceil(taps.count.reduce((most, own) => Math.max(most, own), 1) / size);
/** Taps of a row are taken in fours, of a column in pairs. */
const ROW_GROUP = 4;
const COLUMN_GROUP = 2;
/** Bytes of a tap's weight: two halves of 16 bits. */
const WEIGHT = 4;

export const rowTableBytes = (taps: Taps): number =>
  taps.outputs * (4 + groups(taps, ROW_GROUP) * ROW_GROUP * WEIGHT);
export const columnTableBytes = (taps: Taps): number =>
  taps.outputs * groups(taps, COLUMN_GROUP) * COLUMN_GROUP * WEIGHT;

function newKernel(): ResampleKernel {
  const { memory, call } = assemble([halveRow(), narrowRows(), lowerRow()], PAGE);
  const [halve, narrow, lower] = [call('halve'), call('narrow'), call('lower')];
  let used = 0;
  return {
    clear() {
      used = 0;
    },
    reserve(bytes) {
      const address = used;
      used += Math.ceil((bytes + SLACK) / 16) * 16;
      growTo(memory, used);
      return address;
    },
    bytes: (address, length) => new Uint8ClampedArray(memory.buffer, address, length),
    words: (address, length) => new Int32Array(memory.buffer, address, length),
    halve: (upper, below, to, count) => {
      if (count > 0) halve(upper, below, to, to + 4 * count);
    },
    writeRowTable(address, taps) {
      const count = groups(taps, ROW_GROUP);
      new Int32Array(memory.buffer, address, taps.outputs).set(taps.start.map((first) => 4 * first));
      const weights = new Int16Array(memory.buffer, address + 4 * taps.outputs);
      for (let out = 0, to = 0; out < taps.outputs; out++) {
        // The upper halves of four weights, then the lower ones.
        for (let group = 0; group < count; group++, to += 8) {
          for (let tap = 0; tap < 4; tap++) {
            const weight = weightAt(taps, out, 4 * group + tap);
            weights[to + tap] = upperHalf(weight);
            weights[to + 4 + tap] = lowerHalf(weight);
          }
        }
      }
    },
    alongRows(from, width, rows, table, taps, to) {
      const { outputs } = taps;
      const bytes = 16 * groups(taps, ROW_GROUP);
      for (let row = 0; row < rows; row++) {
        narrow(from + 4 * row * width, table, table + 4 * outputs, bytes, to + 4 * row * outputs);
      }
    },
    writeColumnTable(address, taps) {
      const count = groups(taps, COLUMN_GROUP);
      const weights = new Int16Array(memory.buffer, address, 4 * count * taps.outputs);
      for (let out = 0, to = 0; out < taps.outputs; out++) {
        for (let group = 0; group < count; group++, to += 4) {
          for (let tap = 0; tap < 2; tap++) {
            const weight = weightAt(taps, out, 2 * group + tap);
            weights[to + tap] = upperHalf(weight);
            weights[to + 2 + tap] = lowerHalf(weight);
          }
        }
      }
    },
    alongColumns(from, width, table, taps, to) {
      const tableRow = 8 * groups(taps, COLUMN_GROUP);
      const stride = 4 * width;
      for (let out = 0; out < taps.outputs; out++) {
        const pairs = 8 * Math.ceil((taps.count[out] ?? 0) / COLUMN_GROUP);
        const first = from + (taps.start[out] ?? 0) * stride;
        const weights = table + out * tableRow;
        lower(first, stride, weights, weights + pairs, to + out * stride, to + (out + 1) * stride);
      }
    },
  };
}

const weightAt = (taps: Taps, out: number, tap: number): number =>
  tap < (taps.count[out] ?? 0) ? (taps.weights[out * taps.stride + tap] ?? 0) : 0;

const LOWER_BITS = 11;
const lowerHalf = (weight: number): number => (weight << (32 - LOWER_BITS)) >> (32 - LOWER_BITS);
const upperHalf = (weight: number): number => (weight - lowerHalf(weight)) >> LOWER_BITS;

const PRECISION_BITS = 22;
const HALF = 1 << (PRECISION_BITS - 1);
const OPAQUE = 0xff << 24;
const zero = splatInt(int(0));

/** Each of two pixels' four channels beside the other's, neighbours of a byte each. */
const PAIRED = [0, 4, 1, 5, 2, 6, 3, 7, 8, 12, 9, 13, 10, 14, 11, 15];

function halveRow() {
  const [upper, lower, to, end, a, b] = [0, 1, 2, 3, 4, 5];
  // Two squares: four pixels of either row.
  const sum = (offset: number): Code =>
    addShorts(
      addShorts(
        addBytePairs(bytesOf(load(get(upper), offset), zero, PAIRED)),
        addBytePairs(bytesOf(load(get(lower), offset), zero, PAIRED)),
      ),
      splatInt(int(0x00020002)),
    );
  return {
    name: 'halve',
    params: [I32, I32, I32, I32],
    locals: [V128, V128],
    body: repeat(
      [
        ...set(a, shiftShortsRight(sum(0), int(2))),
        ...set(b, shiftShortsRight(sum(16), int(2))),
        ...store(get(to), 0, orBits(narrowToBytes(get(a), get(b)), splatInt(int(OPAQUE)))),
        ...advance(upper, 32),
        ...advance(lower, 32),
        ...advance(to, 16),
      ],
      isBelow(get(to), get(end)),
    ),
  };
}

/** Rounded to 8 bits: what the upper halves of the weights gave, and the lower ones. */
const rounded = (upper: Code, lower: Code): Code =>
  shiftSignedRight(addInts(shiftLeft(upper, int(LOWER_BITS)), lower), int(PRECISION_BITS));

/** One row: for every output its four taps at a time. */
function narrowRows() {
  const [row, starts, weights, bytes, to] = [0, 1, 2, 3, 4];
  const [at, end, last, pixels, first, second, upper, lower] = [5, 6, 7, 8, 9, 10, 11, 12];
  return {
    name: 'narrow',
    params: [I32, I32, I32, I32, I32],
    locals: [I32, I32, I32, V128, V128, V128, V128, V128],
    body: [
      // The starts end where the weights begin.
      ...set(last, get(weights)),
      ...repeat(
        [
          ...set(at, addInt(get(row), loadInt(get(starts)))),
          ...set(end, addInt(get(weights), get(bytes))),
          ...set(upper, zero),
          ...set(lower, splatInt(int(HALF))),
          ...repeat(
            [
              ...set(pixels, load(get(at))),
              ...set(pixels, bytesOf(get(pixels), zero, PAIRED)),
              ...set(first, lowBytes(get(pixels))),
              ...set(second, highBytes(get(pixels))),
              ...set(
                upper,
                addInts(
                  addInts(get(upper), dotShorts(get(first), loadSplat(get(weights)))),
                  dotShorts(get(second), loadSplat(get(weights), 4)),
                ),
              ),
              ...set(
                lower,
                addInts(
                  addInts(get(lower), dotShorts(get(first), loadSplat(get(weights), 8))),
                  dotShorts(get(second), loadSplat(get(weights), 12)),
                ),
              ),
              ...advance(at, 16),
              ...advance(weights, 16),
            ],
            isBelow(get(weights), get(end)),
          ),
          ...set(pixels, narrowInts(rounded(get(upper), get(lower)), zero)),
          ...storeLowest(get(to), 0, orBits(narrowToBytes(get(pixels), zero), splatInt(int(OPAQUE)))),
          ...advance(to, 4),
          ...advance(starts, 4),
        ],
        isBelow(get(starts), get(last)),
      ),
    ],
  };
}

/** Bytes of two rows beside each other. */
const BESIDE = [0, 1, 2, 3, 4, 5, 6, 7].flatMap((byte) => [byte, 16 + byte]);
const BESIDE_HIGH = BESIDE.map((byte) => byte + 8);

/** One output row: four pixels at a time, for them two rows at a time. */
function lowerRow() {
  const [from, stride, table, tableEnd, to, end] = [0, 1, 2, 3, 4, 5];
  const [at, weight, above, below, coarse, fine] = [6, 7, 8, 9, 10, 11];
  // Sums of four pixels by the upper halves of the weights, and by the lower ones.
  const [upper, lower, own] = [[12, 13, 14, 15], [16, 17, 18, 19], 20];
  const pixel = (number: number): Code => {
    const half = number < 2 ? BESIDE : BESIDE_HIGH;
    const beside = bytesOf(get(above), get(below), half);
    return number % 2 === 0 ? lowBytes(beside) : highBytes(beside);
  };
  const result = (number: number): Code => rounded(get(12 + number), get(16 + number));
  return {
    name: 'lower',
    params: [I32, I32, I32, I32, I32, I32],
    locals: [I32, I32, ...Array(13).fill(V128)],
    body: repeat(
      [
        ...upper.flatMap((local) => set(local, zero)),
        ...lower.flatMap((local) => set(local, splatInt(int(HALF)))),
        ...set(at, get(from)),
        ...set(weight, get(table)),
        ...repeat(
          [
            ...set(above, load(get(at))),
            ...set(below, load(addInt(get(at), get(stride)))),
            ...set(coarse, loadSplat(get(weight))),
            ...set(fine, loadSplat(get(weight), 4)),
            ...[0, 1, 2, 3].flatMap((number) => [
              ...set(own, pixel(number)),
              ...set(12 + number, addInts(get(12 + number), dotShorts(get(own), get(coarse)))),
              ...set(16 + number, addInts(get(16 + number), dotShorts(get(own), get(fine)))),
            ]),
            ...set(at, addInt(addInt(get(at), get(stride)), get(stride))),
            ...advance(weight, 8),
          ],
          isBelow(get(weight), get(tableEnd)),
        ),
        ...store(
          get(to),
          0,
          orBits(
            narrowToBytes(narrowInts(result(0), result(1)), narrowInts(result(2), result(3))),
            splatInt(int(OPAQUE)),
          ),
        ),
        ...advance(from, 16),
        ...advance(to, 16),
      ],
      isBelow(get(to), get(end)),
    ),
  };
}
