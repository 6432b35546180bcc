/**
 * A network small enough to write by hand: the mean of all its input values. It lets tests run a second
 * model that shares nothing with the packaged one.
 * Field numbers: onnx.proto3 (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3).
 */

type Bytes = readonly number[];

const text = (value: string): Bytes => [...new TextEncoder().encode(value)];

function varint(value: number): Bytes {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)];
}

/** A field that holds a number. */
const number = (field: number, value: number): Bytes => [...varint(field << 3), ...varint(value)];

/** A field that holds bytes: a string, or a message made of fields. */
const bytes = (field: number, ...parts: Bytes[]): Bytes => {
  const content = parts.flat();
  return [...varint((field << 3) | 2), ...varint(content.length), ...content];
};

/** ValueInfoProto of a float32 tensor; a word is a free dimension. */
function tensor(field: number, name: string, dims: readonly (number | string)[]): Bytes {
  const shape = dims.map((dim) => bytes(1, typeof dim === 'number' ? number(1, dim) : bytes(2, text(dim))));
  const type = bytes(2, bytes(1, number(1, 1), bytes(2, ...shape)));
  return bytes(field, bytes(1, text(name)), type);
}

/**
 * @param input name of the input, float32 [n, size, size, 3]
 * @param output name of the output, float32 [n]: the mean over the other three dimensions
 */
export function meanNetwork(input: string, output: string, size: number): Uint8Array<ArrayBuffer> {
  const INTS = 7;
  const axes = bytes(
    5,
    bytes(1, text('axes')),
    ...[1, 2, 3].map((axis) => number(8, axis)),
    number(20, INTS),
  );
  const keepDims = bytes(5, bytes(1, text('keepdims')), number(3, 0), number(20, 2));
  const node = bytes(
    1,
    bytes(1, text(input)),
    bytes(2, text(output)),
    bytes(4, text('ReduceMean')),
    axes,
    keepDims,
  );
  const graph = bytes(
    7,
    node,
    bytes(2, text('mean')),
    tensor(11, input, ['n', size, size, 3]),
    tensor(12, output, ['n']),
  );
  const opset = bytes(8, number(2, 13));
  return new Uint8Array([...number(1, 8), ...graph, ...opset]);
}

/** A card for it: other views, sizes, layout, normalisation, weights and names than the packaged one. */
export function tinyCard(sha256: string, bytes: number): Record<string, unknown> {
  const view = {
    file: { path: 'mean.onnx', sha256, bytes },
    input: { name: 'image', size: 8, layout: 'nhwc', mean: [100, 100, 100], std: [50, 50, 50] },
    output: { name: 'score' },
    // The pattern stays under 256 here: its mean is 7 * 3.5 + 13 * 3.5 + 29 + 3.5 * 3.5 = 111.25.
    selfTestLogit: 0.225,
  };
  return {
    schema: 1,
    version: 'tiny-1',
    title: 'Mean of the pixels',
    date: '2026-11-21',
    licence: 'MIT',
    prepare: { background: 'white', maxShorterSide: 16, kernel: 'bicubic' },
    views: [
      {
        ...view,
        id: 'strip',
        kind: 'crops',
        grid: 3,
        cells: [
          [0, 1],
          [1, 1],
          [2, 1],
        ],
        padding: 'reflect',
        pool: 'mean',
      },
      { ...view, id: 'whole', kind: 'whole', kernel: 'bicubic' },
    ],
    combine: { bias: 0.5, weights: { strip: 2, whole: -1 } },
    calibration: { kind: 'platt', a: 3, b: -4 },
    selfTest: { reference: 0.001, backends: 0.001 },
    labels: { high: 'ai-generated', low: 'real' },
    training: 'None.',
    limits: ['Knows nothing.'],
  };
}
