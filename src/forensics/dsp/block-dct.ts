import { once } from './once';
import {
  add,
  advance,
  assemble,
  type Code,
  FLOAT,
  float,
  get,
  I32,
  int,
  isBelow,
  lanes,
  load,
  multiply,
  repeat,
  set,
  splat,
  store,
  subtract,
  V128,
  VECTOR,
  type WasmFunction,
} from './wasm';

/** Blocks transformed in one call: what goes in and what comes out stays in the processor's nearest cache. */
const MOST_BLOCKS = 48;
/** Bytes of a row of the part that is transformed, of a row of coefficients, and of a block. */
const ROW = MOST_BLOCKS * 8 * FLOAT;
const ACROSS = 8 * FLOAT;
const BLOCK = 8 * ACROSS;
/** Where rows transformed one way lie, then the samples, then the coefficients. */
const SAMPLES = BLOCK;
const COEFFICIENTS = SAMPLES + 8 * ROW;

interface Kernel {
  readonly samples: Float32Array;
  readonly coefficients: Float32Array;
  readonly transform: (from: number, to: number, end: number) => void;
}

const kernel = once((): Kernel => {
  const { memory, call } = assemble([transform()], COEFFICIENTS + MOST_BLOCKS * BLOCK);
  return {
    samples: new Float32Array(memory.buffer, SAMPLES, (8 * ROW) / FLOAT),
    coefficients: new Float32Array(memory.buffer, COEFFICIENTS, 64 * MOST_BLOCKS),
    transform: call('transform'),
  };
});

/**
 * As `dct8x8` of blocks side by side, in single precision and with vector instructions.
 * @param samples holds the first block's first sample at `from`, and its rows `stride` samples apart
 * @param count blocks, each 8 samples on from the one before
 * @param to receives 64 coefficients a block, one block after another, from place `at` on
 */
export function dctOfBlocks(
  samples: Float32Array,
  from: number,
  stride: number,
  count: number,
  to: Float32Array,
  at: number,
): void {
  const work = kernel();
  for (let done = 0; done < count; done += MOST_BLOCKS) {
    const blocks = Math.min(MOST_BLOCKS, count - done);
    for (let row = 0; row < 8; row++) {
      const first = from + row * stride + 8 * done;
      work.samples.set(samples.subarray(first, first + 8 * blocks), (row * ROW) / FLOAT);
    }
    work.transform(SAMPLES, COEFFICIENTS, SAMPLES + blocks * ACROSS);
    const out = blocks === MOST_BLOCKS ? work.coefficients : work.coefficients.subarray(0, 64 * blocks);
    to.set(out, at + 64 * done);
  }
}

/** cos(k pi / 16) / 2, k from 1: the weights of an orthonormal 8-point DCT-II. */
const WEIGHTS = Array.from({ length: 7 }, (_, at) => Math.cos(((at + 1) * Math.PI) / 16) / 2);

/** Locals: three parameters, the weights, eight values, their sums and differences, and eight more. */
const [FROM, TO, END] = [0, 1, 2];
const weight = (k: number) => get(2 + k);
const VALUES = 10;
const SUMS = 18;
const DIFFERENCES = 22;
const OTHERS = 26;

/** Blocks whose samples begin at `FROM`, up to `END`; coefficients to `TO`. */
function transform(): WasmFunction {
  const half = (top: number): Code => {
    const from = top * ROW;
    return [
      ...transposed((row) => load(get(FROM), from + row * ROW), VALUES),
      ...transposed((row) => load(get(FROM), from + row * ROW + VECTOR), VALUES + 4),
      ...eightPoints((k, value) => set(OTHERS + k, value)),
      ...transposed((k) => get(OTHERS + k), VALUES),
      ...transposed((k) => get(OTHERS + 4 + k), VALUES + 4),
      ...[0, 1, 2, 3].flatMap((row) => [
        ...store(int(0), (top + row) * ACROSS, get(VALUES + row)),
        ...store(int(0), (top + row) * ACROSS + VECTOR, get(VALUES + 4 + row)),
      ]),
    ];
  };
  const down = (left: number): Code => [
    ...[0, 1, 2, 3, 4, 5, 6, 7].flatMap((row) => set(VALUES + row, load(int(0), row * ACROSS + left))),
    ...eightPoints((k, value) => store(get(TO), k * ACROSS + left, value)),
  ];
  return {
    name: 'transform',
    params: [I32, I32, I32],
    locals: Array(OTHERS + 8 - 3).fill(V128),
    body: [
      ...WEIGHTS.flatMap((value, at) => set(3 + at, splat(float(value)))),
      ...repeat(
        [
          ...half(0),
          ...half(4),
          ...down(0),
          ...down(VECTOR),
          ...advance(FROM, ACROSS),
          ...advance(TO, BLOCK),
        ],
        isBelow(get(FROM), get(END)),
      ),
    ],
  };
}

/** Four vectors as the columns of a square: its rows into the locals `to` to `to + 3`. */
function transposed(row: (at: number) => Code, to: number): Code {
  return [
    ...set(SUMS, lanes(row(0), row(1), 0, 4, 1, 5)),
    ...set(SUMS + 1, lanes(row(0), row(1), 2, 6, 3, 7)),
    ...set(SUMS + 2, lanes(row(2), row(3), 0, 4, 1, 5)),
    ...set(SUMS + 3, lanes(row(2), row(3), 2, 6, 3, 7)),
    ...set(to, lanes(get(SUMS), get(SUMS + 2), 0, 1, 4, 5)),
    ...set(to + 1, lanes(get(SUMS), get(SUMS + 2), 2, 3, 6, 7)),
    ...set(to + 2, lanes(get(SUMS + 1), get(SUMS + 3), 0, 1, 4, 5)),
    ...set(to + 3, lanes(get(SUMS + 1), get(SUMS + 3), 2, 3, 6, 7)),
  ];
}

/** The DCT of the eight values of each lane, by even and odd halves. */
function eightPoints(take: (k: number, value: Code) => Code): Code {
  const value = (at: number) => get(VALUES + at);
  const s = (at: number) => get(SUMS + at);
  const d = (at: number) => get(DIFFERENCES + at);
  const times = (k: number, code: Code) => multiply(weight(k), code);
  /** Sum of weighted differences; a negative k is taken away. */
  const odd = (...ks: [number, number, number, number]) => {
    const [first, ...rest] = ks;
    return rest.reduce<Code>(
      (sum, k, at) => (k > 0 ? add : subtract)(sum, times(Math.abs(k), d(at + 1))),
      times(first, d(0)),
    );
  };
  return [
    ...[0, 1, 2, 3].flatMap((at) => [
      ...set(SUMS + at, add(value(at), value(7 - at))),
      ...set(DIFFERENCES + at, subtract(value(at), value(7 - at))),
    ]),
    ...take(0, times(4, add(add(s(0), s(3)), add(s(1), s(2))))),
    ...take(4, times(4, subtract(add(s(0), s(3)), add(s(1), s(2))))),
    ...take(2, add(times(2, subtract(s(0), s(3))), times(6, subtract(s(1), s(2))))),
    ...take(6, subtract(times(6, subtract(s(0), s(3))), times(2, subtract(s(1), s(2))))),
    ...take(1, odd(1, 3, 5, 7)),
    ...take(3, odd(3, -7, -1, -5)),
    ...take(5, odd(5, -1, 7, 3)),
    ...take(7, odd(7, -5, 3, -1)),
  ];
}
