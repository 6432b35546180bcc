import { expect, it } from 'vitest';
import { seeded } from '../../synthetic.fixture';
import { addGradients, noGradients } from './gradient-kernel';

const LIMITS = { flat: 2, directed: 20, cardinal: 0.2 };

it.each([3, 4, 64, 1023, 1024, 1025, 2500])('adds up the inner places of every third row of %i', (width) => {
  const random = seeded(width);
  const luma = Float32Array.from({ length: 8 * width }, () => 255 * random() ** 3);
  const sums = noGradients();
  addGradients(luma, width, 8, 3, LIMITS, sums);
  const expected = noGradients();
  for (let at = 0; at < luma.length; at++) {
    const [x, y] = [at % width, Math.floor(at / width)];
    if (x === 0 || x === width - 1 || (y !== 1 && y !== 4)) continue;
    const gx = ((luma[at + 1] ?? 0) - (luma[at - 1] ?? 0)) / 2;
    const gy = ((luma[at + width] ?? 0) - (luma[at - width] ?? 0)) / 2;
    const size = Math.hypot(gx, gy);
    expected.count++;
    expected.size += size;
    expected.second += gx ** 2 + gy ** 2;
    expected.fourth += gx ** 4 + gy ** 4;
    if (size < LIMITS.flat) expected.flat++;
    if (size < LIMITS.directed) continue;
    expected.directed++;
    const [ax, ay] = [Math.abs(gx), Math.abs(gy)];
    if (Math.min(ax, ay) <= LIMITS.cardinal * Math.max(ax, ay)) expected.cardinal++;
  }
  const { size, second, fourth, ...counts } = expected;
  expect(sums).toMatchObject(counts);
  for (const [found, sum] of [
    [sums.size, size],
    [sums.second, second],
    [sums.fourth, fourth],
  ] as const) {
    expect(Math.abs(found - sum)).toBeLessThanOrEqual(1e-5 * sum);
  }
});
