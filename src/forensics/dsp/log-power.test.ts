import { describe, expect, it } from 'vitest';
import { seeded } from '../synthetic.fixture';
import { ComplexFft2d } from './complex-fft';
import { LogPower } from './log-power';

const FLOOR = 1e-3;

describe.each([16, 32, 64, 128])('fields of %i x %i', (size) => {
  const random = seeded(size);
  const spectra = new LogPower(size, 2, FLOOR);
  const noise = () => Float64Array.from({ length: size * size }, () => 100 * (random() - 0.5));
  const write = (field: Float64Array, to: Float32Array) => {
    for (let at = 0; at < field.length; at += 1) {
      to[Math.floor(at / size) * spectra.stride + (at % size)] = field[at] ?? 0;
    }
  };
  /** By the transform in double precision, whose tests know the sum that defines it. */
  const expected = (fields: readonly Float64Array[]) => {
    const fft = new ComplexFft2d(size);
    const powers = fields.map((field) => {
      const spectrum = fft.fromReal(field);
      fft.forward(spectrum);
      return field.map((_, at) => (spectrum[2 * at] ?? 0) ** 2 + (spectrum[2 * at + 1] ?? 0) ** 2);
    });
    return Float64Array.from(
      { length: size * size },
      (_, at) => powers.reduce((sum, power) => sum + Math.log((power[at] ?? 0) + FLOOR), 0) / fields.length,
    );
  };
  const farthest = (a: Float64Array, b: Float64Array) =>
    a.reduce((most, value, at) => Math.max(most, Math.abs(value - (b[at] ?? Number.NaN))), 0);

  it('have the mean log power of the double-precision transform, two means apart', () => {
    const fields = Array.from({ length: 6 }, noise);
    spectra.reset();
    for (let at = 0; at < 6; at += 2) {
      write(fields[at] ?? noise(), spectra.first);
      write(fields[at + 1] ?? noise(), spectra.second);
      spectra.add(0, 1);
    }
    const even = fields.filter((_, at) => at % 2 === 0);
    const odd = fields.filter((_, at) => at % 2 === 1);
    // Single precision of cells 60 dB below the rest.
    expect(farthest(spectra.value(0), expected(even))).toBeLessThan(2e-3);
    expect(farthest(spectra.value(1), expected(odd))).toBeLessThan(2e-3);
  });

  it('are averaged over more fields than one product holds, the last one alone', () => {
    const fields = Array.from({ length: 19 }, noise);
    spectra.reset();
    for (let at = 0; at < 18; at += 2) {
      write(fields[at] ?? noise(), spectra.first);
      write(fields[at + 1] ?? noise(), spectra.second);
      spectra.add(1, 1);
    }
    write(fields[18] ?? noise(), spectra.first);
    spectra.second.fill(0);
    spectra.add(1, null);
    expect(farthest(spectra.value(1), expected(fields))).toBeLessThan(2e-3);
  });
});

it('a wave along rows stands at its frequency along rows', () => {
  const size = 32;
  const spectra = new LogPower(size, 1, FLOOR);
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      spectra.first[y * spectra.stride + x] = Math.cos((2 * Math.PI * 5 * x) / size);
    }
  }
  spectra.add(0, null);
  const value = spectra.value(0);
  // |X| = size^2 / 2 at both signs of the frequency, and the floor elsewhere.
  const wave = Math.log((size * size) / 2) * 2;
  expect(value[5]).toBeCloseTo(wave, 5);
  expect(value[size - 5]).toBeCloseTo(wave, 5);
  expect(value[5 * size]).toBeCloseTo(Math.log(FLOOR), 2);
  expect(value[0]).toBeCloseTo(Math.log(FLOOR), 2);
});

it('sides that are no power of two from 16 up and floors that are not over 0 are refused', () => {
  expect(() => new LogPower(24, 1, 1)).toThrow(RangeError);
  expect(() => new LogPower(8, 1, 1)).toThrow(RangeError);
  expect(() => new LogPower(16, 1, 0)).toThrow(RangeError);
});
