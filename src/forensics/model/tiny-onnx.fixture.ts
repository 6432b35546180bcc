import { model, node, tensor } from './onnx-writer.fixture';

/**
 * A network small enough to write by hand: the mean of all its input values. It lets tests run a second
 * model that shares nothing with the packaged one.
 */

/**
 * @param input name of the input, float32 [n, size, size, 3]
 * @param output name of the output, float32 [n]: the mean over the other three dimensions
 */
export function meanNetwork(input: string, output: string, size: number): Uint8Array<ArrayBuffer> {
  return model(
    node('ReduceMean', [input], [output], { axes: [1, 2, 3], keepdims: 0 }),
    tensor(11, input, ['n', size, size, 3]),
    tensor(12, output, ['n']),
  );
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
