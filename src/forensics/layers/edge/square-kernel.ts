import { once } from '../../dsp/once';
import {
  add,
  addDouble,
  addInts,
  advance,
  andBits,
  anyBit,
  assemble,
  type Code,
  dotShorts,
  F32,
  float,
  get,
  I32,
  int,
  isAtLeast,
  isBelow,
  LANES,
  lanes,
  load,
  magnitudeShorts,
  multiply,
  multiplyDouble,
  orBits,
  promote,
  repeat,
  set,
  shiftLeft,
  shiftRight,
  splat,
  splatInt,
  store,
  subtract,
  subtractShorts,
  sumOfLanes,
  toFloats,
  V128,
  VECTOR,
  type WasmFunction,
  when,
} from '../../dsp/wasm';

/** Side of a square, px. */
export const SIDE = 64;

/** Sums over places: `g`, `l` and `t` are the second, lowest and third byte, `x` and `y` the slopes of the second. */
const SUMS = [
  ...(['1', 'g', 'x', 'y', 'l', 't', 'gg', 'gx', 'gy', 'xx', 'xy', 'yy'] as const),
  ...(['lg', 'lx', 'ly', 'll', 'tg', 'tx', 'ty', 'tt'] as const),
];
export type SquareSums = Readonly<Record<(typeof SUMS)[number], number>>;

const PITCH = 4 * SIDE;
const PLANE = SIDE * PITCH;
/** Two doubles a sum. */
const DIFFERENCE = VECTOR * SUMS.length;
/** Which columns are inside, from the third on. */
const INSIDE = DIFFERENCE + VECTOR;
const WORDS = INSIDE + PITCH;
/** Sums along the rows: of the lowest and third byte in one word, and of the second byte. */
const OUTER = WORDS + PLANE;
const INNER = OUTER + PLANE;
const GREEN = INNER + PLANE;
const LOWEST = GREEN + PLANE;
const THIRD = LOWEST + PLANE;
/** Pixels at the border that are not smoothed, and in which no slope is known. */
const BORDER = 2;
const MARGIN = BORDER + 1;

interface Kernel {
  readonly memory: WebAssembly.Memory;
  readonly words: Int32Array;
  readonly smooth: () => void;
  readonly sum: (leastGradient2: number) => void;
}

const kernel = once((): Kernel => {
  const { memory, call } = assemble([smooth(), sum()], THIRD + PLANE + VECTOR);
  new Int32Array(memory.buffer, INSIDE, SIDE).fill(-1, 0, SIDE - 2 * MARGIN);
  return {
    memory,
    words: new Int32Array(memory.buffer, WORDS, SIDE * SIDE),
    smooth: call('smooth'),
    sum: call('sum'),
  };
});

/**
 * Smooths the three channels of a square of SIDE px by the binomial 1 4 6 4 1 in both directions, as derivatives of a
 * pixel's sharpness would not be linear, and adds up their products where the second byte, green, has an edge.
 * @param words SIDE x SIDE pixels
 * @param leastGradient2 square of the least change of green over 2 px, levels
 * @returns also the mean absolute difference of the other channels to green, levels
 */
export function sumSquare(
  words: Int32Array,
  leastGradient2: number,
): { sums: SquareSums; difference: number } {
  const work = kernel();
  work.words.set(words);
  work.smooth();
  work.sum(leastGradient2);
  const doubles = new Float64Array(work.memory.buffer, 0, 2 * SUMS.length);
  const sums = Object.fromEntries(
    SUMS.map((name, at) => [name, (doubles[2 * at] ?? 0) + (doubles[2 * at + 1] ?? 0)]),
  );
  const difference = sumOfLanes(new Int32Array(work.memory.buffer, DIFFERENCE, LANES), 0);
  // What Object.fromEntries answers has lost the names' type.
  return { sums: sums as SquareSums, difference: difference / (2 * SIDE * SIDE) };
}

/** The bytes of a word that lie 16 bits apart: sums of 256 pixels stay apart, too. */
const EVEN_BYTES = 0x00ff00ff;

function smooth(): WasmFunction {
  const [at, outer, inner, mask, difference, both] = [0, 1, 2, 3, 4, 5];
  const bytes = (offset: number, odd: boolean): Code => {
    const words = load(get(at), WORDS + offset);
    return andBits(odd ? shiftRight(words, int(8)) : words, get(mask));
  };
  /** 1 4 6 4 1 of five vectors. */
  const binomial = (value: (step: number) => Code): Code =>
    addInts(
      addInts(addInts(value(0), value(4)), shiftLeft(addInts(addInts(value(1), value(3)), value(2)), int(2))),
      shiftLeft(value(2), int(1)),
    );
  const spread = andBits(get(inner), splatInt(int(0xff)));
  return {
    name: 'smooth',
    params: [],
    locals: [I32, V128, V128, V128, V128, V128],
    body: [
      ...set(mask, splatInt(int(EVEN_BYTES))),
      ...set(difference, splatInt(int(0))),
      ...set(at, int(0)),
      ...repeat(
        [
          ...set(outer, bytes(0, false)),
          ...set(inner, bytes(0, true)),
          // Green beside both others, in halves of the same words.
          ...set(both, orBits(spread, shiftLeft(spread, int(16)))),
          ...set(
            difference,
            addInts(
              get(difference),
              dotShorts(magnitudeShorts(subtractShorts(get(outer), get(both))), splatInt(int(0x10001))),
            ),
          ),
          ...store(
            get(at),
            OUTER + 4 * BORDER,
            binomial((step) => bytes(4 * step, false)),
          ),
          ...store(
            get(at),
            INNER + 4 * BORDER,
            binomial((step) => bytes(4 * step, true)),
          ),
          ...advance(at, VECTOR),
        ],
        isBelow(get(at), int(PLANE)),
      ),
      ...store(int(DIFFERENCE), 0, get(difference)),
      ...set(at, int(0)),
      ...repeat(
        [
          ...set(
            outer,
            binomial((step) => load(get(at), OUTER + step * PITCH)),
          ),
          ...set(
            inner,
            binomial((step) => load(get(at), INNER + step * PITCH)),
          ),
          ...[
            [LOWEST, andBits(get(outer), splatInt(int(0xffff)))] as const,
            [THIRD, shiftRight(get(outer), int(16))] as const,
            [GREEN, andBits(get(inner), splatInt(int(0xffff)))] as const,
          ].flatMap(([plane, sums]) =>
            store(get(at), plane + BORDER * PITCH, multiply(toFloats(sums), splat(float(1 / 256)))),
          ),
          ...advance(at, VECTOR),
        ],
        isBelow(get(at), int(PLANE - 2 * BORDER * PITCH)),
      ),
    ],
  };
}

function sum(): WasmFunction {
  const least = 0;
  const [at, inside, row] = [1, 2, 3];
  const first = 4;
  const [mask, limit, work] = [24, 25, 26];
  const values = { '1': 27, g: 28, x: 29, y: 30, l: 31, t: 32 } as const;
  const half = 33;
  const doubles = { '1': 34, g: 35, x: 36, y: 37, l: 38, t: 39 } as const;
  const names = ['1', 'g', 'x', 'y', 'l', 't'] as const;
  const green = (offset: number): Code => load(get(at), GREEN + offset);
  const slope = (from: number, to: number): Code => subtract(green(to), green(from));
  /** Adds the lower or the upper two of the four places, as doubles. */
  const addTwo = (upper: boolean): Code => [
    ...names.flatMap((name) => {
      const value = get(values[name]);
      return set(doubles[name], promote(upper ? lanes(value, value, 2, 3, 2, 3) : value));
    }),
    ...SUMS.flatMap((name, index) => {
      const [a, b] = name.split('') as [keyof typeof doubles, keyof typeof doubles | undefined];
      const product = b ? multiplyDouble(get(doubles[a]), get(doubles[b])) : get(doubles[a]);
      return set(first + index, addDouble(get(first + index), product));
    }),
  ];
  const kept = (value: Code): Code => andBits(value, get(mask));
  return {
    name: 'sum',
    params: [F32],
    locals: [I32, I32, I32, ...Array(36).fill(V128)],
    body: [
      ...SUMS.flatMap((_, index) => set(first + index, splatInt(int(0)))),
      ...set(limit, splat(get(least))),
      ...set(half, splat(float(0.5))),
      ...set(row, int(MARGIN * PITCH + 4 * MARGIN)),
      ...repeat(
        [
          ...set(at, get(row)),
          ...set(inside, int(0)),
          ...repeat(
            [
              ...set(values.x, slope(-4, 4)),
              ...set(values.y, slope(-PITCH, PITCH)),
              ...set(
                work,
                add(multiply(get(values.x), get(values.x)), multiply(get(values.y), get(values.y))),
              ),
              ...set(mask, andBits(isAtLeast(get(work), get(limit)), load(get(inside), INSIDE))),
              ...when(anyBit(get(mask)), [
                ...set(values['1'], kept(splat(float(1)))),
                ...set(values.g, kept(green(0))),
                ...set(values.x, kept(multiply(get(values.x), get(half)))),
                ...set(values.y, kept(multiply(get(values.y), get(half)))),
                ...set(values.l, kept(load(get(at), LOWEST))),
                ...set(values.t, kept(load(get(at), THIRD))),
                ...addTwo(false),
                ...addTwo(true),
              ]),
              ...advance(at, VECTOR),
              ...advance(inside, VECTOR),
            ],
            isBelow(get(inside), int(PITCH - VECTOR)),
          ),
          ...advance(row, PITCH),
        ],
        isBelow(get(row), int((SIDE - MARGIN) * PITCH)),
      ),
      ...SUMS.flatMap((_, index) => store(int(VECTOR * index), 0, get(first + index))),
    ],
  };
}
