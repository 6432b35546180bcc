import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gaussian, greyImage, seeded } from '../../../../tests/fixtures/noise';
import type { EngineServices } from '../../layer';
import { arrayPixelSource } from '../../pixels/array';
import { createForensicImage } from '../../pixels/forensic-image';
import type { LayerResult } from '../../report';
import type { RgbaImage } from '../../rgba';
import { noise } from './index';

/** The layer asks nothing of the services: any call is an error. */
const services = new Proxy({} as EngineServices, {
  get: (_, name) => {
    throw new Error(`Asked for ${String(name)}`);
  },
});

function imageOf(picture: RgbaImage) {
  return createForensicImage({
    how: 'tab-crop',
    format: 'png',
    bytes: new Uint8Array(),
    pixels: arrayPixelSource(picture),
  });
}

const analyze = (picture: RgbaImage): Promise<LayerResult> =>
  noise.analyze(imageOf(picture), services, new AbortController().signal);

/** Shading from dark to bright with noise of the given level. */
function shaded(level: (x: number, y: number) => number, seed: number, size = 512): RgbaImage {
  const normal = gaussian(seed);
  return greyImage(size, size, (x, y) => 30 + (190 * x) / size + level(x, y) * normal());
}

describe('noise layer', () => {
  it('measures white noise: its level, no correlation of neighbours, normal tails', async () => {
    const { features, status } = await analyze(shaded(() => 3, 1));
    expect(status).toBe('clear');
    // Rounding adds 1 / 12 to the variance. Patches of 256 details, median of 256 patches.
    expect(Math.abs((features.level ?? 0) - Math.sqrt(9 + 1 / 12))).toBeLessThan(0.1);
    expect(Math.abs(features.across ?? 1)).toBeLessThan(0.06);
    expect(Math.abs(features.down ?? 1)).toBeLessThan(0.06);
    expect(Math.abs(features.kurtosis ?? 9)).toBeLessThan(0.5);
    // All channels are the same here.
    expect(features.redGreen).toBeCloseTo(1, 6);
    expect(features.smoothed).toBeLessThan(0.01);
  });

  it('sees noise that was smoothed: neighbours become alike', async () => {
    const normal = gaussian(5);
    const raw = Float32Array.from({ length: 513 * 513 }, () => 6 * normal());
    const smooth = greyImage(512, 512, (x, y) => {
      const at = y * 513 + x;
      return 128 + ((raw[at] ?? 0) + (raw[at + 1] ?? 0) + (raw[at + 513] ?? 0) + (raw[at + 514] ?? 0)) / 4;
    });
    const { features } = await analyze(smooth);
    // The mean of 2 x 2 has the correlation 1/2 with its neighbour; the denoiser takes some of it away.
    expect(features.across).toBeGreaterThan(0.25);
    expect(features.down).toBeGreaterThan(0.25);
  });

  it('parts channels whose noise has nothing in common', async () => {
    const normal = gaussian(9);
    const picture = greyImage(512, 512, () => 0);
    for (let at = 0; at < picture.data.length; at++) {
      if (at % 4 !== 3) picture.data[at] = 128 + 4 * normal();
    }
    const { features } = await analyze(picture);
    for (const name of ['redGreen', 'greenBlue', 'redBlue']) {
      // 4 tiles of 256 details: standard error 1/32.
      expect(Math.abs(features[name] ?? 1), name).toBeLessThan(4 / 32);
    }
  });

  it('maps a part with other noise, and finds even noise even', async () => {
    const odd = await analyze(shaded((x, y) => (x >= 192 && x < 320 && y >= 256 && y < 384 ? 8 : 2), 3));
    const even = await analyze(shaded(() => 2, 4));
    expect(odd.features.largest).toBeGreaterThan(8 / 256);
    expect(even.features.largest).toBeLessThan(4 / 256);
    const { map } = odd;
    if (!map) throw new Error('No map');
    expect(map).toMatchObject({ width: 16, height: 16, cell: 32 });
    for (const [at, value] of map.data.entries()) {
      const x = at % 16;
      const y = Math.floor(at / 16);
      const inside = x >= 6 && x < 10 && y >= 8 && y < 12;
      if (inside) expect(value).toBeGreaterThan(0.5);
    }
  });

  it.each([
    [1, 1],
    [63, 63],
    [63, 5000],
  ])('does not run on %i x %i', async (width, height) => {
    const result = await analyze(greyImage(width, height, (x, y) => (x * 7 + y * 13) % 256));
    expect(result.unavailable).toEqual({ key: 'layers.noise.unavailable.small', args: [64] });
  });

  it('does not run on a flat or a black and white picture', async () => {
    expect((await analyze(greyImage(300, 300, () => 200))).unavailable).toEqual({
      key: 'layers.noise.unavailable.blank',
    });
    const uniform = seeded(1);
    const dots = await analyze(greyImage(256, 256, () => (uniform() < 0.01 ? 0 : 255)));
    expect(dots.unavailable).toEqual({ key: 'layers.noise.unavailable.clipped' });
  });

  it('stops when told to', async () => {
    const controller = new AbortController();
    controller.abort();
    const image = imageOf(greyImage(64, 64, (x) => x));
    await expect(noise.analyze(image, services, controller.signal)).rejects.toThrow();
  });

  it('answers finite features and a map of 0..1, whatever the pixels', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(64, 65, 130, 300),
        fc.constantFrom(64, 131),
        fc.integer(),
        fc.constantFrom(1, 2, 37, 256),
        fc.constantFrom(1, 3, 8, 64),
        async (width, height, seed, levels, cell) => {
          const uniform = seeded(seed);
          const values = Array.from({ length: 4096 }, () => Math.floor(uniform() * levels));
          const result = await analyze(
            greyImage(
              width,
              height,
              (x, y) => values[(Math.floor(x / cell) * 67 + Math.floor(y / cell)) % 4096] ?? 0,
            ),
          );
          for (const [name, value] of Object.entries(result.features)) {
            expect(Number.isFinite(value), `${name} = ${value}`).toBe(true);
          }
          const { map } = result;
          if (map) {
            expect(map.data.length).toBe(map.width * map.height);
            for (const value of map.data) expect(value >= 0 && value <= 1).toBe(true);
          }
        },
      ),
      { numRuns: 30 },
    );
  });
});
