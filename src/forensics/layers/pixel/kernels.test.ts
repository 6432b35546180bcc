import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seeded, waves } from '../../synthetic.fixture';
import type { Keypoints } from './keypoints';
import { nearestOf } from './match-kernel';
import { predictability } from './rhythm-kernel';
import { DESCRIPTOR, findSpots, REACH } from './spot-kernel';
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

describe('spots', () => {
  it.each([
    [61, 47],
    [64, 40],
    [130, 77],
  ])('of a plane of %i x %i px stand out from their neighbours', (width, height) => {
    const scene = waves(width, 4, 60);
    const random = seeded(height);
    const luma = Float32Array.from(
      { length: width * height },
      (_, at) => scene(at % width, Math.floor(at / width)) + 20 * random(),
    );
    const mean = (x: number, y: number, reach: number) => {
      let sum = 0;
      for (let dy = -reach; dy <= reach; dy++) {
        for (let dx = -reach; dx <= reach; dx++) sum += luma[(y + dy) * width + x + dx] ?? 0;
      }
      return sum / (2 * reach + 1) ** 2;
    };
    const { response, places } = findSpots(luma, width, height, REACH, 2);
    const expected = response.map((_, at) => {
      const [x, y] = [at % width, Math.floor(at / width)];
      const inside = x >= REACH && y >= REACH && x < width - REACH && y < height - REACH;
      return inside ? mean(x, y, 1) - mean(x, y, 4) : 0;
    });
    for (const [at, value] of expected.entries()) expect(response[at]).toBeCloseTo(value, 3);
    const around = [-width, -1, 1, width];
    const standing = [...response.keys()].filter((at) => {
      const here = response[at] ?? 0;
      if (Math.abs(here) < 2) return false;
      return around.every((step) => (response[at + step] ?? 0) * Math.sign(here) < Math.abs(here));
    });
    expect(places).toEqual(standing);
    expect(places.length).toBeGreaterThan(3);
  });

  it('are described by the means of boxes around them', () => {
    const [width, height] = [53, 41];
    const random = seeded(3);
    const luma = Float32Array.from({ length: width * height }, () => 255 * random());
    const { describe } = findSpots(luma, width, height, REACH, 2);
    for (const [x, y] of [
      [12, 12],
      [40, 29],
      [23, 17],
    ] as const) {
      const boxes = Array.from({ length: DESCRIPTOR }, (_, box) => {
        const [left, top] = [x - REACH + 4 * (box % 6), y - REACH + 4 * Math.floor(box / 6)];
        let sum = 0;
        for (let at = 0; at < 16; at++) sum += luma[(top + (at >> 2)) * width + left + (at & 3)] ?? 0;
        return sum / 16;
      });
      const mean = boxes.reduce((a, b) => a + b, 0) / DESCRIPTOR;
      const power = boxes.reduce((sum, value) => sum + (value - mean) ** 2, 0);
      const out = new Float32Array(DESCRIPTOR + 2);
      const found = describe(y * width + x, out, 1);
      expect(found.power / power).toBeCloseTo(1, 4);
      const expected = boxes.map((value) => (value - mean) / Math.sqrt(power));
      for (const [at, value] of expected.entries()) expect(out[at + 1]).toBeCloseTo(value, 5);
      const slope = (place: (at: number) => number) =>
        expected.reduce((sum, value, at) => sum + value * (place(at) - 2.5), 0) / Math.sqrt(6 * 17.5);
      expect(found.across).toBeCloseTo(
        slope((at) => at % 6),
        5,
      );
      expect(found.down).toBeCloseTo(
        slope((at) => Math.floor(at / 6)),
        5,
      );
    }
  });
});

describe('nearest keypoints', () => {
  /** Points whose descriptors are alike, with slopes that are projections of them. */
  function points(count: number, seed: number): Keypoints {
    const random = seeded(seed);
    const base = Array.from({ length: DESCRIPTOR }, () => random() - 0.5);
    const descriptors = Float32Array.from(
      { length: count * DESCRIPTOR },
      (_, at) => 0.2 * ((base[at % DESCRIPTOR] ?? 0) + 0.8 * (random() - 0.5)),
    );
    return {
      count,
      x: Int32Array.from({ length: count }, () => Math.floor(300 * random())),
      y: Int32Array.from({ length: count }, () => Math.floor(300 * random())),
      descriptors,
      slopes: Float32Array.from({ length: 2 * count }, (_, at) => {
        const from = (at >> 1) * DESCRIPTOR;
        // Two of the unit vectors at right angles that there are.
        return descriptors[from + (at & 1)] ?? 0;
      }),
    };
  }

  function distance2(descriptors: Float32Array, a: number, b: number): number {
    let sum = 0;
    for (let at = 0; at < DESCRIPTOR; at++) {
      sum += ((descriptors[a * DESCRIPTOR + at] ?? 0) - (descriptors[b * DESCRIPTOR + at] ?? 0)) ** 2;
    }
    return sum;
  }

  it.each([0, 1, 2, 5, 130, 900])('of %i are those that comparing all with all finds', (count) => {
    const all = points(count, count + 1);
    const order = Int32Array.from({ length: count }, (_, at) => at).sort(
      (a, b) => (all.slopes[2 * a] ?? 0) - (all.slopes[2 * b] ?? 0),
    );
    const { nearest, distances } = nearestOf(all, order, 0.1, 32);
    for (let a = 0; a < count; a++) {
      let best = 0.1;
      for (let b = 0; b < count; b++) {
        const dx = Math.abs((all.x[a] ?? 0) - (all.x[b] ?? 0));
        const dy = Math.abs((all.y[a] ?? 0) - (all.y[b] ?? 0));
        if (dx < 32 && dy < 32) continue;
        best = Math.min(best, distance2(all.descriptors, a, b));
      }
      expect(distances[a]).toBeCloseTo(best, 5);
      expect(nearest[a] === -1).toBe(best === 0.1);
    }
    if (count >= 130) expect(nearest.some((other) => other >= 0)).toBe(true);
  });
});
