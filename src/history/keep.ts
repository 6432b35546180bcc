import type { ReadWrite } from '../storage/database';
import {
  FINISHED_JOBS_MAX,
  HISTORY_MAX_BYTES,
  HISTORY_MAX_ENTRIES,
  KEPT_IMAGES_MAX,
  KEPT_IMAGES_MAX_BYTES,
} from './settings';

/** Removes what lies beyond the caps, the oldest first. The newest entry always stays. */
export async function keepWithinCaps(tx: ReadWrite): Promise<void> {
  await pruneHistory(tx);
  await pruneJobs(tx);
  await pruneImages(tx, KEPT_IMAGES_MAX, KEPT_IMAGES_MAX_BYTES);
}

/** Drops all bytes that no unfinished check needs: the first thing to go when the disk is full. */
export async function dropKeptImages(tx: ReadWrite): Promise<void> {
  await pruneImages(tx, 0, 0);
}

/** Walks the index keys alone: a key holds time, id and size, so no report is read. */
async function pruneHistory(tx: ReadWrite): Promise<void> {
  const history = tx.objectStore('history');
  let entries = 0;
  let bytes = 0;
  let cursor = await history.index('checkedAt').openKeyCursor(null, 'prev');
  while (cursor) {
    const [, id, size] = cursor.key;
    entries += 1;
    bytes += size;
    if (entries > 1 && (entries > HISTORY_MAX_ENTRIES || bytes > HISTORY_MAX_BYTES)) {
      await Promise.all([history.delete(id), tx.objectStore('evidence').delete(id)]);
    }
    cursor = await cursor.continue();
  }
}

async function pruneJobs(tx: ReadWrite): Promise<void> {
  let finished = 0;
  let cursor = await tx.objectStore('jobs').index('createdAt').openCursor(null, 'prev');
  while (cursor) {
    const { state } = cursor.value;
    if (state === 'done' || state === 'failed') finished += 1;
    if (finished > FINISHED_JOBS_MAX && (state === 'done' || state === 'failed')) await cursor.delete();
    cursor = await cursor.continue();
  }
}

async function pruneImages(tx: ReadWrite, most: number, mostBytes: number): Promise<void> {
  const needed = new Set<string | undefined>();
  for (const { state, acquired } of await tx.objectStore('jobs').getAll()) {
    if (state !== 'done' && state !== 'failed') needed.add(acquired?.sha256);
  }
  const images = tx.objectStore('images');
  let kept = 0;
  let bytes = 0;
  let cursor = await images.index('keptAt').openKeyCursor(null, 'prev');
  while (cursor) {
    if (!needed.has(cursor.primaryKey)) {
      kept += 1;
      bytes += cursor.key[1];
      if (kept > most || bytes > mostBytes) await images.delete(cursor.primaryKey);
    }
    cursor = await cursor.continue();
  }
}
