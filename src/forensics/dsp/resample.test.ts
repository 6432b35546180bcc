import { describe, expect, it } from 'vitest';
import type { RgbaImage } from '../rgba';
import { resize } from './resample';
import type { Kernel } from './taps';

/** ANSI C's generator, so that the reference script and this test draw the same noise. */
function noise(width: number, height: number): RgbaImage {
  const data = new Uint8ClampedArray(width * height * 4);
  let state = 12345;
  for (let at = 0; at < data.length; at++) {
    if (at % 4 === 3) {
      data[at] = 255;
      continue;
    }
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    data[at] = (state >> 16) & 255;
  }
  return { width, height, data };
}

function rgb(image: RgbaImage): number[] {
  return [...image.data].filter((_, at) => at % 4 !== 3);
}

function adler32(bytes: readonly number[]): number {
  let a = 1;
  let b = 0;
  for (const byte of bytes) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return ((b << 16) | a) >>> 0;
}

describe('resize answers what Pillow 13 answers', () => {
  it.each<[Kernel, number[]]>([
    ['bicubic', [105, 93, 118, 118, 84, 111, 154, 75, 153, 139, 149, 113, 117, 82, 159, 132, 154, 163]],
    ['bilinear', [107, 93, 120, 120, 84, 112, 153, 80, 152, 137, 142, 117, 117, 90, 151, 132, 147, 164]],
  ])('7 x 5 to 3 x 2, %s', (kernel, expected) => {
    expect(rgb(resize(noise(7, 5), 3, 2, kernel))).toEqual(expected);
  });

  it.each<[number, number, number, number, Kernel, number]>([
    [5, 4, 9, 11, 'bicubic', 2113308202],
    [5, 4, 9, 11, 'bilinear', 2455668253],
    [64, 33, 16, 8, 'bicubic', 234143999],
    [64, 33, 16, 8, 'bilinear', 324190467],
    [640, 20, 13, 20, 'bicubic', 500335892],
    [640, 20, 13, 20, 'bilinear', 585729300],
    [20, 640, 20, 13, 'bicubic', 3769730307],
    [20, 640, 20, 13, 'bilinear', 3642197249],
  ])('%i x %i to %i x %i, %s, by checksum', (width, height, toWidth, toHeight, kernel, checksum) => {
    expect(adler32(rgb(resize(noise(width, height), toWidth, toHeight, kernel)))).toBe(checksum);
  });
});

describe('resize', () => {
  it('keeps a flat picture flat', () => {
    const flat = { width: 31, height: 17, data: new Uint8ClampedArray(31 * 17 * 4).fill(255) };
    for (let at = 0; at < flat.data.length; at += 4) flat.data[at] = 77;
    const out = resize(flat, 5, 40, 'bicubic');
    expect(new Set(rgb(out).filter((_, at) => at % 3 === 0))).toEqual(new Set([77]));
  });

  it('answers its own memory at the same size', () => {
    const image = noise(3, 3);
    const same = resize(image, 3, 3, 'bicubic');
    expect(same.data).toEqual(image.data);
    expect(same.data).not.toBe(image.data);
  });

  it.each([
    [0, 5],
    [5, -1],
    [2.5, 2],
    [Number.NaN, 2],
  ])('refuses the size %d x %d', (width, height) => {
    expect(() => resize(noise(3, 3), width, height, 'bicubic')).toThrow(RangeError);
  });
});
