import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { samplePatches } from '../../pixels/patches';
import { colours, gaussian, grey, imageOf, NO_SERVICES, seeded, waves } from '../../synthetic.fixture';
import { edge } from '.';
import { measureAberration } from './aberration';
import { measureGradients } from './gradients';
import { measureHalos, readProfile } from './halos';
import { fitRadial } from './radial-fit';

const quiet = new AbortController().signal;
const WIDTH = 576;
const HEIGHT = 448;

/** A coloured scene whose red and blue are magnified about the middle, and shifted as a whole. */
function throughLens(seed: number, red: number, blue: number, shift = 0): Uint8ClampedArray {
  const scene = waves(seed, 9, 40, 9);
  const grain = gaussian(seed);
  const [cx, cy] = [WIDTH / 2, HEIGHT / 2];
  const at = (x: number, y: number, m: number) =>
    scene(cx + (x - shift - cx) / (1 + m), cy + (y - cy) / (1 + m));
  return colours(WIDTH, HEIGHT, (x, y) => [
    0.8 * at(x, y, red) + 30 + grain(),
    scene(x, y) + grain(),
    0.7 * at(x, y, blue) + 10 + grain(),
  ]);
}

describe('lateral chromatic aberration', () => {
  it.each([
    [0.002, -0.001],
    [-0.0015, 0.0025],
  ])('of known size is measured: red by %d, blue by %d', async (red, blue) => {
    const found = await measureAberration(imageOf(WIDTH, HEIGHT, throughLens(1, red, blue)));
    // Squares are centred on whole pixels (x + 32), half a pixel off the middle used here: no matter for m.
    expect(found?.red?.magnification).toBeCloseTo(red, 4);
    expect(found?.blue?.magnification).toBeCloseTo(blue, 4);
    expect(found?.red?.corner).toBeCloseTo((red * Math.hypot(WIDTH, HEIGHT)) / 2, 1);
    expect(Math.abs(found?.red?.t ?? 0)).toBeGreaterThan(10);
    expect(found?.red?.explained).toBeGreaterThan(0.8);
  });

  it('is told apart from one shift of the whole picture', async () => {
    const found = await measureAberration(imageOf(WIDTH, HEIGHT, throughLens(2, 0, 0, 0.5)));
    expect(found?.red?.offsetX).toBeCloseTo(0.5, 1);
    expect(found?.red?.offsetY).toBeCloseTo(0, 1);
    expect(Math.abs(found?.red?.corner ?? 1)).toBeLessThan(0.06);
  });

  it('is not found where there is none, nor in a grey picture', async () => {
    const image = imageOf(WIDTH, HEIGHT, throughLens(3, 0, 0));
    expect((await edge.analyze(image, NO_SERVICES, quiet)).label).toMatchObject({
      key: 'layers.edge.label.none',
    });
    expect(await measureAberration(imageOf(200, 200, grey(200, 200, waves(4))))).toBeNull();
  });

  it('is said, and drawn outwards, by the layer', async () => {
    const result = await edge.analyze(
      imageOf(WIDTH, HEIGHT, throughLens(5, 0.003, 0.001)),
      NO_SERVICES,
      quiet,
    );
    expect(result.label).toMatchObject({ key: 'layers.edge.label.lens' });
    expect(result.status).toBe('clear');
    for (const { from, to } of result.marks ?? []) {
      const distance = ({ x, y }: { x: number; y: number }) => Math.hypot(x - WIDTH / 2, y - HEIGHT / 2);
      expect(distance(to)).toBeGreaterThan(distance(from));
      expect(to.x >= 0 && to.x <= WIDTH && to.y >= 0 && to.y <= HEIGHT).toBe(true);
    }
    expect(result.marks).toHaveLength(8);
  });
});

describe('the radial fit', () => {
  it('recovers magnification and common shift, with a third of the squares wrong', () => {
    const random = seeded(9);
    const shifts = Array.from({ length: 60 }, (_, at) => {
      const x = 2000 * (random() - 0.5);
      const y = 1500 * (random() - 0.5);
      const wrong = at % 3 === 0 ? 2 * (random() - 0.5) : 0;
      return {
        x,
        y,
        dx: 0.001 * x + 0.3 + wrong,
        dy: 0.001 * y - 0.2 + wrong,
        varianceX: 0.0001,
        varianceY: 0.0001,
      };
    });
    const fit = fitRadial(shifts, 1250);
    expect(fit?.magnification).toBeCloseTo(0.001, 4);
    expect(fit?.offsetX).toBeCloseTo(0.3, 1);
    expect(fit?.offsetY).toBeCloseTo(-0.2, 1);
  });

  it('needs eight squares, and different places', () => {
    const shift = { x: 1, y: 1, dx: 0, dy: 0, varianceX: 1, varianceY: 1 };
    expect(fitRadial(Array(7).fill(shift), 100)).toBeNull();
    expect(fitRadial(Array(9).fill(shift), 100)).toBeNull();
  });
});

describe('halos', () => {
  /** Integral of a Gaussian: an edge blurred by sigma px. */
  const blurred = (x: number, sigma: number) => {
    const z = x / sigma;
    // Abramowitz and Stegun 26.2.17, error below 1e-7.
    const t = 1 / (1 + 0.2316419 * Math.abs(z));
    const tail =
      Math.exp((-z * z) / 2) *
      0.3989422804 *
      t *
      (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
    return z > 0 ? 1 - tail : tail;
  };
  /** A step of 100 levels, unsharp-masked: amount times the difference to a copy blurred to `wide` more. */
  const sharpened = (x: number, amount: number, sigma = 1, wide = 2) =>
    80 + 100 * (blurred(x, sigma) + amount * (blurred(x, sigma) - blurred(x, Math.hypot(sigma, wide))));
  const profile = (amount: number) => Float64Array.from({ length: 19 }, (_, at) => sharpened(at - 9, amount));

  it('of a plain blurred edge are none, and its width is that of the blur', () => {
    const read = readProfile(profile(0));
    expect(read?.halo).toBeCloseTo(0, 3);
    // 10 to 90 % of a Gaussian: 2 x 1.2816 sigma; linear interpolation between whole px adds a little.
    expect(read?.width).toBeCloseTo(2.56, 0);
  });

  it.each([0.5, 1, 2])('of unsharp masking by %d are as the mask makes them', (amount) => {
    let peak = 0;
    for (let x = -9; x <= 9; x++) peak = Math.max(peak, sharpened(x, amount) - 180);
    expect(readProfile(profile(amount))?.halo).toBeCloseTo(peak / 100, 2);
    expect(peak / 100).toBeGreaterThan(0.03);
  });

  it('are measured on pictures, upright and level, bright to dark and back', () => {
    const wave = (x: number) => sharpened(20 - Math.abs((x % 80) - 40), 1);
    const expected = Math.max(...Array.from({ length: 80 }, (_, x) => wave(x))) - 180;
    for (const data of [grey(320, 320, (x) => wave(x)), grey(320, 320, (_, y) => wave(y))]) {
      const found = measureHalos(samplePatches(imageOf(320, 320, data)));
      expect(found.edges).toBeGreaterThan(50);
      expect(found.halo).toBeCloseTo(expected / 100, 1);
    }
  });

  it('are not read from edges without plateaus, or cut off at the ends of the scale', () => {
    expect(readProfile(Float64Array.from({ length: 19 }, (_, at) => 40 + 10 * at))).toBeNull();
    expect(readProfile(Float64Array.from({ length: 19 }, (_, at) => (at < 9 ? 0 : 200)))).toBeNull();
  });
});

describe('gradients', () => {
  it('of a ramp are its slope', () => {
    const found = measureGradients(
      samplePatches(
        imageOf(
          64,
          64,
          grey(64, 64, (x) => 3 * x),
        ),
      ),
    );
    expect(found.mean).toBeCloseTo(3, 5);
    expect(found.flat).toBe(0);
  });

  it('of Gaussian noise have the kurtosis 3', () => {
    const noise = gaussian(6);
    const data = grey(256, 256, () => 128 + 20 * noise());
    expect(measureGradients(samplePatches(imageOf(256, 256, data))).tail).toBeCloseTo(Math.log(3), 1);
  });

  it('prefer no direction in isotropic noise, and one in bars', () => {
    const noise = gaussian(8);
    const rough = grey(256, 256, () => 128 + 40 * noise());
    // Within 10 degrees of an axis: 80 of 360 degrees.
    expect(measureGradients(samplePatches(imageOf(256, 256, rough))).cardinal).toBeCloseTo(2 / 9, 1);
    const bars = grey(256, 256, (x) => (Math.floor(x / 16) % 2) * 200);
    expect(measureGradients(samplePatches(imageOf(256, 256, bars))).cardinal).toBe(1);
  });
});

describe('the layer', () => {
  it('is unavailable, with a reason, for a tiny and for a blank picture', async () => {
    const tiny = imageOf(100, 300, grey(100, 300, waves(1)));
    expect(await edge.analyze(tiny, NO_SERVICES, quiet)).toMatchObject({
      unavailable: { key: 'layers.edge.unavailable.small', args: [128] },
    });
    const blank = imageOf(
      200,
      200,
      grey(200, 200, () => 90),
    );
    expect(await edge.analyze(blank, NO_SERVICES, quiet)).toMatchObject({
      unavailable: { key: 'layers.edge.unavailable.blank' },
    });
  });

  it('answers finite figures for whatever pixels', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 220 }),
        fc.integer({ min: 128, max: 220 }),
        fc.constantFrom(2, 7, 256),
        fc.integer(),
        async (width, height, levels, seed) => {
          const random = seeded(seed);
          const level = () => (Math.floor(random() * levels) * 255) / (levels - 1);
          const data = colours(width, height, () => [level(), level(), level()]);
          const result = await edge.analyze(imageOf(width, height, data), NO_SERVICES, quiet);
          for (const value of Object.values(result.features)) expect(Number.isFinite(value)).toBe(true);
        },
      ),
      { numRuns: 15 },
    );
  });
});
