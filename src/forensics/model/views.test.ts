import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CropsView, RegionsView, WholeView } from './card';
import { drawn, forensicImage } from './image.fixture';
import { cornerOf, gridOffsets, placeOf, prepare, reflect, viewTensor } from './views';

const file = { path: 'a.onnx', sha256: '0'.repeat(64), bytes: 1 };
const input = {
  name: 'pixels',
  size: 8,
  layout: 'nchw' as const,
  // Values stay what they are: what is read is what was drawn.
  mean: [0, 0, 0] as [number, number, number],
  std: [1, 1, 1] as [number, number, number],
};
const shared = { file, input, output: { name: 'logit' }, selfTestLogit: 0 };
const whole: WholeView = { ...shared, id: 'whole', kind: 'whole', kernel: 'bilinear' };
const crops: CropsView = {
  ...shared,
  id: 'crops',
  kind: 'crops',
  grid: 3,
  cells: [
    [0, 0],
    [2, 0],
    [1, 1],
    [0, 2],
    [2, 2],
  ],
  padding: 'reflect',
  pool: 'mean',
};

const regions: RegionsView = {
  ...shared,
  id: 'regions',
  kind: 'regions',
  share: 0.5,
  kernel: 'bilinear',
  grid: 2,
  cells: [
    [0, 0],
    [1, 0],
    [1, 1],
  ],
  pool: 'mean',
};

/** Red says the column, green the row, blue is 7: every value tells where it came from. */
const map = (width: number, height: number) => drawn(width, height, (x, y) => [x, y, 7]);

/** Red and green of the pixel (x, y) of square `at`. */
function cameFrom(data: Float32Array, at: number, x: number, y: number, size = 8): number[] {
  const start = at * 3 * size * size + y * size + x;
  return [data[start] ?? Number.NaN, data[start + size * size] ?? Number.NaN];
}

describe('crops', () => {
  test('lie at the corners and in the middle, at native pixels', () => {
    const { data, count } = viewTensor(map(30, 21), crops);
    expect(count).toBe(5);
    // 30 - 8 = 22: columns 0, 11, 22; 21 - 8 = 13: rows 0, 7 (6.5 rounds up), 13.
    const corners = [
      [0, 0],
      [22, 0],
      [11, 7],
      [0, 13],
      [22, 13],
    ] as const;
    for (const [at, [x, y]] of corners.entries()) {
      expect(cameFrom(data, at, 0, 0)).toEqual([x, y]);
      expect(cameFrom(data, at, 7, 7)).toEqual([x + 7, y + 7]);
    }
  });

  test('places are told in pixels of the analysed image', () => {
    expect(placeOf(22, 13, 8, 4)).toEqual({ x: 88, y: 52, size: 32 });
    // What lies before the edge is padding.
    expect(placeOf(-2, 3, 8, 2)).toEqual({ x: 0, y: 6, size: 16 });
  });

  test('a picture of exactly the size gives the same square everywhere', () => {
    const { data } = viewTensor(map(8, 8), crops);
    for (let at = 0; at < 5; at++) {
      expect(cameFrom(data, at, 0, 0)).toEqual([0, 0]);
      expect(cameFrom(data, at, 7, 7)).toEqual([7, 7]);
    }
  });

  test('a short side is padded by reflection, half on either side', () => {
    const { data } = viewTensor(map(5, 20), crops);
    const columns = Array.from({ length: 8 }, (_, x) => cameFrom(data, 0, x, 0)[0]);
    // 3 missing: 2 before, 1 after; the edge pixel itself is not repeated.
    expect(columns).toEqual([2, 1, 0, 1, 2, 3, 4, 3]);
  });

  test('one cell of a 1 x 1 grid lies in the middle', () => {
    expect(cornerOf(map(31, 20), 1, 8, [0, 0])).toEqual([11, 6]);
    const { data } = viewTensor(map(31, 20), { ...crops, grid: 1, cells: [[0, 0]] });
    expect(cameFrom(data, 0, 0, 0)).toEqual([11, 6]);
  });
});

describe('regions', () => {
  test('are as wide as their share of the shorter side, and lie from edge to edge', () => {
    // Half of 16 is 8, the input's own size: nothing is scaled. Room of 22 - 8 = 14 columns and 8 rows.
    const { data, count } = viewTensor(map(22, 16), regions);
    expect(count).toBe(3);
    expect([cameFrom(data, 0, 0, 0), cameFrom(data, 0, 7, 7)]).toEqual([
      [0, 0],
      [7, 7],
    ]);
    expect([cameFrom(data, 1, 0, 0), cameFrom(data, 2, 7, 7)]).toEqual([
      [14, 0],
      [21, 15],
    ]);
  });

  test('are brought to the input’s size', () => {
    // 16 px to 8: bilinear over twice the pixels puts the mean of two, 2x + 0.5, at column x.
    const { data } = viewTensor(map(32, 32), { ...regions, cells: [[1, 0]] });
    const [red, green] = cameFrom(data, 0, 3, 4);
    expect(Math.abs((red ?? 0) - 22.5)).toBeLessThanOrEqual(0.5);
    expect(Math.abs((green ?? 0) - 8.5)).toBeLessThanOrEqual(0.5);
    // What lies beside the region does not shine in: its first column is a mean of its own pixels.
    expect(cameFrom(data, 0, 0, 4)[0]).toBeGreaterThanOrEqual(16);
  });

  test('of half a pixel too many are rounded up', () => {
    // Half of 17 is 8.5: of 9 px, the last region begins at 17 - 9 = 8; as the input is 9 px too, nothing is scaled.
    const nine = { ...regions, input: { ...input, size: 9 } };
    const { data } = viewTensor(map(40, 17), nine);
    expect([cameFrom(data, 2, 0, 0, 9), cameFrom(data, 2, 8, 8, 9)]).toEqual([
      [31, 8],
      [39, 16],
    ]);
  });

  test('stay inside any picture', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 60 }),
        fc.double({ min: 0.125, max: 1, noNaN: true }),
        (width, height, share) => {
          const { data } = viewTensor(map(width, height), { ...regions, share });
          // Blue is 7 wherever there is picture.
          expect(new Set(data.subarray(128, 192))).toEqual(new Set([7]));
        },
      ),
    );
  });
});

describe('the whole picture', () => {
  test('of the right size is taken as it is', () => {
    const { data, count } = viewTensor(map(8, 8), whole);
    expect(count).toBe(1);
    for (const [x, y] of [
      [0, 0],
      [7, 0],
      [3, 5],
    ] as const) {
      expect(cameFrom(data, 0, x, y)).toEqual([x, y]);
    }
  });

  test('is cut to its centre: of 5 spare columns 2 go left and 3 right', () => {
    const { data } = viewTensor(map(13, 8), whole);
    expect(cameFrom(data, 0, 0, 0)).toEqual([2, 0]);
    expect(cameFrom(data, 0, 7, 7)).toEqual([9, 7]);
  });

  test('is brought to the size by its shorter side', () => {
    // 32 x 16 to 16 x 8, cut from column 4: bilinear over twice the pixels puts 2x + 0.5 at column x.
    const { data } = viewTensor(map(32, 16), whole);
    const [red, green] = cameFrom(data, 0, 3, 4);
    expect(Math.abs((red ?? 0) - 14.5)).toBeLessThanOrEqual(0.5);
    expect(Math.abs((green ?? 0) - 8.5)).toBeLessThanOrEqual(0.5);
  });

  test('of a very long strip is its middle', () => {
    // Green is the row / 16: the middle of 4000 rows has 125.
    const strip = drawn(4, 4000, (x, y) => [x, y >> 4, 7]);
    const { data } = viewTensor(strip, whole);
    expect(Math.abs((cameFrom(data, 0, 4, 4)[1] ?? 0) - 125)).toBeLessThanOrEqual(1);
  });

  test('is enlarged where it is too small', () => {
    const { data } = viewTensor(
      drawn(4, 4, () => [10, 20, 30]),
      whole,
    );
    expect(new Set(data)).toEqual(new Set([10, 20, 30]));
  });
});

test('normalisation and layout follow the card', () => {
  const picture = drawn(8, 8, () => [255, 0, 51]);
  const normalised = {
    ...input,
    mean: [127.5, 0, 1] as [number, number, number],
    std: [127.5, 2, 10] as [number, number, number],
  };
  const planes = viewTensor(picture, { ...whole, input: normalised }).data;
  expect([planes[0], planes[64], planes[128]]).toEqual([1, 0, 5]);
  const interleaved = viewTensor(picture, { ...whole, input: { ...normalised, layout: 'nhwc' } }).data;
  expect([...interleaved.subarray(0, 6)]).toEqual([1, 0, 5, 1, 0, 5]);
});

test('prepare brings the shorter side down, never up', async () => {
  const image = forensicImage(map(40, 20));
  const card = { background: 'white', kernel: 'bicubic' } as const;
  expect(await prepare(image, { ...card, maxShorterSide: 10 })).toMatchObject({ width: 20, height: 10 });
  expect(await prepare(image, { ...card, maxShorterSide: 64 })).toMatchObject({ width: 40, height: 20 });
  expect(await prepare(image, { ...card, maxShorterSide: null })).toMatchObject({ width: 40, height: 20 });
});

test('grid squares stay inside a side that is long enough, from edge to edge', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 8, max: 5000 }),
      fc.integer({ min: 8, max: 512 }),
      fc.integer({ min: 2, max: 9 }),
      (length, size, grid) => {
        fc.pre(length >= size);
        const offsets = gridOffsets(length, size, grid);
        expect(offsets[0]).toBe(0);
        expect(offsets.at(-1)).toBe(length - size);
        expect(offsets.every((one, at) => one >= (offsets[at - 1] ?? 0))).toBe(true);
      },
    ),
  );
});

test('reflection mirrors at the edge pixels, as often as needed', () => {
  expect([-3, -2, -1, 0, 1, 2, 3, 4, 5, 6].map((at) => reflect(at, 3))).toEqual([
    1, 2, 1, 0, 1, 2, 1, 0, 1, 2,
  ]);
  expect([-5, 0, 9].map((at) => reflect(at, 1))).toEqual([0, 0, 0]);
});
