import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fft2d, hann } from './fft';

describe('Fft2d', () => {
  it('finds a wave at its two mirror places, with the power (A N^2 / 2)^2', () => {
    const size = 32;
    const field = Float64Array.from(
      { length: size * size },
      (_, at) => 3 * Math.cos((2 * Math.PI * (5 * (at % size) + 9 * Math.floor(at / size))) / size),
    );
    const power = new Fft2d(size).power(field);
    const expected = (3 * size * size * 0.5) ** 2;
    expect(power[9 * size + 5]).toBeCloseTo(expected, 3);
    expect(power[(size - 9) * size + size - 5]).toBeCloseTo(expected, 3);
    expect(power.reduce((sum, value) => sum + value, 0)).toBeCloseTo(2 * expected, 2);
  });

  it('keeps the energy (Parseval) of two fields at once, and apart', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(2, 4, 8, 16),
        fc.array(fc.double({ min: -1000, max: 1000, noNaN: true }), { minLength: 512, maxLength: 512 }),
        (size, values) => {
          const cells = size * size;
          const fields = [values.slice(0, cells), values.slice(256, 256 + cells)] as const;
          const powers = new Fft2d(size).powerOfTwoFields(fields[0], fields[1]);
          for (const which of [0, 1] as const) {
            const energy = fields[which].reduce((sum, value) => sum + value * value, 0);
            const spectral = powers[which].reduce((sum, value) => sum + value, 0) / cells;
            expect(Math.abs(spectral - energy)).toBeLessThanOrEqual(1e-9 * Math.max(1, energy, 1e6));
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each([0, 1, 3, 24, 2.5, Number.NaN])('refuses the size %d', (size) => {
    expect(() => new Fft2d(size)).toThrow(RangeError);
  });

  it('refuses a field of another size', () => {
    expect(() => new Fft2d(4).power(new Float64Array(15))).toThrow(RangeError);
  });
});

describe('hann', () => {
  it('is 0 at the border, 1 in the middle, and adds up to half the size', () => {
    const window = hann(8);
    expect(window[0]).toBe(0);
    expect(window[4]).toBe(1);
    expect(window.reduce((sum, value) => sum + value, 0)).toBeCloseTo(4, 12);
  });
});
