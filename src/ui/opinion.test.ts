import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Verdict } from '../forensics/report';
import { agreementOf } from './opinion';

const VERDICTS: readonly Verdict[] = [
  'ai-generated',
  'likely-ai-generated',
  'inconclusive',
  'likely-authentic',
  'authentic',
];

test('opposite sides contradict each other, whatever else is said', () => {
  const sides = fc.tuple(
    fc.constantFrom<Verdict>('ai-generated', 'likely-ai-generated'),
    fc.constantFrom<Verdict>('likely-authentic', 'authentic'),
    fc.array(fc.constantFrom(...VERDICTS)),
  );
  fc.assert(
    fc.property(sides, ([ai, real, others]) => {
      expect(agreementOf([...others, ai, real])).toBe('disagree');
    }),
  );
});

test('the order of the answers changes nothing', () => {
  const lists = fc.array(fc.constantFrom(...VERDICTS), { minLength: 2 });
  fc.assert(
    fc.property(lists, (list) => {
      expect(agreementOf(list.toReversed())).toBe(agreementOf(list));
    }),
  );
});

test('each kind of standing', () => {
  expect(agreementOf(['ai-generated', 'likely-ai-generated'])).toBe('agree');
  expect(agreementOf(['authentic', 'likely-authentic'])).toBe('agree');
  expect(agreementOf(['ai-generated', 'inconclusive'])).toBe('partly');
  expect(agreementOf(['inconclusive', 'inconclusive'])).toBe('undecided');
});
