import { describe, expect, it } from 'vitest';
import { compressed, imageOf, jpegHeaders, photo } from '../../jpeg/compressed.fixture';
import { ijgTable } from '../../jpeg/tables';
import { NO_SERVICES } from '../../synthetic.fixture';
import { benford } from '.';
import { BENFORD, divergence, firstDigit, fitLaw, lawAt } from './law';

const { signal } = new AbortController();
const digitsOf = (law: { scale: number; shift: number; power: number }) =>
  Array.from({ length: 9 }, (_, at) => lawAt(law, at + 1));

describe('the law', () => {
  it('is Benford’s with scale 1, shift 0 and power 1', () => {
    expect(lawAt(BENFORD, 1)).toBeCloseTo(Math.log10(2), 12);
    expect(digitsOf(BENFORD).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
    expect(divergence(digitsOf(BENFORD), BENFORD)).toBeCloseTo(0, 12);
    // Equal shares: sum of (1/9 - p)^2 / p over the nine.
    const even = Array.from({ length: 9 }, () => 1 / 9);
    const expected = digitsOf(BENFORD).reduce((sum, share) => sum + (1 / 9 - share) ** 2 / share, 0);
    expect(divergence(even, BENFORD)).toBeCloseTo(expected, 12);
  });

  it.each([
    // Fu, Shi and Su 2007, table 1: fitted to photographs at quality 100 and 80.
    { scale: 1.456, shift: 0.0372, power: 1.47 },
    { scale: 1.324, shift: -0.2732, power: 1.653 },
  ])('is fitted back from its own digits: %o', (law) => {
    const found = fitLaw(digitsOf(law));
    expect(found.error).toBeLessThan(1e-3);
    expect(found.law.power).toBeCloseTo(law.power, 1);
    expect(Math.abs(found.law.shift - law.shift)).toBeLessThan(0.05);
  });

  it.each([
    [0, 0],
    [7, 7],
    [-19, 1],
    [100, 1],
    [987, 9],
  ])('of %i is %i', (value, digit) => {
    expect(firstDigit(value)).toBe(digit);
  });
});

describe('the benford layer', () => {
  it('counts the digits of what the file stores', async () => {
    const once = compressed(photo(384, 2), ijgTable(85));
    const result = await benford.analyze(imageOf(once, jpegHeaders(ijgTable(85), once)), NO_SERVICES, signal);
    expect(result.status).toBe('clear');
    const { firstDigit: first = 0, counted = 0, fitDivergence = 1, divergence: raw = 0 } = result.features;
    expect(counted).toBeGreaterThan(4000);
    expect(first).toBeGreaterThan(0.3);
    expect(first).toBeLessThan(0.9);
    expect(fitDivergence).toBeLessThan(raw);
    for (const value of Object.values(result.features)) expect(Number.isFinite(value)).toBe(true);
  });

  it('does not run on flat or tiny pictures', async () => {
    const flat = { width: 128, height: 128, data: new Uint8ClampedArray(4 * 128 * 128).fill(200) };
    expect((await benford.analyze(imageOf(flat, undefined, 'png'), NO_SERVICES, signal)).unavailable).toEqual(
      {
        key: 'layers.benford.unavailable.few',
      },
    );
    expect(
      (await benford.analyze(imageOf(photo(8, 1), undefined, 'png'), NO_SERVICES, signal)).unavailable,
    ).toEqual({
      key: 'layers.benford.unavailable.small',
    });
  });
});
