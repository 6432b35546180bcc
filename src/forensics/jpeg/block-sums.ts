import { once } from '../dsp/once';
import {
  add,
  addInt,
  addInts,
  advance,
  assemble,
  type Code,
  float,
  get,
  I32,
  int,
  isBelow,
  load,
  multiply,
  repeat,
  set,
  shiftLeft,
  splat,
  splatInt,
  store,
  subtract,
  truncated,
  V128,
  VECTOR,
  type WasmFunction,
  WORD,
} from '../dsp/wasm';

/** Grids of 8 x 8 blocks: phases 0..7 down, then across. */
export const GRIDS = 64;

/** Columns worked on at once, a multiple of 8: their 16 rows stay in the processor's second cache. */
const MOST_COLUMNS = 2048;
/** Rows of a strip, of which each phase takes 8. */
const ROWS = 16;
/** A block reaches 7 columns further than it begins; whole vectors are read. */
const ROW = (MOST_COLUMNS + 8) * WORD;
/** Where the numbers of the grids across lie, the rows, the sums of their columns, and the places. */
const LUMA = 2 * VECTOR;
const COLUMNS = LUMA + ROWS * ROW;
const PLACES = COLUMNS + ROW;

interface Kernel {
  readonly luma: Float32Array;
  readonly places: Int32Array;
  /** Sums of the columns of rows 0 to 7, up to an address beside those of the first row. */
  readonly begin: (end: number) => void;
  /** The same one row down: what leaves at the first address is replaced by what is 8 rows below. */
  readonly moveDown: (leaves: number, end: number) => void;
  /** Places of the counts of the blocks that begin in each column, for a phase down. */
  readonly place: (firstGrid: number, end: number) => void;
}

const kernel = once((): Kernel => {
  const { memory, call } = assemble([begin(), moveDown(), place()], PLACES + MOST_COLUMNS * WORD);
  new Int32Array(memory.buffer, 0, 8).set([0, 1, 2, 3, 4, 5, 6, 7]);
  return {
    luma: new Float32Array(memory.buffer, LUMA, (ROWS * ROW) / WORD),
    places: new Int32Array(memory.buffer, PLACES, MOST_COLUMNS),
    begin: call('begin'),
    moveDown: call('moveDown'),
    place: call('place'),
  };
});

/**
 * Counts the first coefficients (eight times the mean, to whole numbers) of all blocks of a strip of 16 rows, one
 * row of blocks for each of the eight phases down.
 * @param counts receives them at `level * GRIDS + grid`, grid 8 * phase down + phase across
 * @param luma 0..255, row by row, the strip's upper left corner on grid 0
 */
export function countFirstCoefficients(counts: Uint32Array, luma: Float32Array, across: number): void {
  const work = kernel();
  const blocks = across - 7;
  for (let from = 0; from < blocks; from += MOST_COLUMNS) {
    const count = Math.min(MOST_COLUMNS, blocks - from);
    for (let row = 0; row < ROWS; row++) {
      const first = row * across + from;
      work.luma.set(luma.subarray(first, first + count + 7), (row * ROW) / WORD);
    }
    const end = LUMA + (count + 7) * WORD;
    work.begin(end);
    for (let phase = 0; phase < 8; phase++) {
      if (phase > 0) work.moveDown(LUMA + (phase - 1) * ROW, end + (phase - 1) * ROW);
      work.place(8 * phase, COLUMNS + count * WORD);
      countPlaces(counts, work.places, count);
    }
  }
}

function countPlaces(counts: Uint32Array, places: Int32Array, length: number): void {
  for (let at = 0; at < length; at++) {
    const place = places[at] ?? 0;
    counts[place] = (counts[place] ?? 0) + 1;
  }
}

function begin(): WasmFunction {
  const [end, from] = [0, 1];
  const rows = Array.from({ length: 8 }, (_, row) => load(get(from), LUMA + row * ROW));
  return {
    name: 'begin',
    params: [I32],
    locals: [I32],
    body: repeat(
      [...store(get(from), COLUMNS, rows.reduce(add)), ...advance(from, VECTOR)],
      isBelow(addInt(get(from), int(LUMA)), get(end)),
    ),
  };
}

function moveDown(): WasmFunction {
  const [leaves, end, to] = [0, 1, 2];
  const change = subtract(load(get(leaves), 8 * ROW), load(get(leaves)));
  return {
    name: 'moveDown',
    params: [I32, I32],
    locals: [I32],
    body: repeat(
      [
        ...store(get(to), COLUMNS, add(load(get(to), COLUMNS), change)),
        ...advance(to, VECTOR),
        ...advance(leaves, VECTOR),
      ],
      isBelow(get(leaves), get(end)),
    ),
  };
}

function place(): WasmFunction {
  const [grid, end, from, eighth, half, grids] = [0, 1, 2, 3, 4, 5];
  const sumAt = (byte: number): Code => {
    const columns = Array.from({ length: 8 }, (_, at) => load(get(from), COLUMNS + byte + at * WORD));
    return columns.reduce(add);
  };
  // Eight columns at a time, as the grids across return after eight.
  const four = (byte: 0 | 16): Code => {
    const level = truncated(add(multiply(sumAt(byte), get(eighth)), get(half)));
    return store(get(from), PLACES + byte, addInts(shiftLeft(level, int(6)), get(grids + byte / 16)));
  };
  return {
    name: 'place',
    params: [I32, I32],
    locals: [I32, V128, V128, V128, V128],
    body: [
      ...set(eighth, splat(float(1 / 8))),
      ...set(half, splat(float(0.5))),
      ...[0, 1].flatMap((at) => set(grids + at, addInts(splatInt(get(grid)), load(int(0), at * VECTOR)))),
      ...repeat(
        [...four(0), ...four(16), ...advance(from, 2 * VECTOR)],
        isBelow(addInt(get(from), int(COLUMNS)), get(end)),
      ),
    ],
  };
}
