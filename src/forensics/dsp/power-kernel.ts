import {
  add,
  addDouble,
  addInt,
  advance,
  andBits,
  assemble,
  type Code,
  demote,
  divide,
  F64,
  float,
  get,
  I32,
  int,
  isBelow,
  lanes,
  load,
  loadInt,
  longs,
  multiply,
  multiplyDouble,
  orBits,
  promote,
  repeat,
  set,
  shiftLongsRight,
  splat,
  splatDouble,
  splatInt,
  store,
  subtract,
  subtractInts,
  toFloats,
  V128,
  VECTOR,
  type WasmFunction,
} from './wasm';

/**
 * Folds the powers of the two real fields of a transform into doubles at `toA` and `toB`: of the places of a row from
 * `row` to `end`, by fours. Addresses are in bytes.
 * @param table for each four, where in the row `mirror` the four of the opposite frequencies lie, in bytes; their
 *   order is the opposite one
 * @param floor added to each power
 */
type Fold = (
  row: number,
  end: number,
  mirror: number,
  table: number,
  toA: number,
  toB: number,
  floor: number,
) => void;

/** What is done with the powers of a transform (`float-fft.ts`), four cells at once. */
export interface PowerKernel {
  readonly fold: Fold;
  /** The same of the row's first four, whose opposite frequencies lie in the first four too. */
  readonly foldFirst: Fold;
  /**
   * Adds to doubles from `to` on the natural logarithms of those from `from` to `end`, which must be over 0 and normal,
   * and sets these to 1. In single precision.
   */
  readonly logarithms: (from: number, end: number, to: number) => void;
}

/**
 * @param plane bytes from a real part to its imaginary part
 * @param how `multiply` where the doubles are products of powers, `add` where they are sums
 */
export function powerKernel(memory: WebAssembly.Memory, plane: number, how: 'multiply' | 'add'): PowerKernel {
  const into = how === 'multiply' ? multiplyDouble : addDouble;
  const { call } = assemble(
    [fold('fold', plane, into, [3, 2, 1, 0]), fold('foldFirst', plane, into, [0, 3, 2, 1]), logarithms()],
    memory,
  );
  return { fold: call('fold'), foldFirst: call('foldFirst'), logarithms: call('logarithms') };
}

/** A(k) = (Z(k) + conj Z(-k)) / 2 and B(k) = (Z(k) - conj Z(-k)) / 2i, squared. @param order of the mirrored four */
function fold(
  name: string,
  plane: number,
  into: (a: Code, b: Code) => Code,
  order: [number, number, number, number],
): WasmFunction {
  const [row, end, mirror, table, productA, productB, floor] = [0, 1, 2, 3, 4, 5, 6];
  const [from, level, quarter, zr, zi, mr, mi, power] = [7, 8, 9, 10, 11, 12, 13, 14];
  const turned = (offset: number) => lanes(load(get(from), offset), load(get(from), offset), ...order);
  const square = (value: number) => multiply(get(value), get(value));
  const multiplyBy = (product: number): Code => {
    const times = (offset: number, value: Code) =>
      store(get(product), offset, into(load(get(product), offset), addDouble(promote(value), get(level))));
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

/** Exponent and mantissa of doubles: the bias of the one, the bits of the other, and the bits of 1. */
const BIAS = 1023;
const MANTISSA = longs(0xffffffff, 0x000fffff);
const ONE = longs(0, 0x3ff00000);

/**
 * ln(2^e m) = e ln 2 + ln 1.5 + 2 artanh s with s = (m - 1.5) / (m + 1.5), m in 1..2: the series of artanh to the ninth
 * power leaves 2e-9.
 */
function logarithms(): WasmFunction {
  const [from, end, to, a, b, m, e, s, square, sum] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
  const constant = (value: number) => splat(float(value));
  const mantissa = (value: number) => demote(orBits(andBits(get(value), MANTISSA), ONE));
  const exponent = (value: number) => shiftLongsRight(get(value), int(52));
  const series = [1 / 9, 1 / 7, 1 / 5, 1 / 3, 1].reduce<Code>(
    (sum, term) => (sum.length === 0 ? constant(term) : add(multiply(sum, get(square)), constant(term))),
    [],
  );
  return {
    name: 'logarithms',
    params: [I32, I32, I32],
    locals: Array(7).fill(V128),
    body: repeat(
      [
        ...set(a, load(get(from))),
        ...set(b, load(get(from), VECTOR)),
        ...store(get(from), 0, ONE),
        ...store(get(from), VECTOR, ONE),
        ...set(m, lanes(mantissa(a), mantissa(b), 0, 1, 4, 5)),
        ...set(e, toFloats(subtractInts(lanes(exponent(a), exponent(b), 0, 2, 4, 6), splatInt(int(BIAS))))),
        ...set(s, divide(subtract(get(m), constant(1.5)), add(get(m), constant(1.5)))),
        ...set(square, multiply(get(s), get(s))),
        ...set(
          sum,
          add(
            add(multiply(get(e), constant(Math.LN2)), constant(Math.log(1.5))),
            multiply(add(get(s), get(s)), series),
          ),
        ),
        ...store(get(to), 0, addDouble(load(get(to)), promote(get(sum)))),
        ...store(
          get(to),
          VECTOR,
          addDouble(load(get(to), VECTOR), promote(lanes(get(sum), get(sum), 2, 3, 2, 3))),
        ),
        ...advance(from, 2 * VECTOR),
        ...advance(to, 2 * VECTOR),
      ],
      isBelow(get(from), get(end)),
    ),
  };
}
