import { expect, it } from 'vitest';
import { hann } from './hann';

it('is 0 at the border, 1 in the middle, and adds up to half the size', () => {
  const window = hann(8);
  expect(window[0]).toBe(0);
  expect(window[4]).toBe(1);
  expect(window.reduce((sum, value) => sum + value, 0)).toBeCloseTo(4, 12);
});
