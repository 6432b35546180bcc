import {
  add,
  addDouble,
  addInt,
  assemble,
  type Code,
  F32,
  F64,
  float,
  get,
  I32,
  int,
  isBelow,
  lanes,
  load,
  loadInt,
  multiply,
  multiplyDouble,
  promote,
  repeat,
  set,
  splat,
  splatDouble,
  store,
  subtract,
  V128,
  type WasmFunction,
} from './wasm';

/**
 * The inner loops of `log-power.ts`. Addresses are in bytes; the imaginary part of a sample lies `plane` bytes after
 * its real part; a step is from one row to the next that takes part.
 */
export interface PowerKernel {
  readonly memory: WebAssembly.Memory;
  /** Two rows from `from` to `end` with the twiddle factor c + i s. */
  readonly halves: (from: number, end: number, step: number, c: number, s: number) => void;
  /** Four rows with the twiddle factors of the second, third and fourth. */
  readonly quarters: (
    from: number,
    end: number,
    step: number,
    c1: number,
    s1: number,
    c2: number,
    s2: number,
    c3: number,
    s3: number,
  ) => void;
  /** The same where all factors are 1. */
  readonly fours: (from: number, end: number, step: number) => void;
  /** Exchanges squares of 4 x 4 along a row, from `a` to `end`, with those down a column from `b`, transposed. */
  readonly exchange: (a: number, b: number, end: number) => void;
  /**
   * Multiplies doubles at `productA` and `productB` by the powers of the two real fields of a transform, plus a floor:
   * of the places of a row from `row` to `end`, by fours. @param table for each four, where in the row `mirror` the
   * four of the opposite frequencies lie, in bytes; their order is the opposite one
   */
  readonly powers: (
    row: number,
    end: number,
    mirror: number,
    table: number,
    productA: number,
    productB: number,
    floor: number,
  ) => void;
  /** The same of the row's first four, whose opposite frequencies lie in the first four too. */
  readonly firstPowers: PowerKernel['powers'];
}

/** Bytes of a vector. */
const VECTOR = 16;

/**
 * @param stride bytes from one row to the next
 * @param plane bytes from a real part to its imaginary part
 * @param bytes size of the memory
 */
export function powerKernel(stride: number, plane: number, bytes: number): PowerKernel {
  const { memory, call } = assemble(
    [
      halves(plane),
      quarters('quarters', plane, true),
      quarters('fours', plane, false),
      exchange(stride, plane),
      powers('powers', plane, [3, 2, 1, 0]),
      powers('firstPowers', plane, [0, 3, 2, 1]),
    ],
    bytes,
  );
  return {
    memory,
    halves: call('halves'),
    quarters: call('quarters'),
    fours: call('fours'),
    exchange: call('exchange'),
    powers: call('powers'),
    firstPowers: call('firstPowers'),
  };
}

/** (r + i j) times (c + i s), stored at an address. */
function storeTurned(to: Code, plane: number, r: Code, j: Code, c: Code, s: Code): Code {
  return [
    ...store(to, 0, subtract(multiply(r, c), multiply(j, s))),
    ...store(to, plane, add(multiply(r, s), multiply(j, c))),
  ];
}

const advance = (local: number, by: number) => set(local, addInt(get(local), int(by)));

function halves(plane: number): WasmFunction {
  const [a, end, step, cosine, sine, b, c, s, ar, ai, br, bi] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
  return {
    name: 'halves',
    params: [I32, I32, I32, F32, F32],
    locals: [I32, ...Array(6).fill(V128)],
    body: [
      ...set(c, splat(get(cosine))),
      ...set(s, splat(get(sine))),
      ...repeat(
        [
          ...set(b, addInt(get(a), get(step))),
          ...set(ar, load(get(a))),
          ...set(ai, load(get(a), plane)),
          ...set(br, load(get(b))),
          ...set(bi, load(get(b), plane)),
          ...store(get(a), 0, add(get(ar), get(br))),
          ...store(get(a), plane, add(get(ai), get(bi))),
          ...set(ar, subtract(get(ar), get(br))),
          ...set(ai, subtract(get(ai), get(bi))),
          ...storeTurned(get(b), plane, get(ar), get(ai), get(c), get(s)),
          ...advance(a, VECTOR),
        ],
        isBelow(get(a), get(end)),
      ),
    ],
  };
}

/** A butterfly of four, decimation in frequency. @param turned whether there are twiddle factors */
function quarters(name: string, plane: number, turned: boolean): WasmFunction {
  const factors = turned ? 6 : 0;
  const [a, end, step] = [0, 1, 2];
  const [b, c, d] = [3 + factors, 4 + factors, 5 + factors];
  const twiddle = (at: number) => 6 + factors + at;
  const local = (at: number) => 6 + 2 * factors + at;
  const [sr, si, tr, ti, ur, ui, vr, vi] = [0, 1, 2, 3, 4, 5, 6, 7].map(local) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const to = (address: number, k: number, r: Code, j: Code): Code => {
    if (!turned) return [...store(get(address), 0, r), ...store(get(address), plane, j)];
    const [x, y] = [local(8), local(9)];
    return [
      ...set(x, r),
      ...set(y, j),
      ...storeTurned(get(address), plane, get(x), get(y), get(twiddle(2 * k)), get(twiddle(2 * k + 1))),
    ];
  };
  return {
    name,
    params: [I32, I32, I32, ...Array(factors).fill(F32)],
    locals: [I32, I32, I32, ...Array(factors + 10).fill(V128)],
    body: [
      ...Array.from({ length: factors }, (_, at) => set(twiddle(at), splat(get(3 + at)))).flat(),
      ...repeat(
        [
          ...set(b, addInt(get(a), get(step))),
          ...set(c, addInt(get(b), get(step))),
          ...set(d, addInt(get(c), get(step))),
          ...set(sr, add(load(get(a)), load(get(c)))),
          ...set(si, add(load(get(a), plane), load(get(c), plane))),
          ...set(tr, subtract(load(get(a)), load(get(c)))),
          ...set(ti, subtract(load(get(a), plane), load(get(c), plane))),
          ...set(ur, add(load(get(b)), load(get(d)))),
          ...set(ui, add(load(get(b), plane), load(get(d), plane))),
          ...set(vr, subtract(load(get(b)), load(get(d)))),
          ...set(vi, subtract(load(get(b), plane), load(get(d), plane))),
          ...store(get(a), 0, add(get(sr), get(ur))),
          ...store(get(a), plane, add(get(si), get(ui))),
          ...to(b, 0, add(get(tr), get(vi)), subtract(get(ti), get(vr))),
          ...to(c, 1, subtract(get(sr), get(ur)), subtract(get(si), get(ui))),
          ...to(d, 2, subtract(get(tr), get(vi)), add(get(ti), get(vr))),
          ...advance(a, VECTOR),
        ],
        isBelow(get(a), get(end)),
      ),
    ],
  };
}

function exchange(stride: number, plane: number): WasmFunction {
  const [a, b, end] = [0, 1, 2];
  /** Four rows of the square at an address, transposed: into the locals `to` to `to + 3`, by way of 11 to 14. */
  const transposed = (address: number, offset: number, to: number): Code => {
    const row = (at: number) => load(get(address), offset + at * stride);
    return [
      ...set(11, lanes(row(0), row(1), 0, 4, 1, 5)),
      ...set(12, lanes(row(0), row(1), 2, 6, 3, 7)),
      ...set(13, lanes(row(2), row(3), 0, 4, 1, 5)),
      ...set(14, lanes(row(2), row(3), 2, 6, 3, 7)),
      ...set(to, lanes(get(11), get(13), 0, 1, 4, 5)),
      ...set(to + 1, lanes(get(11), get(13), 2, 3, 6, 7)),
      ...set(to + 2, lanes(get(12), get(14), 0, 1, 4, 5)),
      ...set(to + 3, lanes(get(12), get(14), 2, 3, 6, 7)),
    ];
  };
  const put = (address: number, offset: number, from: number): Code =>
    [0, 1, 2, 3].flatMap((at) => store(get(address), offset + at * stride, get(from + at)));
  const swap = (offset: number): Code => [
    ...transposed(a, offset, 3),
    ...transposed(b, offset, 7),
    ...put(a, offset, 7),
    ...put(b, offset, 3),
  ];
  return {
    name: 'exchange',
    params: [I32, I32, I32],
    locals: Array(12).fill(V128),
    body: repeat(
      [...swap(0), ...swap(plane), ...advance(a, VECTOR), ...advance(b, 4 * stride)],
      isBelow(get(a), get(end)),
    ),
  };
}

/** A(k) = (Z(k) + conj Z(-k)) / 2 and B(k) = (Z(k) - conj Z(-k)) / 2i, squared. @param order of the mirrored four */
function powers(name: string, plane: number, order: [number, number, number, number]): WasmFunction {
  const [row, end, mirror, table, productA, productB, floor] = [0, 1, 2, 3, 4, 5, 6];
  const [from, level, quarter, zr, zi, mr, mi, power] = [7, 8, 9, 10, 11, 12, 13, 14];
  const turned = (offset: number) => lanes(load(get(from), offset), load(get(from), offset), ...order);
  const square = (value: number) => multiply(get(value), get(value));
  const multiplyBy = (product: number): Code => {
    const times = (offset: number, value: Code) =>
      store(
        get(product),
        offset,
        multiplyDouble(load(get(product), offset), addDouble(promote(value), get(level))),
      );
    return [
      ...times(0, get(power)),
      ...times(VECTOR, lanes(get(power), get(power), 2, 3, 2, 3)),
      ...advance(product, 2 * VECTOR),
    ];
  };
  return {
    name,
    params: [I32, I32, I32, I32, I32, I32, F64],
    locals: [I32, ...Array(7).fill(V128)],
    body: [
      ...set(level, splatDouble(get(floor))),
      ...set(quarter, splat(float(0.25))),
      ...repeat(
        [
          ...set(from, addInt(get(mirror), loadInt(get(table)))),
          ...set(zr, load(get(row))),
          ...set(zi, load(get(row), plane)),
          ...set(mr, turned(0)),
          ...set(mi, turned(plane)),
          // Sum of the real parts and difference of the imaginary ones are A's, the others B's.
          ...set(power, add(get(zr), get(mr))),
          ...set(mr, subtract(get(zr), get(mr))),
          ...set(zr, get(power)),
          ...set(power, subtract(get(zi), get(mi))),
          ...set(mi, add(get(zi), get(mi))),
          ...set(zi, get(power)),
          ...set(power, multiply(get(quarter), add(square(zr), square(zi)))),
          ...multiplyBy(productA),
          ...set(power, multiply(get(quarter), add(square(mr), square(mi)))),
          ...multiplyBy(productB),
          ...advance(table, 4),
          ...advance(row, VECTOR),
        ],
        isBelow(get(row), get(end)),
      ),
    ],
  };
}
