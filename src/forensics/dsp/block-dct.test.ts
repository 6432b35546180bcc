import { expect, it } from 'vitest';
import { seeded } from '../synthetic.fixture';
import { dctOfBlocks } from './block-dct';
import { dct8x8 } from './dct';

it.each([1, 7, 48, 49, 130])('%i blocks side by side are transformed as each by itself', (count) => {
  const random = seeded(count);
  const stride = 8 * count + 5;
  const samples = Float32Array.from({ length: 9 * stride }, () => 255 * random());
  const coefficients = new Float32Array(64 * count + 6).fill(-1);
  dctOfBlocks(samples, stride + 3, stride, count, coefficients, 2);
  const expected = new Float64Array(64);
  let farthest = 0;
  for (let block = 0; block < count; block += 1) {
    dct8x8(samples, stride + 3 + 8 * block, stride, expected, 0);
    for (const [at, value] of expected.entries()) {
      farthest = Math.max(farthest, Math.abs(value - (coefficients[2 + 64 * block + at] ?? Number.NaN)));
    }
  }
  // Single precision of values up to 2040.
  expect(farthest).toBeLessThan(1e-3);
  // Nothing before or after is touched.
  expect([...coefficients.slice(0, 2), ...coefficients.slice(-4)]).toEqual(Array(6).fill(-1));
});
