import type { Text } from '../forensics/text';

/** Looks a message up. `count` selects among plural forms where the message has them. */
export type Translate = (key: string, substitutions: string[], count: number | undefined) => string;

/** Longest foreign text shown in one piece; providers and files may carry whole novels. */
const MAX_VERBATIM = 2_000;

/**
 * Characters that could reorder or hide the words around them (bidirectional overrides, controls).
 * Names of cameras and words of providers come from strangers.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: removing control characters is the purpose.
const UNSAFE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Foreign words made fit to stand in a line: no controls, bounded length. */
export function tame(words: string): string {
  const clean = words.replace(UNSAFE, '');
  return clean.length > MAX_VERBATIM ? `${clean.slice(0, MAX_VERBATIM)}…` : clean;
}

/** The name under which Chrome knows a message: no dots, no hyphens. */
export function messageName(key: string): string {
  return key.replaceAll('.', '_').replaceAll('-', '_');
}

/**
 * A text in the reader's language. The first numeric argument chooses the plural form, where the
 * message has several. A key without a message is answered as itself, so that it is seen and mended.
 */
export function renderText(
  text: Text,
  translate: Translate,
  formatNumber: (value: number) => string,
): string {
  if ('verbatim' in text) return tame(text.verbatim);
  const args = text.args ?? [];
  const count = args.find((argument) => typeof argument === 'number');
  const substitutions = args.map((argument) =>
    typeof argument === 'number' ? formatNumber(argument) : tame(argument),
  );
  const words = translate(messageName(text.key), substitutions, count);
  return words === '' ? text.key : words;
}
