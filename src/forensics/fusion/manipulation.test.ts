import { describe, expect, it } from 'vitest';
import type { EvidenceMap, GeneratorClaim } from '../report';
import { message } from '../text';
import { exampleConfig, exampleFacts, layerResult, notRun } from './example.fixture';
import { assessManipulation, brightRegions, otsu } from './manipulation';

const config = exampleConfig();

function mapOf(rows: readonly string[], cell = 16): EvidenceMap {
  const width = rows[0]?.length ?? 0;
  const data = Float32Array.from(rows.join(''), (digit) => Number(digit) / 10);
  return { width, height: rows.length, data, shows: message('test'), cell };
}

describe('brightRegions', () => {
  it('boxes connected cells, corners included, strongest first, in image pixels', () => {
    const map = mapOf(['000000', '080008', '008080', '000000']);
    expect(brightRegions(map, 0.5, { width: 96, height: 64 })).toEqual([
      { x: 16, y: 16, width: 32, height: 32, score: expect.closeTo(0.8, 6) },
      { x: 64, y: 16, width: 32, height: 32, score: expect.closeTo(0.8, 6) },
    ]);
  });

  it('leaves lone cells out and holds boxes inside the image', () => {
    const map = mapOf(['9000', '0000', '0099']);
    expect(brightRegions(map, 0.5, { width: 60, height: 40 })).toEqual([
      { x: 32, y: 32, width: 28, height: 8, score: expect.closeTo(0.9, 6) },
    ]);
  });

  it('answers no more places than a person can look at', () => {
    const rows = Array.from({ length: 20 }, () => '990'.repeat(10)).flatMap((row) => [row, '0'.repeat(30)]);
    expect(brightRegions(mapOf(rows), 0.5, { width: 480, height: 640 })).toHaveLength(8);
  });
});

describe('otsu', () => {
  it('parts two clusters between them', () => {
    const level = otsu(Float32Array.of(0.1, 0.12, 0.11, 0.8, 0.82));
    expect(level).toBeGreaterThan(0.12);
    expect(level).toBeLessThanOrEqual(0.8);
  });

  it('finds nothing bright in an even map', () => {
    expect(otsu(new Float32Array(9).fill(0.4))).toBe(1);
    expect(otsu(new Float32Array(0))).toBe(1);
  });
});

describe('assessManipulation', () => {
  const map = mapOf(['000', '099', '000']);
  const ela = (contrast: number) => layerResult('ela', { contrast }, { map });

  it('gives "possible" with its regions from the fitted threshold on', () => {
    expect(assessManipulation([ela(2)], null, exampleFacts, config)).toEqual({
      state: 'possible', // sigmoid(2 - 1) = 0.731
      score: expect.closeTo(0.7310585786300049, 12),
      regions: [{ x: 16, y: 16, width: 32, height: 16, score: expect.closeTo(0.9, 6) }],
    });
    expect(assessManipulation([ela(0.5)], null, exampleFacts, config)).toEqual({
      state: 'none-seen',
      score: expect.closeTo(0.3775406687981454, 12),
      regions: [],
    });
  });

  it('never gives a state that the measurement did not support', () => {
    expect(assessManipulation([ela(10)], null, exampleFacts, config).state).toBe('possible');
  });

  it('is not checked without the published file, in unfitted formats, and where ELA did not run', () => {
    const unchecked = { state: 'not-checked', score: null, regions: [] };
    const crop = { ...exampleFacts, how: 'tab-crop' as const };
    const png = { ...exampleFacts, format: 'png' as const };
    expect(assessManipulation([ela(9)], null, crop, config)).toEqual(unchecked);
    expect(assessManipulation([ela(9)], null, png, config)).toEqual(unchecked);
    expect(assessManipulation([notRun('ela')], null, exampleFacts, config)).toEqual(unchecked);
    expect(assessManipulation([], null, exampleFacts, config)).toEqual(unchecked);
  });

  it("believes the file's own statement of an AI composite", () => {
    const claim: GeneratorClaim = { kind: 'composite', name: null, where: 'IPTC DigitalSourceType' };
    expect(assessManipulation([ela(0)], claim, exampleFacts, config).state).toBe('likely');
  });
});
