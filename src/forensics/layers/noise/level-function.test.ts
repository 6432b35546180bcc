import { describe, expect, it } from 'vitest';
import { gaussian } from '../../../../tests/fixtures/noise';
import type { LumaTile } from '../../image';
import { noiseLevelFunction } from './level-function';

const SIZE = 256;

/** A ramp from dark to bright with noise of a known level function, not rounded. */
function ramp(variance: (brightness: number) => number, seed: number): LumaTile {
  const normal = gaussian(seed);
  const data = Float32Array.from({ length: SIZE * SIZE }, (_, at) => {
    const brightness = 20 + (210 * (at % SIZE)) / SIZE;
    return brightness + Math.sqrt(variance(brightness)) * normal();
  });
  return { x: 0, y: 0, size: SIZE, data };
}

describe('noiseLevelFunction', () => {
  it.each([
    [0.05, 2],
    [0.2, 1],
    [0, 9],
  ])('recovers var(y) = %f y + %f', (a, b) => {
    const tiles = [1, 2, 3, 4].map((seed) => ramp((y) => a * y + b, seed));
    const curve = noiseLevelFunction(tiles);
    // 16 bins of 64 blocks; the quartile of 64 mean squares, each sure to 18 %, is sure to 3 %. The line
    // through 16 such points over 210 grey levels.
    const error = 0.03 * (a * 125 + b);
    const slopeError = error / (Math.sqrt(16) * (210 / Math.sqrt(12)));
    expect(Math.abs((curve?.gain ?? 9) - a)).toBeLessThan(4 * slopeError);
    expect(Math.abs((curve?.offset ?? 99) - b)).toBeLessThan(4 * slopeError * 140);
    expect(curve?.smoothed).toBe(0);
    if (a > 0) expect(curve?.explained).toBeGreaterThan(0.9);
    expect(curve?.points).toHaveLength(16);
    for (const { brightness, variance } of curve?.points ?? []) {
      // A bin spans a sixteenth of the ramp; its quartile is sure to 3 %, and the mean of its blocks lies anywhere in it.
      expect(Math.abs(variance - (a * brightness + b))).toBeLessThan(
        4 * 0.03 * (a * brightness + b) + a * 14,
      );
    }
  });

  it('takes the smooth parts: texture in half of the blocks of each brightness changes little', () => {
    const tiles = [1, 2, 3, 4].map((seed) => {
      const plain = ramp((y) => 0.1 * y + 1, seed);
      const data = plain.data.map((value, at) => {
        const row = Math.floor(at / SIZE);
        return Math.floor(row / 16) % 2 === 0 ? value : value + (((at % SIZE) + row) % 2 === 0 ? 12 : -12);
      });
      return { ...plain, data };
    });
    const curve = noiseLevelFunction(tiles);
    // The lower quartile of all is the median of the smooth half: 10 % more at most.
    expect(curve?.gain).toBeGreaterThan(0.085);
    expect(curve?.gain).toBeLessThan(0.13);
  });

  it('says when nothing is left of the noise, and has no answer for black', () => {
    const flat = { x: 0, y: 0, size: SIZE, data: new Float32Array(SIZE * SIZE).fill(100) };
    expect(noiseLevelFunction([flat])?.smoothed).toBe(1);
    expect(noiseLevelFunction([{ ...flat, data: new Float32Array(SIZE * SIZE) }])).toBeNull();
    expect(noiseLevelFunction([])).toBeNull();
  });
});
