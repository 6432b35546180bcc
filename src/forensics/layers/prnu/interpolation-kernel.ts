import {
  addDouble,
  addInt,
  advance,
  andBits,
  assemble,
  type Code,
  DOUBLE,
  double,
  get,
  I32,
  int,
  isAtLeastDouble,
  isBelow,
  load,
  loadSplatDouble,
  multiplyDouble,
  newMemory,
  repeat,
  set,
  splatDouble,
  store,
  subtractDouble,
  V128,
  VECTOR,
  type WasmFunction,
} from '../../dsp/wasm';

/** The inner loops of `interpolation.ts` over squares of one size, two samples at once, and what they read and write. */
export interface InterpolationKernel {
  /** size x size, row-major, as all fields here. The border has no values of its own. */
  readonly field: Float64Array;
  readonly errors: Float64Array;
  readonly shares: Float64Array;
  readonly weights: Float64Array;
  /**
   * Normal equations: of each neighbour the products with itself, the neighbours after it, and the sample; each in two
   * parts to be added.
   */
  readonly products: Float64Array;
  /** Samples less the weighted sums of their neighbours. */
  readonly measure: () => void;
  /** Products weighted by the shares, of samples whose share counts. */
  readonly accumulate: () => void;
}

/**
 * @param size side in samples, even
 * @param steps from a sample to its neighbours, in samples
 * @param negligible shares less than this do not count
 */
export function interpolationKernel(
  size: number,
  steps: readonly number[],
  negligible: number,
): InterpolationKernel {
  const cells = size * size * DOUBLE;
  const [errors, shares, weights] = [cells, 2 * cells, 3 * cells];
  const products = weights + steps.length * DOUBLE;
  const count = (steps.length * (steps.length + 1)) / 2 + steps.length;
  const memory = newMemory(products + count * VECTOR);
  const square = { size, steps, errors, shares, weights, products, negligible };
  const { call } = assemble([measure(square), accumulate(square)], memory);
  const [runMeasure, runAccumulate] = [call('measure'), call('accumulate')];
  const doubles = (from: number, length: number) => new Float64Array(memory.buffer, from, length);
  const first = (size + 1) * DOUBLE;
  return {
    field: doubles(0, size * size),
    errors: doubles(errors, size * size),
    shares: doubles(shares, size * size),
    weights: doubles(weights, steps.length),
    products: doubles(products, 2 * count),
    measure: () => runMeasure(first),
    accumulate: () => runAccumulate(first),
  };
}

interface Square {
  readonly size: number;
  readonly steps: readonly number[];
  /** Where fields and lists begin, in bytes. */
  readonly errors: number;
  readonly shares: number;
  readonly weights: number;
  readonly products: number;
  readonly negligible: number;
}

/** Local 0 goes over all samples but the border's, two at once. @param end a local for the end of a row */
function everywhere(size: number, end: number, body: Code): Code {
  const [at, inside] = [0, (size - 2) * DOUBLE];
  return repeat(
    [
      ...set(end, addInt(get(at), int(inside))),
      ...repeat([...body, ...advance(at, VECTOR)], isBelow(get(at), get(end))),
      ...advance(at, 2 * DOUBLE),
    ],
    isBelow(get(at), int(size * (size - 1) * DOUBLE)),
  );
}

/** A neighbour of the samples at local 0. Offsets are positive: they count from the sample before the row above. */
function neighbour(size: number, step: number): Code {
  const back = (size + 1) * DOUBLE;
  return load(addInt(get(0), int(-back)), back + step * DOUBLE);
}

function measure({ size, steps, errors, weights }: Square): WasmFunction {
  const [end, error, weight] = [1, 2, 3];
  return {
    name: 'measure',
    params: [I32],
    locals: [I32, V128, ...steps.map(() => V128)],
    body: [
      ...steps.flatMap((_, k) => set(weight + k, loadSplatDouble(int(0), weights + k * DOUBLE))),
      ...everywhere(size, end, [
        ...set(error, load(get(0))),
        ...steps.flatMap((step, k) =>
          set(error, subtractDouble(get(error), multiplyDouble(get(weight + k), neighbour(size, step)))),
        ),
        ...store(get(0), errors, get(error)),
      ]),
    ],
  };
}

function accumulate({ size, steps, shares, products, negligible }: Square): WasmFunction {
  const [end, least, share, left, around] = [1, 2, 3, 4, 5];
  const n = steps.length;
  const sums = around + n + 1;
  const pairs = steps.flatMap((_, i) =>
    Array.from({ length: n + 1 - i }, (_, j): [number, number] => [i, i + j]),
  );
  let last = -1;
  return {
    name: 'accumulate',
    params: [I32],
    locals: [I32, ...Array(3 + n + 1 + pairs.length).fill(V128)],
    body: [
      ...set(least, splatDouble(double(negligible))),
      ...everywhere(size, end, [
        ...set(share, load(get(0), shares)),
        ...set(share, andBits(get(share), isAtLeastDouble(get(share), get(least)))),
        ...steps.flatMap((step, k) => set(around + k, neighbour(size, step))),
        ...set(around + n, load(get(0))),
        ...pairs.flatMap(([i, j], at) => {
          const weighted = i === last ? [] : set(left, multiplyDouble(get(share), get(around + i)));
          last = i;
          const product = multiplyDouble(get(left), get(around + j));
          return [...weighted, ...set(sums + at, addDouble(get(sums + at), product))];
        }),
      ]),
      ...pairs.flatMap((_, at) => store(int(0), products + at * VECTOR, get(sums + at))),
    ],
  };
}
