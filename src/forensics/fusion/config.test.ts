import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFusionConfig } from './config';
import { exampleConfig } from './example.fixture';

/** A deep copy as JSON gives it, with the value at a path replaced. */
function withValue(path: readonly (string | number)[], value: unknown): unknown {
  const copy: unknown = JSON.parse(JSON.stringify(exampleConfig()));
  let at: unknown = copy;
  for (const key of path.slice(0, -1)) at = Reflect.get(Object(at), key);
  Reflect.set(Object(at), path.at(-1) ?? '', value);
  return copy;
}

describe('parseFusionConfig', () => {
  it('takes what the fit writes', () => {
    expect(parseFusionConfig(JSON.parse(JSON.stringify(exampleConfig())))).toEqual(exampleConfig());
  });

  it('takes thresholds that were fitted later', () => {
    const later = {
      date: '2026-11-22',
      command: 'python promise.py',
      manifestSha256: '0'.repeat(64),
      images: 9,
    };
    const told = parseFusionConfig(withValue(['fitted', 'promises'], later));
    expect(told.fitted.promises).toEqual(later);
    expect(() => parseFusionConfig(withValue(['fitted', 'promises'], { ...later, images: -1 }))).toThrow(
      'fitted.promises.images',
    );
  });

  it.each<[string, readonly (string | number)[], unknown]>([
    ['another schema', ['schema'], 3],
    ['a weight below zero', ['sets', 2, 'weights', 'frequency'], -0.1],
    ['a weight that is no number', ['sets', 2, 'weights', 'frequency'], '1'],
    ['a missing weight', ['sets', 2, 'weights'], {}],
    ['a weight for a layer that nobody fitted', ['sets', 2, 'weights'], { frequency: 1, noise: 1 }],
    ['a layer named twice', ['sets', 2, 'layers'], ['frequency', 'frequency']],
    ['no empty set', ['sets', 3], exampleConfig().sets[1]],
    ['a set after the empty one, that nothing would choose', ['sets', 4], exampleConfig().sets[1]],
    ['an empty set that weighs', ['sets', 3, 'weights'], { model: 1 }],
    [
      'a fit for a layer without a weight',
      ['sets', 1, 'fits'],
      { frequency: exampleConfig().manipulation.copies.fit },
    ],
    ['a set of a layer without a fit', ['layers'], {}],
    ['a scale of zero', ['layers', 'frequency', 'terms', 0, 'scale'], 0],
    ['an empty range', ['layers', 'frequency', 'terms', 0, 'low'], 11],
    ['an empty range of a score', ['layers', 'model', 'low'], 11],
    ['endless log-odds', ['layers', 'frequency', 'intercept'], 1e308],
    ['null for a number (JSON has no NaN)', ['layers', 'frequency', 'intercept'], null],
    ['a calibration that turns round', ['sets', 1, 'calibration', 'slope'], -1],
    ['a band over everything and more', ['uncertainty', 'pixelsOnly', 'halfWidth'], 0.6],
    ['zones out of order', ['uncertainty', 'zones', 0, 'upTo'], 0.9],
    ['zones that end early', ['uncertainty', 'zones', 2, 'upTo'], 0.99],
    ['a probability over one', ['sets', 0, 'verdicts', 'likelyAiGenerated'], 1.2],
    ['thresholds that cross', ['sets', 0, 'verdicts', 'likelyAuthentic'], 0.9],
    ['an unknown format', ['manipulation', 'history', 'formats'], ['exe']],
    ['a cap below zero', ['policy', 'cameraCap'], -1],
    ['a field that nobody knows', ['sets', 0, 'verdicts', 'authentic'], 0.01],
    ['a digest that is none', ['fitted', 'manifestSha256'], 'abc'],
  ])('refuses %s', (_what, path, value) => {
    expect(() => parseFusionConfig(withValue(path, value))).toThrow(/fusion weights are not valid/);
  });

  it('takes the weights that are shipped', () => {
    const file = new URL('../../../public/models/fusion.json', import.meta.url);
    const config = parseFusionConfig(JSON.parse(readFileSync(file, 'utf8')));
    expect(config.fitted.images).toBeGreaterThan(1000);
    expect(config.sets.length).toBeGreaterThan(1);
  });

  it('names the place', () => {
    expect(() => parseFusionConfig(withValue(['sets', 1, 'calibration', 'slope'], 0))).toThrow(
      /sets\.1\.calibration\.slope/,
    );
  });

  it('refuses anything else with the same error', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        expect(() => parseFusionConfig(json)).toThrow(/fusion weights are not valid/);
      }),
    );
  });
});
