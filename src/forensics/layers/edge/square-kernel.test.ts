import { expect, it } from 'vitest';
import { seeded, waves } from '../../synthetic.fixture';
import { SIDE, sumSquare } from './square-kernel';

const TAPS = [1, 4, 6, 4, 1];

it.each([1, 2, 3])('adds up the products of a square, smoothed, where green has edges (%i)', (seed) => {
  const random = seeded(seed);
  const scenes = [waves(seed, 9, 60), waves(seed + 10, 9, 60), waves(seed + 20, 9, 60)] as const;
  const bytes = scenes.map((scene) =>
    Float64Array.from({ length: SIDE * SIDE }, (_, at) =>
      Math.min(255, Math.max(0, Math.round(scene(at % SIDE, Math.floor(at / SIDE)) + 8 * random()))),
    ),
  );
  const words = Int32Array.from({ length: SIDE * SIDE }, (_, at) =>
    bytes.reduce((word, plane, shift) => word | ((plane[at] ?? 0) << (8 * shift)), 255 << 24),
  );
  const smooth = (channel: number, x: number, y: number) => {
    let sum = 0;
    for (let dy = -2; dy <= 2; dy++) {
      for (let dx = -2; dx <= 2; dx++) {
        sum += (TAPS[dx + 2] ?? 0) * (TAPS[dy + 2] ?? 0) * (bytes[channel]?.[(y + dy) * SIDE + x + dx] ?? 0);
      }
    }
    return sum / 256;
  };
  const expected = { '1': 0, gg: 0, gx: 0, xy: 0, lx: 0, ll: 0, tg: 0, ty: 0 };
  for (let y = 3; y < SIDE - 3; y++) {
    for (let x = 3; x < SIDE - 3; x++) {
      const [dx, dy] = [smooth(1, x + 1, y) - smooth(1, x - 1, y), smooth(1, x, y + 1) - smooth(1, x, y - 1)];
      if (dx * dx + dy * dy < 36) continue;
      const [l, g, t] = [smooth(0, x, y), smooth(1, x, y), smooth(2, x, y)];
      expected['1']++;
      expected.gg += g * g;
      expected.gx += (g * dx) / 2;
      expected.xy += (dx * dy) / 4;
      expected.lx += (l * dx) / 2;
      expected.ll += l * l;
      expected.tg += t * g;
      expected.ty += (t * dy) / 2;
    }
  }
  const { sums, difference } = sumSquare(words, 36);
  expect(sums[1]).toBe(expected['1']);
  expect(sums[1]).toBeGreaterThan(100);
  for (const name of ['gg', 'gx', 'xy', 'lx', 'll', 'tg', 'ty'] as const) {
    expect(Math.abs(sums[name] - expected[name])).toBeLessThanOrEqual(1e-9 * Math.max(sums.gg, sums.xx));
  }
  const apart = words.reduce((sum, word) => {
    const green = (word >>> 8) & 255;
    return sum + Math.abs((word & 255) - green) + Math.abs(((word >>> 16) & 255) - green);
  }, 0);
  expect(difference).toBeCloseTo(apart / (2 * SIDE * SIDE), 9);
});
