import {
  add,
  addInt,
  advance,
  assemble,
  type Code,
  F32,
  float,
  get,
  I32,
  isBelow,
  largest,
  load,
  loadInt,
  loadSplat,
  multiply,
  multiplyAdd,
  repeat,
  set,
  smallest,
  splat,
  store,
  V128,
  when,
} from '../../dsp/wasm';

/** Outputs that a call computes for every pixel: two vectors. */
export const CHANNELS = 8;
const BLOCK = 4 * CHANNELS;

/** Pixels whose sums are held in registers at once: 5 x 2 of the 16 that processors have. */
export const PIXELS = 5;

/** Inner loops of convolutions, on channels that lie beside each other. Addresses and sizes are in bytes. */
export interface Kernels {
  readonly memory: WebAssembly.Memory;
  /**
   * Eight outputs of every pixel as products with all of its inputs.
   * @param tables `PIXELS` addresses of inputs, as many of outputs, as many of what is added, and so on up to `end`
   * @param weights eight for every input, of four inputs at a time
   * @param inputs bytes of a pixel's inputs, whole vectors
   * @param bias eight numbers
   * @param offset added to the addresses of outputs and of what is added
   * @param added 0 where nothing is
   */
  readonly mix: (
    tables: number,
    end: number,
    weights: number,
    inputs: number,
    bias: number,
    offset: number,
    added: number,
    low: number,
    high: number,
  ) => void;
  /**
   * Eight channels, each filtered by its own square of weights.
   * @param tables addresses of each square's first pixel and of its output, up to `end`
   * @param weights eight for every pixel of the square
   * @param bias eight numbers
   * @param offset added to all addresses
   * @param pixel from a pixel to the one beside it
   * @param row from a pixel to the one below
   */
  readonly filter: Readonly<
    Record<
      3 | 5,
      (
        tables: number,
        end: number,
        weights: number,
        bias: number,
        offset: number,
        pixel: number,
        row: number,
        low: number,
        high: number,
      ) => void
    >
  >;
}

export function assembleKernels(bytes: number): Kernels {
  const { memory, call } = fusedOrNot((sumOfProduct) =>
    assemble([mix(sumOfProduct), filter(3), filter(5)], bytes),
  );
  return { memory, mix: call('mix'), filter: { 3: call('filter3'), 5: call('filter5') } };
}

/** Products added in one step where the browser has it (relaxed SIMD, Chrome 114): an eighth faster, rounded once less. */
function fusedOrNot<T>(assembled: (sumOfProduct: typeof multiplyAdd) => T): T {
  try {
    return assembled(multiplyAdd);
  } catch (error) {
    if (!(error instanceof WebAssembly.CompileError)) throw error;
    return assembled((a, b, sum) => add(sum, multiply(a, b)));
  }
}

const bounded = (value: Code, low: number, high: number): Code =>
  smallest(largest(value, get(low)), get(high));
const range = (length: number): number[] => Array.from({ length }, (_, at) => at);

function mix(sumOfProduct: typeof multiplyAdd) {
  const [tables, end, weights, inputs, bias, offset, added, low, high] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
  const [weight, stop] = [9, 10];
  const from = (pixel: number): number => 11 + pixel;
  const vectors = 11 + PIXELS;
  const [lowest, highest, left] = [vectors, vectors + 1, vectors + 2];
  const [right, input] = [vectors + 3, vectors + 4];
  const sum = (pixel: number, half: number): number => vectors + 5 + 2 * pixel + half;
  const word = (table: number, pixel: number): Code => loadInt(get(tables), 4 * (table * PIXELS + pixel));
  const pixels = range(PIXELS);
  return {
    name: 'mix',
    params: [I32, I32, I32, I32, I32, I32, I32, F32, F32],
    locals: [...Array(2 + PIXELS).fill(I32), ...Array(5 + 2 * PIXELS).fill(V128)],
    body: [
      ...repeat(
        [
          ...pixels.flatMap((pixel) => [
            ...set(from(pixel), word(0, pixel)),
            ...set(sum(pixel, 0), load(get(bias))),
            ...set(sum(pixel, 1), load(get(bias), 16)),
          ]),
          ...when(
            get(added),
            pixels.flatMap((pixel) =>
              [0, 1].flatMap((half) =>
                set(
                  sum(pixel, half),
                  add(get(sum(pixel, half)), load(addInt(word(2, pixel), get(offset)), 16 * half)),
                ),
              ),
            ),
          ),
          ...set(weight, get(weights)),
          ...set(stop, addInt(get(from(0)), get(inputs))),
          ...repeat(
            [
              ...range(4).flatMap((step) => [
                ...set(left, load(get(weight), BLOCK * step)),
                ...set(right, load(get(weight), BLOCK * step + 16)),
                ...pixels.flatMap((pixel) => [
                  ...set(input, loadSplat(get(from(pixel)), 4 * step)),
                  ...set(sum(pixel, 0), sumOfProduct(get(input), get(left), get(sum(pixel, 0)))),
                  ...set(sum(pixel, 1), sumOfProduct(get(input), get(right), get(sum(pixel, 1)))),
                ]),
              ]),
              ...advance(weight, 4 * BLOCK),
              ...pixels.flatMap((pixel) => advance(from(pixel), 16)),
            ],
            isBelow(get(from(0)), get(stop)),
          ),
          // Not before: registers are scarce in the loop above.
          ...set(lowest, splat(get(low))),
          ...set(highest, splat(get(high))),
          ...pixels.flatMap((pixel) =>
            [0, 1].flatMap((half) =>
              store(
                addInt(word(1, pixel), get(offset)),
                16 * half,
                bounded(get(sum(pixel, half)), lowest, highest),
              ),
            ),
          ),
          ...advance(tables, 4 * 3 * PIXELS),
        ],
        isBelow(get(tables), get(end)),
      ),
    ],
  };
}

function filter(side: 3 | 5) {
  const [tables, end, weights, bias, offset, pixel, row, low, high] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
  const rows = range(side).map((at) => 9 + at);
  const vectors = 9 + side;
  const [lowest, highest] = [vectors, vectors + 1];
  // Four sums: of each half the even and the odd columns, so that one need not wait for the other.
  const sum = (half: number, odd: number): number => vectors + 2 + 2 * half + odd;
  return {
    name: `filter${side}`,
    params: [I32, I32, I32, I32, I32, I32, I32, F32, F32],
    locals: [...Array(side).fill(I32), ...Array(6).fill(V128)],
    body: [
      ...set(lowest, splat(get(low))),
      ...set(highest, splat(get(high))),
      ...repeat(
        [
          ...set(rows[0] ?? 0, addInt(loadInt(get(tables)), get(offset))),
          ...rows.slice(1).flatMap((local) => set(local, addInt(get(local - 1), get(row)))),
          ...[0, 1].flatMap((half) => [
            ...set(sum(half, 0), load(get(bias), 16 * half)),
            ...set(sum(half, 1), splat(float(0))),
          ]),
          ...range(side).flatMap((column) =>
            rows.flatMap((local, at) => [
              ...[0, 1].flatMap((half) => {
                const target = sum(half, column % 2);
                const weight = BLOCK * (at * side + column) + 16 * half;
                const product = multiply(load(get(local), 16 * half), load(get(weights), weight));
                return set(target, add(get(target), product));
              }),
              ...(column < side - 1 ? advance(local, get(pixel)) : []),
            ]),
          ),
          ...[0, 1].flatMap((half) =>
            store(
              addInt(loadInt(get(tables), 4), get(offset)),
              16 * half,
              bounded(add(get(sum(half, 0)), get(sum(half, 1))), lowest, highest),
            ),
          ),
          ...advance(tables, 8),
        ],
        isBelow(get(tables), get(end)),
      ),
    ],
  };
}
