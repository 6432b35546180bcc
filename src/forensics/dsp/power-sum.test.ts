import { expect, it } from 'vitest';
import { seeded } from '../synthetic.fixture';
import { ComplexFft2d } from './complex-fft';
import { PowerSum } from './power-sum';

it.each([16, 32, 64])('is the sum over real fields of %i x %i of the double-precision transform', (size) => {
  const random = seeded(size);
  const fields = [0, 1, 2].map(() => Float64Array.from({ length: size * size }, () => 9 * random() - 4));
  const sum = new PowerSum(size);
  sum.add();
  sum.reset();
  const write = (field: Float64Array | undefined, to: Float32Array) => {
    for (let at = 0; at < size * size; at++) {
      to[Math.floor(at / size) * sum.stride + (at % size)] = field?.[at] ?? 0;
    }
  };
  for (let at = 0; at < fields.length; at += 2) {
    write(fields[at], sum.first);
    write(fields[at + 1], sum.second);
    sum.add();
  }
  const fft = new ComplexFft2d(size);
  const expected = new Float64Array(size * size);
  for (const field of fields) {
    const spectrum = fft.fromReal(field);
    fft.forward(spectrum);
    for (let at = 0; at < expected.length; at++) {
      expected[at] = (expected[at] ?? 0) + (spectrum[2 * at] ?? 0) ** 2 + (spectrum[2 * at + 1] ?? 0) ** 2;
    }
  }
  // Of the fields' mean power a cell; single precision leaves 1e-7 of it.
  const mean = expected.reduce((total, power) => total + power, 0) / expected.length;
  for (const [at, value] of sum.value().entries()) {
    expect(Math.abs(value - (expected[at] ?? 0))).toBeLessThan(1e-4 * mean);
  }
});

it('refuses sides that are no power of two from 16 up', () => {
  expect(() => new PowerSum(24)).toThrow(RangeError);
  expect(() => new PowerSum(8)).toThrow(RangeError);
});
