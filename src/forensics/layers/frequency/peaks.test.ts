import { describe, expect, it } from 'vitest';
import { fractalField, seeded, tile } from '../../../../tests/fixtures/noise';
import { findPeaks, latticeExcess, type Peak } from './peaks';
import { averageSpectra } from './spectra';

const SIZE = 256;
const { signal } = new AbortController();

/** Natural-like noise with a wave of the given frequency (cycles per px) on top. */
function residualWith(fx: number, fy: number, amplitude: number, tiles: number, seed: number) {
  const pictures = Array.from({ length: tiles }, (_, at) => {
    const noise = fractalField(SIZE, 2, seed + at);
    return tile(SIZE, (x, y) => {
      const wave = amplitude * Math.cos(2 * Math.PI * (fx * x + fy * y) + at);
      return 128 + 25 * (noise[y * SIZE + x] ?? 0) + wave;
    });
  });
  const spectra = averageSpectra(pictures, signal);
  if (!spectra) throw new Error('blank');
  return spectra;
}

function strongestOffGrid(peaks: readonly Peak[]): Peak | undefined {
  return peaks.find((peak) => !peak.onJpegGrid);
}

describe('findPeaks finds a known grid', () => {
  it.each([
    [16, 0],
    [7, 0],
    [7, 90],
    [16 / 3, 0],
    [16 / 3, 90],
    [16, 90],
    [10, 45],
    [5, 120],
    [3.3, 20],
    [12, 160],
  ])('period %f px in direction %d degrees', (period, direction) => {
    const angle = (direction * Math.PI) / 180;
    const { residual } = residualWith(Math.cos(angle) / period, Math.sin(angle) / period, 4, 4, 11);
    const peak = strongestOffGrid(findPeaks(residual, SIZE, 4));
    expect(peak?.significance).toBeGreaterThan(3);
    expect(Math.abs((peak?.period ?? 0) - period)).toBeLessThan(0.01 * period);
    const turn = Math.abs((peak?.direction ?? 0) - direction) % 180;
    expect(Math.min(turn, 180 - turn)).toBeLessThan(1);
  });

  it.each([
    [8, 0],
    [8, 90],
    [4, 0],
    [8 / 3, 90],
    [2, 0],
  ])('and counts period %f px along an axis as the JPEG grid', (period, direction) => {
    const angle = (direction * Math.PI) / 180;
    const { residual } = residualWith(Math.cos(angle) / period, Math.sin(angle) / period, 4, 4, 12);
    const [peak] = findPeaks(residual, SIZE, 4);
    expect(peak?.onJpegGrid).toBe(true);
    expect(peak?.significance).toBeGreaterThan(3);
    expect(latticeExcess(residual, SIZE, { period: 8 })).toBeGreaterThan(0.3);
  });
});

describe('findPeaks and false alarms', () => {
  it('are rarer than stated where the noise model holds', () => {
    // Cells drawn from the model itself: mean logarithm of 8 exponential variables.
    const tiles = 8;
    const size = 128;
    const uniform = seeded(5);
    let alarms = 0;
    const pictures = 60;
    for (let picture = 0; picture < pictures; picture++) {
      const field = new Float64Array(size * size);
      for (let v = 0; v <= size / 2; v++) {
        for (let u = 0; u < size; u++) {
          let sum = 0;
          for (let t = 0; t < tiles; t++) sum += Math.log(-Math.log(1 - uniform()));
          field[v * size + u] = sum / tiles;
          field[((size - v) % size) * size + ((size - u) % size)] = sum / tiles;
        }
      }
      // Significance 1 stands for at most one picture in ten.
      if (findPeaks(field, size, tiles).some((peak) => peak.significance > 1)) alarms++;
    }
    expect(alarms).toBeLessThanOrEqual(pictures / 10);
  });

  it('are absent in natural-like noise, whatever its slope', () => {
    for (const [at, beta] of [1, 2, 3].entries()) {
      const pictures = Array.from({ length: 4 }, (_, index) => {
        const noise = fractalField(SIZE, beta, 100 * at + index);
        return tile(SIZE, (x, y) => 128 + 30 * (noise[y * SIZE + x] ?? 0));
      });
      const spectra = averageSpectra(pictures, signal);
      for (const field of [spectra?.residual, spectra?.sharpness]) {
        if (!field) throw new Error('blank');
        expect(findPeaks(field, SIZE, 4).filter((peak) => peak.significance > 3)).toEqual([]);
      }
    }
  });

  it('come from no straight edge', () => {
    // A step along each axis and a slanted one, smooth over 2 px as a lens has it: streaks through all of it.
    const step = (distance: number) => Math.min(1, Math.max(0, distance / 2));
    const noise = fractalField(SIZE, 2, 3);
    const edges = tile(SIZE, (x, y) => {
      const slanted = (2 * x + 5 * y - 900) / Math.hypot(2, 5);
      return (
        60 + 10 * (noise[y * SIZE + x] ?? 0) + 90 * step(x - 100) + 30 * step(y - 150) + 50 * step(slanted)
      );
    });
    const spectra = averageSpectra([edges], signal);
    if (!spectra) throw new Error('blank');
    expect(findPeaks(spectra.residual, SIZE, 1).filter((peak) => peak.significance > 3)).toEqual([]);
  });
});
