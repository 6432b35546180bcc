import { type IDBPDatabase, type IDBPTransaction, openDB } from 'idb';
import { CheckError } from '../failures';
import { DATABASE_VERSION, MIGRATIONS } from './migrations';
import type { StoreName, TruegrainSchema } from './schema';

export const DATABASE_NAME = 'truegrain';

export type Database = IDBPDatabase<TruegrainSchema>;
export type ReadWrite = IDBPTransaction<TruegrainSchema, StoreName[], 'readwrite'>;

let opened: Promise<Database> | null = null;

/** The one connection of this context, opened at the first need and again after the browser closed it. */
export function database(): Promise<Database> {
  opened ??= open().catch((error) => {
    opened = null;
    throw storageFailure(error);
  });
  return opened;
}

async function open(): Promise<Database> {
  const db = await openDB<TruegrainSchema>(DATABASE_NAME, DATABASE_VERSION, {
    upgrade(upgrading, oldVersion) {
      for (const migration of MIGRATIONS) {
        if (migration.version > oldVersion) migration.migrate(upgrading);
      }
    },
    // Another context carries a newer version: make way for it, or its upgrade waits for ever.
    blocking() {
      db.close();
      opened = null;
    },
    terminated() {
      opened = null;
    },
  });
  return db;
}

/** Closes this context's connection; the next use opens it again. */
export async function closeDatabase(): Promise<void> {
  const closing = opened;
  opened = null;
  if (closing) (await closing).close();
}

/**
 * Runs `work` in one read-write transaction, all or nothing, and answers only when it is on the
 * disk (`durability: 'strict'`: a report that was shown must survive a power cut).
 *
 * `work` must await nothing but this transaction, or the browser commits it half-way.
 *
 * @throws CheckError `storage-full` where the disk or the browser's quota is; nothing was changed then
 */
export async function write<Result>(
  stores: StoreName[],
  work: (tx: ReadWrite) => Promise<Result>,
): Promise<Result> {
  const db = await database();
  const tx = db.transaction(stores, 'readwrite', { durability: 'strict' });
  // Without a listener of its own, an abort that `work` has reported already would be reported twice.
  const ended = tx.done.catch((error: unknown) => error);
  try {
    const result = await work(tx);
    await tx.done;
    return result;
  } catch (error) {
    abort(tx);
    await ended;
    throw storageFailure(tx.error ?? error);
  }
}

function abort(tx: { abort(): void }): void {
  try {
    tx.abort();
  } catch {
    // It has ended by itself: a request that fails aborts its transaction.
  }
}

/** A full disk as a typed failure; anything else unchanged. */
export function storageFailure(error: unknown): unknown {
  if (error instanceof Error && error.name === 'QuotaExceededError') {
    return new CheckError({ code: 'storage-full', detail: error.message }, { cause: error });
  }
  return error;
}
