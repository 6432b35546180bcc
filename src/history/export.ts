import type { HistoryEntry, HistoryRow } from './types';

/** Layout of the file; raised when a reader of the old one would misread the new one. */
const EXPORT_VERSION = 1;

interface Walkable {
  openCursor(range?: null, direction?: 'prev'): Promise<WalkCursor | null>;
}

interface WalkCursor {
  readonly value: HistoryRow;
  continue(): Promise<WalkCursor | null>;
}

/**
 * Writes the rows of an index as one JSON document, newest first, a row at a time.
 * @param media answers about video and sound, which are no part of the index
 */
export async function exportEntries(
  index: Walkable,
  now: number,
  media: readonly object[] = [],
): Promise<Blob> {
  const parts = [JSON.stringify(head(now)).slice(0, -1), ',"entries":['];
  let cursor = await index.openCursor(null, 'prev');
  let separator = '\n';
  while (cursor) {
    parts.push(separator, JSON.stringify(exported(cursor.value)));
    separator = ',\n';
    cursor = await cursor.continue();
  }
  parts.push('\n],"media":', JSON.stringify(media), '}\n');
  return new Blob(parts, { type: 'application/json' });
}

/** One entry as the same kind of document, with its trees and plots; maps and pictures stay out here too. */
export function exportEntry(entry: HistoryEntry, now: number): Blob {
  const layers = entry.report.layers.map(({ map: _map, picture: _picture, ...layer }) => layer);
  const report = { ...entry.report, layers };
  const document = { ...head(now), entries: [exported({ ...entry, report })] };
  return new Blob([`${JSON.stringify(document, null, 1)}\n`], { type: 'application/json' });
}

const head = (now: number) => ({
  product: 'Truegrain',
  version: EXPORT_VERSION,
  exportedAt: new Date(now).toISOString(),
});

/** What leaves the browser, named field by field: a field added to the row later stays home. */
function exported({ report, site, acquireAttempts, remote }: Omit<HistoryEntry, 'id' | 'thumbnail'>) {
  return { checkedAt: new Date(report.checkedAt).toISOString(), site, report, acquireAttempts, remote };
}
