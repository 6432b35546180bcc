import { beforeEach, describe, expect, it } from 'vitest';
import { fractalField, gaussian, greyImage } from '../../tests/fixtures/noise';
import { arrayPixelSource } from '../forensics/pixels/array';
import { createForensicImage } from '../forensics/pixels/forensic-image';
import { freshDatabase } from '../storage/fresh.fixture';
import { forgetCamera, keepCamera, listCameras, readCameras } from '.';
import { CameraLearner, energyAgainst } from './learn';
import { LONGEST_NAME, MOST_CAMERAS } from './settings';

const fingerprint = {
  width: 4000,
  height: 3000,
  side: 1024,
  photos: 12,
  pattern: Int8Array.of(1, -2, 3),
  scale: 0.5,
  leastOwn: 300,
};

describe('kept cameras', () => {
  beforeEach(freshDatabase);

  it('come back whole, oldest first, and go when they are forgotten', async () => {
    const second = await keepCamera(' Second ', fingerprint, 2);
    const first = await keepCamera('First', fingerprint, 1);
    const all = await readCameras();
    expect(all.map(({ name }) => name)).toEqual(['First', 'Second']);
    expect(all[0]?.pattern).toEqual(fingerprint.pattern);
    await forgetCamera(first.id);
    expect(await listCameras()).toEqual([second]);
    expect(second).not.toHaveProperty('pattern');
  });

  it('need a name, of some length', async () => {
    await expect(keepCamera('  ', fingerprint)).rejects.toThrow(RangeError);
    expect((await keepCamera('x'.repeat(500), fingerprint)).name).toHaveLength(LONGEST_NAME);
  });

  it('have a cap, and nothing is lost at it', async () => {
    for (let at = 0; at < MOST_CAMERAS; at++) await keepCamera(`Camera ${at}`, fingerprint, at);
    await expect(keepCamera('One more', fingerprint)).rejects.toThrow(RangeError);
    expect(await listCameras()).toHaveLength(MOST_CAMERAS);
  });
});

describe('CameraLearner', () => {
  const side = 512;
  const sensorOf = (seed: number) => {
    // Far from the scenes' seeds: a scene drawn from the sensor's own numbers would hold its pattern.
    const normal = gaussian(10_000 + seed);
    return Float32Array.from({ length: side * side }, () => 0.02 * normal());
  };
  const photograph = (sensor: Float32Array, seed: number) => {
    const scene = fractalField(side, 2.4, seed);
    const normal = gaussian(seed + 900);
    const pixels = greyImage(side, side, (x, y) => {
      const at = y * side + x;
      return (120 + 25 * (scene[at] ?? 0)) * (1 + (sensor[at] ?? 0)) + 1.5 * normal();
    });
    return imageOf(pixels);
  };
  const imageOf = (pixels: ReturnType<typeof greyImage>) =>
    createForensicImage({
      how: 'file',
      format: 'png',
      bytes: new Uint8Array(),
      pixels: arrayPixelSource(pixels),
    });

  it('learns what its photographs share, and counts what it leaves out', () => {
    const learner = new CameraLearner();
    const sensor = sensorOf(1);
    for (let at = 0; at < 3; at++) expect(learner.add(photograph(sensor, at))).toBe('used');
    expect(learner.add(null)).toBe('unreadable');
    expect(learner.add(imageOf(greyImage(600, 512, (x) => x)))).toBe('other-size');
    expect(learner.add(imageOf(greyImage(300, 900, (x) => x)))).toBe('too-small');
    expect(learner.outcomes).toEqual({ used: 3, unreadable: 1, 'other-size': 1, 'too-small': 1 });
    const learned = learner.finish();
    expect(learned).toMatchObject({ width: side, height: side, side, photos: 3 });
    expect(learned.leastOwn).toBeGreaterThan(120);
    expect(energyAgainst(photograph(sensor, 50), learned, 3)).toBeGreaterThan(120);
    expect(energyAgainst(photograph(sensorOf(2), 51), learned, 3)).toBeLessThan(60);
    // Some dozens of transforms of 512 x 512: 4 s alone, minutes on a machine that is busy with other things.
  }, 300_000);

  it('learns nothing from one photograph', () => {
    const learner = new CameraLearner();
    expect(() => learner.finish()).toThrow(RangeError);
    learner.add(photograph(sensorOf(3), 1));
    expect(() => learner.finish()).toThrow(RangeError);
  });
});
