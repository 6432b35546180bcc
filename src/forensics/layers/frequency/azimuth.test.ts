import { describe, expect, it } from 'vitest';
import { gaussian } from '../../../../tests/fixtures/noise';
import { azimuth } from './azimuth';
import { repetition } from './repetition';

const SIZE = 128;

/** A log spectrum from a function of frequency, in cycles per px. */
function spectrum(value: (fx: number, fy: number) => number): Float64Array {
  return Float64Array.from({ length: SIZE * SIZE }, (_, at) => {
    const u = at % SIZE;
    const v = (at - u) / SIZE;
    return value((u < SIZE / 2 ? u : u - SIZE) / SIZE, (v < SIZE / 2 ? v : v - SIZE) / SIZE);
  });
}

describe('azimuth', () => {
  it('is 0 where only the distance from the middle counts', () => {
    const { spread, axes } = azimuth(
      spectrum((fx, fy) => Math.floor((Math.hypot(fx, fy) - 1 / 8) * 32)),
      SIZE,
    );
    expect(spread).toBeCloseTo(0, 10);
    expect(axes).toBeCloseTo(0, 10);
  });

  it('recovers cos(4 angle): the axes over the diagonals, and its root mean square', () => {
    const { spread, axes } = azimuth(
      spectrum((fx, fy) => Math.cos(4 * Math.atan2(fy, fx))),
      SIZE,
    );
    // Mean of cos 4a over a sector of 15 degrees: sin(30 degrees) / (pi / 6); 4.343 dB a neper.
    const within = 0.5 / (Math.PI / 6);
    expect(axes).toBeCloseTo(2 * within * 4.343, 0);
    expect(spread).toBeCloseTo((within * 4.343) / Math.SQRT2, 0);
  });
});

describe('repetition', () => {
  const noiseTile = (period: number, seed: number) => {
    const normal = gaussian(seed);
    const cell = Array.from({ length: period * period }, normal);
    const residual = Float32Array.from({ length: SIZE * SIZE }, (_, at) => {
      const x = at % SIZE;
      const y = (at - x) / SIZE;
      return normal() + (cell[(y % period) * period + (x % period)] ?? 0);
    });
    return { x: 0, y: 0, size: SIZE, data: residual, residual };
  };

  it('is near 0 for white noise', () => {
    const tiles = [1, 2, 3].map((seed) => noiseTile(1, seed)).map((tile) => ({ ...tile }));
    // A constant is added by period 1: take it out, as a residual has none.
    for (const { residual } of tiles) {
      const mean = residual.reduce((sum, value) => sum + value, 0) / residual.length;
      for (const [at, value] of residual.entries()) residual[at] = value - mean;
    }
    // 3 tiles x 2 axes x 38 lines x 95 samples: standard error of a correlation 1 / sqrt n, times sqrt 1.5.
    const error = Math.sqrt(1.5 / (3 * 2 * 38 * 95));
    for (const value of Object.values(repetition(tiles))) expect(Math.abs(value)).toBeLessThan(4 * error);
  });

  it('stands out at the period of a repeated cell', () => {
    const tiles = [11, 12, 13].map((seed) => noiseTile(16, seed));
    const found = repetition(tiles);
    // Half of the power repeats.
    expect(found.repeat16).toBeGreaterThan(0.3);
    expect(found.repeat8).toBeLessThan(0.25);
    expect(repetition([])).toEqual({ repeat2: 0, repeat4: 0, repeat8: 0, repeat16: 0 });
  });
});
