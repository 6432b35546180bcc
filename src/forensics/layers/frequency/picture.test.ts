import { expect, it } from 'vitest';
import type { Peak } from './peaks';
import { spectrumPicture } from './picture';

it('marks stay inside where a peak is located beyond the highest frequency', () => {
  const peak: Peak = {
    fx: 0.1,
    fy: 0.505,
    period: 2,
    direction: 79,
    strength: 9,
    significance: 9,
    onJpegGrid: false,
  };
  const marks = spectrumPicture(new Float64Array(64 * 64), 64, [peak]).marks ?? [];
  expect(marks.map(({ y }) => y)).toEqual([63, 0]);
  expect(marks.map(({ x }) => Math.round(10 * x) / 10)).toEqual([38.4, 25.6]);
});
