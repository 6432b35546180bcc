import type { Verdict } from '../forensics/report';
import { database, type ReadWrite, write } from '../storage/database';
import { exportEntries } from './export';
import { toEntry } from './rows';
import type { HistoryEntry, HistoryRow } from './types';

/** What of the history is wanted; everything left out means no limit of that kind. */
export interface HistoryQuery {
  /** Found anywhere in the site, the two addresses or the generator's name; case does not matter. */
  readonly search?: string;
  readonly verdicts?: readonly Verdict[];
  readonly site?: string;
  /** Entries on this page; 30 where not given. */
  readonly limit?: number;
  /** `next` of the page before. */
  readonly after?: HistoryCursor;
}

/** A place in the history: the last entry of a page. */
export interface HistoryCursor {
  readonly checkedAt: number;
  readonly id: string;
}

export interface HistoryPage {
  /** Newest first, without maps and pictures. */
  readonly entries: readonly HistoryEntry[];
  /** Where the next page begins, or null at the end. */
  readonly next: HistoryCursor | null;
}

const PAGE = 30;

/** One page of the history, newest first. */
export async function listHistory(query: HistoryQuery = {}): Promise<HistoryPage> {
  const limit = query.limit ?? PAGE;
  const matches = matcher(query);
  const store = (await database()).transaction('history').store;
  const entries: HistoryEntry[] = [];
  let last: HistoryRow | null = null;
  let cursor = await openCursor(store, query);
  while (cursor) {
    if (matches(cursor.value)) {
      if (entries.length === limit)
        return { entries, next: last && { checkedAt: last.checkedAt, id: last.id } };
      entries.push(toEntry(cursor.value));
      last = cursor.value;
    }
    cursor = await cursor.continue();
  }
  return { entries, next: null };
}

type HistoryStore = Awaited<ReturnType<typeof openHistory>>;
const openHistory = async () => (await database()).transaction('history').store;

/** Walks the narrowest index backwards, from just before the cursor's place. */
function openCursor(store: HistoryStore, { site, verdicts, after }: HistoryQuery) {
  const verdict = verdicts?.length === 1 ? verdicts[0] : undefined;
  const group = site ?? verdict;
  if (group !== undefined) {
    const end = after ? [group, after.checkedAt, after.id] : [group, []];
    const index = store.index(site !== undefined ? 'site' : 'verdict');
    return index.openCursor(IDBKeyRange.bound([group], end, false, true), 'prev');
  }
  const end = after ? IDBKeyRange.upperBound([after.checkedAt, after.id], true) : null;
  return store.index('checkedAt').openCursor(end, 'prev');
}

function matcher({ search, verdicts, site }: HistoryQuery): (row: HistoryRow) => boolean {
  const words = (search ?? '').toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return ({ report, ...row }) => {
    if (verdicts && verdicts.length > 0 && !verdicts.includes(report.verdict)) return false;
    if (site !== undefined && row.site !== site) return false;
    if (words.length === 0) return true;
    const text = [row.site, report.source.url, report.source.page, report.generator?.name, row.engine]
      .join('\n')
      .toLocaleLowerCase();
    return words.every((word) => text.includes(word));
  };
}

/** How many entries there are, in all and by verdict. */
export async function countHistory(): Promise<{
  total: number;
  byVerdict: Partial<Record<Verdict, number>>;
}> {
  const store = await openHistory();
  const byVerdict: Partial<Record<Verdict, number>> = {};
  const verdicts: readonly Verdict[] = [
    'ai-generated',
    'likely-ai-generated',
    'inconclusive',
    'likely-authentic',
    'authentic',
  ];
  const counts = await Promise.all(
    verdicts.map((verdict) => store.index('verdict').count(IDBKeyRange.bound([verdict], [verdict, []]))),
  );
  verdicts.forEach((verdict, i) => {
    if (counts[i]) byVerdict[verdict] = counts[i];
  });
  return { total: await store.count(), byVerdict };
}

/**
 * One entry with its maps and pictures, or null where it was removed. A report of an incognito
 * window is found here too, as long as one is open; the history does not list it.
 */
export async function getEntry(id: string): Promise<HistoryEntry | null> {
  const tx = (await database()).transaction(['history', 'evidence', 'passing']);
  const [row, evidence, passing] = await Promise.all([
    tx.objectStore('history').get(id),
    tx.objectStore('evidence').get(id),
    tx.objectStore('passing').get(id),
  ]);
  if (row) return toEntry(row, evidence ?? { id, rasters: [] });
  return passing ? toEntry(passing.row, passing.evidence) : null;
}

/**
 * The newest entry for these bytes, or null.
 * @param engine only one that this engine answered; any engine where left out, the local one first
 */
export async function findBySha256(sha256: string, engine?: string): Promise<HistoryEntry | null> {
  const rows = await (await database()).getAllFromIndex('history', 'sha256', sha256);
  const found = newestOf(rows, engine);
  return found ? toEntry(found) : null;
}

/**
 * The row that answers for bytes seen before.
 * @param engine only one that this engine answered
 * @param engineVersion our engine's present version: a local answer of another one is none
 */
export function newestOf(
  rows: readonly HistoryRow[],
  engine?: string,
  engineVersion?: string,
): HistoryRow | null {
  const fitting = rows.filter(
    (row) =>
      (engine === undefined || row.engine === engine) &&
      (engineVersion === undefined || row.engine !== 'local' || row.engineVersion === engineVersion),
  );
  const rank = (row: HistoryRow) => (row.engine === 'local' ? 1 : 0);
  return [...fitting].sort((a, b) => rank(b) - rank(a) || b.checkedAt - a.checkedAt)[0] ?? null;
}

/** Removes one entry with its evidence, its kept bytes and the check that made it. */
export async function removeEntry(id: string): Promise<void> {
  await write(['history', 'evidence', 'passing', 'jobs', 'images'], async (tx) => {
    const row = (await tx.objectStore('history').get(id)) ?? (await tx.objectStore('passing').get(id))?.row;
    await Promise.all([
      tx.objectStore('history').delete(id),
      tx.objectStore('evidence').delete(id),
      tx.objectStore('passing').delete(id),
    ]);
    const jobs = await tx.objectStore('jobs').index('reportId').getAllKeys(id);
    await Promise.all(jobs.map((job) => tx.objectStore('jobs').delete(job)));
    if (row) await dropUnused(tx, [row.sha256]);
  });
}

/**
 * Removes every entry, all evidence, the kept bytes and the finished checks. Checks that still run
 * or wait stay: they are not history yet.
 */
export async function clearHistory(): Promise<void> {
  await write(['history', 'evidence', 'passing', 'receipts', 'jobs', 'images'], async (tx) => {
    await Promise.all([
      tx.objectStore('history').clear(),
      tx.objectStore('evidence').clear(),
      tx.objectStore('passing').clear(),
    ]);
    const jobs = tx.objectStore('jobs');
    const finished = await Promise.all([
      jobs.index('state').getAllKeys('done'),
      jobs.index('state').getAllKeys('failed'),
    ]);
    await Promise.all(finished.flat().map((id) => jobs.delete(id)));
    const open = new Set(await jobs.getAllKeys());
    // A receipt tells what was uploaded when: without its check it is history too.
    for (const { key, jobId } of await tx.objectStore('receipts').getAll()) {
      if (!open.has(jobId)) await tx.objectStore('receipts').delete(key);
    }
    await dropUnused(tx, await tx.objectStore('images').getAllKeys());
  });
}

/** Drops bytes that no remaining check and no remaining entry refers to. */
export async function dropUnused(tx: ReadWrite, hashes: readonly string[]): Promise<void> {
  const jobs = await tx.objectStore('jobs').getAll();
  const held = new Set(jobs.map((job) => job.acquired?.sha256));
  for (const sha256 of hashes) {
    const entries = await tx.objectStore('history').index('sha256').count(sha256);
    if (!held.has(sha256) && entries === 0) await tx.objectStore('images').delete(sha256);
  }
}

/**
 * The whole history as a JSON file: reports, addresses and times; no image bytes, no thumbnails, no
 * maps, no keys.
 */
export async function exportHistory(now = Date.now(), media: readonly object[] = []): Promise<Blob> {
  return exportEntries((await openHistory()).index('checkedAt'), now, media);
}

export { exportEntry } from './export';
export type { HistoryEntry } from './types';
