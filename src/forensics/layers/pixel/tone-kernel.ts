import { once } from '../../dsp/once';
import {
  addInt,
  addInts,
  advance,
  andBits,
  areEqualBytes,
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
  LANES,
  lane,
  load,
  loadInt,
  multiplyInts,
  orBits,
  repeat,
  set,
  shiftLeft,
  shiftRight,
  splat,
  splatInt,
  store,
  storeInt,
  subtractInts,
  toFloats,
  truncated,
  V128,
  VECTOR,
  type WasmFunction,
} from '../../dsp/wasm';

const LEVELS = 256;
/** One histogram a lane: neighbours are alike, and adding twice in a row to one place waits for the first. */
const LANE_BYTES = 4 * LEVELS;
const GREEN = LANES * LANE_BYTES;
/** Counts of pixels without a channel at an end, of pure black and of pure white: a vector each. */
const ENDS = 2 * GREEN;
const WORDS = ENDS + 3 * VECTOR;
/** Words counted in one call: they stay in the processor's nearest cache. */
const MOST = 4096;

interface ToneCounts {
  readonly luma: Uint32Array;
  readonly green: Uint32Array;
  /** Pixels: pure black, pure white, and with at least one channel at an end. */
  readonly black: number;
  readonly white: number;
  readonly clipped: number;
}

interface Kernel {
  readonly counts: Uint32Array;
  readonly words: Int32Array;
  readonly count: (from: number, end: number) => void;
}

const kernel = once((): Kernel => {
  const { memory, call } = assemble([count()], WORDS + 4 * MOST);
  return {
    counts: new Uint32Array(memory.buffer, 0, WORDS / 4),
    words: new Int32Array(memory.buffer, WORDS, MOST),
    count: call('count'),
  };
});

/**
 * Histograms of whole levels of luma (Rec. 601, halves rounded up) and of green, and how many pixels lie at the ends of
 * the scale.
 * @param pictures pixels as words, red in the lowest byte
 */
export function countTones(pictures: readonly Int32Array[]): ToneCounts {
  const { counts, words, count } = kernel();
  counts.fill(0);
  let pixels = 0;
  let missing = 0;
  for (const picture of pictures) {
    pixels += picture.length;
    for (let from = 0; from < picture.length; from += MOST) {
      const some = Math.min(MOST, picture.length - from);
      words.set(picture.subarray(from, from + some));
      // The last vector is filled up with black, which is taken off at the end.
      const end = VECTOR * Math.ceil(some / LANES);
      words.fill(0, some, end / 4);
      missing += end / 4 - some;
      count(WORDS, WORDS + end);
    }
  }
  const histogram = (from: number) => {
    const sums = new Uint32Array(LEVELS);
    for (let at = 0; at < GREEN / 4; at++) {
      sums[at % LEVELS] = (sums[at % LEVELS] ?? 0) + (counts[from / 4 + at] ?? 0);
    }
    sums[0] = (sums[0] ?? 0) - missing;
    return sums;
  };
  const sum = (vector: number) => {
    const from = (ENDS + vector * VECTOR) / 4;
    return counts.subarray(from, from + LANES).reduce((all, own) => all + own, 0);
  };
  return {
    luma: histogram(0),
    green: histogram(GREEN),
    black: sum(1) - missing,
    white: sum(2),
    clipped: pixels - sum(0),
  };
}

function count(): WasmFunction {
  const [from, end] = [0, 1];
  const [words, levels, greens] = [2, 3, 4];
  const [colours, none, all, outerWeights, greenWeight, half, thousand] = [5, 6, 7, 8, 9, 10, 11];
  const [inner, black, white] = [12, 13, 14];
  const place = 15;
  const increment = (value: Code, offset: number): Code => [
    ...set(place, value),
    ...storeInt(get(place), offset, addInt(loadInt(get(place), offset), int(1))),
  ];
  const LANE = [0, 1, 2, 3] as const;
  const outer = andBits(get(words), splatInt(int(0x00ff00ff)));
  const green = andBits(shiftRight(get(words), int(8)), splatInt(int(0xff)));
  const weighed = addInts(dotShorts(outer, get(outerWeights)), multiplyInts(green, get(greenWeight)));
  const atEnd = orBits(areEqualBytes(get(words), get(none)), areEqualBytes(get(words), get(all)));
  // A comparison that holds is -1.
  const add = (sum: number, holds: Code): Code => set(sum, subtractInts(get(sum), holds));
  const sums = [inner, black, white];
  return {
    name: 'count',
    params: [I32, I32],
    locals: [...Array(13).fill(V128), I32],
    body: [
      ...set(colours, splatInt(int(0xffffff))),
      ...set(none, splatInt(int(0))),
      ...set(all, splatInt(int(-1))),
      ...set(outerWeights, splatInt(int(299 | (114 << 16)))),
      ...set(greenWeight, splatInt(int(587))),
      ...set(half, splatInt(int(500))),
      ...set(thousand, splat(float(1000))),
      ...sums.flatMap((sum, at) => set(sum, load(int(ENDS + at * VECTOR)))),
      ...repeat(
        [
          ...set(words, load(get(from))),
          // Whole thousandths by one division: rounded exactly, and bytes to the place in a histogram.
          ...set(levels, truncated(divide(toFloats(addInts(weighed, get(half))), get(thousand)))),
          ...set(levels, shiftLeft(get(levels), int(2))),
          ...set(greens, shiftLeft(green, int(2))),
          ...LANE.flatMap((at) => increment(lane(get(levels), at), at * LANE_BYTES)),
          ...LANE.flatMap((at) => increment(lane(get(greens), at), GREEN + at * LANE_BYTES)),
          ...add(inner, areEqualInts(andBits(atEnd, get(colours)), get(none))),
          ...add(black, areEqualInts(andBits(get(words), get(colours)), get(none))),
          ...add(white, areEqualInts(andBits(get(words), get(colours)), get(colours))),
          ...advance(from, VECTOR),
        ],
        isBelow(get(from), get(end)),
      ),
      ...sums.flatMap((sum, at) => store(int(ENDS + at * VECTOR), 0, get(sum))),
    ],
  };
}
