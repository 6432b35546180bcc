import {
  add,
  addDouble,
  addInt,
  andBits,
  assemble,
  type Code,
  get,
  I32,
  int,
  isBelow,
  lanes,
  load,
  longs,
  multiply,
  newMemory,
  promote,
  repeat,
  set,
  store,
  V128,
  type WasmFunction,
} from '../../dsp/wasm';

const FLOAT = 4;
const VECTOR = 16;

/** Products of samples of a line with those some lags further on, four at once. */
export interface LagKernel {
  /** size x size, row-major. */
  readonly field: Float32Array;
  /** As large, for lines that are not the field's own. */
  readonly columns: Float32Array;
  /** Sums of the products at each lag, each in two parts to be added. */
  readonly sums: Float64Array;
  /** Adds those of the samples from the byte `from` to `end`, a number of them that leaves three over fours. */
  readonly addLine: (from: number, end: number) => void;
}

/** @param lags as many as registers hold: 12 or fewer */
export function lagKernel(size: number, lags: readonly number[]): LagKernel {
  const plane = size * size * FLOAT;
  const sums = 2 * plane;
  const memory = newMemory(sums + lags.length * VECTOR);
  const { call } = assemble([addLine(lags, sums)], memory);
  return {
    field: new Float32Array(memory.buffer, 0, size * size),
    columns: new Float32Array(memory.buffer, plane, size * size),
    sums: new Float64Array(memory.buffer, sums, 2 * lags.length),
    addLine: call('addLine'),
  };
}

/** All bits of the first three of four lanes. */
const THREE = lanes(longs(-1, -1), longs(0, 0), 0, 1, 2, 4);

function addLine(lags: readonly number[], sums: number): WasmFunction {
  const [from, end, here, sum] = [0, 1, 2, 3];
  const products = lags.flatMap((lag, at) =>
    set(sum + at, add(get(sum + at), multiply(get(here), load(get(from), lag * FLOAT)))),
  );
  /** A line's sums are short enough for single precision, the field's are not. */
  const keep = (at: number): Code => {
    const upper = lanes(get(sum + at), get(sum + at), 2, 3, 2, 3);
    const place = sums + at * VECTOR;
    return store(
      int(0),
      place,
      addDouble(load(int(0), place), addDouble(promote(get(sum + at)), promote(upper))),
    );
  };
  return {
    name: 'addLine',
    params: [I32, I32],
    locals: Array(1 + lags.length).fill(V128),
    body: [
      ...repeat(
        [...set(here, load(get(from))), ...products, ...set(from, addInt(get(from), int(VECTOR)))],
        isBelow(addInt(get(from), int(3 * FLOAT)), get(end)),
      ),
      // The three that are over.
      ...set(here, andBits(load(get(from)), THREE)),
      ...products,
      ...lags.flatMap((_, at) => keep(at)),
    ],
  };
}
