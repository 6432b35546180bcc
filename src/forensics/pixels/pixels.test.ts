import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resize } from '../dsp/resample';
import type { Rect } from '../image';
import type { RgbaImage } from '../rgba';
import { arrayPixelSource } from './array';
import { chooseLumaTiles } from './luma-tiles';
import { resizeSource, resizeSourceSoon, sizeForShorterSide } from './scaled';

function paint(width: number, height: number, colour: (x: number, y: number) => number): RgbaImage {
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data.fill(colour(x, y), (y * width + x) * 4, (y * width + x) * 4 + 3);
  }
  return { width, height, data };
}

const speckle = (x: number, y: number) => (Math.imul(x * 7919 + y * 104729, 2654435761) >>> 24) & 255;

describe('arrayPixelSource', () => {
  it('cuts the asked rectangle', () => {
    const source = arrayPixelSource(paint(4, 3, (x, y) => 10 * y + x));
    const cut = source.region({ x: 1, y: 1, width: 2, height: 2 });
    expect([...cut.data].filter((_, at) => at % 4 === 0)).toEqual([11, 12, 21, 22]);
  });

  it('flattens alpha over white', () => {
    const data = new Uint8ClampedArray([0, 100, 200, 0, 0, 100, 200, 128, 9, 9, 9, 255]);
    const cut = arrayPixelSource({ width: 3, height: 1, data }).region({ x: 0, y: 0, width: 3, height: 1 });
    // 255 - (255 - c) * 128 / 255, by hand
    expect([...cut.data]).toEqual([255, 255, 255, 255, 127, 177, 227, 255, 9, 9, 9, 255]);
  });

  it.each<Rect>([
    { x: -1, y: 0, width: 1, height: 1 },
    { x: 3, y: 0, width: 2, height: 1 },
    { x: 0, y: 0, width: 0, height: 1 },
    { x: 0.5, y: 0, width: 1, height: 1 },
  ])('refuses $width x $height at $x, $y', (rect) => {
    expect(() => arrayPixelSource(paint(4, 4, () => 0)).region(rect)).toThrow(RangeError);
  });

  it('refuses an array of the wrong length', () => {
    expect(() => arrayPixelSource({ width: 2, height: 2, data: new Uint8ClampedArray(15) })).toThrow(
      RangeError,
    );
  });
});

describe('resizeSource', () => {
  it('answers the pixels of resize, strip by strip', () => {
    const image = paint(50, 300, speckle);
    const scaled = resizeSource(arrayPixelSource(image), 21, 126, 'bicubic');
    expect(scaled).toEqual(resize(image, 21, 126, 'bicubic'));
  });

  it.each([
    [50, 300],
    [21, 126],
    [8, 45],
  ])('answers the same read past the canvas: %i x %i', async (width, height) => {
    const source = arrayPixelSource(paint(50, 300, speckle));
    const soon = await resizeSourceSoon(source, width, height, 'bicubic');
    expect(soon).toEqual(resizeSource(source, width, height, 'bicubic'));
  });

  it('averages whole squares first, halves up', () => {
    const image = paint(600, 452, speckle);
    const halved = paint(300, 226, (x, y) => {
      const sum =
        speckle(2 * x, 2 * y) +
        speckle(2 * x + 1, 2 * y) +
        speckle(2 * x, 2 * y + 1) +
        speckle(2 * x + 1, 2 * y + 1);
      return Math.floor((sum + 2) / 4);
    });
    const scaled = resizeSource(arrayPixelSource(image), 150, 113, 'bicubic');
    expect(scaled).toEqual(resize(halved, 150, 113, 'bicubic'));
  });

  it('two at the same time do not disturb each other', async () => {
    const sizes = [
      [21, 126],
      [30, 180],
    ] as const;
    const source = arrayPixelSource(paint(50, 300, speckle));
    const both = await Promise.all(
      sizes.map(([width, height]) => resizeSourceSoon(source, width, height, 'bicubic')),
    );
    for (const [at, [width, height]] of sizes.entries())
      expect(both[at]).toEqual(resizeSource(source, width, height, 'bicubic'));
  });

  it('differs by a level or two where a large reduction is averaged first', () => {
    // 541 and 611 are no multiples of the square's side (6): the last row and column are parts of squares.
    const image = paint(541, 611, (x, y) => (speckle(x, y) + x / 4 + y / 5) / 2);
    const scaled = resizeSource(arrayPixelSource(image), 40, 45, 'bicubic');
    const whole = resize(image, 40, 45, 'bicubic');
    let most = 0;
    for (const [at, value] of scaled.data.entries())
      most = Math.max(most, Math.abs(value - (whole.data[at] ?? 0)));
    expect(most).toBeLessThanOrEqual(2);
  });
});

describe('sizeForShorterSide', () => {
  it.each([
    [4000, 3000, 512, 683, 512],
    [3000, 4000, 512, 512, 683],
    [300, 200, 512, 300, 200],
    [512, 512, 512, 512, 512],
    [64, 10_000, 32, 32, 5000],
    [1, 1, 160, 1, 1],
  ])('%i x %i at %i is %i x %i', (width, height, side, toWidth, toHeight) => {
    expect(sizeForShorterSide(width, height, side)).toEqual({ width: toWidth, height: toHeight });
  });
});

describe('chooseLumaTiles', () => {
  it('keeps every tile inside, apart from the others, and within the count', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 1, max: 64 }),
        fc.integer({ min: 0, max: 20 }),
        (width, height, size, count) => {
          const tiles = chooseLumaTiles(arrayPixelSource(paint(width, height, speckle)), size, count);
          expect(tiles.length).toBeLessThanOrEqual(count);
          if (width >= size && height >= size && count > 0) expect(tiles.length).toBeGreaterThan(0);
          for (const [at, tile] of tiles.entries()) {
            expect(tile.data.length).toBe(size * size);
            expect(tile.x >= 0 && tile.y >= 0 && tile.x + size <= width && tile.y + size <= height).toBe(
              true,
            );
            for (const other of tiles.slice(at + 1)) {
              expect(Math.abs(tile.x - other.x) >= size || Math.abs(tile.y - other.y) >= size).toBe(true);
            }
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('takes the busiest and the flattest part alike', () => {
    // Left half flat, right half speckled: two of the four tiles must come from each.
    const image = paint(256, 128, (x, y) => (x < 128 ? 90 : speckle(x, y)));
    const tiles = chooseLumaTiles(arrayPixelSource(image), 32, 4);
    expect(tiles.filter((tile) => tile.x < 128)).toHaveLength(2);
  });

  it('answers Rec. 601 luma', () => {
    const data = new Uint8ClampedArray([255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 100, 100, 100, 255]);
    const [tile] = chooseLumaTiles(arrayPixelSource({ width: 2, height: 2, data }), 2, 1);
    expect([...(tile?.data ?? [])].map((value) => Math.round(value * 1000) / 1000)).toEqual([
      76.245, 149.685, 29.07, 100,
    ]);
  });
});
