import { listen } from '../rpc/announcements';
import type { Announcement } from '../rpc/contracts';
import { database } from '../storage/database';
import type { JobRow } from '../storage/schema';
import type { CheckJob } from './job';

/** One check, or null where it is forgotten. */
export async function getJob(id: string): Promise<CheckJob | null> {
  return withBytes(await (await database()).get('jobs', id));
}

/** The last check that was started in a tab, or null. */
export async function jobOfTab(tabId: number): Promise<CheckJob | null> {
  const index = (await database()).transaction('jobs').store.index('tab');
  const cursor = await index.openCursor(IDBKeyRange.bound([tabId], [tabId, []]), 'prev');
  return withBytes(cursor?.value);
}

/** The last check that was started anywhere, or null. */
export async function latestJob(): Promise<CheckJob | null> {
  const index = (await database()).transaction('jobs').store.index('createdAt');
  return withBytes((await index.openCursor(null, 'prev'))?.value);
}

/** Checks that wait for the quota or for a consent, oldest first. */
export async function waitingJobs(): Promise<CheckJob[]> {
  const rows = await (await database()).getAllFromIndex('jobs', 'state', 'waiting');
  const jobs = await Promise.all(rows.map(withBytes));
  return jobs.filter((job) => job !== null).sort((a, b) => a.createdAt - b.createdAt);
}

/** How many stopped checks are offered to be run again: the newest ones. */
const STOPPED_SHOWN = 5;

/**
 * Checks that were stopped because their window was closed or another image asked for, newest first.
 * One whose image was asked for again since, in the same tab, is no news.
 */
export async function stoppedJobs(): Promise<CheckJob[]> {
  const rows = (await (await database()).getAll('jobs')).sort((a, b) => b.createdAt - a.createdAt);
  const stopped = rows.filter((row, at) => {
    const { code } = row.failure ?? {};
    if (code !== 'window-closed' && code !== 'asked-again') return false;
    const { url, tabId } = row.source;
    return !rows
      .slice(0, at)
      .some(({ source }) => url !== null && source.url === url && source.tabId === tabId);
  });
  const jobs = await Promise.all(stopped.slice(0, STOPPED_SHOWN).map(withBytes));
  return jobs.filter((job) => job !== null);
}

/**
 * Calls back when a check, the history, the quota or the settings changed; read again then.
 * @returns ends the subscription
 */
export function subscribe(onChange: (announcement: Announcement) => void): () => void {
  return listen(onChange);
}

/** Joins a row with its bytes. A finished check whose bytes were dropped stands without them. */
export async function withBytes(row: JobRow | undefined): Promise<CheckJob | null> {
  if (!row) return null;
  if (!row.acquired) return { ...row, acquired: null };
  const image = await (await database()).get('images', row.acquired.sha256);
  return { ...row, acquired: { ...row.acquired, blob: image?.blob ?? null } };
}
