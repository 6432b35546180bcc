import { describe, expect, it } from 'vitest';
import { fractalField, gaussian } from '../../../tests/fixtures/noise';
import { correlation, standardDeviation } from './statistics';
import { diagonalNoise, WienerDenoiser } from './wiener';

const SIZE = 128;
const CELLS = SIZE * SIZE;

describe('WienerDenoiser', () => {
  it('takes white noise of the assumed level out of smooth shading, nearly all of it', () => {
    const normal = gaussian(1);
    const noise = Float32Array.from({ length: CELLS }, () => 3 * normal());
    const shaded = noise.map((value, at) => 100 + 20 * Math.sin((2 * Math.PI * (at % SIZE)) / SIZE) + value);
    const residual = new WienerDenoiser(SIZE, SIZE).residual(shaded);
    expect(correlation(residual, noise)).toBeGreaterThan(0.95);
    expect(standardDeviation(residual)).toBeGreaterThan(0.85 * 3);
    expect(standardDeviation(residual)).toBeLessThan(3);
  });

  it('leaves strong edges and texture in the picture', () => {
    const texture = fractalField(SIZE, 2, 5);
    const picture = Float32Array.from(
      texture,
      (value, at) => 128 + 25 * value + ((at % SIZE) + Math.floor(at / SIZE) > SIZE ? 60 : 0),
    );
    const residual = new WienerDenoiser(SIZE, SIZE).residual(picture);
    expect(standardDeviation(residual)).toBeLessThan(0.08 * standardDeviation(picture));
  });

  it('finds nothing in a flat field, and scales with field and level together', () => {
    const denoiser = new WienerDenoiser(SIZE, SIZE);
    const flat = denoiser.residual(new Float32Array(CELLS).fill(200));
    expect(flat.every((value) => Math.abs(value) < 1e-3)).toBe(true);
    const normal = gaussian(2);
    const field = Float32Array.from({ length: CELLS }, () => 4 * normal());
    const once = denoiser.residual(field, 2);
    const thrice = denoiser.residual(
      field.map((value) => 3 * value),
      6,
    );
    for (const [at, value] of thrice.entries())
      expect(Math.abs(value - 3 * (once[at] ?? 0))).toBeLessThan(1e-3);
  });

  it('refuses what it was not made for', () => {
    expect(() => new WienerDenoiser(100, 128)).toThrow(RangeError);
    expect(() => new WienerDenoiser(SIZE, SIZE).residual(new Float32Array(5))).toThrow(RangeError);
    expect(() => new WienerDenoiser(SIZE, SIZE).residual(new Float32Array(CELLS), 0)).toThrow(RangeError);
  });
});

describe('diagonalNoise', () => {
  it.each([0.5, 2, 8])('recovers white noise of level %f over shading and edges', (level) => {
    const normal = gaussian(3);
    const field = Float32Array.from({ length: CELLS }, (_, at) => {
      const x = at % SIZE;
      return 0.5 * x + (x > 60 ? 80 : 0) + level * normal();
    });
    // The median of n absolute values has the standard error 1.17 s / sqrt n: 64 x 64 squares here.
    const error = (1.17 * level) / 64;
    expect(Math.abs(diagonalNoise(field, SIZE, 0, 0, SIZE, SIZE) - level)).toBeLessThan(4 * error);
  });

  it('measures the asked part only', () => {
    const normal = gaussian(6);
    const field = Float32Array.from({ length: CELLS }, (_, at) => (at % SIZE < 64 ? 1 : 6) * normal());
    const error = (1.17 * 6) / Math.sqrt(32 * 64);
    expect(Math.abs(diagonalNoise(field, SIZE, 64, 0, 64, 128) - 6)).toBeLessThan(4 * error);
    expect(diagonalNoise(field, SIZE, 0, 0, 64, 128)).toBeLessThan(1.2);
    expect(() => diagonalNoise(field, SIZE, 0, 0, 1, 9)).toThrow(RangeError);
  });
});
