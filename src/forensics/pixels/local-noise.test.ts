import { describe, expect, it } from 'vitest';
import { seeded } from '../../../tests/fixtures/noise';
import { arrayPixelSource } from './array';
import { createForensicImage } from './forensic-image';
import { localNoise } from './local-noise';

function picture(width: number, height: number, seed: number) {
  const random = seeded(seed);
  const data = new Uint8ClampedArray(4 * width * height);
  for (let at = 0; at < data.length; at++) data[at] = at % 4 === 3 ? 255 : 256 * random();
  const pixels = arrayPixelSource({ width, height, data });
  const image = createForensicImage({ how: 'file', format: 'png', bytes: new Uint8Array(), pixels });
  const luma = (x: number, y: number) => {
    const at = 4 * (y * width + x);
    return 0.299 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0);
  };
  return { image, luma };
}

const median = (values: readonly number[]) => {
  const ascending = [...values].sort((a, b) => a - b);
  const half = ascending.length / 2;
  return ((ascending[half - 1] ?? 0) + (ascending[half] ?? 0)) / 2;
};

/** By its definition, of the patch of 32 x 32 px at a place. */
function measured(luma: (x: number, y: number) => number, left: number, top: number) {
  const details: number[] = [];
  for (let y = top; y < top + 32; y += 2) {
    for (let x = left; x < left + 32; x += 2) {
      details.push(Math.abs(luma(x, y) - luma(x + 1, y) - luma(x, y + 1) + luma(x + 1, y + 1)) / 2);
    }
  }
  const square = (i: number, j: number) => {
    let sum = 0;
    for (let y = 0; y < 4; y++) for (let x = 0; x < 4; x++) sum += luma(left + 4 * i + x, top + 4 * j + y);
    return sum / 16;
  };
  const level = 1.4826 * median(details);
  let [mean, steps] = [0, 0];
  for (let j = 0; j < 8; j++) {
    for (let i = 0; i < 8; i++) {
      mean += square(i, j) / 64;
      if (i === 0 || j === 0) continue;
      steps += ((square(i, j) - square(i - 1, j)) ** 2 + (square(i, j) - square(i, j - 1)) ** 2) / 98;
    }
  }
  return { level, mean, activity: Math.sqrt(Math.max(0, steps - (2 * level ** 2) / 16)) };
}

describe('localNoise', () => {
  it.each([
    { width: 32, height: 32, columns: 1, rows: 1, places: [[0, 0, 0]] },
    {
      width: 97,
      height: 70,
      columns: 4,
      rows: 3,
      // The last patches are moved inside the picture.
      places: [
        [0, 0, 0],
        [6, 64, 32],
        [11, 65, 38],
      ],
    },
    {
      // Wider than what is read as strips: a cell of 750 px, its patch in the middle on an even pixel.
      width: 18_000,
      height: 40,
      columns: 24,
      rows: 1,
      places: [
        [0, 358, 8],
        [23, 17_608, 8],
      ],
    },
  ])('of $width x $height px is that of its definition', async ({ width, height, columns, rows, places }) => {
    const { image, luma } = picture(width, height, width);
    // Again in the memory that the first one left.
    await localNoise(picture(width, height, 1).image);
    const noise = await localNoise(image);
    expect([noise.columns, noise.rows]).toEqual([columns, rows]);
    for (const [at = 0, x = 0, y = 0] of places) {
      const expected = measured(luma, x, y);
      expect(noise.level[at]).toBeCloseTo(expected.level, 3);
      expect(noise.mean[at]).toBeCloseTo(expected.mean, 3);
      expect(noise.activity[at]).toBeCloseTo(expected.activity, 3);
    }
  });

  it('refuses what is smaller than a patch', async () => {
    await expect(localNoise(picture(31, 90, 1).image)).rejects.toThrow(RangeError);
  });
});
