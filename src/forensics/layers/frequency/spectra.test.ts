import { expect, it } from 'vitest';
import { gaussian } from '../../../../tests/fixtures/noise';
import { ComplexFft2d } from '../../dsp/complex-fft';
import { hann } from '../../dsp/hann';
import { averageSpectra } from './spectra';

const SIZE = 64;
/** Variance of 1e-4 grey levels as power of a windowed tile. */
const FLOOR = 1e-4 * (SIZE * 0.375) ** 2;
const WINDOW = hann(SIZE);

/** Slow waves and noise so weak that no Laplacian reaches the least limit of one grey level. */
function tile(seed: number) {
  const normal = gaussian(seed);
  const data = Float32Array.from({ length: SIZE * SIZE }, (_, at) => {
    const x = at % SIZE;
    return 120 + 6 * Math.sin((2 * Math.PI * x) / SIZE + seed) + 0.15 * normal();
  });
  return { x: 0, y: 0, size: SIZE, data };
}

/** Mean ln power of windowed fields by the transform in double precision. */
function logPower(fields: readonly Float64Array[]): Float64Array {
  const fft = new ComplexFft2d(SIZE);
  const out = new Float64Array(SIZE * SIZE);
  for (const field of fields) {
    const spectrum = fft.fromReal(
      field.map((value, at) => value * (WINDOW[at % SIZE] ?? 0) * (WINDOW[Math.floor(at / SIZE)] ?? 0)),
    );
    fft.forward(spectrum);
    for (let at = 0; at < out.length; at++) {
      const power = (spectrum[2 * at] ?? 0) ** 2 + (spectrum[2 * at + 1] ?? 0) ** 2;
      out[at] = (out[at] ?? 0) + Math.log(power + FLOOR) / fields.length;
    }
  }
  return out;
}

function laplacian(data: Float32Array, of: (bend: number) => number): Float64Array {
  return Float64Array.from(data, (value, at) => {
    const x = at % SIZE;
    const y = Math.floor(at / SIZE);
    if (x === 0 || y === 0 || x === SIZE - 1 || y === SIZE - 1) return 0;
    const around = [at - 1, at + 1, at - SIZE, at + SIZE].reduce((sum, other) => sum + (data[other] ?? 0), 0);
    return of(value - around / 4);
  });
}

// An odd number of tiles: the last one has no companion.
it.each([1, 2, 3])('are those of the double-precision transform, of %i tiles and a blank one', (count) => {
  const tiles = Array.from({ length: count }, (_, seed) => tile(seed + 1));
  const blank = { ...tile(0), data: new Float32Array(SIZE * SIZE).fill(33) };
  const spectra = averageSpectra([blank, ...tiles], new AbortController().signal);
  expect(spectra?.tiles).toBe(count);
  const luma = tiles.map(({ data }) => {
    const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
    return Float64Array.from(data, (value) => value - mean);
  });
  const bends = tiles.map(({ data }) => laplacian(data, (bend) => bend));
  const sharpness = tiles.map(({ data }) => {
    const size = laplacian(data, Math.abs);
    const mean = size.reduce((sum, value) => sum + value, 0) / (SIZE - 2) ** 2;
    // The mean is estimated from a sample: compared where the window lets none of it leak.
    return laplacian(data, (bend) => Math.abs(bend) - mean);
  });
  const farthest = (found: Float64Array | undefined, expected: Float64Array, from: number) =>
    expected.reduce((most, value, at) => {
      const u = Math.min(at % SIZE, SIZE - (at % SIZE));
      const v = Math.min(Math.floor(at / SIZE), SIZE - Math.floor(at / SIZE));
      // The axes hold what the border's sharp end leaks of the mean.
      if (Math.min(u, v) < from) return most;
      return Math.max(most, Math.abs(value - (found?.[at] ?? Number.NaN)));
    }, 0);
  expect(farthest(spectra?.luma, logPower(luma), 0)).toBeLessThan(0.02);
  expect(farthest(spectra?.residual, logPower(bends), 0)).toBeLessThan(0.02);
  expect(farthest(spectra?.sharpness, logPower(sharpness), 3)).toBeLessThan(0.02);
});

it('is null where every tile is blank', () => {
  const blank = { x: 0, y: 0, size: SIZE, data: new Float32Array(SIZE * SIZE).fill(33) };
  expect(averageSpectra([blank], new AbortController().signal)).toBeNull();
  expect(averageSpectra([], new AbortController().signal)).toBeNull();
});
