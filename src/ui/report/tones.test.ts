import { describe, expect, it } from 'vitest';
import { countTones, cumulated, noTones, shares } from './tones';

describe('tones', () => {
  it('are counted by step and colour, without what is fully transparent', () => {
    const tones = noTones();
    countTones(Uint8ClampedArray.of(255, 0, 0, 255, 10, 20, 30, 255, 200, 200, 200, 0), tones);
    // 0.299 * 255 = 76.2; 0.299 * 10 + 0.587 * 20 + 0.114 * 30 = 18.15
    expect([tones.luma[76], tones.luma[18], tones.luma[200]]).toEqual([1, 1, 0]);
    expect([tones.red[255], tones.red[10], tones.green[0], tones.blue[30]]).toEqual([1, 1, 1, 1]);
  });

  it('make shares of all pixels, and a curve that rises to all of them', () => {
    const counts = new Uint32Array(256);
    counts[0] = 1;
    counts[128] = 2;
    counts[255] = 1;
    expect(shares(counts)[128]).toBe(50);
    const curve = cumulated(counts);
    expect([curve[0], curve[127], curve[128], curve[255]]).toEqual([25, 25, 75, 100]);
    expect(shares(new Uint32Array(256)).every((share) => share === 0)).toBe(true);
  });
});
