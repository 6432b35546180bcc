import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  auc,
  balancedAccuracy,
  calibrationError,
  foundAt,
  inconclusive,
  interval,
  wrongAmongDecided,
} from '../../bench/accuracy/measures.mjs';

const judged = (ai: boolean, p: number, verdict = 'inconclusive', group = 'one') => ({
  ai,
  p,
  verdict,
  kind: '',
  group,
});

describe('figures of merit, worked out by hand', () => {
  // Of 2 x 3 pairs AI wins (0.9: 3) + (0.4: 1 and half of a tie) = 4.5.
  const five = [
    judged(true, 0.9),
    judged(true, 0.4),
    judged(false, 0.1),
    judged(false, 0.4),
    judged(false, 0.6),
  ];

  test('area under the curve', () => expect(auc(five)).toBeCloseTo(4.5 / 6, 12));
  test('balanced accuracy at even odds', () =>
    expect(balancedAccuracy(five)).toBeCloseTo((1 / 2 + 2 / 3) / 2, 12));
  test('found at no false alarm, and at one in three', () => {
    expect(foundAt(five, 0)).toBe(0.5);
    expect(foundAt(five, 0.34)).toBe(0.5);
    expect(foundAt(five, 0.67)).toBe(1);
  });
  test('calibration error', () => {
    // Bins of 0.1: [0.1] real, [0.4] one of each, [0.6] real, [0.9] AI; weights 1/4 for AI, 1/6 for real.
    const expected = (1 / 6) * 0.1 + Math.abs((1 / 4) * 0.6 - (1 / 6) * 0.4) + (1 / 6) * 0.6 + (1 / 4) * 0.1;
    expect(calibrationError(five)).toBeCloseTo(expected, 12);
  });
  test('what was decided, and how much of it wrongly', () => {
    const all = [
      judged(true, 0.99, 'ai-generated'),
      judged(false, 0.9, 'likely-ai-generated'),
      judged(false, 0.1, 'likely-authentic'),
      judged(true, 0.5),
    ];
    expect(inconclusive(all)).toBe(0.25);
    expect(wrongAmongDecided(all)).toBeCloseTo(1 / 3, 12);
    expect(wrongAmongDecided([judged(true, 0.5)])).toBeNaN();
  });
});

test('the area is the share of pairs in the right order', () => {
  const one = fc.record({ ai: fc.boolean(), p: fc.integer({ min: 0, max: 20 }) });
  fc.assert(
    fc.property(fc.array(one, { minLength: 2, maxLength: 60 }), (drawn) => {
      const all = drawn.map(({ ai, p }) => judged(ai, p / 20));
      const pairs = all
        .filter((a) => a.ai)
        .flatMap((a) => all.filter((b) => !b.ai).map((b) => (a.p > b.p ? 1 : a.p === b.p ? 0.5 : 0)));
      fc.pre(pairs.length > 0);
      expect(auc(all)).toBeCloseTo(pairs.reduce<number>((sum, won) => sum + won, 0) / pairs.length, 10);
    }),
  );
});

describe('intervals', () => {
  const meanOfAi = (sample: readonly { ai: boolean; p: number }[]) => {
    const ai = sample.filter((one) => one.ai);
    return ai.reduce((sum, one) => sum + one.p, 0) / ai.length;
  };

  test('draw sources, not images: ten alike images a source say no more than one', () => {
    const ps = Array.from({ length: 16 }, (_, at) => at / 15);
    const alike = ps.flatMap((p, at) =>
      Array.from({ length: 10 }, () => judged(true, p, '', `source ${at}`)),
    );
    const apart = alike.map((one, at) => ({ ...one, group: String(at) }));
    const width = (all: typeof alike) => {
      const [low, high] = interval([...all, judged(false, 0)], meanOfAi, 2000);
      return high - low;
    };
    // A mean of 16 draws spreads by the square root of 10 more than one of 160.
    expect(width(alike) / width(apart)).toBeGreaterThan(2.7);
    expect(width(alike) / width(apart)).toBeLessThan(3.7);
  });
});
