import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { factsTable, matching } from './facts';

const rows = [
  { layer: 'Notes', name: 'Camera', value: 'Canon EOS R5' },
  { layer: 'Notes', name: 'Software', value: '=HYPERLINK("http://x")' },
];

describe('facts', () => {
  it('are found by all words of a search, in any column and case', () => {
    expect(matching(rows, 'notes canon')).toEqual([rows[0]]);
    expect(matching(rows, ' ')).toEqual(rows);
    expect(matching(rows, 'nikon')).toEqual([]);
  });

  it('are copied as a table that runs no formula', () => {
    expect(factsTable(rows)).toBe('Notes\tCamera\tCanon EOS R5\nNotes\tSoftware\t\'=HYPERLINK("http://x")');
  });

  it('make one line a row and three cells a line, whatever they hold', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '\t', '\n', '=', '"', ' ', '\u2028') });
    fc.assert(
      fc.property(fc.array(fc.record({ layer: text, name: text, value: text }), { minLength: 1 }), (all) => {
        const lines = factsTable(all).split('\n');
        expect(lines).toHaveLength(all.length);
        for (const line of lines) {
          const cells = line.split('\t');
          expect(cells).toHaveLength(3);
          for (const cell of cells) expect(cell).not.toMatch(/^[=+\-@]/);
        }
      }),
    );
  });
});
