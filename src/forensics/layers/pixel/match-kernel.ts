import { once } from '../../dsp/once';
import {
  add,
  addInt,
  advance,
  andBits,
  andInt,
  assemble,
  type Code,
  F32,
  get,
  greatest,
  I32,
  int,
  isAtMost,
  isBelow,
  isGreaterInts,
  isMore,
  LANES,
  lane,
  laneBits,
  lanes,
  load,
  loadInt,
  loadSplat,
  magnitudeInts,
  multiply,
  multiplyInt,
  orBits,
  repeat,
  set,
  splat,
  splatInt,
  storeInt,
  subtract,
  subtractInts,
  V128,
  VECTOR,
  type WasmFunction,
  when,
} from '../../dsp/wasm';
import { type Keypoints, MOST_POINTS } from './keypoints';
import { DESCRIPTOR } from './spot-kernel';

/** One column of numbers of all keypoints, and behind them some that are beyond all others. */
const COLUMN = 4 * (MOST_POINTS + 2 * LANES);
const ACROSS = 0;
const DOWN = COLUMN;
const X = 2 * COLUMN;
const Y = 3 * COLUMN;
const BEST = 4 * COLUMN;
const NEAREST = 5 * COLUMN;
const DESCRIPTORS = 6 * COLUMN;
const BEYOND = 1e18;

interface Kernel {
  readonly memory: WebAssembly.Memory;
  readonly nearest: (end: number, reach: number, leastShift: number) => void;
}

const kernel = once((): Kernel => {
  const { memory, call } = assemble([nearest()], DESCRIPTORS + 4 * DESCRIPTOR * (MOST_POINTS + LANES));
  return { memory, nearest: call('nearest') };
});

export interface Nearest {
  /** For each keypoint the one elsewhere that looks most like it; -1 without one. */
  readonly nearest: Int32Array;
  /** How much, squared; `mostDistance2` without one. */
  readonly distances: Float32Array;
}

/**
 * Compares each keypoint with all that are no farther in slope, four at once: descriptors are no nearer than their
 * slopes, which are projections on two directions at right angles.
 * @param order all keypoints by their slope across
 * @param mostDistance2 the largest distance that counts, squared
 * @param leastShift two within as many px of each other, across and down, are not compared
 */
export function nearestOf(
  { count, x, y, slopes, descriptors }: Keypoints,
  order: Int32Array,
  mostDistance2: number,
  leastShift: number,
): Nearest {
  const work = kernel();
  const floats = new Float32Array(work.memory.buffer);
  const ints = new Int32Array(work.memory.buffer);
  for (let rank = 0; rank < count; rank++) {
    const point = order[rank] ?? 0;
    floats[ACROSS / 4 + rank] = slopes[2 * point] ?? 0;
    floats[DOWN / 4 + rank] = slopes[2 * point + 1] ?? 0;
    ints[X / 4 + rank] = x[point] ?? 0;
    ints[Y / 4 + rank] = y[point] ?? 0;
    const own = descriptors.subarray(point * DESCRIPTOR, (point + 1) * DESCRIPTOR);
    floats.set(own, DESCRIPTORS / 4 + rank * DESCRIPTOR);
  }
  floats.fill(BEYOND, ACROSS / 4 + count, ACROSS / 4 + count + 2 * LANES);
  floats.fill(mostDistance2, BEST / 4, BEST / 4 + count);
  ints.fill(-1, NEAREST / 4, NEAREST / 4 + count);
  if (count > 0) work.nearest(4 * count, Math.sqrt(mostDistance2), leastShift);
  const found = new Int32Array(count);
  const distances = new Float32Array(count);
  for (let rank = 0; rank < count; rank++) {
    const point = order[rank] ?? 0;
    const place = ints[NEAREST / 4 + rank] ?? -1;
    found[point] = place < 0 ? -1 : (order[place / 4] ?? -1);
    distances[point] = floats[BEST / 4 + rank] ?? 0;
  }
  return { nearest: found, distances };
}

/** Keypoints are told by their place in a column, bytes. */
function nearest(): WasmFunction {
  const [end, reach, leastShift] = [0, 1, 2];
  const [a, b, other, bits, here, there] = [3, 4, 5, 6, 7, 8];
  const [across, down, x, y, best, farthest, near] = [9, 10, 11, 12, 13, 14, 15];
  const [difference, square, sum] = [16, 17, 18];
  /** At least so many px apart. */
  const apart = (column: number, own: number): Code =>
    isGreaterInts(magnitudeInts(subtractInts(load(get(b), column), get(own))), get(near));
  /** Keeps the distance in `sum` where it is less than the best of `to`. Floats above 0 sort as their bits do. */
  const offer = (to: number, from: number): Code =>
    when(isBelow(lane(get(sum), 0), loadInt(get(to), BEST)), [
      ...storeInt(get(to), BEST, lane(get(sum), 0)),
      ...storeInt(get(to), NEAREST, get(from)),
    ]);
  const measure: Code = [
    ...set(there, addInt(int(DESCRIPTORS), multiplyInt(get(other), int(DESCRIPTOR)))),
    ...set(sum, splatInt(int(0))),
    ...Array.from({ length: DESCRIPTOR / LANES }, (_, part) => [
      ...set(difference, subtract(load(get(here), VECTOR * part), load(get(there), VECTOR * part))),
      ...set(sum, add(get(sum), multiply(get(difference), get(difference)))),
    ]).flat(),
    ...set(sum, add(get(sum), lanes(get(sum), get(sum), 2, 3, 0, 1))),
    ...set(sum, add(get(sum), lanes(get(sum), get(sum), 1, 0, 3, 2))),
    ...offer(a, other),
    ...offer(other, a),
  ];
  return {
    name: 'nearest',
    params: [I32, F32, I32],
    locals: [...Array(6).fill(I32), ...Array(10).fill(V128)],
    body: [
      ...set(near, splatInt(addInt(get(leastShift), int(-1)))),
      ...set(a, int(0)),
      ...repeat(
        [
          ...set(across, loadSplat(get(a), ACROSS)),
          ...set(down, loadSplat(get(a), DOWN)),
          ...set(x, loadSplat(get(a), X)),
          ...set(y, loadSplat(get(a), Y)),
          ...set(farthest, add(get(across), splat(get(reach)))),
          ...set(here, addInt(int(DESCRIPTORS), multiplyInt(get(a), int(DESCRIPTOR)))),
          ...set(b, addInt(get(a), int(4))),
          ...repeat(
            [
              ...set(best, greatest(loadSplat(get(a), BEST), load(get(b), BEST))),
              ...set(difference, subtract(load(get(b), ACROSS), get(across))),
              ...set(square, multiply(get(difference), get(difference))),
              ...set(difference, subtract(load(get(b), DOWN), get(down))),
              ...set(square, add(get(square), multiply(get(difference), get(difference)))),
              ...set(
                bits,
                laneBits(andBits(isMore(get(best), get(square)), orBits(apart(X, x), apart(Y, y)))),
              ),
              ...when(
                get(bits),
                [0, 1, 2, 3].flatMap((own) =>
                  when(andInt(get(bits), int(1 << own)), [
                    ...set(other, addInt(get(b), int(4 * own))),
                    ...measure,
                  ]),
                ),
              ),
              ...advance(b, VECTOR),
            ],
            andInt(laneBits(isAtMost(load(get(b), ACROSS), get(farthest))), int(1)),
          ),
          ...advance(a, 4),
        ],
        isBelow(get(a), get(end)),
      ),
    ],
  };
}
