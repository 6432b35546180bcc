import { describe, expect, it } from 'vitest';
import { seeded } from '../synthetic.fixture';
import { SquareFft } from './square-fft';

describe.each([2, 4, 8, 16, 32])('a field of %i x %i', (size) => {
  const random = seeded(size);
  const fft = new SquareFft(size);
  const field = Array.from({ length: size }, () =>
    Array.from({ length: size }, () => ({ re: random() - 0.5, im: random() - 0.5 })),
  );
  const load = () => {
    for (const [y, row] of field.entries()) {
      for (const [x, { re, im }] of row.entries()) {
        fft.re[y * fft.stride + x] = re;
        fft.im[y * fft.stride + x] = im;
      }
    }
  };
  const at = (u: number, v: number) => (fft.placeOf[v] ?? 0) * fft.stride + (fft.placeOf[u] ?? 0);

  it('is transformed as the sum that defines it', () => {
    load();
    fft.forward();
    for (let v = 0; v < size; v += 1) {
      for (let u = 0; u < size; u += 1) {
        let [re, im] = [0, 0];
        for (const [y, row] of field.entries()) {
          for (const [x, value] of row.entries()) {
            const angle = (-2 * Math.PI * (u * x + v * y)) / size;
            re += value.re * Math.cos(angle) - value.im * Math.sin(angle);
            im += value.re * Math.sin(angle) + value.im * Math.cos(angle);
          }
        }
        expect(fft.re[at(u, v)]).toBeCloseTo(re, 9);
        expect(fft.im[at(u, v)]).toBeCloseTo(im, 9);
      }
    }
  });

  it('comes back', () => {
    load();
    fft.forward();
    const spectrum = field.map((row, v) =>
      row.map((_, u) => ({ re: fft.re[at(u, v)] ?? 0, im: fft.im[at(u, v)] ?? 0 })),
    );
    for (const [v, row] of spectrum.entries()) {
      for (const [u, { re, im }] of row.entries()) {
        fft.re[v * fft.stride + u] = re;
        fft.im[v * fft.stride + u] = im;
      }
    }
    fft.inverse();
    for (const [y, row] of field.entries()) {
      for (const [x, { re, im }] of row.entries()) {
        expect((fft.re[at(x, y)] ?? 0) / size ** 2).toBeCloseTo(re, 12);
        expect((fft.im[at(x, y)] ?? 0) / size ** 2).toBeCloseTo(im, 12);
      }
    }
  });
});
