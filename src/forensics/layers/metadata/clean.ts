import { MAX_FACT_CHARS, MAX_NAME_CHARS } from './limits';

/**
 * Text of a file made fit to be shown as plain text: control characters, and characters that turn
 * the direction of the line or have no width, become spaces; the rest is cut.
 */
export function clean(text: string, max = MAX_FACT_CHARS): string {
  const plain = text
    .slice(0, 4 * max)
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const characters = [...plain];
  return characters.length > max || text.length > 4 * max
    ? `${characters.slice(0, max - 1).join('')}…`
    : plain;
}

/** A name for a label: a program, a camera, a model. */
export function cleanName(text: string): string {
  return clean(text, MAX_NAME_CHARS);
}
