import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { samplePatches } from '../../pixels/patches';
import { colours, gaussian, grey, imageOf, NO_SERVICES, seeded, waves } from '../../synthetic.fixture';
import { color } from '.';
import { measureBalance } from './balance';
import { measureChroma, mutualInformation } from './chroma';
import { angleBetween, LINEAR, lightColour } from './light';

const quiet = new AbortController().signal;
const patchesOf = (width: number, height: number, data: Uint8ClampedArray) =>
  samplePatches(imageOf(width, height, data));

/** Linear light 0..1 to sRGB 0..255 (IEC 61966-2-1). */
const encode = (value: number) =>
  255 * (value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055);

/** A grey scene in a coloured light. */
function lit(light: readonly [number, number, number], seed = 1): Uint8ClampedArray {
  const scene = waves(seed, 8, 30, 12);
  return colours(200, 160, (x, y) => {
    const value = LINEAR[Math.min(255, Math.max(0, Math.round(scene(x, y))))] ?? 0;
    return [encode(value * light[0]), encode(value * light[1]), encode(value * light[2])];
  });
}

describe('the colour of the light', () => {
  it('of sRGB white is D65: 6504 K, a little above the glowing bodies', () => {
    const d65 = lightColour(1, 1, 1);
    expect(d65?.kelvin).toBeCloseTo(6504, -2);
    expect(d65?.tint).toBeCloseTo(0.0032, 3);
    expect(lightColour(0, 0, 0)).toBeNull();
  });

  it('of standard lamp A is 2856 K and without tint', () => {
    // CIE 015: illuminant A, XYZ 109.850, 100, 35.585, by the inverse of sRGB's matrix.
    const [x, y, z] = [1.0985, 1, 0.35585];
    const found = lightColour(
      3.2404542 * x - 1.5371385 * y - 0.4985314 * z,
      -0.969266 * x + 1.8760108 * y + 0.041556 * z,
      0.0556434 * x - 0.2040259 * y + 1.0572252 * z,
    );
    expect(found?.kelvin).toBeCloseTo(2856, -2);
    expect(found?.tint).toBeCloseTo(0, 3);
  });

  it.each([
    [1, 0.8, 0.5],
    [0.7, 0.8, 1],
    [0.9, 1, 0.6],
  ] as const)('is recovered from the edges of a grey scene: %d %d %d', (r, g, b) => {
    const { edges, disagreement, spread } = measureBalance(patchesOf(200, 160, lit([r, g, b])));
    const truth = lightColour(r, g, b);
    if (!edges || !truth) throw new Error('no light');
    // Rounding to 8 bits moves the ratios of a strong edge's powers by about a percent.
    expect(1e6 / edges.kelvin).toBeCloseTo(1e6 / truth.kelvin, -1);
    expect(edges.tint).toBeCloseTo(truth.tint, 2);
    expect(disagreement).toBeLessThan(1);
    expect(spread).toBeLessThan(1);
  });

  it('that differs between the halves of a picture shows as spread', () => {
    const warm = lit([1, 0.8, 0.5]);
    const cool = lit([0.6, 0.8, 1]);
    const half = warm.slice(0, warm.length / 2);
    const data = new Uint8ClampedArray(warm.length);
    data.set(half);
    data.set(cool.subarray(warm.length / 2), half.length);
    const between = angleBetween([1, 0.8, 0.5], [0.6, 0.8, 1]);
    // Each half lies to its own side of the mean.
    expect(measureBalance(patchesOf(200, 160, data)).spread).toBeGreaterThan(between / 4);
  });
});

describe('chroma', () => {
  it('of one pure colour is known', () => {
    const found = measureChroma(
      patchesOf(
        64,
        64,
        colours(64, 64, () => [200, 100, 50]),
      ),
    );
    expect(found.saturation).toBeCloseTo(0.75, 6);
    expect(found.saturationSpread).toBeCloseTo(0, 6);
    // rg = 100, yb = 100: no spread, and 0.3 of the length of the mean.
    expect(found.colourfulness).toBeCloseTo(0.3 * Math.hypot(100, 100), 6);
  });

  it('counts vivid and pale pixels', () => {
    const data = colours(64, 64, (x) => (x < 32 ? [250, 10, 10] : [128, 128, 130]));
    const found = measureChroma(patchesOf(64, 64, data));
    expect(found.vivid).toBeCloseTo(0.5, 1);
    expect(found.pale).toBeCloseTo(0.5, 1);
  });

  it('sees detail that the channels share, and detail that they do not', () => {
    const shared = gaussian(3);
    const own = gaussian(4);
    // Red = common + own noise of equal power: correlation 1 / sqrt(2).
    const data = colours(256, 256, () => {
      const common = 8 * shared();
      return [128 + common + 8 * own(), 128 + common, 128 + 8 * own()];
    });
    const found = measureChroma(patchesOf(256, 256, data));
    expect(found.redGreen).toBeCloseTo(Math.SQRT1_2, 1);
    expect(found.blueGreen).toBeCloseTo(0, 1);
    expect(found.redInformation).toBeGreaterThan(0.1);
    expect(found.blueInformation).toBeLessThan(0.01);
  });

  it('information of equal and of independent classes', () => {
    const same = new Float64Array(25);
    for (let at = 0; at < 5; at++) same[at * 6] = 10;
    expect(mutualInformation(same)).toBeCloseTo(Math.log2(5), 12);
    expect(mutualInformation(new Float64Array(25).fill(3))).toBeCloseTo(0, 12);
    expect(mutualInformation(new Float64Array(25))).toBe(0);
  });
});

describe('the layer', () => {
  const run = (width: number, height: number, data: Uint8ClampedArray) =>
    color.analyze(imageOf(width, height, data), NO_SERVICES, quiet);

  it('calls daylight plausible and a green cast a cast, and warns of neither', async () => {
    const noise = gaussian(5);
    const tinted = (light: readonly [number, number, number]) => {
      const data = lit(light);
      return data.map((value, at) => (at % 4 === 3 ? 255 : value + (at % 4 === 0 ? 3 * noise() : 0)));
    };
    expect(await run(200, 160, tinted([1, 0.95, 0.85]))).toMatchObject({
      status: 'clear',
      label: { key: 'layers.color.label.plausible' },
    });
    expect(await run(200, 160, tinted([0.5, 1, 0.5]))).toMatchObject({
      status: 'clear',
      label: { key: 'layers.color.label.cast' },
    });
  });

  it('is unavailable, with a reason, for a tiny and for a grey picture', async () => {
    expect(await run(40, 90, lit([1, 1, 1]).slice(0, 40 * 90 * 4))).toMatchObject({
      unavailable: { key: 'layers.color.unavailable.small', args: [64] },
    });
    expect(await run(200, 160, grey(200, 160, waves(2)))).toMatchObject({
      unavailable: { key: 'layers.color.unavailable.grey' },
    });
  });

  it('answers finite figures for whatever pixels', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 120 }),
        fc.integer({ min: 1, max: 120 }),
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
        },
      ),
      { numRuns: 20 },
    );
  });
});
