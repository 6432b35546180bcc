import { once } from '../../dsp/once';
import {
  add,
  addInt,
  addInts,
  advance,
  andBits,
  assemble,
  type Code,
  divide,
  float,
  get,
  I32,
  int,
  isBelow,
  isGreaterInts,
  isMore,
  LANES,
  lane,
  lanes,
  largestInts,
  load,
  loadInt,
  magnitude,
  multiply,
  multiplyInts,
  orBits,
  repeat,
  set,
  shiftLeft,
  shiftRight,
  shiftSignedRight,
  smallestInts,
  splat,
  splatInt,
  store,
  storeInt,
  subtract,
  subtractInts,
  toFloats,
  V128,
  VECTOR,
  type WasmFunction,
  withoutBits,
} from '../../dsp/wasm';

/** Residuals are counted in steps of 2 levels, from -2 to 2 steps and beyond: 5 classes (Barni et al. use 256). */
export const CLASSES = 5;
const VIVID = 0.9;
const VIVID_LEVEL = 64;
const PALE = 0.05;
/** Values nearer to an end of the scale than this are clipped or nearly so: their residuals are not the scene's. */
const MARGIN = 4;

/**
 * Sums over pixels. `r`, `g`, `b` are doubled residuals: twice a pixel less its left and right neighbours; 0 near the
 * ends of the scale.
 */
const SUMS = [
  ...(['vivid', 'pale', 'redGreen', 'redGreen2', 'yellowBlue', 'yellowBlue2'] as const),
  ...(['rr', 'gg', 'bb', 'rg', 'bg', 'saturation', 'saturation2', 'luma', 'chroma'] as const),
];
/** Of these, from here on, those that are no whole numbers. */
const FIRST_FLOAT = SUMS.indexOf('saturation');

type ChromaSums = Readonly<Record<(typeof SUMS)[number], number>> & {
  readonly count: number;
  /** CLASSES x CLASSES counts of the residuals' classes: green's, and red's or blue's. */
  readonly red: Float64Array;
  readonly blue: Float64Array;
};

/** Counts of both tables, and of what is left out, in one array for each lane: no count waits for the one before. */
const TABLE = 4 * (CLASSES * CLASSES + 1);
const TABLES = VECTOR * SUMS.length;
/** The numbers of the first four pixels. */
const INDEX = TABLES + 2 * LANES * TABLE;
const WORDS = INDEX + VECTOR;
/** Every second pixel of so many is added in one call. */
const MOST = 2048;
/** Pixels after which whole sums, of up to 510^2 each, are read: 32 bits in four lanes hold them. */
const FULL = 30_000;

interface Kernel {
  readonly memory: WebAssembly.Memory;
  readonly words: Int32Array;
  readonly add: (from: number, count: number) => void;
}

const kernel = once((): Kernel => {
  const { memory, call } = assemble([addRow()], WORDS + 4 * MOST + 4 * VECTOR);
  new Int32Array(memory.buffer, INDEX).set([0, 1, 2, 3]);
  return { memory, words: new Int32Array(memory.buffer, WORDS), add: call('add') };
});

/**
 * Adds up every second pixel of rows.
 * @param rows pixels as words, red in the lowest byte: the second of each row is the first that is added, the last but
 *   one the last
 */
export function sumChroma(rows: Iterable<Int32Array>): ChromaSums {
  const work = kernel();
  new Uint8Array(work.memory.buffer).fill(0, 0, INDEX);
  const sums = new Float64Array(SUMS.length);
  let count = 0;
  let since = 0;
  for (const row of rows) {
    for (let from = 0; from + 2 < row.length; from += MOST - 2) {
      const piece = row.subarray(from, from + MOST);
      const pixels = (piece.length - 1) >> 1;
      if (since + pixels > FULL) {
        drain(work.memory, sums);
        since = 0;
      }
      work.words.set(piece);
      work.add(WORDS, pixels);
      count += pixels;
      since += pixels;
    }
  }
  drain(work.memory, sums);
  const values = Object.fromEntries(SUMS.map((name, at) => [name, sums[at] ?? 0]));
  const tables = new Uint32Array(work.memory.buffer, TABLES, (2 * LANES * TABLE) / 4);
  // What Object.fromEntries answers has lost the names' type.
  return { ...(values as Record<(typeof SUMS)[number], number>), count, ...readTables(tables) };
}

/** Takes the sums out of the memory. */
function drain(memory: WebAssembly.Memory, sums: Float64Array): void {
  const whole = new Int32Array(memory.buffer, 0, LANES * SUMS.length);
  const floats = new Float32Array(memory.buffer, 0, LANES * SUMS.length);
  for (let at = 0; at < whole.length; at++) {
    const sum = (at - (at % LANES)) / LANES;
    const value = sum >= FIRST_FLOAT ? floats[at] : whole[at];
    sums[sum] = (sums[sum] ?? 0) + (value ?? 0);
  }
  whole.fill(0);
}

function readTables(tables: Uint32Array): { red: Float64Array; blue: Float64Array } {
  const table = (first: number) =>
    Float64Array.from({ length: CLASSES * CLASSES }, (_, at) => {
      let sum = 0;
      for (let own = 0; own < LANES; own++) sum += tables[((first + own) * TABLE) / 4 + at] ?? 0;
      return sum;
    });
  return { red: table(0), blue: table(LANES) };
}

function addRow(): WasmFunction {
  const [from, count] = [0, 1];
  let next = 2;
  const local = () => next++;
  const vectors = Object.fromEntries(SUMS.map((name) => [name, local()])) as Record<
    (typeof SUMS)[number],
    number
  >;
  const [words, left, right, inside] = [local(), local(), local(), local()];
  const [r0, g0, b0, most, least] = [local(), local(), local(), local(), local()];
  const [r, g, b, luma, work, place] = [local(), local(), local(), local(), local(), local()];
  const [byte, one, index, end] = [local(), local(), local(), local()];
  const address = local();

  const channel = (value: Code, shift: number): Code =>
    andBits(shift === 0 ? value : shiftRight(value, int(shift)), get(byte));
  const addTo = (name: (typeof SUMS)[number], value: Code): Code =>
    set(vectors[name], addInts(get(vectors[name]), value));
  const addFloat = (name: (typeof SUMS)[number], value: Code): Code =>
    set(vectors[name], add(get(vectors[name]), value));
  /** A comparison that holds is -1. */
  const countWhere = (name: (typeof SUMS)[number], holds: Code): Code =>
    set(vectors[name], subtractInts(get(vectors[name]), andBits(holds, get(inside))));
  const square = (value: number): Code => multiplyInts(get(value), get(value));
  const ints = (value: number): Code => splatInt(int(value));
  const floats = (value: number): Code => splat(float(value));

  const tones: Code = [
    ...set(most, largestInts(get(r0), largestInts(get(g0), get(b0)))),
    ...set(least, smallestInts(get(r0), smallestInts(get(g0), get(b0)))),
    // Of black 0 / 1.
    ...set(
      work,
      divide(toFloats(subtractInts(get(most), get(least))), toFloats(largestInts(get(most), get(one)))),
    ),
    ...countWhere(
      'vivid',
      andBits(isMore(get(work), floats(VIVID)), isGreaterInts(get(most), ints(VIVID_LEVEL))),
    ),
    ...countWhere('pale', isMore(floats(PALE), get(work))),
    ...set(work, andBits(get(work), get(inside))),
    ...addFloat('saturation', get(work)),
    ...addFloat('saturation2', multiply(get(work), get(work))),
    ...set(work, andBits(subtractInts(get(r0), get(g0)), get(inside))),
    ...addTo('redGreen', get(work)),
    ...addTo('redGreen2', square(work)),
    ...set(work, andBits(subtractInts(addInts(get(r0), get(g0)), addInts(get(b0), get(b0))), get(inside))),
    ...addTo('yellowBlue', get(work)),
    ...addTo('yellowBlue2', square(work)),
  ];
  const residual = (to: number, own: number, shift: number): Code =>
    set(
      to,
      andBits(
        subtractInts(
          addInts(get(own), get(own)),
          addInts(channel(get(left), shift), channel(get(right), shift)),
        ),
        get(inside),
      ),
    );
  /** Class of a doubled residual: quarters, rounded, from -2 to 2 and beyond. */
  const classOf = (value: number): Code =>
    addInts(
      smallestInts(largestInts(shiftSignedRight(addInts(get(value), ints(2)), int(2)), ints(-2)), ints(2)),
      ints(2),
    );
  const increment = (offset: number, own: 0 | 1 | 2 | 3): Code => [
    ...set(address, lane(get(place), own)),
    ...storeInt(
      get(address),
      offset + own * TABLE,
      addInt(loadInt(get(address), offset + own * TABLE), int(1)),
    ),
  ];
  const tally = (value: number, offset: number): Code => [
    // What lies near an end of the scale is counted behind the table.
    ...set(
      place,
      shiftLeft(
        orBits(
          andBits(addInts(get(work), classOf(value)), get(inside)),
          withoutBits(ints(CLASSES * CLASSES), get(inside)),
        ),
        int(2),
      ),
    ),
    ...([0, 1, 2, 3] as const).flatMap((own) => increment(offset, own)),
  ];
  const detail: Code = [
    ...set(
      inside,
      andBits(
        get(inside),
        andBits(isGreaterInts(get(least), ints(MARGIN - 1)), isGreaterInts(ints(256 - MARGIN), get(most))),
      ),
    ),
    ...residual(r, r0, 0),
    ...residual(g, g0, 8),
    ...residual(b, b0, 16),
    ...addTo('rr', square(r)),
    ...addTo('gg', square(g)),
    ...addTo('bb', square(b)),
    ...addTo('rg', multiplyInts(get(r), get(g))),
    ...addTo('bg', multiplyInts(get(b), get(g))),
    ...set(work, multiplyInts(classOf(g), ints(CLASSES))),
    ...tally(r, TABLES),
    ...tally(b, TABLES + LANES * TABLE),
    ...[r, g, b].flatMap((value) => set(value, toFloats(get(value)))),
    ...set(
      luma,
      add(
        add(multiply(get(r), floats(0.299)), multiply(get(g), floats(0.587))),
        multiply(get(b), floats(0.114)),
      ),
    ),
    ...addFloat('luma', magnitude(get(luma))),
    ...addFloat(
      'chroma',
      add(
        multiply(magnitude(subtract(get(b), get(luma))), floats(0.564)),
        multiply(magnitude(subtract(get(r), get(luma))), floats(0.713)),
      ),
    ),
  ];
  const body: Code = [
    ...set(inside, isGreaterInts(get(end), get(index))),
    ...set(words, lanes(load(get(from), 0), load(get(from), VECTOR), 1, 3, 5, 7)),
    ...set(left, lanes(load(get(from), 0), load(get(from), VECTOR), 0, 2, 4, 6)),
    ...set(right, lanes(load(get(from), 8), load(get(from), VECTOR + 8), 0, 2, 4, 6)),
    ...[r0, g0, b0].flatMap((own, at) => set(own, channel(get(words), 8 * at))),
    ...tones,
    ...detail,
    ...set(index, addInts(get(index), ints(LANES))),
    ...advance(from, 2 * VECTOR),
  ];
  return {
    name: 'add',
    params: [I32, I32],
    locals: [...Array(address - 2).fill(V128), I32],
    body: [
      ...SUMS.flatMap((name, sum) => set(vectors[name], load(int(VECTOR * sum)))),
      ...set(byte, ints(255)),
      ...set(one, ints(1)),
      ...set(end, splatInt(get(count))),
      ...set(index, load(int(INDEX))),
      ...repeat(body, isBelow(lane(get(index), 0), get(count))),
      ...SUMS.flatMap((name, sum) => store(int(VECTOR * sum), 0, get(vectors[name]))),
    ],
  };
}
