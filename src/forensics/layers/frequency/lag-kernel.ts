import {
  add,
  addInt,
  addToDoubles,
  advance,
  andBits,
  assemble,
  FLOAT,
  get,
  I32,
  int,
  isBelow,
  lanes,
  load,
  longs,
  multiply,
  newMemory,
  repeat,
  set,
  V128,
  VECTOR,
  type WasmFunction,
} from '../../dsp/wasm';

/** Products of samples of a line with those some lags further on, four at once. */
interface LagKernel {
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
  return {
    name: 'addLine',
    params: [I32, I32],
    locals: Array(1 + lags.length).fill(V128),
    body: [
      ...repeat(
        [...set(here, load(get(from))), ...products, ...advance(from, VECTOR)],
        isBelow(addInt(get(from), int(3 * FLOAT)), get(end)),
      ),
      // The three that are over.
      ...set(here, andBits(load(get(from)), THREE)),
      ...products,
      ...lags.flatMap((_, at) => addToDoubles(sums + at * VECTOR, sum + at)),
    ],
  };
}
