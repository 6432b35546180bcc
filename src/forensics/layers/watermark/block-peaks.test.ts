import { expect, it } from 'vitest';
import { seeded } from '../../synthetic.fixture';
import { BLOCK, findPeaks } from './block-peaks';

it.each([
  [1, 'rgb'],
  [64, 'bgr'],
  [70, 'rgb'],
] as const)('of %i blocks of %s words the largest sum of four neighbours is found', (columns, order) => {
  const random = seeded(columns);
  const width = columns * BLOCK;
  const words = Int32Array.from({ length: width * BLOCK }, () => Math.floor(2 ** 32 * random()));
  const peaks = new Int32Array(columns + 2).fill(-1);
  findPeaks(words, columns, order, peaks, 1);
  const u = Array.from(words, (word) => {
    const [lowest, green, third] = [word & 255, (word >>> 8) & 255, (word >>> 16) & 255];
    const [red, blue] = order === 'rgb' ? [lowest, third] : [third, lowest];
    const luma = Math.floor((4899 * red + 9617 * green + 1868 * blue) / 16384 + 0.5);
    return Math.floor((8061 * (blue - luma)) / 16384 + 128.5);
  });
  const expected = Array.from({ length: columns }, (_, column) => {
    let largest = 0;
    for (let at = 1; at < 16; at++) {
      const first = 2 * (at >> 2) * width + column * BLOCK + 2 * (at % 4);
      const four = [first, first + 1, first + width, first + width + 1];
      largest = Math.max(
        largest,
        four.reduce((sum, place) => sum + (u[place] ?? 0), 0),
      );
    }
    return largest;
  });
  expect([...peaks]).toEqual([-1, ...expected, -1]);
});

it('has the U of the primary colours as OpenCV', () => {
  // cv2.cvtColor of pure blue, green, red, white and black to YUV: U 239, 54 (53.6), 90 (90.4), 128, 128.
  const colours = [0xff0000, 0x00ff00, 0x0000ff, 0xffffff, 0];
  const expected = [
    Math.round(128 + 0.492 * (255 - 29)),
    Math.round(128 - 0.492 * 150),
    Math.round(128 - 0.492 * 76),
    128,
    128,
  ];
  const peaks = new Int32Array(1);
  for (const [at, colour] of colours.entries()) {
    findPeaks(new Int32Array(64).fill(colour), 1, 'rgb', peaks, 0);
    expect(peaks[0]).toBe(4 * (expected[at] ?? 0));
  }
});
