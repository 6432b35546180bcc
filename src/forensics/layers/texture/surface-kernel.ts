import { once } from '../../dsp/once';
import {
  add,
  addInt,
  addInts,
  advance,
  andBits,
  assemble,
  type Code,
  float,
  get,
  growTo,
  I32,
  int,
  isAtLeast,
  isBelow,
  isGreaterInts,
  LANES,
  lane,
  loadInt,
  loadLane,
  loadSplat,
  orBits,
  PAGE,
  repeat,
  set,
  shiftLeft,
  shiftRight,
  splat,
  splatInt,
  storeInt,
  subtract,
  subtractInt,
  truncated,
  V128,
  type WasmFunction,
  withoutBits,
} from '../../dsp/wasm';

/** A neighbour must be brighter by this many levels: rounding must not decide in flat places. */
const BRIGHTER = 1;
/** Patterns of eight neighbours. */
const PATTERNS = 256;
/** Grey is counted in steps of 8 levels: finer, most cells of the matrix would hold nothing. */
export const LEVELS = 32;
const SHIFT = 3;
const CELLS = LEVELS * LEVELS;

/**
 * Tables of counts, and behind each a place for what is not counted: one of patterns a lane, and of pairs two of each
 * direction. Neighbours are alike, and adding twice in a row to one place waits for the first.
 */
const PATTERN_TABLE = 4 * (PATTERNS + 1);
const PAIR_TABLE = 4 * (CELLS + 1);
const ACROSS = LANES * PATTERN_TABLE;
const DOWN = ACROSS + 2 * PAIR_TABLE;
const LUMA = DOWN + 2 * PAIR_TABLE + 12;
/** Bytes behind the picture that the last four places of a row may touch. */
const SLACK = 1024;

/** Neighbours 1 and 2 px away. */
export type Radius = 1 | 2;

interface Kernel {
  readonly memory: WebAssembly.Memory;
  readonly patterns: Readonly<Record<Radius, (at: number, end: number, step: number, pitch: number) => void>>;
  readonly pairs: (at: number, end: number, step: number, beside: number, below: number) => void;
}

const kernel = once((): Kernel => {
  const { memory, call } = assemble([patterns(1), patterns(2), pairs()], PAGE);
  return {
    memory,
    patterns: { 1: call('patterns1'), 2: call('patterns2') },
    pairs: call('pairs'),
  };
});

interface Plane {
  readonly luma: Float32Array;
  readonly width: number;
  readonly height: number;
}

function place({ memory }: Kernel, luma: Float32Array): void {
  growTo(memory, LUMA + 4 * luma.length + SLACK);
  new Float32Array(memory.buffer, LUMA).set(luma);
}

/**
 * Counts which of eight neighbours in a square ring are brighter than the middle by a level at least: bit 0 is the upper
 * left one's, the others follow clockwise.
 * @param step every so many pixels both ways, from the first that has all neighbours on
 */
export function countPatterns(planes: readonly Plane[], radius: Radius, step: number): Uint32Array {
  const work = kernel();
  clear(work);
  for (const { luma, width, height } of planes) {
    place(work, luma);
    for (let y = radius; y < height - radius; y += step) {
      const row = LUMA + 4 * y * width;
      work.patterns[radius](row + 4 * radius, row + 4 * (width - radius), 4 * step, 4 * width);
    }
  }
  return total(work, 0, LANES, PATTERN_TABLE, PATTERNS);
}

/**
 * Counts pairs of grey levels, in LEVELS steps: a pixel's, and that of the one `distance` px to the right, or below.
 * @returns LEVELS x LEVELS counts; rows are the first pixel's
 */
export function countPairs(planes: readonly Plane[], distance: number, step: number): Uint32Array {
  const work = kernel();
  clear(work);
  for (const { luma, width, height } of planes) {
    place(work, luma);
    for (let y = 0; y < height - distance; y += step) {
      const row = LUMA + 4 * y * width;
      const end = row + 4 * (width - distance);
      work.pairs(row, end, 4 * step, 4 * distance, 4 * distance * width);
    }
  }
  return total(work, ACROSS, 4, PAIR_TABLE, CELLS);
}

function clear({ memory }: Kernel): void {
  new Uint8Array(memory.buffer).fill(0, 0, LUMA);
}

function total({ memory }: Kernel, from: number, tables: number, bytes: number, length: number): Uint32Array {
  const counts = new Uint32Array(memory.buffer, from, (tables * bytes) / 4);
  const sums = new Uint32Array(length);
  for (let table = 0; table < tables; table++) {
    const first = (table * bytes) / 4;
    for (let at = 0; at < length; at++) sums[at] = (sums[at] ?? 0) + (counts[first + at] ?? 0);
  }
  return sums;
}

const FOUR = [0, 1, 2, 3] as const;

/** Which of the four places lie before the end, all bits of a lane; those of the first are in `at`. */
function beforeEnd(at: number, end: number, step: number, where: number, address: number): Code {
  return [
    ...set(address, get(at)),
    ...set(where, splatInt(get(address))),
    ...FOUR.slice(1).flatMap((own) => [
      ...advance(address, get(step)),
      ...set(where, replaced(where, own, get(address))),
    ]),
    ...set(where, isGreaterInts(splatInt(get(end)), get(where))),
  ];
}

/** A vector with one lane exchanged (i32x4.replace_lane). */
function replaced(vector: number, own: number, value: Code): Code {
  return [...get(vector), ...value, 0xfd, 0x1c, own];
}

/** Adds one in each lane's table, at the places in `index`; what is not inside is counted behind the table. */
function tally(
  index: number,
  inside: number,
  beyond: number,
  address: number,
  offset: (own: number) => number,
): Code {
  return [
    ...set(
      index,
      shiftLeft(
        orBits(andBits(get(index), get(inside)), withoutBits(splatInt(int(beyond)), get(inside))),
        int(2),
      ),
    ),
    ...FOUR.flatMap((own) => [
      ...set(address, lane(get(index), own)),
      ...storeInt(get(address), offset(own), addInt(loadInt(get(address), offset(own)), int(1))),
    ]),
  ];
}

function patterns(radius: Radius): WasmFunction {
  const [at, end, step, pitch] = [0, 1, 2, 3];
  const [row, address] = [4, 5];
  const [inside, limit, bits] = [6, 7, 8];
  const ring = Array.from({ length: 9 }, (_, own) => 9 + own);
  const reach = 4 * radius;
  const gathered = [-1, 0, 1].flatMap((line) => [
    // The line's first neighbour of the first place; the others follow at fixed distances.
    ...(line === -1 ? set(row, subtractInt(get(at), int(reach))) : []),
    ...Array.from({ length: radius }).flatMap(() =>
      set(row, line === -1 ? subtractInt(get(row), get(pitch)) : addInt(get(row), get(pitch))),
    ),
    ...set(address, get(row)),
    ...FOUR.flatMap((own) => [
      ...(own === 0 ? [] : advance(address, get(step))),
      ...[0, 1, 2].flatMap((column) => {
        const to = ring[3 * (line + 1) + column] ?? 0;
        const offset = reach * column;
        return set(
          to,
          own === 0 ? loadSplat(get(address), offset) : loadLane(get(address), get(to), own, offset),
        );
      }),
    ]),
  ]);
  const clockwise = [0, 1, 2, 5, 8, 7, 6, 3];
  // The difference of two near numbers is exact; a level more than one would be rounded.
  const above = (neighbour: number) => subtract(get(neighbour), get(ring[4] ?? 0));
  return {
    name: `patterns${radius}`,
    params: [I32, I32, I32, I32],
    locals: [I32, I32, ...Array(12).fill(V128)],
    body: repeat(
      [
        ...beforeEnd(at, end, step, inside, address),
        ...gathered,
        ...set(limit, splat(float(BRIGHTER))),
        ...set(bits, splatInt(int(0))),
        ...clockwise.flatMap((own, bit) =>
          set(
            bits,
            orBits(get(bits), andBits(isAtLeast(above(ring[own] ?? 0), get(limit)), splatInt(int(1 << bit)))),
          ),
        ),
        ...tally(bits, inside, PATTERNS, address, (own) => own * PATTERN_TABLE),
        ...FOUR.flatMap(() => advance(at, get(step))),
      ],
      isBelow(get(at), get(end)),
    ),
  };
}

function pairs(): WasmFunction {
  const [at, end, step, beside, below] = [0, 1, 2, 3, 4];
  const address = 5;
  const [inside, here, right, under] = [6, 7, 8, 9];
  const gather = (to: number, from: Code): Code => [
    ...set(address, from),
    ...set(to, loadSplat(get(address))),
    ...FOUR.slice(1).flatMap((own) => [
      ...advance(address, get(step)),
      ...set(to, loadLane(get(address), get(to), own)),
    ]),
    // To the nearest whole level first.
    ...set(to, shiftRight(truncated(add(get(to), splat(float(0.5)))), int(SHIFT))),
  ];
  const join = (to: number): Code => set(to, addInts(shiftLeft(get(here), int(5)), get(to)));
  return {
    name: 'pairs',
    params: [I32, I32, I32, I32, I32],
    locals: [I32, V128, V128, V128, V128],
    body: repeat(
      [
        ...beforeEnd(at, end, step, inside, address),
        ...gather(here, get(at)),
        ...gather(right, addInt(get(at), get(beside))),
        ...gather(under, addInt(get(at), get(below))),
        ...join(right),
        ...join(under),
        ...tally(right, inside, CELLS, address, (own) => ACROSS + (own % 2) * PAIR_TABLE),
        ...tally(under, inside, CELLS, address, (own) => DOWN + (own % 2) * PAIR_TABLE),
        ...FOUR.flatMap(() => advance(at, get(step))),
      ],
      isBelow(get(at), get(end)),
    ),
  };
}
