import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logGamma } from './gamma';
import {
  correlation,
  fitLine,
  mean,
  median,
  quantileInPlace,
  quantileOfSorted,
  robust,
  standardDeviation,
} from './statistics';

describe('statistics', () => {
  it('gives mean and population deviation', () => {
    expect(mean([2, 4, 4, 4, 5, 5, 7, 9])).toBe(5);
    expect(standardDeviation([2, 4, 4, 4, 5, 5, 7, 9])).toBe(2);
  });

  it('interpolates quantiles', () => {
    expect(quantileOfSorted([10, 20, 30, 40], 0.5)).toBe(25);
    expect(quantileOfSorted([10, 20, 30, 40], 0)).toBe(10);
    expect(quantileOfSorted([10, 20, 30, 40], 1)).toBe(40);
    expect(quantileOfSorted([10], 0.3)).toBe(10);
    expect(quantileOfSorted([], 0.5)).toBeNaN();
  });

  it('sorts numbers as numbers', () => {
    expect(median([100, 9, 20])).toBe(20);
  });

  it('selects what sorting would find, whatever the values', () => {
    const numbers = fc.array(fc.oneof(fc.double({ noNaN: true }), fc.integer({ min: 0, max: 3 })), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(numbers, fc.double({ min: 0, max: 1, noNaN: true }), (values, share) => {
        const ascending = Float64Array.from(values).sort();
        // Both zeros are one number.
        expect(quantileInPlace(new Float64Array(values), share) + 0).toBe(
          quantileOfSorted(ascending, share) + 0,
        );
      }),
    );
  });

  it('is not moved by an outlier', () => {
    expect(robust([1, 2, 3, 4, 1000])).toEqual({ centre: 3, spread: 1.4826 });
  });

  it('fits a line, and says what it leaves', () => {
    expect(fitLine([0, 1, 2], [1, 3, 5])).toEqual({ slope: 2, intercept: 1, error: 0 });
    expect(fitLine([0, 0, 0], [1, 2, 3])).toMatchObject({ slope: 0, intercept: 2 });
    expect(fitLine([-1, 0, 1], [1, 0, 1]).error).toBeCloseTo(Math.sqrt(2 / 9), 12);
  });

  it('correlates', () => {
    expect(correlation([1, 2, 3], [2, 4, 6])).toBeCloseTo(1, 12);
    expect(correlation([1, 2, 3], [3, 2, 1])).toBeCloseTo(-1, 12);
    expect(correlation([1, 2, 3], [5, 5, 5])).toBe(0);
  });
});

describe('logGamma', () => {
  it.each([
    [1, 0],
    [2, 0],
    [5, Math.log(24)],
    [11, Math.log(3628800)],
    [0.5, Math.log(Math.sqrt(Math.PI))],
    [1.5, Math.log(Math.sqrt(Math.PI) / 2)],
  ])('of %d', (x, expected) => {
    expect(logGamma(x)).toBeCloseTo(expected, 9);
  });

  it('refuses 0', () => {
    expect(() => logGamma(0)).toThrow(RangeError);
  });
});
