import {
  add,
  addInt,
  advance,
  andBits,
  anyBit,
  assemble,
  type Code,
  chosenBits,
  differingBits,
  FLOAT,
  float,
  get,
  growTo,
  I32,
  int,
  isAtLeast,
  isBelow,
  isMore,
  LANES,
  laneBits,
  load,
  multiply,
  newMemory,
  PAGE,
  repeat,
  set,
  shiftSignedRight,
  splat,
  store,
  storeByte,
  subtract,
  subtractInt,
  V128,
  VECTOR,
  type WasmFunction,
  when,
} from '../../dsp/wasm';

/** Where the planes begin: the sample before the first one is read, too. */
const BEGIN = VECTOR;

/** Planes of `height` rows of `stride` samples, the first `width` of them of the picture. */
interface EdgePlanes {
  readonly stride: number;
  readonly luma: Float32Array;
  /** Sobel's differences, levels a px. */
  readonly gx: Float32Array;
  readonly gy: Float32Array;
  /** For each four samples the bits of those where the gradient is strong and greatest across the edge. */
  readonly marks: Uint8Array;
}

/** Gradients and where they are greatest, four samples at once. One picture at a time. */
export class EdgeKernel {
  readonly #memory = newMemory(PAGE);
  readonly #slope: (...values: number[]) => void;
  readonly #thin: (...values: number[]) => void;

  /** @param least gradient of an edge point, levels a px */
  constructor(least: number) {
    const { call } = assemble([slope(), thin(least)], this.#memory);
    this.#slope = call('slope');
    this.#thin = call('thin');
  }

  /**
   * Room for a picture's luma and what is computed of it, in the same memory each time.
   * @param width, height samples, 5 or more each
   */
  planes(width: number, height: number): EdgePlanes {
    // Vectors reach over a row's ends.
    const stride = LANES * Math.ceil(width / LANES) + LANES;
    const plane = stride * height * FLOAT;
    growTo(this.#memory, BEGIN + 4 * plane + plane / VECTOR + VECTOR);
    const { buffer } = this.#memory;
    const floats = (at: number) => new Float32Array(buffer, BEGIN + at * plane, stride * height);
    return {
      stride,
      luma: floats(0),
      gx: floats(1),
      gy: floats(2),
      marks: new Uint8Array(buffer, BEGIN + 4 * plane, plane / VECTOR),
    };
  }

  /** Computes gradients and marks of the luma: of all samples but those at the border, and next to it. */
  run({ stride, marks }: EdgePlanes, width: number, height: number): void {
    const row = stride * FLOAT;
    const plane = marks.length * VECTOR;
    for (let y = 1; y < height - 1; y++) {
      const from = BEGIN + y * row;
      this.#slope(from, from + width * FLOAT, row, plane);
    }
    marks.fill(0);
    const last = (width - 3) >> 2;
    for (let y = 2; y < height - 2; y++) {
      const first = (y * stride) / LANES;
      const from = BEGIN + y * row;
      this.#thin(from, from + width * FLOAT, row, plane, marks.byteOffset + first);
      // The first two samples and the last two have no whole surroundings.
      marks[first] = (marks[first] ?? 0) & 0b1100;
      marks[first + last] = (marks[first + last] ?? 0) & (0b1111 >> (3 - ((width - 3) & 3)));
      marks.fill(0, first + last + 1, first + stride / LANES);
    }
  }
}

/** Sobel's differences and the gradient's square of a row: `plane`, twice and thrice that further on. */
function slope(): WasmFunction {
  const [from, end, row, plane, above, below, to] = [0, 1, 2, 3, 4, 5, 6];
  const [gx, gy] = [7, 8];
  // Offsets are positive: addresses are those of the sample before.
  const upper = (step: number) => load(get(above), (1 + step) * FLOAT);
  const middle = (step: number) => load(get(from), (1 + step) * FLOAT);
  const lower = (step: number) => load(get(below), (1 + step) * FLOAT);
  const twice = (value: Code) => multiply(value, splat(float(2)));
  const sum = (step: number) => add(add(upper(step), twice(middle(step))), lower(step));
  const fall = (step: number) => subtract(lower(step), upper(step));
  const eighth = (value: Code) => multiply(value, splat(float(1 / 8)));
  return {
    name: 'slope',
    params: [I32, I32, I32, I32],
    locals: [I32, I32, I32, V128, V128],
    body: [
      ...advance(from, -FLOAT),
      ...advance(end, -FLOAT),
      ...repeat(
        [
          ...set(below, addInt(get(from), get(row))),
          ...set(above, subtractInt(get(from), get(row))),
          ...set(gx, eighth(subtract(sum(1), sum(-1)))),
          ...set(gy, eighth(add(add(fall(-1), twice(fall(0))), fall(1)))),
          ...set(to, addInt(get(from), get(plane))),
          ...store(get(to), FLOAT, get(gx)),
          ...advance(to, get(plane)),
          ...store(get(to), FLOAT, get(gy)),
          ...advance(to, get(plane)),
          ...store(get(to), FLOAT, add(multiply(get(gx), get(gx)), multiply(get(gy), get(gy)))),
          ...advance(from, VECTOR),
        ],
        isBelow(get(from), get(end)),
      ),
    ],
  };
}

/** The samples of a row whose gradient is not below that of either neighbour that it points to, to the nearest of eight. */
function thin(least: number): WasmFunction {
  const [from, end, row, plane, mark, power, above, below] = [0, 1, 2, 3, 4, 5, 6, 7];
  const [here, strong, dx, dy, across, down, before, after, back] = [8, 9, 10, 11, 12, 13, 14, 15, 16];
  const at = (address: number, step: number) => load(get(address), (1 + step) * FLOAT);
  const negative = (value: number) => shiftSignedRight(get(value), int(31));
  /** Whether a part of the gradient is half of its length or more: it has a step that way. */
  const steps = (part: number) =>
    isAtLeast(multiply(multiply(get(part), get(part)), splat(float(4))), get(here));
  const both = andBits(get(across), get(down));
  // Parts of unlike signs point up to the right, or down to the left.
  const unlike = differingBits(negative(dx), negative(dy));
  const pick = (diagonal: Code, other: Code, side: Code, vertical: Code) =>
    chosenBits(chosenBits(other, diagonal, unlike), chosenBits(side, vertical, get(across)), both);
  const flipped = chosenBits(negative(dx), negative(dy), get(across));
  return {
    name: 'thin',
    params: [I32, I32, I32, I32, I32],
    locals: [I32, I32, I32, ...Array(9).fill(V128)],
    body: [
      ...advance(from, -FLOAT),
      ...advance(end, -FLOAT),
      ...repeat(
        [
          ...set(power, addInt(addInt(get(from), get(plane)), addInt(get(plane), get(plane)))),
          ...set(here, at(power, 0)),
          ...set(strong, isAtLeast(get(here), splat(float(least * least)))),
          ...when(anyBit(get(strong)), [
            ...set(above, subtractInt(get(power), get(row))),
            ...set(below, addInt(get(power), get(row))),
            ...set(dx, load(addInt(get(from), get(plane)), FLOAT)),
            ...set(dy, load(addInt(addInt(get(from), get(plane)), get(plane)), FLOAT)),
            ...set(across, steps(dx)),
            ...set(down, steps(dy)),
            // To the right or down, and the other way.
            ...set(after, pick(at(below, 1), at(above, 1), at(power, 1), at(below, 0))),
            ...set(before, pick(at(above, -1), at(below, -1), at(power, -1), at(above, 0))),
            ...set(back, flipped),
            ...set(
              strong,
              andBits(
                get(strong),
                andBits(
                  isAtLeast(get(here), chosenBits(get(before), get(after), get(back))),
                  isMore(get(here), chosenBits(get(after), get(before), get(back))),
                ),
              ),
            ),
            ...storeByte(get(mark), 0, laneBits(get(strong))),
          ]),
          ...advance(mark, 1),
          ...advance(from, VECTOR),
        ],
        isBelow(get(from), get(end)),
      ),
    ],
  };
}
