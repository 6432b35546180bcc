import { describe, expect, it } from 'vitest';
import type { GeneratorClaim, Region } from '../report';
import { exampleConfig, exampleFacts, layerResult, notRun } from './example.fixture';
import { assessManipulation } from './manipulation';

const config = exampleConfig();

describe('assessManipulation', () => {
  const region: Region = { x: 16, y: 16, width: 32, height: 16, score: 0.9 };
  const tamper = (contrast: number, hasHistory = 1) =>
    layerResult('tamper', { contrast, hasHistory }, { regions: Array(20).fill(region) });

  it('gives "possible" with its regions from the fitted threshold on', () => {
    expect(assessManipulation([tamper(2)], null, exampleFacts, config)).toEqual({
      state: 'possible', // sigmoid(2 - 1) = 0.731
      score: expect.closeTo(0.7310585786300049, 12),
      regions: Array(8).fill(region), // no more than a person can look at
    });
    expect(assessManipulation([tamper(0.5)], null, exampleFacts, config)).toEqual({
      state: 'none-seen',
      score: expect.closeTo(0.3775406687981454, 12),
      regions: [],
    });
  });

  it('never gives a state that the measurement did not support', () => {
    expect(assessManipulation([tamper(10)], null, exampleFacts, config).state).toBe('possible');
  });

  it('is not checked without the published file, in unfitted formats, without a readable first compression, and where the layer did not run', () => {
    const unchecked = { state: 'not-checked', score: null, regions: [] };
    const crop = { ...exampleFacts, how: 'tab-crop' as const };
    const png = { ...exampleFacts, format: 'png' as const };
    expect(assessManipulation([tamper(9)], null, crop, config)).toEqual(unchecked);
    expect(assessManipulation([tamper(9)], null, png, config)).toEqual(unchecked);
    expect(assessManipulation([notRun('tamper')], null, exampleFacts, config)).toEqual(unchecked);
    expect(assessManipulation([tamper(9, 0)], null, exampleFacts, config)).toEqual(unchecked);
    expect(assessManipulation([], null, exampleFacts, config)).toEqual(unchecked);
  });

  it('is not checked where no threshold kept its promise', () => {
    const powerless = { ...config, manipulation: { ...config.manipulation, possible: null, likely: null } };
    expect(assessManipulation([tamper(9)], null, exampleFacts, powerless).state).toBe('not-checked');
  });

  it("believes the file's own statement of an AI composite", () => {
    const claim: GeneratorClaim = { kind: 'composite', name: null, where: 'IPTC DigitalSourceType' };
    expect(assessManipulation([tamper(0)], claim, exampleFacts, config).state).toBe('likely');
  });
});
