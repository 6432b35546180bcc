import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import * as ort from 'onnxruntime-web';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseCard } from '../card';
import { constant, model, node, tensor } from '../onnx-writer.fixture';
import { meanNetwork } from '../tiny-onnx.fixture';
import { Network } from './network';
import { UnsupportedNetwork } from './onnx';

/** ONNX Runtime, which shares nothing with the kernels, is what they are held to. */

beforeAll(() => {
  ort.env.wasm.numThreads = 1;
});

/** Deterministic, -1 to 1. */
function noise(length: number, seed = 1): Float32Array<ArrayBuffer> {
  const values = new Float32Array(length);
  let state = seed;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    values[at] = ((state >> 16) & 255) / 127.5 - 1;
  }
  return values;
}

/** Largest difference of any output, for the same squares. */
async function difference(file: ArrayBuffer, input: string, size: number, counts: readonly number[]) {
  const network = Network.open(file);
  const session = await ort.InferenceSession.create(file, { executionProviders: ['wasm'] });
  let most = 0;
  for (const count of counts) {
    const data = noise(3 * count * size * size, count);
    const found = network.run(data, count, size, 'nchw');
    const expected = await session.run({ [input]: new ort.Tensor('float32', data, [count, 3, size, size]) });
    expect([...found.keys()].sort()).toEqual([...session.outputNames].sort());
    for (const [name, values] of found) {
      const reference = expected[name]?.data;
      if (!(reference instanceof Float32Array)) throw new Error(`No ${name}`);
      expect(values).toHaveLength(reference.length);
      for (const [at, value] of reference.entries()) {
        most = Math.max(most, Math.abs(value - (values[at] ?? Number.NaN)));
      }
    }
  }
  await session.release();
  return most;
}

const folder = new URL('../../../../public/models/', import.meta.url);
const card = parseCard(JSON.parse(readFileSync(new URL('model.json', folder), 'utf8')));
const fileOf = (path: string): ArrayBuffer => new Uint8Array(readFileSync(new URL(path, folder))).buffer;

describe('the packaged networks', () => {
  it.each(card.views)(
    '$id: answers what ONNX Runtime answers',
    async ({ file, input }) => {
      // One square, more, and one again: each size of batch lies differently in memory.
      expect(await difference(fileOf(file.path), input.name, input.size, [1, 3, 1])).toBeLessThan(1e-4);
    },
    60_000,
  );

  it('takes squares whose values lie pixel by pixel', () => {
    const [view] = card.views;
    if (!view) throw new Error('no view');
    const { size } = view.input;
    const planes = noise(3 * size * size);
    const pixels = planes.map((_, at) => planes[(at % 3) * size * size + Math.floor(at / 3)] ?? 0);
    const network = Network.open(fileOf(view.file.path));
    expect(network.run(pixels, 1, size, 'nhwc')).toEqual(network.run(planes, 1, size, 'nchw'));
  });

  it('refuses another number of values', () => {
    const network = Network.open(fileOf(card.views[0]?.file.path ?? ''));
    expect(() => network.run(new Float32Array(12), 1, 160, 'nchw')).toThrow(RangeError);
  });
});

interface Shape {
  readonly size: number;
  readonly first: { readonly side: number; readonly stride: number; readonly pads: readonly number[] };
  readonly filter: { readonly side: number; readonly stride: number; readonly pads: readonly number[] };
  readonly channels: readonly number[];
}

/** A first convolution, two that mix channels around one that filters them, a sum, means, two answers. */
function drawnNetwork({ size, first, filter, channels }: Shape): ArrayBuffer {
  const [a = 8, b = 8, c = 8] = channels;
  const weights = (name: string, dims: readonly number[], seed: number) =>
    constant(
      name,
      dims,
      noise(
        dims.reduce((product, side) => product * side, 1),
        seed,
      ),
    );
  const convolution = (input: string, output: string, name: string, attributes: object) =>
    node('Conv', [input, `${name}.w`, `${name}.b`], [output], { ...attributes });
  const clip = (input: string, output: string) => node('Clip', [input, 'low', 'high'], [output]);
  const of = ({ side, stride, pads }: Shape['first']) => ({
    kernel_shape: [side, side],
    strides: [stride, stride],
    pads,
  });
  return model(
    convolution('picture', 'v1', 'first', of(first)),
    clip('v1', 'v2'),
    convolution('v2', 'v3', 'mix', { kernel_shape: [1, 1] }),
    clip('v3', 'v4'),
    convolution('v4', 'v5', 'filter', { ...of(filter), group: b }),
    clip('v5', 'v6'),
    convolution('v6', 'v7', 'narrow', { kernel_shape: [1, 1] }),
    convolution('v7', 'v8', 'again', { kernel_shape: [1, 1] }),
    node('Add', ['v7', 'v8'], ['v9']),
    node('GlobalAveragePool', ['v9'], ['v10']),
    node('Flatten', ['v10'], ['v11'], { axis: 1 }),
    node('Gemm', ['v11', 'one.w', 'one.b'], ['one'], { transB: 1 }),
    node('Gemm', ['v11', 'three.w', 'three.b'], ['three'], { transB: 1 }),
    weights('first.w', [a, 3, first.side, first.side], 2),
    weights('first.b', [a], 3),
    weights('mix.w', [b, a, 1, 1], 4),
    weights('mix.b', [b], 5),
    weights('filter.w', [b, 1, filter.side, filter.side], 6),
    weights('filter.b', [b], 7),
    weights('narrow.w', [c, b, 1, 1], 8),
    weights('narrow.b', [c], 9),
    weights('again.w', [c, c, 1, 1], 10),
    weights('again.b', [c], 11),
    weights('one.w', [1, c], 12),
    weights('one.b', [1], 13),
    weights('three.w', [3, c], 14),
    weights('three.b', [3], 15),
    constant('low', [], Float32Array.of(0)),
    constant('high', [], Float32Array.of(6)),
    tensor(11, 'picture', ['n', 3, size, size]),
    tensor(12, 'one', ['n', 1]),
    tensor(12, 'three', ['n', 3]),
  ).buffer;
}

const pads = (most: number) => fc.array(fc.integer({ min: 0, max: most }), { minLength: 4, maxLength: 4 });
const stride = fc.constantFrom(1, 2);
const shapes: fc.Arbitrary<Shape> = fc.record({
  size: fc.integer({ min: 12, max: 21 }),
  first: fc.record({ side: fc.constantFrom(1, 2, 3, 5), stride, pads: pads(2) }),
  filter: fc.record({ side: fc.constantFrom(3, 5), stride, pads: pads(2) }),
  channels: fc.array(fc.constantFrom(8, 16, 24), { minLength: 3, maxLength: 3 }),
});

describe('any network of such convolutions', () => {
  it('answers what ONNX Runtime answers', async () => {
    await fc.assert(
      fc.asyncProperty(shapes, async (shape) => {
        expect(await difference(drawnNetwork(shape), 'picture', shape.size, [2, 1])).toBeLessThan(1e-4);
      }),
      { numRuns: 25 },
    );
  }, 60_000);
});

describe('what the kernels do not compute is refused', () => {
  it('another operation', () => {
    expect(() => Network.open(meanNetwork('image', 'score', 8).buffer)).toThrow(UnsupportedNetwork);
  });

  it('bytes that are no network', () => {
    const file = new TextEncoder().encode('not a network');
    expect(() => Network.open(new Uint8Array(file).buffer)).toThrow(UnsupportedNetwork);
    expect(() => Network.open(new ArrayBuffer(0))).toThrow(UnsupportedNetwork);
  });

  it('a network that was cut off anywhere', () => {
    const whole = drawnNetwork({
      size: 12,
      first: { side: 3, stride: 2, pads: [0, 0, 1, 1] },
      filter: { side: 3, stride: 1, pads: [1, 1, 1, 1] },
      channels: [8, 8, 8],
    });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole.byteLength - 10 }), (length) => {
        expect(() => Network.open(whole.slice(0, length))).toThrow(UnsupportedNetwork);
      }),
    );
  });
});
