import type { Verbatim } from '../forensics/text';

/** C0 and C1 controls, and the marks that reorder or hide text (bidi overrides and isolates, zero-width). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed.
const HARMFUL = /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/**
 * Words of a provider made fit to be shown as a text node: controls become blanks, marks that would
 * reorder the line are dropped, runs of blanks shrink to one, and the length is capped.
 * @param limit most code points to keep; longer text ends in an ellipsis
 */
export function tame(words: string, limit: number): string {
  // A cap before the regular expressions: a megabyte of one field must not cost a second.
  const cleaned = words
    .slice(0, limit * 4)
    .replace(HARMFUL, (mark) => (mark < '\u00a0' ? ' ' : ''))
    .replace(/\s+/g, ' ')
    .trim();
  const points = Array.from(cleaned);
  return points.length <= limit ? cleaned : `${points.slice(0, limit - 1).join('')}…`;
}

/** `tame`, wrapped as a text that the pages show as it is and never translate. */
export function verbatim(words: string, limit: number): Verbatim {
  return { verbatim: tame(words, limit) };
}

/** Takes a secret out of words that might end up in a stored failure or a log. */
export function redact(words: string, secret: string): string {
  return secret.length > 0 ? words.replaceAll(secret, '•••') : words;
}
