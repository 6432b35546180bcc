import { once } from '../../dsp/once';
import {
  add,
  addInt,
  addInts,
  advance,
  andBits,
  assemble,
  type Code,
  F32,
  float,
  get,
  greatest,
  I32,
  int,
  isAtLeast,
  isAtMost,
  isBelow,
  isGreaterInts,
  isMore,
  LANES,
  lane,
  least,
  load,
  magnitude,
  multiply,
  repeat,
  set,
  splat,
  splatInt,
  squareRoot,
  store,
  subtract,
  subtractInts,
  V128,
  VECTOR,
  type WasmFunction,
} from '../../dsp/wasm';

/** Sums over places: gradients, second and fourth powers of differences; counts of flat, directed and cardinal ones. */
const SUMS = ['size', 'second', 'fourth', 'flat', 'directed', 'cardinal'] as const;
/** Of these, from here on, whole numbers. */
const FIRST_COUNT = SUMS.indexOf('flat');

type GradientSums = Record<(typeof SUMS)[number], number> & { count: number };

interface GradientLimits {
  /** Levels a px below which a place is flat, and from which its direction is meant. */
  readonly flat: number;
  readonly directed: number;
  /** Tangent of the angle to upright or level up to which an edge is cardinal. */
  readonly cardinal: number;
}

/** The numbers of the first four places. */
const INDEX = VECTOR * SUMS.length;
const LUMA = INDEX + VECTOR;
/** Samples of each of three rows that are read in one call. */
const MOST = 1024;
const ROW = 4 * MOST + 2 * VECTOR;
/** Samples after which the sums are read: single precision holds them to 1e-5. */
const FULL = 1 << 15;

interface Kernel {
  readonly memory: WebAssembly.Memory;
  readonly luma: Float32Array;
  readonly add: (from: number, count: number, flat: number, directed: number, cardinal: number) => void;
}

const kernel = once((): Kernel => {
  const { memory, call } = assemble([addFour()], LUMA + 3 * ROW);
  new Int32Array(memory.buffer, INDEX).set([0, 1, 2, 3]);
  return { memory, luma: new Float32Array(memory.buffer, LUMA), add: call('add') };
});

export function noGradients(): GradientSums {
  return { count: 0, size: 0, second: 0, fourth: 0, flat: 0, directed: 0, cardinal: 0 };
}

/**
 * Adds up central differences of the inner places of a plane: differences across and down over 2 px, halved.
 * @param step every so many rows, from the second on
 * @param sums what the plane has is added
 */
export function addGradients(
  luma: Float32Array,
  width: number,
  height: number,
  step: number,
  limits: GradientLimits,
  sums: GradientSums,
): void {
  const { memory } = kernel();
  let since = 0;
  for (let y = 1; y < height - 1; y += step) {
    addRow(luma, width, y * width, limits);
    sums.count += Math.max(0, width - 2);
    since += width;
    if (since < FULL) continue;
    drain(memory, sums);
    since = 0;
  }
  drain(memory, sums);
}

function addRow(
  luma: Float32Array,
  width: number,
  from: number,
  { flat, directed, cardinal }: GradientLimits,
): void {
  const work = kernel();
  for (let at = from; at + 2 < from + width; at += MOST - 2) {
    const samples = Math.min(MOST, from + width - at);
    for (let row = -1; row <= 1; row++) {
      const first = at + row * width;
      work.luma.set(luma.subarray(first, first + samples), ((row + 1) * ROW) / 4);
    }
    work.add(LUMA + ROW, samples - 2, flat, directed, cardinal);
  }
}

/** Takes the sums out of the memory. */
function drain({ buffer }: WebAssembly.Memory, sums: GradientSums): void {
  const floats = new Float32Array(buffer, 0, LANES * SUMS.length);
  const counts = new Int32Array(buffer, 0, LANES * SUMS.length);
  for (const [sum, name] of SUMS.entries()) {
    const values = sum < FIRST_COUNT ? floats : counts;
    for (let own = 0; own < LANES; own++) sums[name] += values[LANES * sum + own] ?? 0;
  }
  counts.fill(0);
}

function addFour(): WasmFunction {
  const [from, count] = [0, 1];
  const limits = [2, 3, 4];
  const [flat, directed, cardinal] = [5, 6, 7];
  const [half, index, end, inside, across, down, size, work] = [8, 9, 10, 11, 12, 13, 14, 15];
  const sums = { size: 16, second: 17, fourth: 18, flat: 19, directed: 20, cardinal: 21 } as const;
  const difference = (one: Code, other: Code): Code =>
    andBits(multiply(subtract(other, one), get(half)), get(inside));
  const addTo = (name: keyof typeof sums, value: Code): Code => set(sums[name], add(get(sums[name]), value));
  /** A comparison that holds is -1. */
  const countWhere = (name: keyof typeof sums, holds: Code): Code =>
    set(sums[name], subtractInts(get(sums[name]), holds));
  return {
    name: 'add',
    params: [I32, I32, F32, F32, F32],
    locals: Array(17).fill(V128),
    body: [
      ...[flat, directed, cardinal].flatMap((local, at) => set(local, splat(get(limits[at] ?? 0)))),
      ...SUMS.flatMap((name, at) => set(sums[name], load(int(VECTOR * at)))),
      ...set(half, splat(float(0.5))),
      ...set(index, load(int(INDEX))),
      ...set(end, splatInt(get(count))),
      ...repeat(
        [
          ...set(inside, isGreaterInts(get(end), get(index))),
          ...set(across, difference(load(get(from)), load(get(from), 8))),
          ...set(down, difference(load(addInt(get(from), int(-ROW)), 4), load(get(from), ROW + 4))),
          ...set(size, multiply(get(across), get(across))),
          ...set(work, multiply(get(down), get(down))),
          ...addTo('fourth', add(multiply(get(size), get(size)), multiply(get(work), get(work)))),
          ...set(size, add(get(size), get(work))),
          ...addTo('second', get(size)),
          ...set(size, squareRoot(get(size))),
          ...addTo('size', get(size)),
          ...countWhere('flat', andBits(isMore(get(flat), get(size)), get(inside))),
          // Outside the size is 0.
          ...set(work, isAtLeast(get(size), get(directed))),
          ...countWhere('directed', get(work)),
          ...set(across, magnitude(get(across))),
          ...set(down, magnitude(get(down))),
          ...countWhere(
            'cardinal',
            andBits(
              get(work),
              isAtMost(
                least(get(across), get(down)),
                multiply(get(cardinal), greatest(get(across), get(down))),
              ),
            ),
          ),
          ...set(index, addInts(get(index), splatInt(int(LANES)))),
          ...advance(from, VECTOR),
        ],
        isBelow(lane(get(index), 0), get(count)),
      ),
      ...SUMS.flatMap((name, at) => store(int(VECTOR * at), 0, get(sums[name]))),
    ],
  };
}
