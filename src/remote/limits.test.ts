import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LONGEST_WAIT, rateLimitOf, rateLimitReset, resumesAt, retryAfter } from './limits';

const now = Date.UTC(2026, 10, 21, 12);
const headers = (fields: Record<string, string>) => new Headers(fields);
const read = (fields: Record<string, string>) => retryAfter({ headers: headers(fields) }, now);
const reset = (fields: Record<string, string>) => rateLimitReset(headers(fields), now);

describe('Retry-After', () => {
  it('reads seconds', () => {
    expect(read({ 'retry-after': '120' })).toBe(now + 120_000);
    expect(read({ 'retry-after': ' 0 ' })).toBe(now);
  });
  it("reads a date against the server's own clock", () => {
    const date = 'Sat, 21 Nov 2026 15:00:00 GMT';
    expect(read({ 'retry-after': 'Sat, 21 Nov 2026 15:00:30 GMT', date })).toBe(now + 30_000);
    expect(read({ 'retry-after': 'Sat, 21 Nov 2026 12:00:30 GMT' })).toBe(now + 30_000);
  });
  it('never answers a time that has passed', () => {
    expect(read({ 'retry-after': 'Fri, 20 Nov 2026 12:00:00 GMT' })).toBe(now);
  });
  it('believes no wait longer than a month', () => {
    expect(read({ 'retry-after': '99999999999' })).toBe(now + LONGEST_WAIT);
    expect(read({ 'retry-after': 'Sat, 21 Nov 2099 12:00:00 GMT' })).toBe(now + LONGEST_WAIT);
  });
  it.each(['', 'soon', '-5', '1.5', '1e3', '0x10', 'Infinity'])('makes nothing of "%s"', (value) => {
    expect(read({ 'retry-after': value })).toBeNull();
  });
  it('reads the same wait as seconds and as a date, whatever the two clocks say', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 30 * 86_400 }),
        fc.integer({ min: -400 * 86_400, max: 400 * 86_400 }),
        (wait, skew) => {
          const theirs = now + skew * 1000;
          const date = new Date(theirs).toUTCString();
          const asDate = new Date(theirs + wait * 1000).toUTCString();
          expect(read({ 'retry-after': String(wait), date })).toBe(now + wait * 1000);
          expect(read({ 'retry-after': asDate, date })).toBe(now + wait * 1000);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('X-RateLimit-Reset', () => {
  it('reads Unix seconds, as FakeSec documents, by the clock of the server', () => {
    const date = new Date(now + 3_600_000).toUTCString();
    const fields = { 'x-ratelimit-reset': String((now + 3_600_000) / 1000 + 42), date };
    expect(reset(fields)).toBe(now + 42_000);
  });
  it('reads Unix milliseconds, seconds from now, and dates', () => {
    expect(reset({ 'x-ratelimit-reset': String(now + 5000) })).toBe(now + 5000);
    expect(reset({ 'x-ratelimit-reset': '60' })).toBe(now + 60_000);
    expect(reset({ 'x-ratelimit-reset': '2026-11-21T12:01:00Z' })).toBe(now + 60_000);
  });
  it('is asked where Retry-After says nothing', () => {
    const fields = headers({ 'x-ratelimit-reset': '60' });
    expect(resumesAt({ headers: fields }, now)).toBe(now + 60_000);
    fields.set('retry-after', '5');
    expect(resumesAt({ headers: fields }, now)).toBe(now + 5000);
  });
});

it('any header at all is a moment from now to a month ahead, or nothing', () => {
  const value = fc.oneof(
    fc.string(),
    fc.double().map(String),
    fc.bigInt().map(String),
    fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
  );
  fc.assert(
    fc.property(value, value, value, (after, reset, date) => {
      const fields = new Headers();
      for (const [name, text] of Object.entries({ 'retry-after': after, 'x-ratelimit-reset': reset, date })) {
        fields.set(name, text.replace(/[^\x20-\x7e]/g, ' '));
      }
      for (const moment of [retryAfter({ headers: fields }, now), rateLimitReset(fields, now)]) {
        if (moment === null) continue;
        expect(moment).toBeGreaterThanOrEqual(now);
        expect(moment).toBeLessThanOrEqual(now + LONGEST_WAIT);
      }
    }),
    { numRuns: 5000 },
  );
});

describe('the window that headers tell of', () => {
  it('has limit, rest and use', () => {
    const fields = { 'x-ratelimit-limit': '150', 'x-ratelimit-remaining': '147', 'x-ratelimit-reset': '60' };
    expect(rateLimitOf(headers(fields), now).windows).toEqual([
      {
        id: 'burst',
        unit: 'requests',
        limit: 150,
        used: 3,
        left: 147,
        resetsAt: now + 60_000,
        source: 'provider',
      },
    ]);
  });
  it('is none where nothing is told, and makes no figure of nonsense', () => {
    expect(rateLimitOf(headers({}), now).windows).toEqual([]);
    expect(
      rateLimitOf(headers({ 'x-ratelimit-limit': 'many', 'x-ratelimit-remaining': '-1' }), now).windows,
    ).toEqual([]);
    const odd = rateLimitOf(headers({ 'x-ratelimit-limit': '5', 'x-ratelimit-remaining': '9' }), now);
    expect(odd.windows[0]).toMatchObject({ limit: 5, left: 9, used: null });
  });
});
