import { once } from '../../dsp/once';
import {
  add,
  addInt,
  addInts,
  advance,
  andBits,
  andInt,
  areAtLeastBytes,
  areEqualInts,
  assemble,
  type Code,
  divide,
  dotShorts,
  float,
  get,
  I32,
  int,
  isBelow,
  isGreaterInts,
  LANES,
  lane,
  laneBits,
  lanes,
  largestBytes,
  load,
  loadInt,
  loadLane,
  loadSplat,
  multiply,
  multiplyInts,
  orBits,
  repeat,
  set,
  shiftInt,
  shiftIntRight,
  shiftLeft,
  shiftRight,
  splat,
  splatInt,
  squareRoot,
  store,
  storeInt,
  subtract,
  toFloats,
  truncated,
  V128,
  VECTOR,
  type WasmFunction,
  when,
  withoutBits,
} from '../../dsp/wasm';
import { LINEAR } from './light';

/** Values from here on are clipped: their colour is not the light's. */
export const CLIPPED = 250;

const LEVELS = 256;
/** Linear light of every level. */
const TABLE = 0;
const SUMS = 4 * LEVELS;
/** Counts of levels, and behind them of what is clipped, one table a lane: no count waits for the one before. */
const COUNTS = SUMS + VECTOR;
const COUNTED = 4 * (LEVELS + 1);
const WORDS = COUNTS + LANES * COUNTED;
/** Words of each of three rows that are read in one call; behind them a vector clipped throughout. */
const MOST = 1024;
const ROW = 4 * MOST + 4 * VECTOR;

interface Kernel {
  readonly words: Int32Array;
  readonly sums: Float32Array;
  readonly counts: Uint32Array;
  readonly add: (from: number, end: number) => void;
  readonly count: (from: number, end: number) => void;
}

const kernel = once((): Kernel => {
  const { memory, call } = assemble([addRow(), countRow()], WORDS + 3 * ROW);
  new Float32Array(memory.buffer, TABLE, LEVELS).set(LINEAR);
  return {
    words: new Int32Array(memory.buffer, WORDS),
    sums: new Float32Array(memory.buffer, SUMS, 3),
    counts: new Uint32Array(memory.buffer, COUNTS, (LANES * COUNTED) / 4),
    add: call('add'),
    count: call('count'),
  };
});

/**
 * Adds up the fifth powers of each channel's gradient, in linear light, at every second pixel of a row; places with a
 * neighbour that is clipped in any channel are left out.
 * @param words pixels as words, red in the lowest byte
 * @param from, end first pixel and the one behind the last; all have neighbours on all sides
 * @param sums red's, green's and blue's; what the row has is added
 */
export function addEdgePowers(
  words: Int32Array,
  width: number,
  from: number,
  end: number,
  sums: Float64Array,
): void {
  const work = kernel();
  for (let at = from; at < end; at += MOST - 2) {
    const pixels = Math.min(MOST - 2, end - at);
    for (let row = -1; row <= 1; row++) {
      const first = at + row * width - 1;
      work.words.set(words.subarray(first, first + pixels + 2), ((row + 1) * ROW) / 4);
    }
    // The last vectors of the middle row may be longer than it: what lies behind it is clipped.
    work.words.fill(-1, ROW / 4 + pixels + 2, ROW / 4 + pixels + 2 + 3 * LANES);
    work.sums.fill(0);
    work.add(WORDS + ROW, WORDS + ROW + 4 * pixels);
    for (let channel = 0; channel < 3; channel++) {
      sums[channel] = (sums[channel] ?? 0) + (work.sums[channel] ?? 0);
    }
  }
}

/**
 * Counts the levels of luma (Rec. 601, halves rounded up) of every second pixel that is clipped in no channel.
 * @param rows pixels as words, red in the lowest byte; the first of each is counted
 */
export function countLevels(rows: Iterable<Int32Array>): Uint32Array {
  const { words, counts, count } = kernel();
  counts.fill(0);
  for (const row of rows) {
    for (let from = 0; from < row.length; from += MOST) {
      const piece = row.subarray(from, from + MOST);
      words.set(piece);
      // The last vector may be longer than the row: what lies behind it is clipped.
      words.fill(-1, piece.length, piece.length + 2 * LANES);
      count(WORDS, WORDS + 4 * piece.length);
    }
  }
  return Uint32Array.from({ length: LEVELS }, (_, level) => {
    let sum = 0;
    for (let own = 0; own < LANES; own++) sum += counts[(own * COUNTED) / 4 + level] ?? 0;
    return sum;
  });
}

/** Every second word of eight from `from` on. */
function seconds(from: Code, offset: number, odd: 0 | 1): Code {
  return lanes(load(from, offset), load(from, offset + VECTOR), odd, 2 + odd, 4 + odd, 6 + odd);
}

function countRow(): WasmFunction {
  const [from, end] = [0, 1];
  const [words, clipped, limit, colours, outer, place, thousand] = [2, 3, 4, 5, 6, 7, 8];
  const address = 9;
  const green = andBits(shiftRight(get(words), int(8)), splatInt(int(255)));
  const thousandths = addInts(
    dotShorts(andBits(get(words), splatInt(int(0xff00ff))), get(outer)),
    multiplyInts(green, splatInt(int(587))),
  );
  return {
    name: 'count',
    params: [I32, I32],
    locals: [...Array(7).fill(V128), I32],
    body: [
      ...set(colours, splatInt(int(0xffffff))),
      ...set(limit, splatInt(int(CLIPPED * 0x10101))),
      ...set(outer, splatInt(int(299 | (114 << 16)))),
      ...set(thousand, splat(float(1000))),
      ...repeat(
        [
          ...set(words, seconds(get(from), 0, 0)),
          ...set(
            clipped,
            isGreaterInts(andBits(areAtLeastBytes(get(words), get(limit)), get(colours)), splatInt(int(0))),
          ),
          ...set(place, truncated(divide(toFloats(addInts(thousandths, splatInt(int(500)))), get(thousand)))),
          ...set(
            place,
            orBits(withoutBits(get(place), get(clipped)), andBits(splatInt(int(LEVELS)), get(clipped))),
          ),
          ...set(place, shiftLeft(get(place), int(2))),
          ...([0, 1, 2, 3] as const).flatMap((own) => {
            const offset = COUNTS + own * COUNTED;
            return [
              ...set(address, lane(get(place), own)),
              ...storeInt(get(address), offset, addInt(loadInt(get(address), offset), int(1))),
            ];
          }),
          ...advance(from, 2 * VECTOR),
        ],
        isBelow(get(from), get(end)),
      ),
    ],
  };
}

function addRow(): WasmFunction {
  const [from, end] = [0, 1];
  const [sum, limit, none, colours, worst, dx, dy] = [2, 3, 4, 5, 6, 7, 8];
  const [bits, pixel] = [9, 10];
  const above = seconds(addInt(get(from), int(-ROW)), 0, 1);
  /** Linear light of the three channels of a word. */
  const linear = (word: Code): Code => {
    const place = (shift: Code): Code => andInt(shift, int(0x3fc));
    return [
      ...set(pixel, word),
      ...loadLane(
        place(shiftIntRight(get(pixel), int(14))),
        loadLane(place(shiftIntRight(get(pixel), int(6))), loadSplat(place(shiftInt(get(pixel), int(2)))), 1),
        2,
      ),
    ];
  };
  const one = (at: number): Code => {
    const here = 8 * at + 4;
    const wordAbove = loadInt(addInt(get(from), int(-ROW)), here);
    return when(andInt(get(bits), int(1 << at)), [
      ...set(dx, subtract(linear(loadInt(get(from), here + 4)), linear(loadInt(get(from), here - 4)))),
      ...set(dy, subtract(linear(loadInt(get(from), here + ROW)), linear(wordAbove))),
      ...set(dx, add(multiply(get(dx), get(dx)), multiply(get(dy), get(dy)))),
      ...set(sum, add(get(sum), multiply(multiply(get(dx), get(dx)), squareRoot(get(dx))))),
    ]);
  };
  return {
    name: 'add',
    params: [I32, I32],
    locals: [V128, V128, V128, V128, V128, V128, V128, I32, I32],
    body: [
      ...set(sum, load(int(SUMS))),
      ...set(none, splatInt(int(0))),
      ...set(colours, splatInt(int(0xffffff))),
      ...set(limit, splatInt(int(CLIPPED * 0x10101))),
      ...repeat(
        [
          ...set(
            worst,
            largestBytes(
              largestBytes(seconds(get(from), 0, 0), seconds(get(from), 8, 0)),
              largestBytes(above, seconds(get(from), ROW, 1)),
            ),
          ),
          ...set(
            bits,
            laneBits(areEqualInts(andBits(areAtLeastBytes(get(worst), get(limit)), get(colours)), get(none))),
          ),
          ...[0, 1, 2, 3].flatMap(one),
          ...advance(from, 2 * VECTOR),
        ],
        isBelow(get(from), get(end)),
      ),
      ...store(int(SUMS), 0, get(sum)),
    ],
  };
}
