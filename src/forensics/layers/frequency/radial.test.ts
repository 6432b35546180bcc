import { describe, expect, it } from 'vitest';
import { fractalField, tile } from '../../../../tests/fixtures/noise';
import { radialProfile } from './radial';
import { averageSpectra } from './spectra';

/**
 * Standard error of the slope. A cell's ln power has the variance pi^2 / 6 a tile; mirror cells repeat each
 * other, and Hann's window makes neighbours alike (equivalent noise bandwidth 1.5 cells an axis), so n cells
 * count as n / (2 * 2.25). Bins of equal width in ln f over [a, b] hold numbers growing as f^2; the bin least
 * sure, the lowest, bounds the rest: var(slope) <= var(lowest bin) / sum (ln f - mean)^2.
 */
function slopeError(size: number, tiles: number): number {
  const bins = 18;
  const width = Math.log(8) / bins;
  const lowest = size / 32;
  const cellsInLowest = Math.PI * lowest ** 2 * (Math.exp(2 * width) - 1);
  const variance = Math.PI ** 2 / 6 / tiles / (cellsInLowest / 4.5);
  const spread = (bins * (Math.log(8) ** 2 * (1 - 1 / bins ** 2))) / 12;
  return Math.sqrt(variance / spread);
}

describe('radialProfile', () => {
  it.each([0.5, 1, 2, 3])('recovers the slope of 1 / f^%d noise', (beta) => {
    const size = 256;
    // Fields twice the tile's side: a tile of a periodic field would see no leakage at all.
    const tiles = [1, 2, 3, 4].map((seed) => {
      const noise = fractalField(2 * size, beta, seed);
      return { x: 0, y: 0, size, data: cut(noise, 2 * size, size) };
    });
    const spectra = averageSpectra(tiles, new AbortController().signal);
    if (!spectra) throw new Error('blank');
    const { slope, fitError } = radialProfile(spectra.luma, size);
    expect(Math.abs(slope - beta)).toBeLessThan(4 * slopeError(size, 4));
    expect(fitError).toBeLessThan(1);
  });

  it('sees energy added to the finest detail, and across more than down', () => {
    const noise = fractalField(256, 2, 9);
    const plain = tile(256, (x, y) => 128 + 25 * (noise[y * 256 + x] ?? 0));
    const stripes = fractalField(256, 0, 10);
    const busy = tile(256, (x, y) => {
      // White noise, differentiated from left to right only.
      const at = y * 256 + x;
      return 128 + 25 * (noise[at] ?? 0) + 15 * ((stripes[at] ?? 0) - (stripes[at - 1] ?? 0));
    });
    const profile = (picture: typeof plain) => {
      const spectra = averageSpectra([picture], new AbortController().signal);
      if (!spectra) throw new Error('blank');
      return radialProfile(spectra.luma, 256);
    };
    expect(profile(busy).highExcess).toBeGreaterThan(profile(plain).highExcess + 3);
    expect(profile(busy).anisotropy).toBeGreaterThan(3);
    expect(Math.abs(profile(plain).anisotropy)).toBeLessThan(1);
  });
});

function cut(field: Float64Array, width: number, size: number): Float32Array {
  const data = new Float32Array(size * size);
  for (let at = 0; at < data.length; at++) {
    data[at] = 128 + 25 * (field[Math.floor(at / size) * width + (at % size)] ?? 0);
  }
  return data;
}
