import type { IDBPDatabase } from 'idb';
import type { TruegrainSchema } from './schema';

/**
 * Every change of the database, oldest first. A published one is never edited: a browser that has
 * been asleep for a year runs all that it missed, in order.
 */
export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    date: '2026-11-21',
    what: 'jobs, images, history, evidence, quota',
    migrate(db) {
      const jobs = db.createObjectStore('jobs', { keyPath: 'id' });
      jobs.createIndex('createdAt', ['createdAt', 'id']);
      jobs.createIndex('state', 'state');
      jobs.createIndex('tab', ['source.tabId', 'createdAt']);
      jobs.createIndex('reportId', 'reportId');

      const images = db.createObjectStore('images', { keyPath: 'sha256' });
      images.createIndex('keptAt', ['keptAt', 'bytes']);

      const history = db.createObjectStore('history', { keyPath: 'id' });
      history.createIndex('checkedAt', ['checkedAt', 'id', 'size']);
      history.createIndex('sha256', 'sha256');
      history.createIndex('verdict', ['verdict', 'checkedAt', 'id']);
      history.createIndex('site', ['site', 'checkedAt', 'id']);

      db.createObjectStore('evidence', { keyPath: 'id' });
      db.createObjectStore('quota');
    },
  },
  {
    version: 2,
    date: '2026-11-21',
    what: 'receipts of uploads, reports of incognito windows',
    migrate(db) {
      db.createObjectStore('receipts', { keyPath: 'key' });
      db.createObjectStore('passing', { keyPath: 'id' });
    },
  },
  {
    version: 3,
    date: '2026-11-21',
    what: 'enrolled cameras',
    migrate(db) {
      db.createObjectStore('cameras', { keyPath: 'id' }).createIndex('createdAt', 'createdAt');
    },
  },
];

export interface Migration {
  readonly version: number;
  /** Day it was written, ISO 8601. */
  readonly date: string;
  readonly what: string;
  /** Runs inside the version-change transaction: synchronous, or awaiting only that transaction. */
  migrate(db: IDBPDatabase<TruegrainSchema>): void;
}

export const DATABASE_VERSION = MIGRATIONS.reduce((highest, { version }) => Math.max(highest, version), 0);
