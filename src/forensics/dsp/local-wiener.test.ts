import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gaussian } from '../../../tests/fixtures/noise';
import { LocalWiener } from './local-wiener';

/** Least mean square of the windows of 3, 5, 7 and 9 samples around a place, cut off at the border. */
function leastMeanSquare(part: (x: number, y: number) => number, w: number, h: number, x: number, y: number) {
  const means = [1, 2, 3, 4].map((reach) => {
    let sum = 0;
    let count = 0;
    for (let j = Math.max(0, y - reach); j <= Math.min(h - 1, y + reach); j++) {
      for (let i = Math.max(0, x - reach); i <= Math.min(w - 1, x + reach); i++, count++)
        sum += part(i, j) ** 2;
    }
    return sum / count;
  });
  return Math.min(...means);
}

describe('LocalWiener', () => {
  it('keeps of each coefficient the share v / max(least variance, v), and leaves the rest alone', () => {
    const [width, height] = [48, 40];
    const local = new LocalWiener(width, height, 32, 32);
    fc.assert(
      fc.property(
        fc.integer(),
        fc.constantFrom(4, 8, 20, 32),
        fc.integer({ min: 1, max: 32 }),
        fc.integer({ min: 0, max: 4 }),
        fc.integer({ min: 0, max: 8 }),
        fc.constantFrom(0.5, 9, 400),
        (seed, w, h, columns, top, variance) => {
          const left = 4 * columns;
          const normal = gaussian(seed);
          const before = Float32Array.from({ length: width * height }, () => 10 * normal());
          local.field.set(before);
          local.keepNoise(left, top, w, h, variance);
          const part = (x: number, y: number) => before[(top + y) * width + left + x] ?? 0;
          for (const [at, value] of local.field.entries()) {
            const x = (at % width) - left;
            const y = Math.floor(at / width) - top;
            const old = before[at] ?? 0;
            if (x < 0 || y < 0 || x >= w || y >= h) expect(value).toBe(old);
            else {
              const own = leastMeanSquare(part, w, h, x, y);
              const expected = (old * variance) / Math.max(own, variance);
              expect(Math.abs(value - expected)).toBeLessThanOrEqual(2e-6 * Math.abs(old));
            }
          }
        },
      ),
      { numRuns: 25 },
    );
  });
});
