import { describe, expect, it } from 'vitest';
import type { RgbaImage } from '../rgba';
import { seeded } from '../synthetic.fixture';
import { countFirstCoefficients, GRIDS } from './block-sums';
import { type BlockSample, readBlocks } from './blocks';
import { compressed, imageOf, photo } from './compressed.fixture';
import { emptyFirstCoefficients, seenShift, strongestShift } from './shifted';
import { shiftedMap } from './shifted-map';
import { ijgTable } from './tables';

const { signal } = new AbortController();

/** A part of a picture, from `x`, `y` on. */
function cropped(picture: RgbaImage, x: number, y: number, side: number): RgbaImage {
  const data = new Uint8ClampedArray(4 * side * side);
  for (let row = 0; row < side; row++) {
    const from = 4 * ((row + y) * picture.width + x);
    data.set(picture.data.subarray(from, from + 4 * side), 4 * row * side);
  }
  return { width: side, height: side, data };
}

const seenIn = ({ firstCoefficients }: BlockSample) => seenShift(strongestShift(firstCoefficients));

async function sampled(picture: RgbaImage) {
  const image = imageOf(picture, new Uint8Array(), 'png');
  const sample = await readBlocks(image, signal);
  if (!sample) throw new Error('No sample');
  return { image, sample };
}

describe('an earlier compression on another grid', () => {
  // Cropped by x and y the first grid begins at 8 - x and 8 - y, and its first step is the table's first.
  it.each([
    [60, 80, 3, 5],
    [70, 90, 4, 4],
    [80, 92, 1, 0],
    [85, 95, 0, 7],
    [75, 85, 6, 2],
  ])(
    'by quality %i before %i, cropped by %i and %i, is found with its grid and step',
    async (first, last, x, y) => {
      const once = compressed(photo(520, 21), ijgTable(first));
      const twice = compressed(cropped(once, x, y, 512), ijgTable(last));
      const found = seenIn((await sampled(twice)).sample);
      expect(found).toMatchObject({ x: (8 - x) % 8, y: (8 - y) % 8, step: ijgTable(first)[0] });
      expect(ijgTable(found?.quality ?? 0)[0]).toBe(ijgTable(first)[0]);
    },
  );

  it('is found in pixels stored without loss after cropping', async () => {
    const once = compressed(photo(520, 22), ijgTable(80));
    const found = seenIn((await sampled(cropped(once, 5, 2, 512))).sample);
    expect(found).toMatchObject({ x: 3, y: 6, step: ijgTable(80)[0] });
    // Rounding to whole grey levels moves a sum of 64 by 8 times 0.29, so its eighth by 0.29.
    expect(found?.spread).toBeLessThan(0.5);
  });

  it.each([60, 75, 85, 95])('is not seen after one compression at %i', async (quality) => {
    const { sample } = await sampled(compressed(photo(512, 23), ijgTable(quality)));
    expect(seenIn(sample)).toBeNull();
  });

  it('is not seen after two on the same grid, nor in a picture never compressed', async () => {
    const twice = compressed(compressed(photo(512, 24), ijgTable(70)), ijgTable(90));
    expect(seenIn((await sampled(twice)).sample)).toBeNull();
    expect(seenIn((await sampled(photo(512, 25))).sample)).toBeNull();
  });

  it('is not told of too few blocks', async () => {
    expect(strongestShift((await sampled(photo(64, 1))).sample.firstCoefficients)).toBeNull();
  });
});

describe('first coefficients', () => {
  it.each([8, 17, 40, 2051, 2055, 4200])(
    'of a strip of %i px are eight times the means of its blocks, by grid',
    (across) => {
      const random = seeded(across);
      const luma = Float32Array.from({ length: 16 * across }, () => Math.floor(256 * random()));
      const counts = emptyFirstCoefficients();
      const expected = emptyFirstCoefficients();
      countFirstCoefficients(counts, luma, across);
      for (let top = 0; top < 8; top++) {
        for (let left = 0; left + 8 <= across; left++) {
          let sum = 0;
          for (let at = 0; at < 64; at++) sum += luma[(top + (at >> 3)) * across + left + (at & 7)] ?? 0;
          const place = Math.floor(sum / 8 + 0.5) * GRIDS + 8 * top + (left & 7);
          expected[place] = (expected[place] ?? 0) + 1;
        }
      }
      expect(counts.findIndex((count, place) => count !== expected[place])).toBe(-1);
    },
  );
});

describe('the map of an earlier grid', () => {
  it('is bright where the picture has that history, and dark where another was laid in', async () => {
    const once = cropped(compressed(photo(520, 26), ijgTable(65)), 3, 6, 512);
    const other = photo(512, 27);
    const data = once.data.slice();
    for (let y = 128; y < 320; y++) {
      data.set(other.data.subarray(4 * (512 * y + 160), 4 * (512 * y + 384)), 4 * (512 * y + 160));
    }
    const { image, sample } = await sampled(compressed({ ...once, data }, ijgTable(92)));
    const found = seenIn(sample);
    if (!found) throw new Error('Not found');
    expect(found).toMatchObject({ x: 5, y: 2 });
    const map = shiftedMap(image, sample, found);
    let [inside, outside, insides, outsides] = [0, 0, 0, 0];
    for (let at = 0; at < map.data.length; at++) {
      const [x, y] = [(at % map.width) * map.cell, Math.floor(at / map.width) * map.cell];
      // Cells at the border of the part see both.
      if (x >= 192 && x < 336 && y >= 160 && y < 272) {
        inside += map.data[at] ?? 0;
        insides++;
      } else if (x < 112 || x >= 416 || y < 80 || y >= 352) {
        outside += map.data[at] ?? 0;
        outsides++;
      }
    }
    expect(inside / insides).toBeLessThan(0.1);
    expect(outside / outsides).toBeGreaterThan(0.9);
    for (const value of map.data) expect(value >= 0 && value <= 1).toBe(true);
  });
});
