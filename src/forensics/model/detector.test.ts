import { describe, expect, test } from 'vitest';
import { ModelError, parseCard } from './card';
import { createDetector, type Network } from './detector';
import { drawn, forensicImage } from './image.fixture';
import { tinyCard } from './tiny-onnx.fixture';

const never = new AbortController().signal;

/** What the tiny network computes, here: the mean of each square's values. */
function meanOver(card = parseCard(tinyCard('0'.repeat(64), 1))): Network {
  return {
    describe: async () => ({ card, backend: 'wasm' }),
    infer: async (_view, data, count) => {
      const each = data.length / count;
      const logits = Array.from({ length: count }, (_, at) => {
        const square = data.subarray(at * each, (at + 1) * each);
        return square.reduce((sum, value) => sum + value, 0) / each;
      });
      return { logits, families: null };
    },
  };
}

/** Left half dark, right half bright, 64 x 32. */
const halves = () => forensicImage(drawn(64, 32, (x) => (x < 32 ? [100, 100, 100] : [200, 200, 200])));

describe('a card with other views, sizes, layout and normalisation', () => {
  test('is run as it says', async () => {
    const found = await createDetector(meanOver()).detect(halves(), never);
    // The card halves the picture to 32 x 16 and takes (value - 100) / 50, so dark is 0 and bright is 2.
    // Its three crops of 8 lie in the middle row at columns 0, 12 and 24: dark, half and half, bright.
    expect(found.logits.strip).toBeCloseTo(1, 1);
    // The centre square of the whole is half dark, half bright as well.
    expect(found.logits.whole).toBeCloseTo(1, 1);
    // 0.5 + 2 * strip - 1 * whole, then 1 / (1 + exp(-(3 * logit - 4))).
    expect(found.logit).toBeCloseTo(0.5 + 2 * (found.logits.strip ?? 0) - (found.logits.whole ?? 0), 12);
    expect(found.probability).toBeCloseTo(1 / (1 + Math.exp(-(3 * found.logit - 4))), 12);
    expect(found).toMatchObject({ backend: 'wasm', modelVersion: 'tiny-1' });
  });

  test('without a calibration gives log-odds and no probability', async () => {
    const card = parseCard({ ...tinyCard('0'.repeat(64), 1), calibration: null });
    const found = await createDetector(meanOver(card)).detect(halves(), never);
    expect(found.probability).toBeNull();
    expect(found.logit).toBeCloseTo(1.5, 1);
  });
});

test('regions of the picture count by their mean', async () => {
  const tiny = tinyCard('0'.repeat(64), 1);
  const [strip] = tiny.views as Record<string, unknown>[];
  const { padding: _, ...shared } = strip ?? {};
  // The dark half three times, the bright one once.
  const cells = [
    [0, 0],
    [0, 0],
    [0, 0],
    [1, 0],
  ];
  const card = parseCard({
    ...tiny,
    views: [{ ...shared, id: 'parts', kind: 'regions', share: 1, kernel: 'bilinear', grid: 2, cells }],
    combine: { bias: 0, weights: { parts: 1 } },
  });
  const found = await createDetector(meanOver(card)).detect(halves(), never);
  // Prepared 32 x 16: the two squares of 16 are the dark half (0) and the bright one (2).
  expect(found.logits).toEqual({ parts: expect.closeTo(0.5, 1) });
  expect(found.logit).toBe(found.logits.parts);
});

test.each([
  ['one colour', () => [17, 130, 240] as const],
  ['black', () => [0, 0, 0] as const],
  ['one colour with a faint grain', (x: number, y: number) => [(x ^ y) & 1, 0, x & y & 1] as const],
])('a flat picture is not judged: %s', async (_, colour) => {
  const image = forensicImage(drawn(64, 64, colour));
  await expect(createDetector(meanOver()).detect(image, never)).rejects.toMatchObject({
    code: 'flat-picture',
  });
});

test('a picture of nothing but noise is not judged', async () => {
  // Numerical Recipes' generator: independent from pixel to pixel.
  let state = 1;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  };
  // 16 px: the tiny card's own size, so that nothing is averaged.
  const image = forensicImage(drawn(16, 16, () => [next(), next(), next()]));
  await expect(createDetector(meanOver()).detect(image, never)).rejects.toMatchObject({
    code: 'noise-picture',
  });
});

test('a failing network fails with its own code', async () => {
  const network: Network = {
    ...meanOver(),
    infer: () => Promise.reject(new ModelError('inference-failed', 'out of memory')),
  };
  await expect(createDetector(network).detect(halves(), never)).rejects.toMatchObject({
    code: 'inference-failed',
  });
});

test('an aborted detection throws the reason', async () => {
  const abort = new AbortController();
  abort.abort(new Error('enough'));
  await expect(createDetector(meanOver()).detect(halves(), abort.signal)).rejects.toThrow('enough');
});

describe('a survey of the picture judged last', () => {
  /** As the tiny card, with its three close-ups on the diagonal. */
  const card = () => {
    const tiny = parseCard(tinyCard('0'.repeat(64), 1));
    const cells: [number, number][] = [
      [0, 0],
      [1, 1],
      [2, 2],
    ];
    return { ...tiny, views: tiny.views.map((view) => (view.kind === 'crops' ? { ...view, cells } : view)) };
  };

  test('looks at all of it, and the verdict’s close-ups stand in it as they were judged', async () => {
    const detector = createDetector(meanOver(card()));
    const found = await detector.detect(halves(), never);
    const survey = await detector.survey(never);
    // 32 x 16 px prepared: five by three squares of 8 px; two pixels of the picture to one.
    expect(survey).toMatchObject({ width: 64, height: 32 });
    expect(survey?.crops).toHaveLength(15);
    // Their mean is what the verdict got of this view.
    const judged = [0, 7, 14].map((at) => survey?.crops[at]?.logit ?? Number.NaN);
    expect(judged.reduce((sum, logit) => sum + logit, 0) / 3).toBeCloseTo(found.logits.strip ?? 0, 12);
    // Left half 0, right half 2, and the middle column both.
    const columns = [0, 1, 2, 3, 4].map((column) => survey?.crops[column]?.logit);
    for (const [at, logit] of [0, 0, 1, 2, 2].entries()) expect(columns[at]).toBeCloseTo(logit, 0);
  });

  test('leaves the verdict’s figures as they are', async () => {
    const detector = createDetector(meanOver(card()));
    const { ms: _, ...before } = await detector.detect(halves(), never);
    await detector.survey(never);
    const { ms: __, ...after } = await detector.detect(halves(), never);
    expect(after).toEqual(before);
  });

  test('is none before any, after `forget`, and of a picture that was not judged', async () => {
    const detector = createDetector(meanOver(card()));
    expect(await detector.survey(never)).toBeNull();
    await detector.detect(halves(), never);
    detector.forget();
    expect(await detector.survey(never)).toBeNull();
    await detector.detect(halves(), never);
    const flat = forensicImage(drawn(64, 64, () => [17, 130, 240]));
    await expect(detector.detect(flat, never)).rejects.toMatchObject({ code: 'flat-picture' });
    expect(await detector.survey(never)).toBeNull();
  });

  test('needs no close-ups in the verdict: a view without a weight is asked for the map alone', async () => {
    const tiny = card();
    const asked: string[] = [];
    const network = meanOver({ ...tiny, combine: { bias: 0.5, weights: { whole: -1 } } });
    const detector = createDetector({
      ...network,
      infer: (view, ...rest) => {
        asked.push(view);
        return network.infer(view, ...rest);
      },
    });
    const found = await detector.detect(halves(), never);
    expect(asked).toEqual(['whole']);
    expect(found.logits).toEqual({ whole: expect.closeTo(1, 1) });
    const survey = await detector.survey(never);
    expect(survey?.crops).toHaveLength(15);
    // Five batches of the three that the view has cells for.
    expect(asked.slice(1)).toEqual(new Array(5).fill('strip'));
  });

  test('is none where the card sees no close-ups', async () => {
    const tiny = parseCard(tinyCard('0'.repeat(64), 1));
    const whole = {
      ...tiny,
      views: tiny.views.filter((view) => view.kind === 'whole'),
      combine: { bias: 0, weights: { whole: 1 } },
    };
    const detector = createDetector(meanOver(whole));
    await detector.detect(halves(), never);
    expect(await detector.survey(never)).toBeNull();
  });
});
