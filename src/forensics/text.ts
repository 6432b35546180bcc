/**
 * A sentence that the engine wants said, without saying it in any language: the engine runs where
 * no translations are (a worker), and a stored report must follow the reader's language, not the
 * language of the day it was made. The pages turn it into words (`src/ui/text.ts`).
 */
export interface Message {
  /** A key of `locales/en.yml`, with dots: `layers.ela.label.localised`. */
  readonly key: string;
  /** Substitutions $1..$9. Numbers are formatted for the reader's locale. */
  readonly args?: readonly (string | number)[];
}

/** Words that came from outside (a provider's own sentence): shown as they are, as text, never as markup. */
export interface Verbatim {
  readonly verbatim: string;
}

export type Text = Message | Verbatim;

/** Shorthand for a translatable sentence. */
export function message(key: string, ...args: (string | number)[]): Message {
  return args.length > 0 ? { key, args } : { key };
}
