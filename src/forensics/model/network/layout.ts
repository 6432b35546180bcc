import { PIXELS } from './kernels';
import { UnsupportedNetwork } from './onnx';
import type { Plan, Shape } from './plan';

/** Where a tensor lies: squares one behind the other, row by row, a pixel's channels beside each other. */
export interface Tensor {
  readonly address: number;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  /** Zeros above and to the left of each square. */
  readonly top: number;
  readonly left: number;
  /** Pixels of a row and rows of a square, with the zeros around them. */
  readonly stride: number;
  readonly rows: number;
}

export interface Layer {
  readonly convolution: Shape;
  readonly input: Tensor;
  /** Values that a pixel is mixed of, whole vectors. */
  readonly inputs: number;
  readonly output: Tensor;
  /** Addresses that the kernel takes, and where they lie. */
  readonly tables: number;
  readonly table: Int32Array;
}

/** A plan laid out in memory for a number of squares of one size. */
export interface Program {
  readonly layers: readonly Layer[];
  /** Where the picture's squares go that the first convolution sees. */
  readonly squares: number;
  readonly pooled: Tensor;
  readonly end: number;
}

type Sides = readonly [number, number, number, number];

/**
 * @param from first address that is free
 * @throws UnsupportedNetwork where a convolution leaves nothing
 */
export function layout(plan: Plan, count: number, size: number, from: number): Program {
  const places = new Places(from);
  const around = zerosAround(plan);
  const lastUse = new Map<string, number>();
  for (const [at, { input, added }] of plan.convolutions.entries()) {
    lastUse.set(input, at);
    if (added !== null) lastUse.set(added, at);
  }
  lastUse.set(plan.pooled, Number.POSITIVE_INFINITY);
  const tensors = new Map<string, Tensor>();
  const picture: Tensor = {
    ...{ address: 0, width: size, height: size, channels: 3, top: 0, left: 0 },
    ...{ stride: size, rows: size },
  };
  tensors.set(plan.input, picture);
  let squares = 0;
  const layers = plan.convolutions.map((convolution, at): Layer => {
    const input = tensors.get(convolution.input);
    const added = convolution.added === null ? null : tensors.get(convolution.added);
    if (!input || added === undefined) throw new UnsupportedNetwork('A tensor that nothing has made');
    const shape = shapeOf(convolution, input, around.get(convolution.output) ?? [0, 0, 0, 0]);
    const address = places.take(4 * count * shape.rows * shape.stride * shape.channels);
    const output = { ...shape, address };
    tensors.set(convolution.output, output);
    const { inputs: channels, side, kind } = convolution;
    const inputs = kind === 'first' ? Math.ceil((channels * side * side) / 4) * 4 : channels;
    let seen = input;
    if (kind === 'first') {
      squares = places.fresh(4 * count * shape.width * shape.height * inputs);
      const { width, height } = shape;
      seen = {
        address: squares,
        width,
        height,
        channels: inputs,
        top: 0,
        left: 0,
        stride: width,
        rows: height,
      };
    }
    const table =
      kind === 'depthwise'
        ? filterTable(convolution, input, output, count)
        : mixTable(seen, output, added, count);
    const tables = places.fresh(table.byteLength);
    for (const [name, last] of lastUse) {
      const tensor = tensors.get(name);
      if (last === at && tensor && tensor.address !== 0) places.giveBack(tensor.address);
    }
    return { convolution, input: seen, inputs, output, tables, table };
  });
  const pooled = tensors.get(plan.pooled);
  if (!pooled || squares === 0) throw new UnsupportedNetwork('Nothing sees the picture');
  return { layers, squares, pooled, end: places.end };
}

/** The zeros that those want who filter a tensor. */
function zerosAround({ convolutions }: Plan): ReadonlyMap<string, Sides> {
  const around = new Map<string, Sides>();
  for (const { kind, input, pads } of convolutions) {
    if (kind !== 'depthwise') continue;
    const before = around.get(input) ?? [0, 0, 0, 0];
    const [top, left, bottom, right] = pads.map((own, side) => Math.max(own, before[side] ?? 0));
    around.set(input, [top ?? 0, left ?? 0, bottom ?? 0, right ?? 0]);
  }
  return around;
}

function shapeOf(
  { side, stride, pads, outputs }: Shape,
  input: Tensor,
  [top, left, bottom, right]: Sides,
): Omit<Tensor, 'address'> {
  const width = Math.floor((input.width + pads[1] + pads[3] - side) / stride) + 1;
  const height = Math.floor((input.height + pads[0] + pads[2] - side) / stride) + 1;
  if (width < 1 || height < 1) throw new UnsupportedNetwork('A picture smaller than what filters it');
  return {
    ...{ width, height, channels: outputs, top, left },
    ...{ stride: left + width + right, rows: top + height + bottom },
  };
}

/** Address of a pixel, which may lie among the zeros. */
const addressOf = (tensor: Tensor, square: number, x: number, y: number): number =>
  tensor.address +
  4 * tensor.channels * ((square * tensor.rows + tensor.top + y) * tensor.stride + tensor.left + x);

function pixelsOf(tensor: Tensor, count: number): readonly (readonly [number, number, number])[] {
  const pixels: [number, number, number][] = [];
  for (let square = 0; square < count; square++) {
    for (let y = 0; y < tensor.height; y++) {
      for (let x = 0; x < tensor.width; x++) pixels.push([square, x, y]);
    }
  }
  return pixels;
}

/** For `PIXELS` at a time where their inputs, their outputs, and what is added to these lie. */
function mixTable(input: Tensor, output: Tensor, added: Tensor | null, count: number): Int32Array {
  const pixels = pixelsOf(output, count);
  const groups = Math.ceil(pixels.length / PIXELS);
  const table = new Int32Array(3 * groups * PIXELS);
  for (let at = 0; at < groups * PIXELS; at++) {
    // The last group computes the last pixel more than once.
    const [square, x, y] = pixels[Math.min(at, pixels.length - 1)] ?? [0, 0, 0];
    const to = 3 * PIXELS * Math.floor(at / PIXELS) + (at % PIXELS);
    table[to] = addressOf(input, square, x, y);
    table[to + PIXELS] = addressOf(output, square, x, y);
    table[to + 2 * PIXELS] = added ? addressOf(added, square, x, y) : 0;
  }
  return table;
}

function filterTable({ stride, pads }: Shape, input: Tensor, output: Tensor, count: number): Int32Array {
  const pixels = pixelsOf(output, count);
  const table = new Int32Array(2 * pixels.length);
  for (const [at, [square, x, y]] of pixels.entries()) {
    table[2 * at] = addressOf(input, square, x * stride - pads[1], y * stride - pads[0]);
    table[2 * at + 1] = addressOf(output, square, x, y);
  }
  return table;
}

/** Hands out memory; what is given back goes to the next that fits into it. */
class Places {
  readonly #free: { address: number; bytes: number }[] = [];
  readonly #lent = new Map<number, number>();

  constructor(public end: number) {}

  take(bytes: number): number {
    const fitting = this.#free.filter((place) => place.bytes >= bytes).sort((a, b) => a.bytes - b.bytes);
    const [best] = fitting;
    if (best) {
      this.#free.splice(this.#free.indexOf(best), 1);
      this.#lent.set(best.address, best.bytes);
      return best.address;
    }
    const address = this.fresh(bytes);
    this.#lent.set(address, this.end - address);
    return address;
  }

  /** Memory that nothing else has, before or after. */
  fresh(bytes: number): number {
    const address = this.end;
    this.end = Math.ceil((address + bytes) / 64) * 64;
    return address;
  }

  giveBack(address: number): void {
    const bytes = this.#lent.get(address);
    if (bytes === undefined) return;
    this.#lent.delete(address);
    this.#free.push({ address, bytes });
  }
}
