import { once } from '../../dsp/once';
import {
  addInt,
  addInts,
  advance,
  andBits,
  assemble,
  dotShorts,
  get,
  growTo,
  I32,
  int,
  isBelow,
  isGreaterInts,
  lane,
  largestInts,
  load,
  magnitudeInts,
  multiplyInts,
  repeat,
  set,
  shiftIntRight,
  shiftLeft,
  shiftRight,
  smallestInts,
  splatInt,
  store,
  storeInt,
  subtractInts,
  V128,
  VECTOR,
  type WasmFunction,
  when,
} from '../../dsp/wasm';
import type { WordOrder } from '../../image';

/** Side of a cell, px: small enough for a face's cheek in a web picture. */
export const CELL = 16;
/** Luma in thousandths of a level: whole numbers. */
export const THOUSAND = 1000;

/** Bytes of a row of a cell. */
const ROW = 4 * CELL;
/** Sum, least and greatest of the luma, a vector each; then the median. */
const FOUND = 0;
const MEDIAN = FOUND + 3 * VECTOR;
const LUMA = MEDIAN + VECTOR;
/** Second differences down. */
const BENDS = LUMA + CELL * ROW;
/** Their second differences across; two of each row are beyond all others. */
const SIZES = BENDS + CELL * ROW;
const STRIP = SIZES + CELL * ROW;
const INNER = CELL - 2;
/** Half of the INNER x INNER sizes are below the one of this rank. */
const MIDDLE = (INNER * INNER) / 2;
/** Sizes are below 16 x 255,000, the next power of two. */
const HIGHEST_BIT = 1 << 21;
const BEYOND = 2 ** 31 - 1;

interface Kernel {
  readonly memory: WebAssembly.Memory;
  readonly weigh: (from: number, pitch: number, outer: number) => void;
  readonly bend: () => void;
}

const kernel = once((): Kernel => {
  const { memory, call } = assemble([weigh(), bend()], STRIP);
  return { memory, weigh: call('weigh'), bend: call('bend') };
});

export interface Cell {
  /** Of luma (Rec. 601), thousandths of a level: sum over the cell, least and greatest. */
  readonly sum: number;
  readonly least: number;
  readonly most: number;
}

/** Looks at the cells of one strip of CELL rows. The strip stays until the next one is opened. */
export interface Strip {
  /** @param left first column of the cell */
  readonly look: (left: number) => Cell;
  /**
   * Median magnitude of the cell that was looked at last, filtered by 1 -2 1 / -2 4 -2 / 1 -2 1: the upper one of the
   * middle two, thousandths of a level.
   */
  readonly median: () => number;
}

/** @param words CELL rows of `width` pixels */
export function openStrip(words: Int32Array, width: number, order: WordOrder): Strip {
  const { memory, weigh, bend } = kernel();
  growTo(memory, STRIP + 4 * words.length);
  const ints = new Int32Array(memory.buffer);
  ints.set(words, STRIP / 4);
  const outer = order === 'rgb' ? 299 | (114 << 16) : 114 | (299 << 16);
  const of = (vector: number, join: (a: number, b: number) => number) =>
    ints.subarray(vector * 4, vector * 4 + 4).reduce(join);
  return {
    look(left) {
      weigh(STRIP + 4 * left, 4 * width, outer);
      return {
        sum: of(0, (a, b) => a + b),
        least: of(1, (a, b) => Math.min(a, b)),
        most: of(2, (a, b) => Math.max(a, b)),
      };
    },
    median() {
      bend();
      return ints[MEDIAN / 4] ?? 0;
    },
  };
}

/** Luma of the cell, and its sum, least and greatest. */
function weigh(): WasmFunction {
  const [from, pitch, outer] = [0, 1, 2];
  const [words, luma, sum, least, most, outerWeights] = [3, 4, 5, 6, 7, 8];
  const to = 9;
  const column = (at: number) => [
    ...set(words, load(get(from), at * VECTOR)),
    ...set(
      luma,
      addInts(
        dotShorts(andBits(get(words), splatInt(int(0xff00ff))), get(outerWeights)),
        multiplyInts(andBits(shiftRight(get(words), int(8)), splatInt(int(0xff))), splatInt(int(587))),
      ),
    ),
    ...store(get(to), LUMA + at * VECTOR, get(luma)),
    ...set(sum, addInts(get(sum), get(luma))),
    ...set(least, smallestInts(get(least), get(luma))),
    ...set(most, largestInts(get(most), get(luma))),
  ];
  return {
    name: 'weigh',
    params: [I32, I32, I32],
    locals: [...Array(6).fill(V128), I32],
    body: [
      ...set(sum, splatInt(int(0))),
      ...set(least, splatInt(int(BEYOND))),
      ...set(most, splatInt(int(0))),
      ...set(outerWeights, splatInt(get(outer))),
      ...set(to, int(0)),
      ...repeat(
        [...[0, 1, 2, 3].flatMap(column), ...advance(from, get(pitch)), ...advance(to, ROW)],
        isBelow(get(to), int(CELL * ROW)),
      ),
      ...[sum, least, most].flatMap((found, at) => store(int(FOUND + at * VECTOR), 0, get(found))),
    ],
  };
}

/** Sizes of the filtered luma, and their median bit by bit: the largest number that no more than half are below. */
function bend(): WasmFunction {
  const [at, bit, median, candidate] = [0, 1, 2, 3];
  const [below, limit, work] = [4, 5, 6];
  const twice = (value: number) => shiftLeft(get(value), int(1));
  /** First less twice the second plus the third. */
  const second = (plane: number, step: number) => [
    ...set(work, load(get(at), plane + step)),
    ...set(work, addInts(subtractInts(load(get(at), plane), twice(work)), load(get(at), plane + 2 * step))),
  ];
  return {
    name: 'bend',
    params: [],
    locals: [I32, I32, I32, I32, V128, V128, V128],
    body: [
      ...set(at, int(0)),
      ...repeat(
        [...second(LUMA, ROW), ...store(get(at), BENDS, get(work)), ...advance(at, VECTOR)],
        isBelow(get(at), int(INNER * ROW)),
      ),
      ...set(at, int(0)),
      ...repeat(
        [...second(BENDS, 4), ...store(get(at), SIZES, magnitudeInts(get(work))), ...advance(at, VECTOR)],
        isBelow(get(at), int(INNER * ROW)),
      ),
      // Of each row two are outside: they count as larger than all others.
      ...set(at, int(0)),
      ...repeat(
        [
          ...storeInt(get(at), SIZES + 4 * INNER, int(BEYOND)),
          ...storeInt(get(at), SIZES + 4 * INNER + 4, int(BEYOND)),
          ...advance(at, ROW),
        ],
        isBelow(get(at), int(INNER * ROW)),
      ),
      ...set(median, int(0)),
      ...set(bit, int(HIGHEST_BIT)),
      ...repeat(
        [
          ...set(candidate, addInt(get(median), get(bit))),
          ...set(limit, splatInt(get(candidate))),
          ...set(below, splatInt(int(0))),
          ...set(at, int(0)),
          ...repeat(
            [
              // A comparison that holds is -1.
              ...[0, 1, 2, 3].flatMap((vector) =>
                set(
                  below,
                  subtractInts(get(below), isGreaterInts(get(limit), load(get(at), SIZES + vector * VECTOR))),
                ),
              ),
              ...advance(at, ROW),
            ],
            isBelow(get(at), int(INNER * ROW)),
          ),
          ...when(
            isBelow(
              addInt(
                addInt(lane(get(below), 0), lane(get(below), 1)),
                addInt(lane(get(below), 2), lane(get(below), 3)),
              ),
              int(MIDDLE + 1),
            ),
            set(median, get(candidate)),
          ),
          ...set(bit, shiftIntRight(get(bit), int(1))),
        ],
        get(bit),
      ),
      ...storeInt(int(MEDIAN), 0, get(median)),
    ],
  };
}
