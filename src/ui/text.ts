import { i18n } from '#i18n';
import type { Text } from '../forensics/text';
import { formatNumber } from './format';
import { renderText } from './sentence';

/** Typed translation for keys known when writing: `t('popup.title')`. */
export const t = i18n.t;

/** The same function for keys that are only known at run time. */
const lookUp: (key: string, ...rest: (number | string[])[]) => string = i18n.t;

/** A `Text` of the engine or a service in the reader's language. Set it as a text node, never as markup. */
export function words(text: Text): string {
  return renderText(
    text,
    (key, substitutions, count) =>
      count === undefined ? lookUp(key, substitutions) : lookUp(key, count, substitutions),
    (value) => formatNumber(value),
  );
}

/** A sentence by a key composed at run time, such as `failures.<code>.what`. */
export function say(key: string, ...args: (string | number)[]): string {
  return words({ key, args });
}
