import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seeded } from '../../synthetic.fixture';
import { CLASSES, sumChroma } from './chroma-kernel';
import { LINEAR } from './light';
import { addEdgePowers, countLevels } from './light-kernel';

type Colour = readonly [number, number, number];

/** Colours with all kinds of neighbours: near the ends of the scale, alike, and far from each other. */
function colours(count: number, seed: number): readonly Colour[] {
  const random = seeded(seed);
  const byte = (centre: number, spread: number) =>
    Math.min(255, Math.max(0, Math.round(centre + spread * (random() - 0.5))));
  return Array.from({ length: count }, () => {
    const centre = 300 * random() - 20;
    const spread = 60 * random();
    return [byte(centre, spread), byte(centre, spread), byte(centre, spread)];
  });
}

function asWords(pixels: readonly Colour[]): Int32Array {
  return Int32Array.from(pixels, ([r, g, b]) => r | (g << 8) | (b << 16) | (255 << 24));
}

const BLACK: Colour = [0, 0, 0];
const lengths = fc.integer({ min: 1, max: 5000 });

describe('sums of chroma', () => {
  it('are those of every second pixel', () => {
    fc.assert(
      fc.property(lengths, (length) => {
        const pixels = colours(length, length);
        const found = sumChroma([asWords(pixels), asWords(pixels)]);
        const expected = { count: 0, vivid: 0, pale: 0, yellowBlue2: 0, rg: 0, saturation: 0, chroma: 0 };
        const red = new Float64Array(CLASSES * CLASSES);
        const classOf = (residual: number) => Math.min(4, Math.max(0, Math.round(residual / 4) + 2));
        for (let at = 1; at < length - 1; at += 2) {
          const [left, here, right] = [pixels[at - 1] ?? BLACK, pixels[at] ?? BLACK, pixels[at + 1] ?? BLACK];
          const [r0, g0, b0] = here;
          const most = Math.max(...here);
          const saturation = most > 0 ? (most - Math.min(...here)) / most : 0;
          expected.count += 2;
          expected.saturation += 2 * saturation;
          if (saturation > 0.9 && most > 64) expected.vivid += 2;
          if (saturation < 0.05) expected.pale += 2;
          expected.yellowBlue2 += 2 * (r0 + g0 - 2 * b0) ** 2;
          if (Math.min(...here) < 4 || most > 251) continue;
          const [r, g, b] = [0, 1, 2].map(
            (channel) => 2 * (here[channel] ?? 0) - (left[channel] ?? 0) - (right[channel] ?? 0),
          ) as [number, number, number];
          const luma = 0.299 * r + 0.587 * g + 0.114 * b;
          expected.rg += 2 * r * g;
          expected.chroma += 2 * (0.564 * Math.abs(b - luma) + 0.713 * Math.abs(r - luma));
          const cell = classOf(g) * CLASSES + classOf(r);
          red[cell] = (red[cell] ?? 0) + 2;
        }
        const { saturation, chroma, ...whole } = expected;
        expect(found).toMatchObject(whole);
        expect(found.red).toEqual(red);
        expect(found.saturation).toBeCloseTo(saturation, 2);
        expect(Math.abs(found.chroma - chroma)).toBeLessThanOrEqual(1e-5 * chroma);
      }),
      { numRuns: 20 },
    );
  });
});

describe('colours of light', () => {
  it('add up over edges as one by one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 2500 }), (width) => {
        const pixels = colours(3 * width, width);
        const sums = Float64Array.of(1, 2, 3);
        addEdgePowers(asWords(pixels), width, width + 1, 2 * width - 1, sums);
        const expected = [1, 2, 3];
        for (let at = width + 1; at < 2 * width - 1; at += 2) {
          const around = [at - 1, at + 1, at - width, at + width].map((place) => pixels[place] ?? BLACK);
          if (around.some((colour) => Math.max(...colour) >= 250)) continue;
          for (let channel = 0; channel < 3; channel++) {
            const [w = 0, e = 0, n = 0, s = 0] = around.map((colour) => LINEAR[colour[channel] ?? 0]);
            expected[channel] = (expected[channel] ?? 0) + Math.hypot(e - w, s - n) ** 5;
          }
        }
        for (const [channel, sum] of expected.entries()) {
          expect(Math.abs((sums[channel] ?? 0) / sum - 1)).toBeLessThan(1e-4);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('have their levels counted', () => {
    fc.assert(
      fc.property(lengths, (length) => {
        const pixels = colours(length, length + 1);
        const expected = new Uint32Array(256);
        for (let at = 0; at < length; at += 2) {
          const [r, g, b] = pixels[at] ?? BLACK;
          if (Math.max(r, g, b) >= 250) continue;
          const level = Math.floor((299 * r + 587 * g + 114 * b + 500) / 1000);
          expected[level] = (expected[level] ?? 0) + 1;
        }
        expect(countLevels([asWords(pixels)])).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });
});
