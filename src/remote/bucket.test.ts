import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fullBucket, takeToken } from './bucket';

/** Asks at the given moments (ms), answers those at which a token was had. */
function granted(requests: number, perMs: number, moments: readonly number[]): number[] {
  const pace = { requests, perMs, concurrency: 1 };
  let bucket = fullBucket(pace, 0);
  return moments.filter((moment) => {
    const next = takeToken(bucket, pace, moment);
    bucket = next.bucket;
    return next.wait === 0;
  });
}

describe('a token bucket', () => {
  it('lets a burst of a quarter through at once', () => {
    expect(
      granted(
        60,
        60_000,
        Array.from({ length: 30 }, () => 0),
      ),
    ).toHaveLength(15);
  });

  it('never lets more through in any span of the window than the limit', () => {
    const steps = fc.array(fc.integer({ min: 0, max: 4000 }), { minLength: 1, maxLength: 400 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 120 }), steps, (requests, gaps) => {
        let at = 0;
        const moments = gaps.flatMap((gap) => {
          at += gap;
          return [at, at, at];
        });
        const had = granted(requests, 60_000, moments);
        for (const from of had) {
          const inside = had.filter((moment) => moment >= from && moment < from + 60_000);
          expect(inside.length).toBeLessThanOrEqual(requests);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('says a wait after which there is a token, and not much before', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 0, max: 500 }), (requests, drawn) => {
        const pace = { requests, perMs: 60_000, concurrency: 1 };
        let bucket = fullBucket(pace, 0);
        for (let i = 0; i < drawn; i++) bucket = takeToken(bucket, pace, 0).bucket;
        const { wait } = takeToken(bucket, pace, 0);
        if (wait === 0) return;
        expect(takeToken(bucket, pace, wait).wait).toBe(0);
        expect(takeToken(bucket, pace, wait - 2).wait).toBeGreaterThan(0);
      }),
    );
  });

  it('keeps to the pace: an hour of asking as fast as it lets gives the documented sum', () => {
    const pace = { requests: 10, perMs: 60_000, concurrency: 1 };
    let bucket = fullBucket(pace, 0);
    let had = 0;
    for (let now = 0; now < 3_600_000; ) {
      const next = takeToken(bucket, pace, now);
      bucket = next.bucket;
      if (next.wait === 0) had += 1;
      now += next.wait;
    }
    expect(had).toBeGreaterThanOrEqual(9 * 60);
    expect(had).toBeLessThanOrEqual(10 * 60);
  });

  it('gives nothing for a clock that was set back', () => {
    const pace = { requests: 4, perMs: 60_000, concurrency: 1 };
    const { bucket } = takeToken(fullBucket(pace, 1_000_000), pace, 1_000_000);
    expect(takeToken(bucket, pace, 0).wait).toBe(15_000);
  });
});
