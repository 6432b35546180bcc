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

  it.each<[string, readonly (string | number)[], unknown]>([
    ['another schema', ['schema'], 2],
    ['a weight below zero', ['sets', 1, 'weights', 'frequency'], -0.1],
    ['a weight that is no number', ['sets', 1, 'weights', 'frequency'], '1'],
    ['a missing weight', ['sets', 1, 'weights'], {}],
    ['a weight for a layer outside the set', ['sets', 1, 'weights'], { frequency: 1, model: 1 }],
    ['a layer named twice', ['sets', 1, 'layers'], ['frequency', 'frequency']],
    ['no empty set', ['sets', 0], exampleConfig().sets[1]],
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
    ['a probability over one', ['verdicts', 'likelyAiGenerated'], 1.2],
    ['thresholds that cross', ['verdicts', 'likelyAuthentic'], 0.9],
    ['an unknown format', ['manipulation', 'formats'], ['exe']],
    ['a cap below zero', ['policy', 'cameraCap'], -1],
    ['a field that nobody knows', ['verdicts', 'authentic'], 0.01],
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
