import fc from 'fast-check';
import { expect, it } from 'vitest';
import { seeded } from '../../synthetic.fixture';
import { countPairs, countPatterns, LEVELS } from './surface-kernel';

/** Planes of whole levels, many of them alike, so that comparisons have ties. */
const planes = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 70 }), fc.integer({ min: 1, max: 20 })), {
    minLength: 1,
    maxLength: 3,
  })
  .map((sizes) =>
    sizes.map(([width, height], at) => {
      const random = seeded(width + 100 * at);
      const range = random() < 0.5 ? 4 : 255;
      const luma = Float32Array.from({ length: width * height }, () => Math.round(range * random()));
      return { luma, width, height };
    }),
  );
const steps = fc.constantFrom(1, 2, 3);

const RING = [
  [-1, -1],
  [0, -1],
  [1, -1],
  [1, 0],
  [1, 1],
  [0, 1],
  [-1, 1],
  [-1, 0],
] as const;

it('patterns are counted as one by one', () => {
  fc.assert(
    fc.property(planes, fc.constantFrom(1 as const, 2 as const), steps, (pictures, radius, step) => {
      const expected = new Uint32Array(256);
      for (const { luma, width, height } of pictures) {
        for (let y = radius; y < height - radius; y += step) {
          for (let x = radius; x < width - radius; x += step) {
            const here = luma[y * width + x] ?? 0;
            const bits = RING.reduce((sum, [dx, dy], bit) => {
              const other = luma[(y + radius * dy) * width + x + radius * dx] ?? 0;
              return other >= here + 1 ? sum | (1 << bit) : sum;
            }, 0);
            expected[bits] = (expected[bits] ?? 0) + 1;
          }
        }
      }
      expect(countPatterns(pictures, radius, step)).toEqual(expected);
    }),
    { numRuns: 60 },
  );
});

it('pairs are counted as one by one', () => {
  fc.assert(
    fc.property(planes, fc.constantFrom(1, 4), steps, (pictures, distance, step) => {
      const expected = new Uint32Array(LEVELS * LEVELS);
      const add = (a = 0, b = 0) => {
        const cell = (a >> 3) * LEVELS + (b >> 3);
        expected[cell] = (expected[cell] ?? 0) + 1;
      };
      for (const { luma, width, height } of pictures) {
        for (let y = 0; y < height - distance; y += step) {
          for (let x = 0; x < width - distance; x += step) {
            const at = y * width + x;
            add(luma[at], luma[at + distance]);
            add(luma[at], luma[at + distance * width]);
          }
        }
      }
      expect(countPairs(pictures, distance, step)).toEqual(expected);
    }),
    { numRuns: 60 },
  );
});
