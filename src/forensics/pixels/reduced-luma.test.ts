import { describe, expect, it } from 'vitest';
import type { RgbaImage } from '../rgba';
import { arrayPixelSource } from './array';
import { createForensicImage } from './forensic-image';
import { toLuma } from './luma-tiles';
import { type ReducedLuma, reducedLuma } from './reduced-luma';

function imageOf(rgba: RgbaImage) {
  return createForensicImage({
    how: 'page-pixels',
    format: 'png',
    bytes: new Uint8Array(),
    pixels: arrayPixelSource(rgba),
  });
}

/** Slow waves in three channels of their own: what any fair reduction keeps. */
function waves(width: number, height: number): RgbaImage {
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 4;
      data[at] = 128 + 90 * Math.sin((x * 9) / width + (y * 4) / height);
      data[at + 1] = 128 + 80 * Math.cos((y * 11) / height);
      data[at + 2] = 255 * (x / width);
    }
  }
  return { width, height, data };
}

function isSame(one: ReducedLuma, other: ReducedLuma): boolean {
  return one.luma.length === other.luma.length && one.luma.every((value, at) => value === other.luma[at]);
}

describe('reducedLuma', () => {
  it('is the luma itself, exactly, where the picture is small', async () => {
    const picture = waves(300, 200);
    const plane = await reducedLuma(imageOf(picture));
    expect(plane).toMatchObject({ width: 300, height: 200, scale: 1, left: 0, top: 0, whole: true });
    expect(plane.luma).toEqual(toLuma(picture));
  });

  // Below 2: no averaging; 2.3 and 4.9: squares; 5.3: every second pixel; all with parts of squares at the border.
  it.each([
    [801, 700],
    [1301, 1180],
    [2511, 2509],
    [2719, 2750],
  ])('of %i x %i differs by less than a level from the exact reduction', async (width, height) => {
    const image = imageOf(waves(width, height));
    const plane = await reducedLuma(image);
    const exact = image.scaledToShorterSide(512);
    expect([plane.width, plane.height]).toEqual([exact.width, exact.height]);
    expect(plane.scale).toBeCloseTo(width / plane.width, 9);
    const reference = toLuma(exact);
    let most = 0;
    for (const [at, value] of plane.luma.entries()) {
      most = Math.max(most, Math.abs(value - (reference[at] ?? 0)));
    }
    expect(most).toBeLessThan(1);
  });

  it('takes the middle of a long strip, where it says', async () => {
    // 12,000 x 128 px are 1.5 million: 9375 of its columns are taken.
    const picture = waves(12_000, 128);
    const plane = await reducedLuma(imageOf(picture));
    expect(plane).toMatchObject({ width: 9375, height: 128, scale: 1, left: 1312, top: 0, whole: false });
    const all = toLuma(picture);
    expect(plane.luma[5 * 9375 + 70]).toBe(all[5 * 12_000 + 1312 + 70]);
  });

  it('of two pictures at once is that of each alone', async () => {
    const [first, second] = [waves(1301, 1180), waves(2719, 2750)];
    const together = await Promise.all([reducedLuma(imageOf(first)), reducedLuma(imageOf(second))]);
    for (const [at, alone] of [first, second].entries()) {
      expect(together[at] && isSame(together[at], await reducedLuma(imageOf(alone)))).toBe(true);
    }
  });

  it('leaves nothing behind that disturbs the next picture where reading fails', async () => {
    const picture = waves(1301, 1180);
    const image = imageOf(picture);
    const source = arrayPixelSource(picture);
    let reads = 0;
    const failing = createForensicImage({
      how: 'page-pixels',
      format: 'png',
      bytes: new Uint8Array(),
      pixels: {
        ...source,
        raw: (rect, into) =>
          ++reads === 2 ? Promise.reject(new Error('This picture is closed')) : source.raw(rect, into),
      },
    });
    await expect(reducedLuma(failing)).rejects.toThrow('This picture is closed');
    expect(isSame(await reducedLuma(image), await reducedLuma(imageOf(picture)))).toBe(true);
  });

  it('is computed once an image', () => {
    const image = imageOf(waves(64, 64));
    expect(reducedLuma(image)).toBe(reducedLuma(image));
  });
});
