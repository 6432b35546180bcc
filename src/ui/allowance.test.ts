import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scarcest, shareLeft, type Window } from './allowance';

function window(change: Partial<Window>): Window {
  const nothing = { limit: null, used: null, left: null, resetsAt: null, at: 0 };
  return { id: 'month', unit: 'tokens', source: 'provider', ...nothing, ...change };
}

test('the share that is left, from whatever was told', () => {
  expect(shareLeft(window({ limit: 5000, left: 3766 }))).toBeCloseTo(0.7532);
  expect(shareLeft(window({ limit: 5000, used: 1234 }))).toBeCloseTo(0.7532);
  expect(shareLeft(window({ left: 12 }))).toBeNull();
  expect(shareLeft(window({ limit: 0, left: 0 }))).toBeNull();
});

test('what providers tell is strange at times: the bar never leaves its frame', () => {
  const figure = fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }));
  fc.assert(
    fc.property(figure, figure, figure, (limit, left, used) => {
      const share = shareLeft({ limit, left, used });
      if (share !== null) expect(share).toBeGreaterThanOrEqual(0);
      if (share !== null) expect(share).toBeLessThanOrEqual(1);
    }),
  );
});

test('the allowance that is told of where there is room for one', () => {
  const minute = window({ id: 'minute', limit: 60, left: 6 });
  const month = window({ id: 'month', limit: 10_000, left: 9_999 });
  const day = window({ id: 'day', limit: 50, left: 12 });
  const plan = window({ id: 'plan', left: 3 });
  expect(scarcest([minute, month])).toBe(month);
  expect(scarcest([minute, day, month])).toBe(day);
  expect(scarcest([minute, plan])).toBe(plan);
  expect(scarcest([minute])).toBe(minute);
  const ended = window({ id: 'minute', limit: 60, left: 0 });
  expect(scarcest([ended, month])).toBe(ended);
  expect(scarcest([])).toBeNull();
});
