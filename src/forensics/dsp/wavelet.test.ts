import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gaussian, seeded } from '../../../tests/fixtures/noise';
import { Wavelet2d } from './wavelet';

const energy = (field: Float32Array) => field.reduce((sum, value) => sum + value * value, 0);

describe('Wavelet2d', () => {
  it('undoes itself and keeps energy (it is orthogonal), whatever the size', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(8, 24, 64),
        fc.constantFrom(8, 40, 64),
        fc.constantFrom(1),
        fc.integer(),
        (width, height, levels, seed) => {
          const uniform = seeded(seed);
          const field = Float32Array.from({ length: width * height }, () => 255 * uniform());
          const wavelet = new Wavelet2d(width, height, levels);
          const turned = wavelet.field;
          turned.set(field);
          wavelet.forward();
          expect(energy(turned) / energy(field)).toBeCloseTo(1, 5);
          wavelet.inverse();
          for (const [at, value] of turned.entries())
            expect(Math.abs(value - (field[at] ?? 0))).toBeLessThan(1e-3);
        },
      ),
    );
  });

  it('undoes four levels too', () => {
    const normal = gaussian(4);
    const field = Float32Array.from({ length: 128 * 64 }, normal);
    const wavelet = new Wavelet2d(128, 64, 4);
    const turned = wavelet.field;
    turned.set(field);
    wavelet.forward();
    wavelet.inverse();
    for (const [at, value] of turned.entries()) expect(Math.abs(value - (field[at] ?? 0))).toBeLessThan(1e-5);
  });

  it('has four vanishing moments: a cubic leaves no detail away from the border', () => {
    const size = 64;
    const wavelet = new Wavelet2d(size, size, 1);
    const { field } = wavelet;
    for (let at = 0; at < field.length; at++) {
      const x = (at % size) / size;
      const y = Math.floor(at / size) / size;
      field[at] = 100 * x ** 3 - 50 * y ** 3 + 20 * x * y + 7;
    }
    wavelet.forward();
    // The last four coefficients of each line reach over the border.
    for (let y = 0; y < 28; y++) {
      for (let x = 0; x < 28; x++) {
        for (const at of [y * size + 32 + x, (32 + y) * size + x, (32 + y) * size + 32 + x]) {
          expect(Math.abs(field[at] ?? 1)).toBeLessThan(1e-4);
        }
      }
    }
  });

  it.each([
    [10, 64, 2],
    [64, 63, 1],
    [32, 32, 4],
    [64, 64, 0],
  ])('refuses %i x %i with %i levels', (width, height, levels) => {
    expect(() => new Wavelet2d(width, height, levels)).toThrow(RangeError);
  });
});
