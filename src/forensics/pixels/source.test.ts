import { describe, expect, it } from 'vitest';
import type { PixelSource, Rect } from '../image';
import { arrayPixelSource } from './array';
import { readAhead } from './source';

const width = 7;
const height = 40;
const data = new Uint8ClampedArray(4 * width * height);
for (let at = 0; at < width * height; at++) data.set([at & 255, at >> 8, 0, 255], 4 * at);
const picture = arrayPixelSource({ width, height, data });
const rows = (count: number): Rect[] =>
  Array.from({ length: count }, (_, y) => ({ x: 2, y: 3 * y, width: 4, height: 1 + (y % 3) }));

describe('readAhead', () => {
  it.each([0, 1, 2, 3, 12])('answers %i rectangles one after another', async (count) => {
    const seen: number[][] = [];
    for await (const { words, order } of readAhead(picture, rows(count))) {
      expect(order).toBe('rgb');
      seen.push(Array.from(words, (word) => word & 0xffff));
    }
    const expected = rows(count).map((rect) =>
      Array.from(
        { length: rect.width * rect.height },
        (_, at) => (rect.y + Math.floor(at / 4)) * width + 2 + (at % 4),
      ),
    );
    expect(seen).toEqual(expected);
  });

  it('has at most three on their way, and none that is being looked at', async () => {
    let begun = 0;
    const counting: PixelSource = {
      ...picture,
      raw(rect, into) {
        begun++;
        return picture.raw(rect, into);
      },
    };
    let looked = 0;
    for await (const { words } of readAhead(counting, rows(9))) {
      expect(begun).toBe(Math.min(9, looked + 3));
      const before = words.slice();
      await Promise.resolve();
      expect(words).toEqual(before);
      looked++;
    }
    expect(looked).toBe(9);
  });

  it('fails at the rectangle that cannot be read, after those before it', async () => {
    const rects = rows(4).concat({ x: 0, y: height, width: 1, height: 1 }, rows(1));
    let looked = 0;
    const read = async () => {
      for await (const _ of readAhead(picture, rects)) looked++;
    };
    await expect(read()).rejects.toThrow(RangeError);
    expect(looked).toBe(4);
  });
});
