import { afterEach, describe, expect, test, vi } from 'vitest';
import type { DetectorResult, EngineServices } from '../../layer';
import { ModelError } from '../../model/card';
import { drawn, forensicImage } from '../../model/image.fixture';
import { model } from '.';
import { cropMap } from './map';

const never = new AbortController().signal;
const picture = forensicImage(drawn(200, 100, (x, y) => [x, y, 0]));

const crop = (x: number, y: number, logit: number) => ({ x, y, size: 100, logit });
const found: DetectorResult = {
  logit: 1.5,
  logits: { whole: 0.5, close: 1 },
  crops: [crop(0, 0, 3), crop(100, 0, -1)],
  probability: 0.95,
  family: null,
  backend: 'wasm',
  modelVersion: 'test-1',
  ms: 12,
};

function services(detect: () => Promise<DetectorResult>): EngineServices {
  const none = () => Promise.reject(new Error('not asked for'));
  return {
    exif: { decode: none },
    jpeg: { roundTrip: none, decode: none },
    detector: { detect },
    credentials: { read: none },
  };
}

const judge = (result: Partial<DetectorResult>) =>
  model.analyze(
    picture,
    services(async () => ({ ...found, ...result })),
    never,
  );

afterEach(() => vi.restoreAllMocks());

test('figures for the fusion', async () => {
  const { features, score } = await judge({});
  // Deviation of 3 and -1 around 1.
  expect(features).toEqual({ logit: 1.5, 'logit.whole': 0.5, 'logit.close': 1, 'crops.spread': 2 });
  expect(score).toBe(0.95);
});

test.each([
  [0.99, 'flagged'],
  [0.9, 'flagged'],
  [0.89, 'warning'],
  [0.5, 'warning'],
  [0.49, 'clear'],
  [0.01, 'clear'],
])('a score of %d is %s', async (probability, status) => {
  expect((await judge({ probability })).status).toBe(status);
});

test('without a calibration there is no score, and nothing is flagged', async () => {
  expect(await judge({ probability: null, logit: 9 })).toMatchObject({ status: 'warning', score: null });
  expect(await judge({ probability: null, logit: -9 })).toMatchObject({ status: 'clear', score: null });
});

test('says how many close-ups leaned to AI', async () => {
  const { explanation } = await judge({});
  expect(explanation.seen).toContainEqual({ key: 'layers.model.seen.crops', args: [1, 2] });
});

test('one crop or none makes no map', async () => {
  expect((await judge({ crops: [] })).map).toBeUndefined();
  expect((await judge({ crops: [crop(0, 0, 1)] })).map).toBeUndefined();
});

test('a family that the networks name is a suspect, told with its odds', async () => {
  const family = { name: 'flux', label: 'Flux', probability: 0.724 };
  const result = await judge({ family });
  expect(result.suspect).toEqual({ name: 'Flux', confidence: 0.724 });
  expect(result.facts).toContainEqual({
    name: { key: 'layers.model.fact.family' },
    value: { key: 'layers.model.family', args: ['Flux', 72] },
  });
  expect((await judge({})).suspect).toBeUndefined();
});

describe('where it cannot say anything it says so', () => {
  test('too small', async () => {
    const small = forensicImage(drawn(300, 63, (x) => [x, 0, 0]));
    const result = await model.analyze(
      small,
      services(async () => found),
      never,
    );
    expect(result).toMatchObject({
      status: 'unavailable',
      score: null,
      unavailable: { key: 'layers.model.unavailable.small', args: [63, 64] },
    });
  });

  test.each(['flat-picture', 'self-test-failed', 'checksum-mismatch'] as const)('%s', async (code) => {
    vi.spyOn(console, 'error').mockReturnValue();
    const result = await model.analyze(
      picture,
      services(() => Promise.reject(new ModelError(code, 'test'))),
      never,
    );
    expect(result).toMatchObject({
      status: 'unavailable',
      unavailable: { key: `layers.model.unavailable.${code}` },
    });
  });

  test('a bug is not taken for a model that is missing', async () => {
    const bug = services(() => Promise.reject(new TypeError('bug')));
    await expect(model.analyze(picture, bug, never)).rejects.toThrow(TypeError);
  });

  test('an abort is thrown', async () => {
    const abort = new AbortController();
    abort.abort(new Error('enough'));
    const late = services(() => Promise.reject(new ModelError('inference-failed', 'test')));
    await expect(model.analyze(picture, late, abort.signal)).rejects.toThrow('enough');
  });
});

describe('map of the close-ups', () => {
  const map = cropMap(200, 100, found.crops);
  const at = (x: number, y: number) =>
    map.data[Math.floor(y / map.cell) * map.width + Math.floor(x / map.cell)] ?? 0;

  test('spans the image in 0..1', () => {
    expect(map.width * map.cell).toBeGreaterThanOrEqual(200);
    expect((map.width - 1) * map.cell).toBeLessThan(200);
    expect(map.height * map.cell).toBeGreaterThanOrEqual(100);
    expect(map.data).toHaveLength(map.width * map.height);
    expect(map.data.every((value) => value >= 0 && value <= 1)).toBe(true);
  });

  test('is bright where the close-up leans to AI, dark where not, and between in between', () => {
    const bright = 1 / (1 + Math.exp(-3));
    const dark = 1 / (1 + Math.exp(1));
    expect(at(50, 50)).toBeGreaterThan(0.9 * bright);
    expect(at(150, 50)).toBeLessThan(1.2 * dark);
    expect(at(100, 50)).toBeGreaterThan(at(150, 50));
    expect(at(100, 50)).toBeLessThan(at(50, 50));
  });
});
