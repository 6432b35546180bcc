import { describe, expect, it } from 'vitest';
import { fractalField, gaussian } from '../../../tests/fixtures/noise';
import { correlation, standardDeviation } from './statistics';
import { WienerDenoiser } from './wiener';

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
