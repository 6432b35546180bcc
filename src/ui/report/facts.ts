/** A fact in the reader's words. */
export interface FactRow {
  readonly layer: string;
  readonly name: string;
  readonly value: string;
}

/** Rows that hold every word of the search somewhere; case does not matter. */
export function matching(rows: readonly FactRow[], search: string): FactRow[] {
  const wanted = search.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter(({ layer, name, value }) => {
    const text = `${layer}\n${name}\n${value}`.toLocaleLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}

/**
 * The rows for a spreadsheet, one a line, columns parted by tabs. What a spreadsheet would take for a
 * formula is put behind an apostrophe: the values come from strangers' files.
 */
export function factsTable(rows: readonly FactRow[]): string {
  const cell = (text: string) => text.replace(/\s+/g, ' ').replace(/^(?=[=+\-@])/, "'");
  return rows.map(({ layer, name, value }) => [layer, name, value].map(cell).join('\t')).join('\n');
}
