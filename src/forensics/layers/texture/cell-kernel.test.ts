import { expect, it } from 'vitest';
import { seeded } from '../../synthetic.fixture';
import { CELL, openStrip } from './cell-kernel';

it.each([
  ['rgb', 40, 255],
  ['bgr', 53, 255],
  ['rgb', 16, 3],
  ['bgr', 700, 30],
] as const)(
  'weighs cells in %s of a strip of %i px, and finds the median of the filtered ones',
  (order, width, range) => {
    const random = seeded(width);
    const words = Int32Array.from({ length: width * CELL }, () => {
      const byte = () => Math.floor((range + 1) * random());
      return byte() | (byte() << 8) | (byte() << 16);
    });
    const [low, third] = order === 'rgb' ? [299, 114] : [114, 299];
    const luma = Array.from(
      words,
      (word) => low * (word & 255) + 587 * ((word >>> 8) & 255) + third * ((word >>> 16) & 255),
    );
    const strip = openStrip(words, width, order);
    for (const left of [0, width - CELL]) {
      const own = luma.filter((_, at) => at % width >= left && at % width < left + CELL);
      expect(strip.look(left)).toEqual({
        sum: own.reduce((a, b) => a + b, 0),
        least: Math.min(...own),
        most: Math.max(...own),
      });
      const sizes: number[] = [];
      for (let y = 1; y < CELL - 1; y++) {
        for (let x = 1; x < CELL - 1; x++) {
          let sum = 0;
          for (const [dy, down] of [1, -2, 1].entries()) {
            for (const [dx, across] of [1, -2, 1].entries()) {
              sum += down * across * (own[(y + dy - 1) * CELL + x + dx - 1] ?? 0);
            }
          }
          sizes.push(Math.abs(sum));
        }
      }
      expect(strip.median()).toBe(sizes.sort((a, b) => a - b)[98]);
    }
  },
);
