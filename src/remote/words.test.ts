import fc from 'fast-check';
import { expect, it } from 'vitest';
import { redact, tame } from './words';

it('keeps ordinary words as they are', () => {
  expect(tame('Déjà vu — 写真 📷 "ok" <b>', 50)).toBe('Déjà vu — 写真 📷 "ok" <b>');
});

it('drops what would reorder or hide the line, and flattens controls', () => {
  expect(tame('safe\u202egnp.exe', 50)).toBe('safegnp.exe');
  expect(tame('a\u200b\u2066b\u2069\ufeff', 50)).toBe('ab');
  expect(tame(' line\r\n\tnext\u0000\u0007 ', 50)).toBe('line next');
});

it('caps by code points, never through a surrogate pair', () => {
  expect(tame('📷📷📷📷', 3)).toBe('📷📷…');
});

it('never exceeds its limit, whatever comes', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.integer({ min: 1, max: 60 }),
      (words, limit) => {
        const tamed = tame(words, limit);
        return Array.from(tamed).length <= limit && !/[\p{Cc}\u202a-\u202e]/u.test(tamed);
      },
    ),
    { numRuns: 50 },
  );
}, 30_000);

it('takes a key out of an echo', () => {
  expect(redact('bad key fl_123 (fl_123)', 'fl_123')).toBe('bad key ••• (•••)');
  expect(redact('nothing', '')).toBe('nothing');
});
