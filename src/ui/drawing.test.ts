import { expect, test } from 'vitest';
import { paintMap } from './colormap';
import { grains } from './stipple';

test('a map is transparent where nothing is, and gets lighter and denser all the way', () => {
  const steps = Float32Array.from({ length: 101 }, (_, index) => index / 100);
  const pixels = new Uint8ClampedArray(steps.length * 4);
  paintMap(steps, pixels);
  expect(pixels[3]).toBe(0);
  const light: number[] = [];
  for (let index = 0; index < steps.length; index += 1) {
    const [r = 0, g = 0, b = 0] = pixels.slice(index * 4, index * 4 + 3);
    light.push(0.2126 * r + 0.7152 * g + 0.0722 * b);
  }
  expect(light).toEqual(light.toSorted((a, b) => a - b));
});

test('values outside of the scale are clamped, and what is no number is dark', () => {
  const pixels = new Uint8ClampedArray(12);
  paintMap(Float32Array.from([-1, 2, Number.NaN]), pixels);
  expect([...pixels.slice(0, 4)]).toEqual([20, 11, 53, 0]);
  expect([...pixels.slice(4, 8)]).toEqual([252, 253, 191, 235]);
  expect([...pixels.slice(8)]).toEqual([20, 11, 53, 0]);
});

test('grains lie inside the band, always the same, denser in the middle than at the ends', () => {
  const all = grains(90);
  expect(grains(90)).toEqual(all);
  expect(all.every(({ x, y }) => x >= 0 && x <= 1 && y >= 0 && y <= 1)).toBe(true);
  const middle = all.filter(({ x }) => x > 0.4 && x < 0.6).length;
  const ends = all.filter(({ x }) => x < 0.1 || x > 0.9).length;
  expect(middle).toBeGreaterThan(2 * ends);
});
