import { expect, it } from 'vitest';
import { seeded } from '../synthetic.fixture';
import { countQuantised, LARGEST, PLACE } from './quantised';

it.each([1, 3, 64, 200])('the coefficients of %i blocks are counted as they would be stored', (blocks) => {
  const random = seeded(blocks);
  // Mostly small, as a picture's are, and some as large as they get.
  const coefficients = Float32Array.from({ length: 64 * blocks }, () =>
    Math.fround((random() - 0.5) * (random() < 0.1 ? 5000 : 12)),
  );
  const steps = Array.from({ length: 64 }, (_, at) => 1 + (at % 7));
  const counts = countQuantised(coefficients, steps);
  const expected = new Int32Array(64 * PLACE);
  for (const [at, value] of coefficients.entries()) {
    const stored = Math.round(value / (steps[at % 64] ?? 1));
    const cell = (at % 64) * PLACE + LARGEST + 1 + Math.max(-LARGEST - 1, Math.min(LARGEST, stored));
    expected[cell] = (expected[cell] ?? 0) + 1;
  }
  // Compared by hand: the runner takes seconds for arrays of this size.
  expect(counts.findIndex((count, cell) => count !== expected[cell])).toBe(-1);
  expect(counts.length).toBe(expected.length);
});

it('counts nothing twice when asked again', () => {
  const coefficients = new Float32Array(128).fill(3);
  const first = countQuantised(coefficients, Array(64).fill(1));
  const second = countQuantised(coefficients, Array(64).fill(1));
  expect(second.findIndex((count, cell) => count !== first[cell])).toBe(-1);
  expect(first[LARGEST + 1 + 3]).toBe(2);
  expect(first[LARGEST + 1]).toBe(0);
});
