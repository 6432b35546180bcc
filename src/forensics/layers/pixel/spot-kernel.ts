import {
  add,
  addInt,
  andBits,
  assemble,
  type Code,
  F32,
  float,
  get,
  I32,
  int,
  isAtLeast,
  isAtMost,
  isBelow,
  laneBits,
  load,
  multiply,
  orBits,
  repeat,
  set,
  splat,
  store,
  storeInt,
  subtract,
  subtractInt,
  V128,
  type WasmFunction,
  withoutBits,
} from '../../dsp/wasm';

const PAGE = 65_536;
const VECTOR = 16;
const LANES = 4;
/** Bytes behind everything, which the last vectors of a row may touch. */
const SLACK = 64;

interface Kernel {
  readonly memory: WebAssembly.Memory;
  readonly sum: (from: number, pitch: number, few: number, many: number, end: number) => void;
  readonly respond: (few: number, many: number, to: number, end: number) => void;
  readonly compare: (at: number, end: number, pitch: number, to: number, least: number) => void;
}

/** Assembled when first asked for, once in each thread. */
let known: Kernel | null = null;

function kernel(): Kernel {
  if (known) return known;
  const { memory, call } = assemble([sum(), respond(), compare()], PAGE);
  known = { memory, sum: call('sum'), respond: call('respond'), compare: call('compare') };
  return known;
}

export interface Spots {
  /** Mean of the 3 x 3 around each pixel less that of the 9 x 9; 0 within `border` of the edge. Overwritten by the next. */
  readonly response: Float32Array;
  /** In reading order, where it is at least `least` from 0, and farther than beside, above and below on its own side. */
  readonly places: readonly number[];
}

/** Bright and dark spots of a plane, four pixels at once. */
export function findSpots(
  luma: Float32Array,
  width: number,
  height: number,
  border: number,
  least: number,
): Spots {
  const { memory, sum, respond, compare } = kernel();
  const plane = 4 * width * height;
  const row = VECTOR * Math.ceil(width / LANES);
  const from = plane + SLACK;
  const few = from + plane + SLACK;
  const many = few + row + SLACK;
  const masks = many + row + SLACK;
  const missing = masks + row - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
  new Float32Array(memory.buffer).set(luma);
  const response = new Float32Array(memory.buffer, from, width * height).fill(0);
  const pitch = 4 * width;
  const [left, right] = [4 * border, pitch - 4 * border];
  for (let y = border; y < height - border; y++) {
    sum((y - 4) * pitch, pitch, few, many, few + pitch);
    const at = from + y * pitch;
    respond(few + left - 4, many + left - 16, at + left, at + right);
    // The last vector may have been longer than the row.
    response.fill(0, (y + 1) * width - border, (y + 1) * width - border + LANES);
  }
  const bits = new Int32Array(memory.buffer, masks, Math.ceil(width / LANES));
  const places: number[] = [];
  for (let y = border; y < height - border; y++) {
    compare(from + y * pitch + left, from + y * pitch + right, pitch, masks, least);
    collect(bits, Math.ceil((right - left) / VECTOR), y * width + border, places);
  }
  return { response, places };
}

/** Places of the bits that are set: four of each number. */
function collect(bits: Int32Array, count: number, from: number, places: number[]): void {
  for (let at = 0; at < count; at++) {
    const four = bits[at] ?? 0;
    if (four === 0) continue;
    for (let lane = 0; lane < LANES; lane++) {
      if ((four >> lane) & 1) places.push(from + LANES * at + lane);
    }
  }
}

/** Sums of nine rows, of which `from` is the first, and of the three in the middle. */
function sum(): WasmFunction {
  const [from, pitch, few, many, end] = [0, 1, 2, 3, 4];
  const [three, nine, row] = [5, 6, 7];
  return {
    name: 'sum',
    params: [I32, I32, I32, I32, I32],
    locals: [V128, V128, I32],
    body: repeat(
      [
        ...set(row, get(from)),
        ...set(nine, load(get(row))),
        ...[1, 2, 3, 4, 5, 6, 7, 8].flatMap((step) => [
          ...set(row, addInt(get(row), get(pitch))),
          ...(step === 3 ? set(three, load(get(row))) : []),
          ...(step === 4 || step === 5 ? set(three, add(get(three), load(get(row)))) : []),
          ...set(nine, add(get(nine), load(get(row)))),
        ]),
        ...store(get(few), 0, get(three)),
        ...store(get(many), 0, get(nine)),
        ...[from, few, many].flatMap((place) => set(place, addInt(get(place), int(VECTOR)))),
      ],
      isBelow(get(few), get(end)),
    ),
  };
}

/** Means of 3 x 3 less those of 9 x 9, by the sums of rows from the first column of each on. */
function respond(): WasmFunction {
  const [few, many, to, end] = [0, 1, 2, 3];
  const [small, large] = [4, 5];
  const columns = (from: number, count: number): Code =>
    Array.from({ length: count }, (_, column) => load(get(from), 4 * column)).reduce((a, b) => add(a, b));
  return {
    name: 'respond',
    params: [I32, I32, I32, I32],
    locals: [V128, V128],
    body: [
      ...set(small, splat(float(1 / 9))),
      ...set(large, splat(float(1 / 81))),
      ...repeat(
        [
          ...store(
            get(to),
            0,
            subtract(multiply(columns(few, 3), get(small)), multiply(columns(many, 9), get(large))),
          ),
          ...[few, many, to].flatMap((place) => set(place, addInt(get(place), int(VECTOR)))),
        ],
        isBelow(get(to), get(end)),
      ),
    ],
  };
}

/** Whether each of a row is at least `least` from 0 and farther than its four neighbours: four bits of a number. */
function compare(): WasmFunction {
  const [at, end, pitch, to, least] = [0, 1, 2, 3, 4];
  const [here, bound, opposite] = [5, 6, 7];
  const right = load(get(at), 4);
  const left = load(subtractInt(get(at), int(4)));
  const below = load(addInt(get(at), get(pitch)));
  const above = load(subtractInt(get(at), get(pitch)));
  /** Of equals the first in reading order stands out. */
  const standsOut = (limit: number, beyond: typeof isAtLeast, within: typeof isAtLeast): Code =>
    withoutBits(
      andBits(beyond(get(here), get(limit)), andBits(within(right, get(here)), within(below, get(here)))),
      orBits(beyond(left, get(here)), beyond(above, get(here))),
    );
  return {
    name: 'compare',
    params: [I32, I32, I32, I32, F32],
    locals: [V128, V128, V128],
    body: [
      ...set(bound, splat(get(least))),
      ...set(opposite, subtract(subtract(get(bound), get(bound)), get(bound))),
      ...repeat(
        [
          ...set(here, load(get(at))),
          ...storeInt(
            get(to),
            0,
            laneBits(orBits(standsOut(bound, isAtLeast, isAtMost), standsOut(opposite, isAtMost, isAtLeast))),
          ),
          ...set(at, addInt(get(at), int(VECTOR))),
          ...set(to, addInt(get(to), int(4))),
        ],
        isBelow(get(at), get(end)),
      ),
    ],
  };
}
