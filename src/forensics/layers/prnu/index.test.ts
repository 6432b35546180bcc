import { describe, expect, it } from 'vitest';
import { fractalField, gaussian, greyImage, seeded } from '../../../../tests/fixtures/noise';
import type { EngineServices } from '../../layer';
import { arrayPixelSource } from '../../pixels/array';
import { createForensicImage } from '../../pixels/forensic-image';
import type { LayerResult } from '../../report';
import type { RgbaImage } from '../../rgba';
import { type CameraFingerprint, packPattern } from '../../sensor/camera';
import { addView, emptySums, estimatePattern, sensorLuma, sensorView } from '../../sensor/pattern';
import { prnu } from './index';

/** The layer asks for cameras and nothing else. */
function services(cameras: readonly CameraFingerprint[]): EngineServices {
  return new Proxy({ cameras: async () => cameras } as unknown as EngineServices, {
    get: (target, name) => {
      if (name === 'cameras') return target.cameras;
      throw new Error(`Asked for ${String(name)}`);
    },
  });
}

const imageOf = (picture: RgbaImage) =>
  createForensicImage({
    how: 'file',
    format: 'png',
    bytes: new Uint8Array(),
    pixels: arrayPixelSource(picture),
  });

const analyze = (picture: RgbaImage, cameras: readonly CameraFingerprint[] = []): Promise<LayerResult> =>
  prnu.analyze(imageOf(picture), services(cameras), new AbortController().signal);

const SCENE = 512;

/** A colour picture as a Bayer sensor sees it, filled in bilinearly. */
function demosaiced(seed: number): RgbaImage {
  const scene = fractalField(SCENE, 2, seed);
  const normal = gaussian(seed + 1);
  const raw = Float64Array.from(scene, (value) => 128 + 28 * value + 3 * normal());
  const picture = greyImage(SCENE, SCENE, () => 0);
  const at = (x: number, y: number) => raw[((y + SCENE) % SCENE) * SCENE + ((x + SCENE) % SCENE)] ?? 0;
  for (let y = 0; y < SCENE; y++) {
    for (let x = 0; x < SCENE; x++) {
      const own = (x + y) % 2 === 0;
      const green = own ? at(x, y) : (at(x - 1, y) + at(x + 1, y) + at(x, y - 1) + at(x, y + 1)) / 4;
      picture.data.fill(Math.round(green), (y * SCENE + x) * 4, (y * SCENE + x) * 4 + 3);
    }
  }
  return picture;
}

describe('colour filter', () => {
  it('is seen in a demosaiced picture, by both methods', async () => {
    const { features, label, status } = await analyze(demosaiced(1));
    expect(status).toBe('clear');
    expect(features.diagonal).toBeGreaterThan(15);
    expect(features.lattice).toBeGreaterThan(15);
    expect(label).toEqual({ key: 'layers.prnu.label.filter' });
  });

  it('is not seen in noise, nor in smoothed noise', async () => {
    const normal = gaussian(7);
    const raw = Float64Array.from({ length: (SCENE + 1) ** 2 }, () => 8 * normal());
    const noisy = greyImage(SCENE, SCENE, (x, y) => 128 + (raw[y * (SCENE + 1) + x] ?? 0));
    const smooth = greyImage(SCENE, SCENE, (x, y) => {
      const at = y * (SCENE + 1) + x;
      return 128 + ((raw[at] ?? 0) + (raw[at + 1] ?? 0) + (raw[at + SCENE + 1] ?? 0)) / 1.5;
    });
    for (const picture of [noisy, smooth]) {
      const { label } = await analyze(picture);
      expect(label).toEqual({ key: 'layers.prnu.label.noFilter' });
    }
  });
});

describe('lines', () => {
  it('stand out by the share of the noise that a row has in common', async () => {
    const normal = gaussian(3);
    const rows = Float64Array.from({ length: SCENE }, () => normal());
    const lined = greyImage(SCENE, SCENE, (_x, y) => 128 + (rows[y] ?? 0) + 2 * normal());
    const { features } = await analyze(lined);
    expect(features.rows).toBeGreaterThan(10);
    expect(features.columns).toBeLessThan(3);
  });
});

describe('enrolled cameras', () => {
  /** A sensor of 600 x 520 px that varies by 2 %, and photographs of it. */
  const [width, height] = [600, 520];
  const sensorOf = (seed: number) => {
    const normal = gaussian(seed);
    return Float32Array.from({ length: width * height }, () => 0.02 * normal());
  };
  const photograph = (sensor: Float32Array, seed: number) => {
    const scene = fractalField(512, 2.4, seed);
    const normal = gaussian(seed + 900);
    return greyImage(width, height, (x, y) => {
      const light = 120 + 25 * (scene[(y % 512) * 512 + (x % 512)] ?? 0);
      return light * (1 + (sensor[y * width + x] ?? 0)) + 1.5 * normal();
    });
  };
  const own = sensorOf(1);
  const sums = emptySums(512);
  for (let at = 0; at < 6; at++) {
    addView(sums, sensorView(sensorLuma(imageOf(photograph(own, 10 + at)), 512), 512));
  }
  const camera: CameraFingerprint = {
    name: 'My camera',
    width,
    height,
    side: 512,
    photos: 6,
    ...packPattern(estimatePattern(sums)),
    leastOwn: 1000,
  };

  it('match a photograph of their own, as taken and turned', async () => {
    const picture = photograph(own, 30);
    const upright = await analyze(picture, [camera]);
    expect(upright.label).toEqual({ key: 'layers.prnu.label.matches', args: ['My camera'] });
    expect(upright.features.cameraMatch).toBe(1);
    const quarter = greyImage(height, width, () => 0);
    for (let y = 0; y < width; y++) {
      for (let x = 0; x < height; x++) {
        const from = ((height - 1 - x) * width + y) * 4;
        quarter.data.set(picture.data.subarray(from, from + 4), (y * height + x) * 4);
      }
    }
    expect((await analyze(quarter, [camera])).label).toMatchObject({ key: 'layers.prnu.label.matches' });
  });

  it('do not match a photograph of another camera, and say so only where they can', async () => {
    const other = photograph(sensorOf(2), 31);
    expect((await analyze(other, [camera])).label).toMatchObject({ key: 'layers.prnu.label.not' });
    const weak = await analyze(other, [{ ...camera, leastOwn: 80 }]);
    expect(weak.label).toMatchObject({ key: 'layers.prnu.label.unknown' });
    const wider = await analyze(other, [{ ...camera, width: 1200 }]);
    expect(wider.label).toMatchObject({ key: 'layers.prnu.label.unknown' });
    expect(wider.features.cameraMatch).toBe(0);
  });

  it('find a crop of their own photograph, and cannot tell of a small picture', async () => {
    const whole = photograph(own, 32);
    const crop = greyImage(540, 520, () => 0);
    for (let y = 0; y < 520; y++) {
      crop.data.set(whole.data.subarray((y * width + 60) * 4, (y * width + 600) * 4), y * 540 * 4);
    }
    expect((await analyze(crop, [camera])).label).toMatchObject({ key: 'layers.prnu.label.matches' });
    const uniform = seeded(4);
    const small = await analyze(
      greyImage(300, 300, () => 255 * uniform()),
      [camera],
    );
    expect(small.label).toMatchObject({ key: 'layers.prnu.label.unknown' });
  });
});

it.each([
  [1, 1],
  [63, 900],
])('does not run on %i x %i', async (width, height) => {
  const result = await analyze(greyImage(width, height, (x, y) => (x * 31 + y * 17) % 256));
  expect(result.unavailable).toEqual({ key: 'layers.prnu.unavailable.small', args: [64] });
});

it('does not run on a flat picture', async () => {
  const result = await analyze(greyImage(300, 300, () => 90));
  expect(result.unavailable).toEqual({ key: 'layers.prnu.unavailable.blank' });
});

it('answers finite features, whatever the pixels, and stops when told to', async () => {
  for (let seed = 0; seed < 16; seed++) {
    const uniform = seeded(seed);
    const levels = [2, 3, 17, 256][seed % 4] ?? 2;
    const cell = [1, 2, 8, 40][Math.floor(seed / 4)] ?? 1;
    const values = Array.from({ length: 4096 }, () => (Math.floor(uniform() * levels) * 255) / levels);
    const result = await analyze(
      greyImage(
        130 + seed,
        140,
        (x, y) => values[(Math.floor(x / cell) * 67 + Math.floor(y / cell)) % 4096] ?? 0,
      ),
    );
    for (const [name, value] of Object.entries(result.features)) {
      expect(Number.isFinite(value), `${name} = ${value}`).toBe(true);
    }
  }
  const controller = new AbortController();
  controller.abort();
  const image = imageOf(greyImage(64, 64, (x) => x));
  await expect(prnu.analyze(image, services([]), controller.signal)).rejects.toThrow();
});
