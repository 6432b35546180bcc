import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { closeDatabase } from './database';

/** An empty database for one test. */
export async function freshDatabase(): Promise<void> {
  await closeDatabase();
  globalThis.indexedDB = new IDBFactory();
}

/** Which of the writes that follow finds the disk full: the first is 1. */
export interface FullDisk {
  /** Puts and adds seen so far. */
  readonly writes: () => number;
  restore(): void;
}

/**
 * A disk on which writes fail as Chrome's do (`QuotaExceededError`), while deleting works.
 * @param full says for each put or add, counted from 1, whether the disk is full then
 */
export function fillDisk(full: (nth: number) => boolean): FullDisk {
  const store = IDBObjectStore.prototype;
  const { put, add } = store;
  let nth = 0;
  const guarded = (write: typeof put): typeof put =>
    function (this: IDBObjectStore, ...args) {
      nth += 1;
      if (full(nth)) throw new DOMException('The disk is full', 'QuotaExceededError');
      return write.apply(this, args);
    };
  store.put = guarded(put);
  store.add = guarded(add);
  return {
    writes: () => nth,
    restore() {
      store.put = put;
      store.add = add;
    },
  };
}
