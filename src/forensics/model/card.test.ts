import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  calibrate,
  combineLogits,
  ModelError,
  modelErrorCode,
  nameFamily,
  parseCard,
  weighedViews,
} from './card';
import { tinyCard } from './tiny-onnx.fixture';

const FOLDER = join(import.meta.dirname, '../../../public/models');
const packagedCard = (): unknown => JSON.parse(readFileSync(join(FOLDER, 'model.json'), 'utf8'));

/** The packaged card with one place changed, by path. */
function changed(path: string, value: unknown): unknown {
  const card = packagedCard();
  const keys = path.split('.');
  let at = card as Record<string, unknown>;
  for (const key of keys.slice(0, -1)) at = at[key] as Record<string, unknown>;
  at[keys.at(-1) ?? ''] = value;
  return card;
}

describe('the packaged card', () => {
  const card = parseCard(packagedCard());

  test('describes the files beside it', () => {
    for (const { file } of card.views) {
      const bytes = readFileSync(join(FOLDER, file.path));
      expect(bytes.byteLength).toBe(file.bytes);
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(file.sha256);
    }
  });

  test('is the one that the fusion weights were fitted for, or on its scale', () => {
    const { fitted } = JSON.parse(readFileSync(join(FOLDER, 'fusion.json'), 'utf8'));
    if (fitted.modelVersion !== null) expect(fitted.modelVersion).toBe(card.scale?.of ?? card.version);
  });
});

describe('a card that is not as it must be is refused, with the place named', () => {
  test.each([
    ['schema', 2],
    ['version', '../../other'],
    ['version', ''],
    ['date', '21 November'],
    ['views', []],
    ['views.0.kind', 'pyramid'],
    ['views.0.id', 'Crop 1'],
    ['views.0.file.path', '../secret.onnx'],
    ['views.0.file.path', 'https://example.org/model.onnx'],
    ['views.0.file.path', 'folder/model.onnx'],
    ['views.0.file.sha256', 'EC0E'],
    ['views.0.file.bytes', 0],
    ['views.0.file.bytes', 1e12],
    ['views.0.input.size', 0],
    ['views.0.input.size', 160.5],
    ['views.0.input.size', 1_000_000],
    ['views.0.input.layout', 'chw'],
    ['views.0.input.std', [127.5, 0, 127.5]],
    ['views.0.input.std', [127.5, -1, 127.5]],
    ['views.0.input.mean', [127.5, 127.5]],
    ['views.0.input.mean', [127.5, null, 127.5]],
    ['views.0.kernel', 'nearest'],
    ['views.0.selfTestLogit', Number.NaN],
    ['views.2.id', 'global'],
    ['views.2.grid', 0],
    ['views.2.cells', []],
    ['views.2.cells', [[0, 3]]],
    ['views.2.cells', [[-1, 0]]],
    ['views.2.padding', 'zero'],
    ['views.1.share', 0.1],
    ['views.1.share', 1.1],
    ['views.1.kernel', 'nearest'],
    ['views.1.cells', [[0, 2]]],
    ['views.1.kind', 'crops'],
    ['prepare.maxShorterSide', 4],
    ['prepare.background', 'black'],
    ['combine.weights', {}],
    ['combine.weights', { global: 1 }],
    ['combine.weights', { region: 1, crop: 1 }],
    ['combine.weights', { global: 1, region: 1, other: 1 }],
    ['combine.bias', '0'],
    ['calibration', { kind: 'platt', a: -1, b: 0 }],
    ['calibration', { kind: 'platt', a: 1 }],
    ['calibration', { kind: 'isotonic', a: 1, b: 0 }],
    ['selfTest.backends', 0],
    ['scale', { of: 'older', slope: 0, offset: 0, images: 800, date: '2026-11-22' }],
    ['scale', { of: 'older', slope: 1, offset: 0, images: 0, date: '2026-11-22' }],
    ['scale', { of: '../older', slope: 1, offset: 0, images: 800, date: '2026-11-22' }],
    ['scale', { of: 'older', slope: 1 }],
    ['limits', []],
  ])('%s = %j', (path, value) => {
    expect(() => parseCard(changed(path, value))).toThrow(ModelError);
  });

  test('only close-ups may be left out of the verdict', () => {
    const weights = { global: 1, region: 1 };
    expect(weighedViews(parseCard(changed('combine.weights', weights))).map(({ id }) => id)).toEqual([
      'global',
      'region',
    ]);
    expect(weighedViews(parseCard(changed('combine.weights', { ...weights, crop: 1 })))).toHaveLength(3);
  });

  test('names the field', () => {
    expect(() => parseCard(changed('views.0.input.size', 0))).toThrow(/views\.0\.input\.size/);
  });

  test('whatever JSON it is given, it answers or fails with a code', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        try {
          parseCard(json);
        } catch (error) {
          expect(modelErrorCode(error)).toBe('card-invalid');
        }
      }),
    );
  });
});

describe('from views to a probability', () => {
  const card = parseCard(changed('combine', { bias: -0.5, weights: { global: 2, region: 0.25 } }));
  const calibrated = parseCard(changed('calibration', { kind: 'platt', a: 2, b: -1 }));

  test('log-odds are weighed and summed', () => {
    expect(combineLogits(card, { global: 1.5, region: -4 })).toBeCloseTo(-0.5 + 3 - 1, 12);
  });

  test('a missing view is an error, never a zero', () => {
    expect(() => combineLogits(card, { global: 1 })).toThrow(ModelError);
  });

  test('Platt scaling', () => {
    expect(calibrate(calibrated, 0.5)).toBe(0.5);
    expect(calibrate(calibrated, 0.5 + Math.log(3) / 2)).toBeCloseTo(0.75, 12);
    expect(calibrate(parseCard(changed('calibration', null)), 3)).toBeNull();
  });
});

describe('families of generators', () => {
  const named = {
    names: ['none', 'flux', 'dalle'],
    labels: ['No generator', 'Flux', 'DALL-E'],
    none: 'none',
    weights: { whole: 1, strip: 3 },
    temperature: 2,
    least: 0.6,
  };
  const withFamilies = (families: unknown, views = ['strip', 'whole']) => {
    const card = tinyCard('0'.repeat(64), 1);
    const own = (card.views as { id: string }[]).map((view) =>
      views.includes(view.id) ? { ...view, families: { name: 'families' } } : view,
    );
    return parseCard({ ...card, views: own, families });
  };

  test('softmax of the weighed logits over the temperature', () => {
    // flux: (1 * 2 + 3 * 4) / 2 = 7, dalle: (1 * 4 + 3 * 2) / 2 = 5, none: 0; e^2 / (e^2 + 1 + e^-5).
    const guess = nameFamily(withFamilies(named), { whole: [0, 2, 4], strip: [0, 4, 2] });
    expect(guess).toMatchObject({ name: 'flux', label: 'Flux' });
    expect(guess?.probability).toBeCloseTo(Math.exp(2) / (Math.exp(2) + 1 + Math.exp(-5)), 12);
  });

  test('nothing is named where it is none, not sure enough, or unknown to the card', () => {
    expect(nameFamily(withFamilies(named), { whole: [9, 0, 0], strip: [9, 0, 0] })).toBeNull();
    expect(nameFamily(withFamilies(named), { whole: [0, 2, 2], strip: [0, 0, 0] })).toBeNull();
    expect(nameFamily(parseCard(tinyCard('0'.repeat(64), 1)), {})).toBeNull();
  });

  test.each([
    ['a label short', { ...named, labels: ['No generator', 'Flux'] }],
    ['no name for none', { ...named, none: 'real' }],
    ['a weight for a view that tells none', { ...named, weights: { whole: 1, other: 1 } }],
    ['no temperature', { ...named, temperature: 0 }],
  ])('a card with %s is refused', (_, families) => {
    expect(() => withFamilies(families)).toThrow(ModelError);
  });

  test('a view that is left out of the verdict names none', () => {
    const tiny = tinyCard('0'.repeat(64), 1);
    const alone = { ...tiny, combine: { bias: 0, weights: { whole: 1 } } };
    const views = (tiny.views as object[]).map((view) => ({ ...view, families: { name: 'families' } }));
    const able = { ...named, weights: { whole: 1 } };
    expect(parseCard({ ...alone, views, families: able }).families?.weights).toEqual({ whole: 1 });
    expect(() => parseCard({ ...alone, views, families: named })).toThrow(ModelError);
  });

  test('a view that tells families needs a card that names them', () => {
    expect(() => withFamilies(undefined)).toThrow(ModelError);
  });
});
