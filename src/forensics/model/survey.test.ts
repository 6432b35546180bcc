import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ModelError, parseCard } from './card';
import type { Network } from './detector';
import { drawn } from './image.fixture';
import { closeUpsAlong, type Judged, survey } from './survey';
import { tinyCard } from './tiny-onnx.fixture';
import { gridOffsets } from './views';

const never = new AbortController().signal;

describe('close-ups along a side', () => {
  test.each([
    // Of 128 px: 5 x 5 of a square picture, 7 x 5 of three by two, 9 x 5 of sixteen by nine.
    [512, 128, 5],
    [768, 128, 7],
    [910, 128, 9],
    [256, 128, 3],
    // Room for 112 px twice, and for a pixel more.
    [352, 128, 3],
    [353, 128, 5],
    [129, 128, 3],
    [128, 128, 1],
    [64, 128, 1],
    // A strip.
    [20_000, 128, 9],
  ])('%i px hold, of %i px: %i', (length, size, count) => {
    expect(closeUpsAlong(length, size)).toBe(count);
  });

  test('leave nothing unseen, share an eighth, and have the verdict’s corners and middle among them', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1000 }),
        fc.constantFrom(8, 96, 128, 160, 224),
        (length, size) => {
          const count = closeUpsAlong(length, size);
          const offsets = gridOffsets(length, size, count);
          for (const at of gridOffsets(length, size, 3)) expect(offsets).toContain(at);
          if (count === 9) return;
          for (const [at, offset] of offsets.entries()) {
            // Half a pixel at either end is what rounding may add.
            expect(offset - (offsets[at - 1] ?? offset)).toBeLessThanOrEqual((7 / 8) * size + 1);
          }
        },
      ),
    );
  });
});

/** A card whose three close-ups of 8 px lie on the diagonal of a grid of three. */
function diagonal() {
  const card = parseCard(tinyCard('0'.repeat(64), 1));
  const view = card.views.find((one) => one.kind === 'crops');
  if (view?.kind !== 'crops') throw new Error('the tiny card sees no close-ups');
  return {
    ...view,
    cells: [[0, 0] as [number, number], [1, 1] as [number, number], [2, 2] as [number, number]],
  };
}

/** Answers where each square began, and remembers what it was asked. */
function watched(onAsked: (count: number) => void = () => undefined) {
  const asked: number[][] = [];
  const network: Pick<Network, 'infer'> = {
    infer: async (viewId, data, count, signal) => {
      expect(viewId).toBe('strip');
      signal.throwIfAborted();
      const each = data.length / count;
      // The first pixel's red says the column and its green the row: see `place`.
      const logits = Array.from({ length: count }, (_, at) =>
        placeIn(data[at * each] ?? Number.NaN, data[at * each + 1] ?? Number.NaN),
      );
      asked.push(logits);
      onAsked(asked.length);
      return { logits, families: null };
    },
  };
  return { network: network as Network, asked };
}

/** The card's normalisation undone: column + 100 rows. */
const placeIn = (red: number, green: number) =>
  Math.round(red * 50 + 100) + 100 * Math.round(green * 50 + 100);

/** Red says the column, green the row. */
const picture = (width: number, height: number) => drawn(width, height, (x, y) => [x, y, 7]);

function judged(width: number, height: number, scale = 1): Judged {
  const prepared = picture(width, height);
  return { view: diagonal(), prepared, width: width * scale, height: height * scale, logits: [-1, -2, -3] };
}

describe('a survey', () => {
  test('of 32 x 15 px: five columns, three rows, those of the verdict not judged again', async () => {
    const { network, asked } = watched();
    const found = await survey(judged(32, 15, 4), network, never);
    // 24 px of room are four steps of 6; 7 are two of 3.5, whose middle rounds up.
    const columns = [0, 6, 12, 18, 24];
    const rows = [0, 4, 7];
    expect(found).toMatchObject({ width: 128, height: 60 });
    const known = new Map([
      ['0 0', -1],
      ['12 4', -2],
      ['24 7', -3],
    ]);
    expect(found?.crops).toEqual(
      rows.flatMap((y) =>
        columns.map((x) => ({ x: 4 * x, y: 4 * y, size: 32, logit: known.get(`${x} ${y}`) ?? x + 100 * y })),
      ),
    );
    // Twelve new ones, three at a time, as the card has cells.
    expect(asked.map((batch) => batch.length)).toEqual([3, 3, 3, 3]);
    expect(new Set(asked.flat()).size).toBe(12);
    expect(asked.flat()).not.toContain(0);
  });

  test('fills the last batch up, as the network has room for that number', async () => {
    const { network, asked } = watched();
    // Three by three without the two that are known: seven, two at a time.
    await survey(
      {
        ...judged(20, 20),
        view: {
          ...diagonal(),
          cells: [
            [1, 1],
            [0, 0],
          ],
        },
        logits: [1, 2],
      },
      network,
      never,
    );
    expect(asked.map((batch) => batch.length)).toEqual([2, 2, 2, 2]);
    expect(asked.flat()).toHaveLength(8);
    expect(new Set(asked.flat()).size).toBe(7);
  });

  test('judges all of them where the verdict rests on none', async () => {
    const { network, asked } = watched();
    const found = await survey({ ...judged(32, 15), logits: [] }, network, never);
    expect(asked.map((batch) => batch.length)).toEqual([3, 3, 3, 3, 3]);
    expect(found?.crops.map(({ x, y, logit }) => logit - (x + 100 * y))).toEqual(new Array(15).fill(0));
  });

  test('of a picture with room for one close-up is none', async () => {
    const { network, asked } = watched();
    expect(await survey(judged(8, 6), network, never)).toBeNull();
    expect(await survey({ ...judged(8, 6), logits: [] }, network, never)).toBeNull();
    expect(asked).toEqual([]);
  });

  test('ends between two batches when it is stopped', async () => {
    const abort = new AbortController();
    const { network, asked } = watched((times) => {
      if (times === 2) abort.abort(new Error('another picture'));
    });
    await expect(survey(judged(32, 32), network, abort.signal)).rejects.toThrow('another picture');
    expect(asked).toHaveLength(2);
  });

  test('fails as the network does', async () => {
    const network: Network = {
      describe: () => Promise.reject(new Error('not asked for')),
      infer: () => Promise.reject(new ModelError('inference-failed', 'out of memory')),
    };
    await expect(survey(judged(32, 32), network, never)).rejects.toMatchObject({ code: 'inference-failed' });
  });
});
