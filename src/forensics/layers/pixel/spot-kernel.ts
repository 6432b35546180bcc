import { once } from '../../dsp/once';
import {
  add,
  addInt,
  advance,
  andBits,
  assemble,
  type Code,
  divide,
  F32,
  float,
  get,
  growTo,
  I32,
  int,
  isAtLeast,
  isAtMost,
  isBelow,
  LANES,
  laneBits,
  lanes,
  load,
  multiply,
  orBits,
  PAGE,
  repeat,
  set,
  splat,
  squareRoot,
  store,
  storeInt,
  subtract,
  subtractInt,
  V128,
  VECTOR,
  type WasmFunction,
  withoutBits,
} from '../../dsp/wasm';

/** Bytes behind everything, which the last vectors of a row may touch. */
const SLACK = 64;

interface Kernel {
  readonly memory: WebAssembly.Memory;
  readonly sum: (from: number, pitch: number, few: number, many: number, end: number) => void;
  readonly respond: (few: number, many: number, to: number, end: number) => void;
  readonly compare: (at: number, end: number, pitch: number, to: number, least: number) => void;
  readonly describe: (at: number, pitch: number, ramps: number, to: number) => void;
}

const kernel = once((): Kernel => {
  const { memory, call } = assemble([sum(), respond(), compare(), describe()], PAGE);
  return {
    memory,
    sum: call('sum'),
    respond: call('respond'),
    compare: call('compare'),
    describe: call('describe'),
  };
});

/** A descriptor is 6 x 6 boxes of 4 x 4 px: 24 px, which a fraction of a pixel's shift hardly changes. */
const BOXES = 6;
const BOX = LANES;
export const DESCRIPTOR = BOXES * BOXES;
/** From a point to the edge of its descriptor, px. */
export const REACH = (BOXES * BOX) / 2;

/** Slopes of a descriptor across and down: one box's weight after the other, scaled to length 1 together. */
const RAMPS = [(at: number) => at % BOXES, (at: number) => Math.floor(at / BOXES)].flatMap((place) => {
  const ramp = Array.from({ length: DESCRIPTOR }, (_, at) => place(at) - (BOXES - 1) / 2);
  const length = Math.sqrt(ramp.reduce((sum, value) => sum + value * value, 0));
  return ramp.map((value) => value / length);
});

interface Descriptor {
  /** Of the boxes' means about their own, squared grey levels, added up. */
  readonly power: number;
  /** Projections on two unit vectors. */
  readonly across: number;
  readonly down: number;
}

export interface Spots {
  /** Mean of the 3 x 3 around each pixel less that of the 9 x 9; 0 within `border` of the edge. Overwritten by the next. */
  readonly response: Float32Array;
  /** In reading order, where it is at least `least` from 0, and farther than beside, above and below on its own side. */
  readonly places: readonly number[];
  /**
   * Box means around a place at least REACH from the edge, mean 0, length 1: no numbers where the power is 0.
   * @param to where in `out` DESCRIPTOR values are written
   */
  readonly describe: (place: number, out: Float32Array, to: number) => Descriptor;
}

/** Bright and dark spots of a plane, four pixels at once. */
export function findSpots(
  luma: Float32Array,
  width: number,
  height: number,
  border: number,
  least: number,
): Spots {
  const { memory, sum, respond, compare, describe } = kernel();
  const plane = 4 * width * height;
  const row = VECTOR * Math.ceil(width / LANES);
  const from = plane + SLACK;
  const few = from + plane + SLACK;
  const many = few + row + SLACK;
  const masks = many + row + SLACK;
  const ramps = masks + row;
  const described = ramps + 4 * RAMPS.length;
  growTo(memory, described + 4 * (DESCRIPTOR + LANES));
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
  const floats = new Float32Array(memory.buffer);
  floats.set(RAMPS, ramps / 4);
  return {
    response,
    places,
    describe(place, out, to) {
      describe(4 * (place - REACH * width - REACH), pitch, ramps, described);
      const from = described / 4;
      out.set(floats.subarray(from, from + DESCRIPTOR), to);
      const [power = 0, across = 0, down = 0] = floats.subarray(from + DESCRIPTOR);
      return { power, across, down };
    },
  };
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
          ...advance(row, get(pitch)),
          ...(step === 3 ? set(three, load(get(row))) : []),
          ...(step === 4 || step === 5 ? set(three, add(get(three), load(get(row)))) : []),
          ...set(nine, add(get(nine), load(get(row)))),
        ]),
        ...store(get(few), 0, get(three)),
        ...store(get(many), 0, get(nine)),
        ...[from, few, many].flatMap((place) => advance(place, VECTOR)),
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
          ...[few, many, to].flatMap((place) => advance(place, VECTOR)),
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
          ...advance(at, VECTOR),
          ...advance(to, 4),
        ],
        isBelow(get(at), get(end)),
      ),
    ],
  };
}

/** Descriptor of the 24 x 24 px from `at` on; behind it its power before it was scaled, and its slopes. */
function describe(): WasmFunction {
  const [at, pitch, ramps, to] = [0, 1, 2, 3];
  const rows = [4, 5, 6, 7];
  const sums = [8, 9, 10, 11];
  const parts = Array.from({ length: DESCRIPTOR / LANES }, (_, part) => 12 + part);
  const [work, power, across, down] = [21, 22, 23, 24];
  /** Four vectors' sums as the lanes of one. */
  const joined = (): Code => {
    const [a, b, c, d] = sums.map((sum) => get(sum)) as [Code, Code, Code, Code];
    return [
      ...set(work, add(lanes(a, b, 0, 1, 4, 5), lanes(a, b, 2, 3, 6, 7))),
      ...set(power, add(lanes(c, d, 0, 1, 4, 5), lanes(c, d, 2, 3, 6, 7))),
      ...add(lanes(get(work), get(power), 0, 2, 4, 6), lanes(get(work), get(power), 1, 3, 5, 7)),
    ];
  };
  /** The sum of a vector's lanes in each of them. */
  const total = (sum: number): Code => [
    ...set(sum, add(get(sum), lanes(get(sum), get(sum), 2, 3, 0, 1))),
    ...set(sum, add(get(sum), lanes(get(sum), get(sum), 1, 0, 3, 2))),
  ];
  const each = (to: number, term: (part: number, index: number) => Code): Code => [
    ...set(to, splat(float(0))),
    ...parts.flatMap((part, index) => set(to, add(get(to), term(part, index)))),
    ...total(to),
  ];
  const boxes = Array.from({ length: DESCRIPTOR }, (_, box): Code => {
    const column = VECTOR * (box % BOXES);
    const own = sums[box % LANES] ?? 0;
    return [
      ...(box % BOXES === 0
        ? rows.flatMap((row, index) => {
            const first = index === 0;
            const before = first ? get(box === 0 ? at : (rows[3] ?? 0)) : get(rows[index - 1] ?? 0);
            return set(row, first && box === 0 ? before : addInt(before, get(pitch)));
          })
        : []),
      ...set(
        own,
        rows.map((row) => load(get(row), column)).reduce((a, b) => add(a, b)),
      ),
      ...(box % LANES === LANES - 1 ? set(parts[(box - 3) / LANES] ?? 0, joined()) : []),
    ];
  });
  return {
    name: 'describe',
    params: [I32, I32, I32, I32],
    locals: [...Array(4).fill(I32), ...Array(17).fill(V128)],
    body: [
      ...boxes.flat(),
      ...parts.flatMap((part) => set(part, multiply(get(part), splat(float(1 / (BOX * BOX)))))),
      ...each(work, (part) => get(part)),
      ...set(work, multiply(get(work), splat(float(1 / DESCRIPTOR)))),
      ...parts.flatMap((part) => set(part, subtract(get(part), get(work)))),
      ...each(power, (part) => multiply(get(part), get(part))),
      ...set(work, divide(splat(float(1)), squareRoot(get(power)))),
      ...parts.flatMap((part) => set(part, multiply(get(part), get(work)))),
      ...each(across, (part, index) => multiply(get(part), load(get(ramps), VECTOR * index))),
      ...each(down, (part, index) => multiply(get(part), load(get(ramps), 4 * DESCRIPTOR + VECTOR * index))),
      ...parts.flatMap((part, index) => store(get(to), VECTOR * index, get(part))),
      ...set(power, lanes(get(power), get(across), 0, 4, 0, 4)),
      ...store(get(to), 4 * DESCRIPTOR, lanes(get(power), get(down), 0, 1, 4, 4)),
    ],
  };
}
