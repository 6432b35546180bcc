import { once } from '../dsp/once';
import {
  addInt,
  advance,
  anyBit,
  assemble,
  type Code,
  get,
  I32,
  int,
  isBelow,
  lane,
  largestInts,
  load,
  loadInt,
  multiply,
  nearest,
  repeat,
  set,
  shiftInt,
  smallestInts,
  splatInt,
  storeInt,
  truncated,
  V128,
  type WasmFunction,
  WORD,
  when,
} from '../dsp/wasm';

/** No quantised coefficient of an 8-bit picture is larger; what is beyond counts as this. */
export const LARGEST = 2047;
/** Cells of one place: values -LARGEST - 1 to LARGEST. */
export const PLACE = 2 * (LARGEST + 1);

/** Blocks counted in one call: they stay in the processor's nearest cache. */
const MOST_BLOCKS = 64;
const BLOCK = 64 * WORD;
/** Where the inverse steps lie, then the blocks, then the counts. */
const BLOCKS = BLOCK;
const COUNTS = BLOCKS + MOST_BLOCKS * BLOCK;

interface Kernel {
  readonly inverse: Float32Array;
  readonly blocks: Float32Array;
  readonly counts: Int32Array;
  readonly count: (from: number, end: number) => void;
}

const kernel = once((): Kernel => {
  const { memory, call } = assemble([count()], COUNTS + 64 * PLACE * WORD);
  return {
    inverse: new Float32Array(memory.buffer, 0, 64),
    blocks: new Float32Array(memory.buffer, BLOCKS, 64 * MOST_BLOCKS),
    counts: new Int32Array(memory.buffer, COUNTS, 64 * PLACE),
    count: call('count'),
  };
});

/**
 * Histograms of the coefficients as a file with these steps stores them: divided by the step and rounded.
 * @param coefficients 64 of every block in natural order
 * @param steps quantisation steps in natural order; below 1 they count as 1
 * @returns blocks whose coefficient of natural place `at` is stored as `value`, at `at * PLACE + LARGEST + 1 + value`
 */
export function countQuantised(coefficients: Float32Array, steps: ArrayLike<number>): Int32Array {
  const work = kernel();
  for (let at = 0; at < 64; at++) work.inverse[at] = 1 / Math.max(1, steps[at] ?? 1);
  work.counts.fill(0);
  for (let from = 0; from < coefficients.length; from += work.blocks.length) {
    const taken = coefficients.subarray(from, from + work.blocks.length);
    work.blocks.set(taken);
    work.count(BLOCKS, BLOCKS + taken.length * WORD);
  }
  const counts = work.counts.slice();
  // Most coefficients are stored as 0 and were passed over: they are what is left.
  for (let place = 0; place < 64 * PLACE; place += PLACE) {
    let others = 0;
    for (let cell = place; cell < place + PLACE; cell++) others += counts[cell] ?? 0;
    counts[place + LARGEST + 1] = (counts[place + LARGEST + 1] ?? 0) + coefficients.length / 64 - others;
  }
  return counts;
}

/** Counts the blocks from the first parameter up to the second; of four coefficients that are all 0, none. */
function count(): WasmFunction {
  const [from, end, values, lowest, highest, address] = [0, 1, 2, 3, 4, 5];
  const addOne = (place: number, at: 0 | 1 | 2 | 3): Code => {
    const middle = COUNTS + ((place + at) * PLACE + LARGEST + 1) * WORD;
    return [
      ...set(address, addInt(shiftInt(lane(get(values), at), int(2)), int(middle))),
      ...storeInt(get(address), 0, addInt(loadInt(get(address)), int(1))),
    ];
  };
  const four = (place: number): Code => [
    ...set(values, truncated(nearest(multiply(load(get(from), place * WORD), load(int(0), place * WORD))))),
    ...when(anyBit(get(values)), [
      ...set(values, smallestInts(largestInts(get(values), get(lowest)), get(highest))),
      ...addOne(place, 0),
      ...addOne(place, 1),
      ...addOne(place, 2),
      ...addOne(place, 3),
    ]),
  ];
  return {
    name: 'count',
    params: [I32, I32],
    locals: [V128, V128, V128, I32],
    body: [
      ...set(lowest, splatInt(int(-LARGEST - 1))),
      ...set(highest, splatInt(int(LARGEST))),
      ...repeat(
        [...Array.from({ length: 16 }, (_, at) => four(4 * at)).flat(), ...advance(from, BLOCK)],
        isBelow(get(from), get(end)),
      ),
    ],
  };
}
