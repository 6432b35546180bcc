import { describe, expect, it } from 'vitest';
import type { GeneratorClaim, Region } from '../report';
import { exampleConfig, exampleFacts, layerResult, notRun } from './example.fixture';
import { assessManipulation } from './manipulation';

const config = exampleConfig();
const part: Region = { x: 16, y: 16, width: 32, height: 16, score: 0.9 };
const twin: Region = { x: 96, y: 16, width: 32, height: 16, score: 0.5 };

const tamper = (againstTop: number, more: Readonly<Record<string, number>> = {}) =>
  layerResult(
    'tamper',
    { againstTop, hasHistory: 1, sharedMedian: 0.5, ...more },
    { regions: Array(20).fill(part) },
  );
const pixel = (copyPairs: number) =>
  layerResult(
    'pixel',
    { copies: copyPairs > 0 ? 1 : 0, copyPairs },
    { regions: copyPairs > 0 ? [twin, twin] : [] },
  );
const keys = (given: ReturnType<typeof assessManipulation>) =>
  given.because?.map((text) => ('key' in text ? text.key : text.verbatim));

describe('parts of another history', () => {
  it('are told with their places from the fitted threshold on', () => {
    expect(assessManipulation([tamper(2), pixel(0)], null, exampleFacts, config)).toEqual({
      state: 'possible', // sigmoid(2 - 1) = 0.731
      score: expect.closeTo(0.7310585786300049, 12),
      regions: Array(8).fill(part), // no more than a person can look at
      because: [{ key: 'fusion.manipulation.part' }],
    });
    expect(assessManipulation([tamper(0.5), pixel(0)], null, exampleFacts, config)).toEqual({
      state: 'none-seen',
      score: expect.closeTo(0.3775406687981454, 12),
      regions: [],
      because: [{ key: 'fusion.manipulation.even' }],
    });
  });

  it('and copied parts count together, and only what counted is marked', () => {
    // -1 + 0.5 + 2: neither 0.5 alone reaches one half
    const copied = assessManipulation([tamper(0.5), pixel(2)], null, exampleFacts, config);
    expect(copied).toMatchObject({ state: 'possible', regions: [twin, twin] });
    expect(keys(copied)).toEqual(['fusion.manipulation.copy']);
    const both = assessManipulation([tamper(2), pixel(2)], null, exampleFacts, config);
    expect(both.regions).toEqual([twin, twin, ...Array(6).fill(part)]);
    expect(keys(both)).toEqual(['fusion.manipulation.copy', 'fusion.manipulation.part']);
  });

  it('never give a state that the measurement did not support', () => {
    expect(assessManipulation([tamper(10), pixel(0)], null, exampleFacts, config).state).toBe('possible');
  });

  it.each([
    ['the published file', 'no_file', tamper(9), { ...exampleFacts, how: 'tab-crop' as const }],
    ['a fitted format', 'format', tamper(9), { ...exampleFacts, format: 'png' as const }],
    ['the layer', 'small', notRun('tamper'), exampleFacts],
    ['an earlier compression', 'no_history', tamper(9, { hasHistory: 0 }), exampleFacts],
    ['one that most of the picture shares', 'no_history', tamper(9, { sharedMedian: 0.49 }), exampleFacts],
  ])('are not looked for without %s', (_what, reason, result, facts) => {
    const given = assessManipulation([result, pixel(0)], null, facts, config);
    expect(given).toMatchObject({ state: 'not-checked', score: null, regions: [] });
    expect(keys(given)).toEqual([`fusion.manipulation.${reason}`, 'fusion.manipulation.no_copy']);
  });

  it('are not looked for where no threshold kept its promise', () => {
    const history = { ...config.manipulation.history, possible: null, likely: null };
    const powerless = { ...config, manipulation: { ...config.manipulation, history } };
    const given = assessManipulation([tamper(9), pixel(0)], null, exampleFacts, powerless);
    expect(given.state).toBe('not-checked');
    expect(keys(given)).toEqual(['fusion.manipulation.no_measure', 'fusion.manipulation.no_copy']);
  });
});

describe('copied parts', () => {
  const png = { ...exampleFacts, format: 'png' as const };

  it('are told in every format', () => {
    expect(assessManipulation([pixel(2)], null, png, config)).toMatchObject({
      state: 'possible',
      regions: [twin, twin],
    });
    // sigmoid(4 - 1) = 0.953
    expect(assessManipulation([pixel(4)], null, png, config).state).toBe('likely');
  });

  it('that are too weak, and none at all, leave the picture unchecked', () => {
    const weak = assessManipulation([pixel(0.5)], null, png, config);
    expect(weak).toMatchObject({ state: 'not-checked', score: null, regions: [] });
    expect(keys(weak)).toEqual(['fusion.manipulation.format', 'fusion.manipulation.weak_copy']);
    expect(keys(assessManipulation([], null, png, config))).toEqual(['fusion.manipulation.format']);
  });
});

it("believes the file's own statement of an AI composite, and says what else was found", () => {
  const claim: GeneratorClaim = { kind: 'composite', name: null, where: 'IPTC DigitalSourceType' };
  const stated = assessManipulation([tamper(0), pixel(0)], claim, exampleFacts, config);
  expect(stated.state).toBe('likely');
  expect(keys(stated)).toEqual(['fusion.manipulation.stated']);
  const seen = assessManipulation([tamper(3), pixel(0)], claim, exampleFacts, config);
  expect(keys(seen)).toEqual(['fusion.manipulation.stated', 'fusion.manipulation.part']);
});
