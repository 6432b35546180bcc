import {
  add,
  addInt,
  addMoments,
  advance,
  assemble,
  F32,
  FLOAT,
  float,
  get,
  greatest,
  I32,
  int,
  isBelow,
  least,
  load,
  magnitude,
  multiply,
  repeat,
  set,
  splat,
  store,
  subtract,
  V128,
  VECTOR,
  type WasmFunction,
} from '../../dsp/wasm';

/** What is transformed of a tile, four samples at once. Addresses are in bytes, lengths multiples of 16. */
export interface FieldKernel {
  /** Sum and sum of squares of the samples from `from` to `end`: doubles at `to`, two parts of each to be added. */
  readonly moments: (from: number, end: number, to: number) => void;
  /** A row less the mean, times its weight and the window: to `to`. */
  readonly taper: (from: number, end: number, to: number, mean: number, weight: number) => void;
  /**
   * The Laplacian of a row that is not the first or last one, held to -limit..limit, and its magnitude less `typical`,
   * both times the row's weight and the inner window: to `to` and `plane` bytes later.
   */
  readonly bend: (
    from: number,
    end: number,
    to: number,
    weight: number,
    limit: number,
    typical: number,
  ) => void;
}

/**
 * @param size samples of a row, which follow one another
 * @param window, innerWindow where the weights of a row's samples lie, without and with zeros for its ends
 * @param plane bytes between the two fields that `bend` writes
 */
export function fieldKernel(
  memory: WebAssembly.Memory,
  size: number,
  window: number,
  innerWindow: number,
  plane: number,
): FieldKernel {
  const { call } = assemble([moments(), taper(window), bend(size * FLOAT, innerWindow, plane)], memory);
  return { moments: call('moments'), taper: call('taper'), bend: call('bend') };
}

function moments(): WasmFunction {
  const [from, end, to, value, half, sum, squares] = [0, 1, 2, 3, 4, 5, 6];
  return {
    name: 'moments',
    params: [I32, I32, I32],
    locals: Array(4).fill(V128),
    body: [
      ...repeat(
        [...set(value, load(get(from))), ...addMoments(value, half, sum, squares), ...advance(from, VECTOR)],
        isBelow(get(from), get(end)),
      ),
      ...store(get(to), 0, get(sum)),
      ...store(get(to), VECTOR, get(squares)),
    ],
  };
}

function taper(window: number): WasmFunction {
  const [from, end, to, mean, weight, means, weights, at] = [0, 1, 2, 3, 4, 5, 6, 7];
  return {
    name: 'taper',
    params: [I32, I32, I32, F32, F32],
    locals: [V128, V128, I32],
    body: [
      ...set(means, splat(get(mean))),
      ...set(weights, splat(get(weight))),
      ...repeat(
        [
          ...store(
            get(to),
            0,
            multiply(subtract(load(get(from)), get(means)), multiply(get(weights), load(get(at), window))),
          ),
          ...advance(from, VECTOR),
          ...advance(to, VECTOR),
          ...advance(at, VECTOR),
        ],
        isBelow(get(from), get(end)),
      ),
    ],
  };
}

function bend(row: number, window: number, plane: number): WasmFunction {
  const [from, end, to, weight, limit, typical] = [0, 1, 2, 3, 4, 5];
  const [above, at, value, tapered, weights, upper, lower, usual, quarter] = [6, 7, 8, 9, 10, 11, 12, 13, 14];
  return {
    name: 'bend',
    params: [I32, I32, I32, F32, F32, F32],
    locals: [I32, I32, ...Array(7).fill(V128)],
    body: [
      ...set(weights, splat(get(weight))),
      ...set(upper, splat(get(limit))),
      ...set(lower, subtract(splat(float(0)), get(upper))),
      ...set(usual, splat(get(typical))),
      ...set(quarter, splat(float(0.25))),
      // Offsets are positive: they count from the sample above.
      ...set(above, addInt(get(from), int(-row))),
      ...repeat(
        [
          ...set(
            value,
            add(
              add(load(get(above), row - FLOAT), load(get(above), row + FLOAT)),
              add(load(get(above)), load(get(above), 2 * row)),
            ),
          ),
          ...set(value, subtract(load(get(above), row), multiply(get(value), get(quarter)))),
          ...set(value, greatest(get(lower), least(get(upper), get(value)))),
          ...set(tapered, multiply(get(weights), load(get(at), window))),
          ...store(get(to), 0, multiply(get(value), get(tapered))),
          ...store(get(to), plane, multiply(subtract(magnitude(get(value)), get(usual)), get(tapered))),
          ...advance(above, VECTOR),
          ...advance(to, VECTOR),
          ...advance(at, VECTOR),
        ],
        isBelow(addInt(get(above), int(row)), get(end)),
      ),
    ],
  };
}
