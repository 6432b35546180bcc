import { once } from './once';
import {
  addInts,
  advance,
  andBits,
  assemble,
  bytesOf,
  type Code,
  divide,
  float,
  get,
  I32,
  int,
  isBelow,
  load,
  multiplyInts,
  repeat,
  set,
  shiftRight,
  splat,
  splatInt,
  store,
  toFloats,
  V128,
  VECTOR,
} from './wasm';

/** Words weighed in one call: they stay in the processor's nearest cache. */
const MOST = 4096;

interface Kernel {
  readonly words: Int32Array;
  readonly values: Float32Array;
  readonly weigh: (from: number, end: number, lowest: number, second: number, third: number) => void;
  readonly swap: (from: number, end: number) => void;
}

const kernel = once((): Kernel => {
  const { memory, call } = assemble([weigh(), swap()], 4 * MOST);
  return {
    words: new Int32Array(memory.buffer, 0, MOST),
    values: new Float32Array(memory.buffer, 0, MOST),
    weigh: call('weigh'),
    swap: call('swap'),
  };
});

/**
 * Weighted mean of the three lower bytes of each word, as luma is of red, green and blue: four words at once.
 * @param weights thousandths, the lowest byte's first
 * @param values receives as many as there are words, each the nearest single-precision number
 */
export function weighBytes(
  words: Int32Array,
  weights: readonly [number, number, number],
  values: Float32Array,
): void {
  const work = kernel();
  for (let from = 0; from < words.length; from += MOST) {
    const count = Math.min(MOST, words.length - from);
    work.words.set(words.subarray(from, from + count));
    work.weigh(0, 4 * count, ...weights);
    values.set(count === MOST ? work.values : work.values.subarray(0, count), from);
  }
}

/** Exchanges the lowest and the third byte of each word and sets all bits of the highest, in place: bgr to opaque rgb. */
export function swapBytes(words: Int32Array): void {
  const work = kernel();
  for (let from = 0; from < words.length; from += MOST) {
    const count = Math.min(MOST, words.length - from);
    work.words.set(words.subarray(from, from + count));
    work.swap(0, 4 * count);
    words.set(count === MOST ? work.words : work.words.subarray(0, count), from);
  }
}

/** Of a vector's bytes the order; 16 is the first byte of another one. */
const SWAPPED = [0, 4, 8, 12].flatMap((at) => [at + 2, at + 1, at, 16]);

function swap() {
  const [from, end, ones] = [0, 1, 2];
  return {
    name: 'swap',
    params: [I32, I32],
    locals: [V128],
    body: [
      ...set(ones, splatInt(int(-1))),
      ...repeat(
        [...store(get(from), 0, bytesOf(load(get(from)), get(ones), SWAPPED)), ...advance(from, VECTOR)],
        isBelow(get(from), get(end)),
      ),
    ],
  };
}

function weigh() {
  const [from, end, words, lowest, second, third, mask] = [0, 1, 5, 6, 7, 8, 9];
  const byte = (shift: number): Code =>
    andBits(shift === 0 ? get(words) : shiftRight(get(words), int(shift)), get(mask));
  return {
    name: 'weigh',
    params: [I32, I32, I32, I32, I32],
    locals: Array(6).fill(V128),
    body: [
      ...[lowest, second, third].flatMap((local, at) => set(local, splatInt(get(2 + at)))),
      ...set(mask, splatInt(int(255))),
      ...set(10, splat(float(1000))),
      ...repeat(
        [
          ...set(words, load(get(from))),
          ...store(
            get(from),
            0,
            divide(
              toFloats(
                addInts(
                  addInts(multiplyInts(byte(0), get(lowest)), multiplyInts(byte(8), get(second))),
                  multiplyInts(byte(16), get(third)),
                ),
              ),
              get(10),
            ),
          ),
          ...advance(from, VECTOR),
        ],
        isBelow(get(from), get(end)),
      ),
    ],
  };
}
