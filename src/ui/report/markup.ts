/** Markup that was made here, never by a stranger: only `html` makes it. */
export class Markup {
  constructor(readonly source: string) {}
}

export type Content = string | number | Markup | null | undefined | readonly Content[];

/**
 * A piece of HTML. Every value is escaped, unless it is markup itself; null and undefined are nothing and lists are
 * joined. Attribute values must stand in double quotes, and no value may stand in a tag's or an
 * attribute's name, in a style or in a script.
 */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return new Markup(parts.reduce((text, part, index) => text + render(values[index - 1]) + part));
}

function render(content: Content): string {
  if (content === null || content === undefined) return '';
  if (content instanceof Markup) return content.source;
  if (typeof content === 'number') return String(content);
  if (typeof content === 'string') return escaped(content);
  return content.map(render).join('');
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  // Old parsers took a backtick for a quote.
  '`': '&#96;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"'`]/g, (character) => ESCAPES[character] ?? '');
}
