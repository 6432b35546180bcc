import fc from 'fast-check';
import { expect, test } from 'vitest';
import { messageName, renderText, tame } from './sentence';

const spell = (key: string, substitutions: string[], count: number | undefined) =>
  `${key}|${substitutions.join(',')}|${count ?? ''}`;
const plain = (value: number) => `#${value}`;

test('formats numbers, counts by the first of them, and renames the key for Chrome', () => {
  const text = { key: 'failures.fetch-refused.what', args: ['cdn.example', 3, 0.5] };
  expect(renderText(text, spell, plain)).toBe('failures_fetch_refused_what|cdn.example,#3,#0.5|3');
});

test('a key without a message is seen', () => {
  expect(renderText({ key: 'no.such' }, () => '', plain)).toBe('no.such');
});

test('foreign words cannot turn, hide or flood the line', () => {
  expect(tame('Can\u202eon\u0000 \u2066R5\u2069')).toBe('Canon R5');
  expect(tame('é 漢字 עברית 👁️')).toBe('é 漢字 עברית 👁️');
  expect(tame('x'.repeat(5000))).toHaveLength(2001);
  expect(renderText({ verbatim: '\u202eabc' }, spell, plain)).toBe('abc');
});

test('names of messages hold only what Chrome accepts', () => {
  const part = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
  fc.assert(
    fc.property(fc.array(part, { minLength: 1 }), (parts) => {
      expect(messageName(parts.join('.'))).toMatch(/^[a-z0-9_]+$/);
    }),
  );
});
