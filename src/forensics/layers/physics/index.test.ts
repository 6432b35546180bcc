import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toLuma } from '../../pixels/luma-tiles';
import { colours, gaussian, grey, imageOf, NO_SERVICES, seeded } from '../../synthetic.fixture';
import { physics } from '.';
import { findContours } from './contours';
import { apart, consensus, type Light, lightAlong } from './light';

const quiet = new AbortController().signal;

interface Ball {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  /** Degrees in the image plane: 0 from the right, 90 from above. */
  readonly light: number;
}

/** Dull balls of grey before a dark ground, each in its own light, 30 degrees before the image plane. */
function balls(width: number, height: number, all: readonly Ball[]): Uint8ClampedArray {
  const noise = gaussian(1);
  return grey(width, height, (x, y) => {
    for (const ball of all) {
      const nx = (x - ball.x) / ball.radius;
      const ny = (y - ball.y) / ball.radius;
      const rest = 1 - nx * nx - ny * ny;
      if (rest < 0) continue;
      const angle = (ball.light * Math.PI) / 180;
      const across = Math.cos(Math.PI / 6);
      const facing =
        across * (Math.cos(angle) * nx - Math.sin(angle) * ny) + Math.sin(Math.PI / 6) * Math.sqrt(rest);
      return 70 + 140 * Math.max(0, facing) + noise();
    }
    return 15 + noise();
  });
}

describe('the light on a ball', () => {
  it.each([0, 35, 90, 140, 180, -60, -120])('from %i degrees is found there', async (light) => {
    const data = balls(300, 260, [{ x: 150, y: 130, radius: 80, light }]);
    const result = await physics.analyze(imageOf(300, 260, data), NO_SERVICES, quiet);
    expect(result.status).toBe('clear');
    const [mark] = result.marks ?? [];
    if (!mark) throw new Error('no arrow');
    const drawn = (Math.atan2(mark.from.y - mark.to.y, mark.to.x - mark.from.x) * 180) / Math.PI;
    // An outline that is read from a part of the circle, with the unlit side dark throughout.
    expect(apart(drawn, light)).toBeLessThan(10);
  });

  it('is measured along the whole outline', () => {
    const data = balls(300, 260, [{ x: 150, y: 130, radius: 80, light: 60 }]);
    const luma = toLuma({ width: 300, height: 260, data });
    const [outline] = [...findContours(luma, 300, 260)].sort((a, b) => b.turning - a.turning);
    if (!outline) throw new Error('no outline');
    expect(outline.turning).toBeGreaterThan(Math.PI);
    for (let at = 20; at < outline.x.length - 20; at += 15) {
      const [dx, dy] = [(outline.x[at] ?? 0) - 150, (outline.y[at] ?? 0) - 130];
      expect(Math.hypot(dx, dy)).toBeCloseTo(80, -1);
      // Outward normals of a circle are its radii.
      const cosine = (dx * (outline.nx[at] ?? 0) + dy * (outline.ny[at] ?? 0)) / Math.hypot(dx, dy);
      expect(cosine).toBeGreaterThan(0.97);
    }
    const light = lightAlong(outline, luma, 300, 260);
    expect(light?.explained).toBeGreaterThan(0.8);
  });
});

describe('two balls', () => {
  const at = (first: number, second: number) =>
    balls(420, 240, [
      { x: 110, y: 120, radius: 75, light: first },
      { x: 310, y: 120, radius: 75, light: second },
    ]);

  it('in one light agree', async () => {
    const result = await physics.analyze(imageOf(420, 240, at(45, 45)), NO_SERVICES, quiet);
    expect(result.label).toMatchObject({ key: 'layers.physics.label.agree' });
    expect(result.features.oddOutlines).toBe(0);
    expect(result.features.disagreement).toBeLessThan(15);
  });

  it('in opposite lights differ, and the arrows show it', async () => {
    const result = await physics.analyze(imageOf(420, 240, at(20, 160)), NO_SERVICES, quiet);
    expect(result.label).toMatchObject({ key: 'layers.physics.label.differ' });
    expect(result.features.disagreement).toBeGreaterThan(120);
    expect(result.marks?.some(({ tone }) => tone === 'odd')).toBe(true);
    expect(result.marks?.some(({ tone }) => tone === 'usual')).toBe(true);
  });
});

describe('directions', () => {
  it('are compared around the circle', () => {
    expect(apart(170, -170)).toBe(20);
    expect(apart(-90, 270)).toBe(0);
    expect(apart(0, 180)).toBe(180);
  });

  it('agree on the one that most are near', () => {
    const light = (direction: number): Light => ({
      direction,
      error: 2,
      explained: 1,
      strength: 50,
      x: 0,
      y: 0,
      points: 100,
    });
    // Sums of differences: 195, 185, 205, 630, 190.
    expect(consensus([light(170), light(180), light(-170), light(20), light(-175)])).toBe(180);
  });
});

describe('the layer', () => {
  it('is unavailable where there is nothing to measure, and says why', async () => {
    const flat = grey(200, 200, (x) => (x < 100 ? 40 : 200));
    expect(await physics.analyze(imageOf(200, 200, flat), NO_SERVICES, quiet)).toMatchObject({
      status: 'unavailable',
      unavailable: { key: 'layers.physics.unavailable.nothing' },
    });
    const tiny = grey(100, 300, (x) => x);
    expect(await physics.analyze(imageOf(100, 300, tiny), NO_SERVICES, quiet)).toMatchObject({
      unavailable: { key: 'layers.physics.unavailable.small', args: [128] },
    });
  });

  it('does not take a flat disc for a lit one', async () => {
    const disc = grey(300, 260, (x, y) => (Math.hypot(x - 150, y - 130) < 80 ? 180 : 20));
    expect((await physics.analyze(imageOf(300, 260, disc), NO_SERVICES, quiet)).status).toBe('unavailable');
  });

  it('answers finite figures and arrows inside the picture for whatever pixels', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 128, max: 200 }),
        fc.integer({ min: 128, max: 200 }),
        fc.integer(),
        async (width, height, seed) => {
          const random = seeded(seed);
          const discs = Array.from({ length: 6 }, () => ({
            x: random() * width,
            y: random() * height,
            radius: 10 + 50 * random(),
            light: 360 * random() - 180,
          }));
          const data = random() < 0.5 ? balls(width, height, discs) : noisy(width, height, random);
          const result = await physics.analyze(imageOf(width, height, data), NO_SERVICES, quiet);
          for (const value of Object.values(result.features)) expect(Number.isFinite(value)).toBe(true);
          for (const { from, to } of result.marks ?? []) {
            for (const { x, y } of [from, to]) {
              expect(x >= 0 && x <= width && y >= 0 && y <= height).toBe(true);
            }
          }
        },
      ),
      { numRuns: 15 },
    );
  });
});

function noisy(width: number, height: number, random: () => number): Uint8ClampedArray {
  return colours(width, height, () => [255 * random(), 255 * random(), 255 * random()]);
}
