import type { HistoryRow } from './types';

/** Layout of the file; raised when a reader of the old one would misread the new one. */
const EXPORT_VERSION = 1;

interface Walkable {
  openCursor(range?: null, direction?: 'prev'): Promise<WalkCursor | null>;
}

interface WalkCursor {
  readonly value: HistoryRow;
  continue(): Promise<WalkCursor | null>;
}

/** Writes the rows of an index as one JSON document, newest first, a row at a time. */
export async function exportEntries(index: Walkable, now: number): Promise<Blob> {
  const head = { product: 'Truegrain', version: EXPORT_VERSION, exportedAt: new Date(now).toISOString() };
  const parts = [JSON.stringify(head).slice(0, -1), ',"entries":['];
  let cursor = await index.openCursor(null, 'prev');
  let separator = '\n';
  while (cursor) {
    parts.push(separator, JSON.stringify(exported(cursor.value)));
    separator = ',\n';
    cursor = await cursor.continue();
  }
  parts.push('\n]}\n');
  return new Blob(parts, { type: 'application/json' });
}

/** What leaves the browser, named field by field: a field added to the row later stays home. */
function exported({ report, site, acquireAttempts, remote }: HistoryRow) {
  return { checkedAt: new Date(report.checkedAt).toISOString(), site, report, acquireAttempts, remote };
}
