import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { samplePatches } from '../../pixels/patches';
import { colours, gaussian, grey, imageOf, NO_SERVICES, seeded, waves } from '../../synthetic.fixture';
import { texture } from '.';
import { cooccurrence } from './cooccurrence';
import { binaryPatterns, entropy } from './patterns';
import { measureSmoothness } from './smooth';

const quiet = new AbortController().signal;
const patchesOf = (width: number, height: number, data: Uint8ClampedArray) =>
  samplePatches(imageOf(width, height, data));

describe('local binary patterns', () => {
  it('of a flat picture are all dark around, in one bin', () => {
    const shares = binaryPatterns(
      patchesOf(
        64,
        64,
        grey(64, 64, () => 90),
      ),
      1,
      1,
    );
    expect(shares[0]).toBe(1);
    expect(entropy(shares)).toBe(0);
  });

  it('of a steep ramp are its three brighter neighbours', () => {
    const shares = binaryPatterns(
      patchesOf(
        64,
        64,
        grey(64, 64, (x) => 3 * x),
      ),
      1,
      1,
    );
    expect(shares[3]).toBe(1);
  });

  it('of single dots are known: the dot has none brighter, its neighbours one', () => {
    // One dot in each 8 x 8: of 64 places 8 see one brighter neighbour, all others none.
    const data = grey(66, 66, (x, y) => (x % 8 === 4 && y % 8 === 4 ? 200 : 50));
    const shares = binaryPatterns(patchesOf(66, 66, data), 1, 1);
    expect(shares[1]).toBeCloseTo(8 / 64, 10);
    expect(shares[0]).toBeCloseTo(56 / 64, 10);
  });

  it('of a checkerboard are not uniform where they are bright all around in turn', () => {
    // A dark field has its four sides brighter and its four corners equal: 4 runs, the mixed bin.
    const data = grey(64, 64, (x, y) => ((x + y) % 2) * 100 + 50);
    const shares = binaryPatterns(patchesOf(64, 64, data), 1, 1);
    expect(shares[9]).toBeCloseTo(0.5, 10);
    expect(shares[0]).toBeCloseTo(0.5, 10);
  });

  it('are shares that add up to 1, for either radius', () => {
    const noise = gaussian(1);
    const patches = patchesOf(
      96,
      80,
      grey(96, 80, () => 128 + 20 * noise()),
    );
    for (const radius of [1, 2] as const) {
      const shares = binaryPatterns(patches, radius, 2);
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
    }
  });
});

describe('co-occurrence', () => {
  it('of a flat picture: no contrast, all energy', () => {
    expect(
      cooccurrence(
        patchesOf(
          64,
          64,
          grey(64, 64, () => 90),
        ),
        1,
        1,
      ),
    ).toMatchObject({
      contrast: 0,
      homogeneity: 1,
      energy: 1,
      entropy: 0,
    });
  });

  it('of a checkerboard of fields 0 and 80 (10 steps of 8): neighbours differ by 10, always', () => {
    const found = cooccurrence(
      patchesOf(
        64,
        64,
        grey(64, 64, (x, y) => ((x + y) % 2) * 80),
      ),
      1,
      1,
    );
    expect(found.contrast).toBeCloseTo(100, 10);
    expect(found.homogeneity).toBeCloseTo(1 / 101, 10);
    expect(found.correlation).toBeCloseTo(-1, 3);
    expect(found.energy).toBeCloseTo(0.5, 3);
    expect(found.entropy).toBeCloseTo(1, 3);
  });

  it('of independent tones: no correlation', () => {
    const random = seeded(3);
    const data = grey(256, 256, () => 256 * random());
    const found = cooccurrence(patchesOf(256, 256, data), 4, 1);
    expect(found.correlation).toBeCloseTo(0, 1);
    // Two uniform variables over 32 steps: mean squared difference (32^2 - 1) / 6.
    expect(found.contrast / ((32 ** 2 - 1) / 6)).toBeCloseTo(1, 1);
  });
});

describe('smooth regions', () => {
  /** A shaded surface whose right half carries noise of 4 levels, and whose left half carries none. */
  function halfGrainy(): Uint8ClampedArray {
    const noise = gaussian(5);
    return grey(320, 256, (x, y) => 80 + 0.3 * y + 0.2 * x + (x >= 160 ? 4 * noise() : 0));
  }

  it('measure the noise that was put in', async () => {
    const noise = gaussian(6);
    const image = imageOf(
      256,
      256,
      grey(256, 256, (x) => 90 + 0.3 * x + 6 * noise()),
    );
    expect((await measureSmoothness(image)).typical / 6).toBeCloseTo(1, 1);
  });

  it('are lit on the map where grain is missing, and only there', async () => {
    const { map, features, label } = await texture.analyze(
      imageOf(320, 256, halfGrainy()),
      NO_SERVICES,
      quiet,
    );
    if (!map) throw new Error('no map');
    expect(map.data).toHaveLength(map.width * map.height);
    for (let row = 0; row < map.height; row++) {
      for (let column = 0; column < map.width; column++) {
        const value = map.data[row * map.width + column] ?? 0;
        if ((column + 1) * map.cell <= 160) expect(value).toBeGreaterThan(0.8);
        else expect(value).toBeLessThan(0.7);
      }
    }
    expect(features.smoothShare).toBeCloseTo(0.5, 2);
    expect(label).toMatchObject({ key: 'layers.texture.label.smooth' });
  });

  it('are not clipped or blank ones', async () => {
    const data = grey(256, 256, (x) => (x < 128 ? 255 : 120));
    const found = await measureSmoothness(imageOf(256, 256, data));
    expect(found.usable.reduce((sum, value) => sum + value, 0)).toBe(0);
    expect(found.smooth).toBe(0);
  });
});

describe('the layer', () => {
  const run = (width: number, height: number, data: Uint8ClampedArray) =>
    texture.analyze(imageOf(width, height, data), NO_SERVICES, quiet);

  it('speaks of grain in a picture that has it, and never warns', async () => {
    const scene = waves(2, 12);
    const noise = gaussian(7);
    const result = await run(
      320,
      240,
      grey(320, 240, (x, y) => scene(x, y) + 3 * noise()),
    );
    expect(result).toMatchObject({ status: 'clear', label: { key: 'layers.texture.label.grain' } });
  });

  it('is unavailable, with a reason, for a tiny and for a blank picture', async () => {
    expect(await run(50, 90, grey(50, 90, waves(1)))).toMatchObject({
      unavailable: { key: 'layers.texture.unavailable.small', args: [64] },
    });
    expect(
      await run(
        200,
        160,
        grey(200, 160, () => 120),
      ),
    ).toMatchObject({
      unavailable: { key: 'layers.texture.unavailable.blank' },
    });
  });

  it('answers finite figures and a map of the right size for whatever pixels', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 150 }),
        fc.integer({ min: 1, max: 150 }),
        fc.constantFrom(2, 7, 256),
        fc.integer(),
        async (width, height, levels, seed) => {
          const random = seeded(seed);
          const level = () => (Math.floor(random() * levels) * 255) / (levels - 1);
          const result = await run(
            width,
            height,
            colours(width, height, () => [level(), level(), level()]),
          );
          for (const value of Object.values(result.features)) expect(Number.isFinite(value)).toBe(true);
          if (!result.map) return;
          expect(result.map.width).toBe(Math.ceil(width / result.map.cell));
          for (const value of result.map.data) expect(value >= 0 && value <= 1).toBe(true);
        },
      ),
      { numRuns: 20 },
    );
  });
});
