import { growTo } from '../../dsp/wasm';
import { firstPixels, type PictureLayout } from './first';
import { assembleKernels, CHANNELS, type Kernels } from './kernels';
import { type Layer, layout, type Program, type Tensor } from './layout';
import { readOnnx, UnsupportedNetwork } from './onnx';
import { type Convolution, type Plan, planOf } from './plan';

/** A network whose convolutions are computed by this room's own WebAssembly, in 32-bit floats and one thread. */
export class Network {
  readonly #kernels: Kernels;
  readonly #packed: readonly PackedConvolution[];
  /** Memory after the weights, for one size of batch at a time. */
  readonly #rest: number;
  #program: (Program & { readonly key: string }) | null = null;

  /**
   * @param file a network as ONNX
   * @throws UnsupportedNetwork where it holds operations that the kernels do not compute
   */
  static open(file: ArrayBuffer): Network {
    return new Network(planOf(readOnnx(file)));
  }

  readonly plan: Plan;

  private constructor({ convolutions, ...plan }: Plan<Convolution>) {
    // The weights are kept in the kernels' memory only.
    this.plan = { ...plan, convolutions: convolutions.map(({ weights, bias, ...shape }) => shape) };
    const packed = convolutions.map(pack);
    let at = 16;
    const places = packed.map(({ weights, bias }) => {
      const place = { weights: at, bias: at + weights.byteLength };
      at = aligned(place.bias + bias.byteLength);
      return place;
    });
    this.#rest = at;
    this.#kernels = assembleKernels(at);
    this.#packed = places;
    for (const [index, { weights, bias }] of packed.entries()) {
      const place = places[index];
      if (!place) continue;
      new Float32Array(this.#kernels.memory.buffer, place.weights, weights.length).set(weights);
      new Float32Array(this.#kernels.memory.buffer, place.bias, bias.length).set(bias);
    }
  }

  /**
   * @param data `count` squares of `size` x `size` pixels with three values each
   * @returns by the outputs' names: `count` times as many values as an output has
   * @throws RangeError where `data` has another length
   */
  run(data: Float32Array, count: number, size: number, order: PictureLayout): Map<string, Float32Array> {
    if (data.length !== 3 * count * size * size) {
      throw new RangeError(`Expected ${count} squares of ${size} but received ${data.length} values`);
    }
    const program = this.#programFor(count, size);
    const { memory } = this.#kernels;
    for (const [at, layer] of program.layers.entries()) {
      const place = this.#packed[at];
      if (!place) continue;
      clearBorder(memory, layer.output, count);
      if (layer.convolution.kind === 'first') {
        firstPixels(
          data,
          count,
          size,
          order,
          layer.convolution,
          new Float32Array(memory.buffer, program.squares),
        );
      }
      this.#convolve(layer, place);
    }
    return this.#answers(program.pooled, count);
  }

  #programFor(count: number, size: number): Program {
    const key = `${count} ${size}`;
    if (this.#program?.key !== key) {
      const { memory } = this.#kernels;
      const program = layout(this.plan, count, size, this.#rest);
      growTo(memory, program.end);
      for (const { tables, table } of program.layers) {
        new Int32Array(memory.buffer, tables, table.length).set(table);
      }
      this.#program = { ...program, key };
    }
    return this.#program;
  }

  #convolve({ convolution, tables, table, input, inputs }: Layer, place: PackedConvolution): void {
    const { kind, outputs, low, high, added, side } = convolution;
    const { mix, filter } = this.#kernels;
    const end = tables + table.byteLength;
    const filtering = kind === 'depthwise' ? filter[side === 3 ? 3 : 5] : null;
    const each = 4 * CHANNELS * (filtering ? side * side : inputs);
    for (let channel = 0, at = 0; channel < outputs; channel += CHANNELS, at++) {
      const weights = place.weights + at * each;
      const bias = place.bias + 4 * channel;
      if (filtering) {
        const [pixel, row] = [4 * input.channels, 4 * input.channels * input.stride];
        filtering(tables, end, weights, bias, 4 * channel, pixel, row, low, high);
      } else {
        mix(tables, end, weights, 4 * inputs, bias, 4 * channel, added === null ? 0 : 1, low, high);
      }
    }
  }

  /** Linear answers from the means over each square. */
  #answers({ address, width, height, channels }: Tensor, count: number): Map<string, Float32Array> {
    const values = new Float32Array(this.#kernels.memory.buffer, address, count * width * height * channels);
    const found = new Map<string, Float32Array>();
    for (const { name, values: length } of this.plan.answers)
      found.set(name, new Float32Array(count * length));
    for (let square = 0; square < count; square++) {
      const means = new Float64Array(channels);
      const first = square * width * height * channels;
      for (let at = 0; at < width * height * channels; at += channels) addPixel(means, values, first + at);
      for (const { name, values: length, weights, bias } of this.plan.answers) {
        for (let value = 0; value < length; value++) {
          const sum = product(means, weights, value * channels) / (width * height);
          found.get(name)?.set([sum + (bias[value] ?? 0)], square * length + value);
        }
      }
    }
    return found;
  }
}

function addPixel(means: Float64Array, values: Float32Array, from: number): void {
  for (let at = 0; at < means.length; at++) means[at] = (means[at] ?? 0) + (values[from + at] ?? 0);
}

function product(a: Float64Array, b: Float32Array, from: number): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at] ?? 0) * (b[from + at] ?? 0);
  return sum;
}

/** Where the weights lie that belong to a convolution. */
interface PackedConvolution {
  readonly weights: number;
  readonly bias: number;
}

const aligned = (bytes: number): number => Math.ceil(bytes / 64) * 64;

/** Weights in the order in which the kernels read them: eight outputs for each input, or place of the square. */
function pack(convolution: Convolution): { weights: Float32Array; bias: Float32Array } {
  const { kind, outputs, inputs, side, weights, bias } = convolution;
  const squares = side * side;
  const places = kind === 'depthwise' ? squares : inputs * squares;
  const padded = kind === 'depthwise' ? places : Math.ceil(places / 4) * 4;
  const packed = new Float32Array(outputs * padded);
  if (bias.length !== outputs || weights.length !== outputs * places) {
    throw new UnsupportedNetwork('Weights of another size than the convolution');
  }
  for (let output = 0; output < outputs; output++) {
    const block = Math.floor(output / CHANNELS) * padded * CHANNELS + (output % CHANNELS);
    for (let place = 0; place < places; place++) {
      // A picture's squares lie pixel by pixel, their weights channel by channel.
      const from = kind === 'first' ? (place % inputs) * squares + Math.floor(place / inputs) : place;
      packed[block + place * CHANNELS] = weights[output * places + from] ?? 0;
    }
  }
  return { weights: packed, bias };
}

/** Zeros around what will be written: the memory may have held something else before. */
function clearBorder(memory: WebAssembly.Memory, tensor: Tensor, count: number): void {
  const { address, width, height, channels, stride, rows, top, left } = tensor;
  if (stride === width && rows === height) return;
  const values = new Float32Array(memory.buffer, address, count * rows * stride * channels);
  const row = stride * channels;
  for (let square = 0; square < count; square++) {
    const first = square * rows * row;
    const inside = first + top * row;
    values.fill(0, first, inside + left * channels);
    for (let y = 1; y < height; y++) {
      values.fill(0, inside + (y - 1) * row + (left + width) * channels, inside + y * row + left * channels);
    }
    values.fill(0, inside + (height - 1) * row + (left + width) * channels, first + rows * row);
  }
}
