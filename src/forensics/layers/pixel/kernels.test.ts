import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seeded } from '../../synthetic.fixture';
import { predictability } from './rhythm-kernel';
import { countTones } from './tone-kernel';

/** Words whose bytes lie at the ends of the scale more often than by chance. */
function pixels(count: number, seed: number): Int32Array {
  const random = seeded(seed);
  const byte = () => {
    const ends = [0, 255, Math.floor(256 * random())];
    return ends[Math.floor(3 * random())] ?? 0;
  };
  return Int32Array.from({ length: count }, () => byte() | (byte() << 8) | (byte() << 16) | (255 << 24));
}

describe('tones', () => {
  it('are counted as one by one, in pictures of any size', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1, maxLength: 3 }), (sizes) => {
        const pictures = sizes.map((size, at) => pixels(size, size + at));
        const expected = { luma: new Uint32Array(256), green: new Uint32Array(256) };
        let [black, white, clipped] = [0, 0, 0];
        for (const word of pictures.flatMap((picture) => [...picture])) {
          const [r, g, b] = [word & 255, (word >>> 8) & 255, (word >>> 16) & 255];
          const level = Math.floor((299 * r + 587 * g + 114 * b + 500) / 1000);
          expected.luma[level] = (expected.luma[level] ?? 0) + 1;
          expected.green[g] = (expected.green[g] ?? 0) + 1;
          if (r + g + b === 0) black++;
          if (r + g + b === 765) white++;
          if ([r, g, b].some((value) => value === 0 || value === 255)) clipped++;
        }
        expect(countTones(pictures)).toEqual({ ...expected, black, white, clipped });
      }),
      { numRuns: 20 },
    );
  });
});

describe('predictability', () => {
  it.each([64, 128, 256])('of a square of %i px is the sum of its pixels', (side) => {
    const width = side + 7;
    const random = seeded(side);
    const luma = Float32Array.from({ length: width * (side + 2) }, () => 255 * random());
    const from = width + 3;
    const [across, down] = [new Float64Array(side), new Float64Array(side)];
    predictability(luma, width, from, side, 3, across, down);
    const at = (x: number, y: number) => luma[from + y * width + x] ?? 0;
    const share = (second: number) => 1 / (1 + (second / 3) ** 2);
    for (let line = 1; line < side - 1; line++) {
      let [column, row] = [0, 0];
      for (let place = 1; place < side - 1; place++) {
        column += share(2 * at(line, place) - at(line - 1, place) - at(line + 1, place));
        row += share(2 * at(place, line) - at(place, line - 1) - at(place, line + 1));
      }
      expect(across[line]).toBeCloseTo(column, 3);
      expect(down[line]).toBeCloseTo(row, 3);
    }
    expect([across[0], across[side - 1]]).toEqual([across[1], across[side - 2]]);
    expect([down[0], down[side - 1]]).toEqual([down[1], down[side - 2]]);
  });
});
