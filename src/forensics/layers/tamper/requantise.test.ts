import { expect, it } from 'vitest';
import { ijgTable } from '../../jpeg/tables';
import { ZIGZAG } from '../../jpeg/zigzag';
import { seeded } from '../../synthetic.fixture';
import { REQUANTISED, requantisationLoss } from './requantise';

it.each([1, 5, 64, 131])('%i blocks lose what rounding to the steps takes away', (blocks) => {
  const random = seeded(blocks);
  // First coefficients and others of all sizes; those that do not count are large, to show where they do.
  const coefficients = Float32Array.from({ length: 64 * blocks }, () => 900 * (random() - 0.5) ** 3);
  const qualities = [40, 90];
  const lost = requantisationLoss(coefficients, qualities);
  for (const [at, quality] of qualities.entries()) {
    const table = ijgTable(quality);
    for (let block = 0; block < blocks; block++) {
      let expected = 0;
      for (const place of ZIGZAG.slice(1, REQUANTISED + 1)) {
        const value = coefficients[64 * block + place] ?? 0;
        const step = table[place] ?? 1;
        expected += (value - step * Math.round(value / step)) ** 2;
      }
      expect(Math.abs((lost[at]?.[block] ?? 0) - expected)).toBeLessThan(1e-5 * expected + 1e-6);
    }
  }
});
