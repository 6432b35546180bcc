import { describe, expect, it } from 'vitest';
import { gaussian, greyImage } from '../../tests/fixtures/noise';
import { canvasJpegCodec } from './codec';

describe('canvasJpegCodec', () => {
  it('answers near pixels of the same size, the same on repeat', async () => {
    const normal = gaussian(3);
    const before = greyImage(70, 50, () => 128 + 20 * normal());
    const after = await canvasJpegCodec.roundTrip(before, 0.9);
    expect([after.width, after.height]).toEqual([70, 50]);
    expect(await canvasJpegCodec.roundTrip(before, 0.9)).toEqual(after);
    let change = 0;
    for (const [at, value] of before.data.entries()) change += Math.abs(value - (after.data[at] ?? 0));
    expect(change).toBeGreaterThan(0);
    // Quality 90 quantises luma by 2 to 24 levels in frequency: a few levels a pixel.
    expect(change / (70 * 50 * 3)).toBeLessThan(6);
  });
});
