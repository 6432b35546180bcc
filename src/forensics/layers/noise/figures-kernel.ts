import {
  add,
  addToDoubles,
  advance,
  assemble,
  type Code,
  F32,
  FLOAT,
  float,
  get,
  greatest,
  I32,
  isBelow,
  least,
  load,
  multiply,
  newMemory,
  repeat,
  set,
  splat,
  store,
  subtract,
  V128,
  VECTOR,
  type WasmFunction,
} from '../../dsp/wasm';

/** Sums over rows of a square field, four samples at once. Addresses are in bytes, lengths multiples of 16. */
interface FiguresKernel {
  /** size x size, row-major. */
  readonly field: Float32Array;
  /** What `addRow` adds up, each in two parts to be added. */
  readonly sums: Float64Array;
  /** Holds the samples from `from` to `end` to -limit..limit. */
  readonly limit: (from: number, end: number, limit: number) => void;
  /**
   * Adds of the samples from `from` to `end` their squares, their fourth powers, and their products with the next
   * across, the next down, both neighbours on the diagonals below, and the next but one across and down. Two rows and
   * two samples must follow.
   */
  readonly addRow: (from: number, end: number) => void;
}

/** Sums that `addRow` adds to. */
export const SUMS = 6;

export function figuresKernel(size: number): FiguresKernel {
  const sums = size * size * FLOAT;
  const memory = newMemory(sums + SUMS * VECTOR);
  const { call } = assemble([limit(), addRow(size * FLOAT, sums)], memory);
  return {
    field: new Float32Array(memory.buffer, 0, size * size),
    sums: new Float64Array(memory.buffer, sums, 2 * SUMS),
    limit: call('limit'),
    addRow: call('addRow'),
  };
}

function limit(): WasmFunction {
  const [from, end, most, upper, lower] = [0, 1, 2, 3, 4];
  return {
    name: 'limit',
    params: [I32, I32, F32],
    locals: [V128, V128],
    body: [
      ...set(upper, splat(get(most))),
      ...set(lower, subtract(splat(float(0)), get(upper))),
      ...repeat(
        [
          ...store(get(from), 0, greatest(get(lower), least(get(upper), load(get(from))))),
          ...advance(from, VECTOR),
        ],
        isBelow(get(from), get(end)),
      ),
    ],
  };
}

function addRow(row: number, sums: number): WasmFunction {
  const [from, end, here, square, sum] = [0, 1, 2, 3, 4];
  const products: Code[] = [
    load(get(from), FLOAT),
    load(get(from), row),
    add(load(get(from), row + FLOAT), load(get(from), row - FLOAT)),
    add(load(get(from), 2 * FLOAT), load(get(from), 2 * row)),
  ];
  const addTo = (at: number, value: Code) => set(sum + at, add(get(sum + at), value));
  return {
    name: 'addRow',
    params: [I32, I32],
    locals: Array(2 + SUMS).fill(V128),
    body: [
      ...repeat(
        [
          ...set(here, load(get(from))),
          ...set(square, multiply(get(here), get(here))),
          ...addTo(0, get(square)),
          ...addTo(1, multiply(get(square), get(square))),
          ...products.flatMap((value, at) => addTo(2 + at, multiply(get(here), value))),
          ...advance(from, VECTOR),
        ],
        isBelow(get(from), get(end)),
      ),
      ...Array.from({ length: SUMS }, (_, at) => addToDoubles(sums + at * VECTOR, sum + at)).flat(),
    ],
  };
}
