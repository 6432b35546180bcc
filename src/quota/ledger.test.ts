import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EMPTY_LEDGER, localDay, nextMidnight, type QuotaLedger, release, stateOf, take } from './ledger';

const DAY = 86_400_000;
const zone = process.env.TZ;

/** Sets the time zone that `Date` works in, as a person who changes it in the system's settings. */
function inZone(name: string): void {
  process.env.TZ = name;
  expect(Intl.DateTimeFormat().resolvedOptions().timeZone).toBe(name);
}

beforeEach(() => inZone('Europe/Berlin'));
afterEach(() => {
  process.env.TZ = zone;
});

let ids = 0;

/** Takes as many places as there are, at one instant. */
function drain(ledger: QuotaLedger, now: number): { ledger: QuotaLedger; got: number } {
  let got = 0;
  for (;;) {
    const next = take(ledger, `job-${++ids}`, now);
    ledger = next.ledger;
    if (!next.taken) return { ledger, got };
    got += 1;
  }
}

const at = (text: string) => new Date(text).getTime();

describe('a day', () => {
  it('has four places', () => {
    const { ledger, got } = drain(EMPTY_LEDGER, at('2026-11-21T12:00'));
    expect(got).toBe(4);
    expect(stateOf(ledger, at('2026-11-21T12:00'))).toEqual({
      limit: 4,
      used: 4,
      left: 0,
      resetsAt: at('2026-11-22T00:00'),
    });
  });

  it('is whole again one millisecond after midnight began, not one before', () => {
    const { ledger } = drain(EMPTY_LEDGER, at('2026-11-21T23:59:59'));
    const midnight = at('2026-11-22T00:00');
    expect(stateOf(ledger, midnight - 1).left).toBe(0);
    expect(stateOf(ledger, midnight).left).toBe(4);
  });

  it('gives a place once to a check that asks twice', () => {
    const now = at('2026-11-21T12:00');
    const once = take(EMPTY_LEDGER, 'same', now).ledger;
    expect(stateOf(take(once, 'same', now).ledger, now).used).toBe(1);
  });

  it('takes a place back from a check that ended without a verdict', () => {
    const now = at('2026-11-21T12:00');
    const { ledger } = drain(EMPTY_LEDGER, now);
    const one = ledger.days['2026-11-21']?.jobs[0] ?? '';
    expect(stateOf(release(ledger, one), now).left).toBe(1);
  });

  it('counts a check that began before midnight for the day on which it began', () => {
    const begun = take(EMPTY_LEDGER, 'late', at('2026-11-21T23:59:59')).ledger;
    const resumed = take(begun, 'late', at('2026-11-22T00:00:05')).ledger;
    expect(stateOf(resumed, at('2026-11-22T00:00:05')).left).toBe(4);
  });
});

describe('a clock that was changed', () => {
  const noon = at('2026-11-21T12:00');

  it.each([
    ['an hour', noon - 3_600_000],
    ['a day', noon - DAY],
    ['thirty days', noon - 30 * DAY],
    ['to 1970', at('1970-01-02T12:00')],
  ])('buys nothing when set back by %s', (_, back) => {
    const { ledger } = drain(EMPTY_LEDGER, noon);
    expect(drain(ledger, back).got).toBe(0);
  });

  it('buys nothing when set back day after day', () => {
    let { ledger } = drain(EMPTY_LEDGER, noon);
    for (let days = 1; days < 60; days++) {
      const next = drain(ledger, noon - days * DAY);
      expect(next.got).toBe(0);
      ledger = next.ledger;
    }
  });

  it('buys nothing when put to and fro between days that were used', () => {
    let { ledger } = drain(EMPTY_LEDGER, noon);
    ledger = drain(ledger, noon + DAY).ledger;
    for (let i = 0; i < 10; i++) {
      const back = drain(ledger, noon);
      const forth = drain(back.ledger, noon + DAY);
      expect([back.got, forth.got]).toEqual([0, 0]);
      ledger = forth.ledger;
    }
  });

  it('locks nobody out when it had run years ahead: the next midnight is a new day', () => {
    const { ledger } = drain(EMPTY_LEDGER, at('2031-05-05T12:00'));
    const corrected = drain(ledger, noon);
    expect(corrected.got).toBe(0);
    expect(stateOf(corrected.ledger, at('2026-11-22T00:00')).left).toBe(4);
  });

  it('does not charge a person twice whose clock ran one day ahead', () => {
    const { ledger } = drain(EMPTY_LEDGER, noon + DAY);
    const corrected = drain(ledger, noon);
    expect(corrected.got).toBe(0);
    expect(stateOf(corrected.ledger, noon + DAY).left).toBe(4);
  });

  it('gives each day named by the clock eight places at most, in whatever order the days come', () => {
    const visits = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 60 });
    fc.assert(
      fc.property(visits, (days) => {
        let ledger = EMPTY_LEDGER;
        let total = 0;
        for (const day of days) {
          const next = drain(ledger, noon + day * DAY);
          ledger = next.ledger;
          total += next.got;
        }
        // Every day once, and once more where it gave its count to an earlier one.
        expect(total).toBeLessThanOrEqual(8 * new Set(days).size);
      }),
    );
  });

  it('gives exactly four a day to a clock that only goes forward', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40 * 24 }), { maxLength: 80 }), (hours) => {
        let ledger = EMPTY_LEDGER;
        let total = 0;
        const moments = [...hours].sort((a, b) => a - b).map((hour) => noon + hour * 3_600_000);
        for (const moment of moments) {
          const next = drain(ledger, moment);
          ledger = next.ledger;
          total += next.got;
        }
        expect(total).toBe(4 * new Set(moments.map(localDay)).size);
      }),
    );
  });
});

describe('a time zone that was changed', () => {
  it('buys nothing when flown back over the date line, and costs nothing the next day', () => {
    inZone('Asia/Tokyo');
    const now = at('2026-11-22T00:30');
    const { ledger } = drain(EMPTY_LEDGER, now);
    inZone('Pacific/Honolulu');
    expect(localDay(now)).toBe('2026-11-21');
    const landed = drain(ledger, now);
    expect(landed.got).toBe(0);
    expect(stateOf(landed.ledger, at('2026-11-22T00:00')).left).toBe(4);
  });
});

describe('nights when the clocks change', () => {
  it('end a day of 23 hours at its own midnight (Berlin, 29 March 2026)', () => {
    const midday = at('2026-03-28T23:30');
    expect(nextMidnight(midday)).toBe(Date.UTC(2026, 2, 28, 23));
    expect(nextMidnight(at('2026-03-29T00:00')) - at('2026-03-29T00:00')).toBe(23 * 3_600_000);
  });

  it('end a day of 25 hours at its own midnight (Berlin, 25 October 2026)', () => {
    const start = at('2026-10-25T00:00');
    expect(nextMidnight(start) - start).toBe(25 * 3_600_000);
    // The hour from 2 to 3 comes twice: a place taken in the first is still taken in the second.
    const { ledger } = drain(EMPTY_LEDGER, Date.UTC(2026, 9, 25, 0, 30));
    expect(stateOf(ledger, Date.UTC(2026, 9, 25, 1, 30)).left).toBe(0);
  });

  it('begin a day that has no midnight when its first hour begins (Beirut, 29 March 2026)', () => {
    inZone('Asia/Beirut');
    const { ledger } = drain(EMPTY_LEDGER, at('2026-03-28T12:00'));
    const { resetsAt } = stateOf(ledger, at('2026-03-28T12:00'));
    expect(resetsAt).toBe(Date.UTC(2026, 2, 28, 22));
    expect(stateOf(ledger, resetsAt - 1).left).toBe(0);
    expect(stateOf(ledger, resetsAt).left).toBe(4);
  });
});

it('forgets days beyond its memory, and keeps today', () => {
  let ledger = EMPTY_LEDGER;
  for (let day = 0; day < 500; day++) {
    ledger = drain(ledger, at('2026-11-21T12:00') + day * DAY).ledger;
  }
  expect(Object.keys(ledger.days).length).toBe(400);
  expect(stateOf(ledger, at('2026-11-21T12:00') + 499 * DAY).left).toBe(0);
});
