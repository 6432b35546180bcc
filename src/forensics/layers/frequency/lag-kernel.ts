import {
  add,
  addDouble,
  addInt,
  assemble,
  type Code,
  get,
  I32,
  int,
  isBelow,
  lanes,
  load,
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

/** Products of samples of a square field with those some lags further on, four at once. Addresses are in bytes. */
export interface LagKernel {
  /** size x size, row-major. */
  readonly field: Float32Array;
  /** Sums of the products at each lag, each in two parts to be added. */
  readonly sums: Float64Array;
  /** Along a row, of the samples from `from` to `end`, a multiple of 16 further on. */
  readonly addRow: (from: number, end: number) => void;
  /** Down four columns side by side, of the samples from `from` to `end`, some rows further down. */
  readonly addColumns: (from: number, end: number) => void;
}

/** @param lags as many as registers hold: 12 or fewer */
export function lagKernel(size: number, lags: readonly number[]): LagKernel {
  const sums = size * size * FLOAT;
  const memory = newMemory(sums + lags.length * VECTOR);
  const { call } = assemble(
    [
      products('addRow', lags, FLOAT, VECTOR, sums),
      products('addColumns', lags, size * FLOAT, size * FLOAT, sums),
    ],
    memory,
  );
  return {
    field: new Float32Array(memory.buffer, 0, size * size),
    sums: new Float64Array(memory.buffer, sums, 2 * lags.length),
    addRow: call('addRow'),
    addColumns: call('addColumns'),
  };
}

/** @param lag bytes from a sample to the next one of its line; `step` to the next four that are taken */
function products(
  name: string,
  lags: readonly number[],
  lag: number,
  step: number,
  sums: number,
): WasmFunction {
  const [from, end, here, sum] = [0, 1, 2, 3];
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
    name,
    params: [I32, I32],
    locals: Array(1 + lags.length).fill(V128),
    body: [
      ...repeat(
        [
          ...set(here, load(get(from))),
          ...lags.flatMap((own, at) =>
            set(sum + at, add(get(sum + at), multiply(get(here), load(get(from), own * lag)))),
          ),
          ...set(from, addInt(get(from), int(step))),
        ],
        isBelow(get(from), get(end)),
      ),
      ...lags.flatMap((_, at) => keep(at)),
    ],
  };
}
