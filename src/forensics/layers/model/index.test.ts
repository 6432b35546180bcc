import { afterEach, describe, expect, test, vi } from 'vitest';
import type { DetectorResult, EngineServices } from '../../layer';
import { ModelError } from '../../model/card';
import { drawn, forensicImage } from '../../model/image.fixture';
import { model } from '.';
import { laterMapOf } from './map';

const never = new AbortController().signal;
const picture = forensicImage(drawn(200, 100, (x, y) => [x, y, 0]));

const found: DetectorResult = {
  logit: 1.5,
  logits: { whole: 0.5, close: 1 },
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
  expect(features).toEqual({ logit: 1.5, 'logit.whole': 0.5, 'logit.close': 1 });
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

describe('map of close-ups all over the picture', () => {
  /** Every second one of 5 x 3 squares of 40 px, 32 px apart, is surely AI. */
  const many = (logit: (column: number, row: number) => number) =>
    Array.from({ length: 15 }, (_, at) => {
      const [column, row] = [at % 5, Math.floor(at / 5)];
      return { x: 32 * column, y: 32 * row, size: 40, logit: logit(column, row) };
    });
  const survey = (logit: (column: number, row: number) => number) =>
    laterMapOf({ width: 168, height: 104, crops: many(logit) });

  test('spans the image, and says of how many close-ups it is', () => {
    const { layer, map } = survey(() => 0);
    expect(layer).toBe('model');
    // Of 24 cells along 168 px each is 7 px wide; 104 px need 15.
    expect(map).toMatchObject({ width: 24, height: 15, cell: 7 });
    expect(map.data).toHaveLength(24 * 15);
    expect(map.shows).toEqual({ key: 'layers.model.map_of_many', args: [15] });
  });

  test('is even where all are alike', () => {
    const { data } = survey(() => 2).map;
    const probability = 1 / (1 + Math.exp(-2));
    for (const value of data) expect(value).toBeCloseTo(probability, 6);
  });

  test('is the mean weighed by a Gaussian of 0.45 sides', () => {
    const logit = (column: number, row: number) => (column === 1 && row === 1 ? 3 : -2);
    const { data, width, cell } = survey(logit).map;
    // 168 px in cells of 7: the centre of cell (7, 7) lies at 52.5, 52.5, beside that of close-up (1, 1) at 52, 52.
    expect(cell).toBe(7);
    let weighed = 0;
    let weights = 0;
    for (let row = 0; row < 3; row++) {
      for (let column = 0; column < 5; column++) {
        const distance = Math.hypot(52.5 - (20 + 32 * column), 52.5 - (20 + 32 * row)) / 40;
        const weight = Math.exp(-0.5 * (distance / 0.45) ** 2);
        weighed += weight / (1 + Math.exp(-logit(column, row)));
        weights += weight;
      }
    }
    expect(data[7 * width + 7]).toBeCloseTo(weighed / weights, 6);
  });

  test('is brightest at the close-up that leans to AI and falls off to all sides', () => {
    const { data, width } = survey((column, row) => (column === 3 && row === 1 ? 4 : -4)).map;
    const brightest = data.indexOf(Math.max(...data));
    // The centre at 116, 52 lies in the cells from 112 and from 49 px on.
    expect([brightest % width, Math.floor(brightest / width)]).toEqual([16, 7]);
    const row = Array.from(data.subarray(7 * width, 8 * width));
    for (const [at, value] of row.entries()) {
      const before = row[at - 1] ?? 0;
      if (at <= 16) expect(value).toBeGreaterThan(before - 1e-7);
      else expect(value).toBeLessThan(before);
    }
  });
});
