import { openDB } from 'idb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CheckError } from '../failures';
import { closeDatabase, DATABASE_NAME, database, write } from './database';
import { type FullDisk, fillDisk, freshDatabase } from './fresh.fixture';
import { DATABASE_VERSION, MIGRATIONS } from './migrations';

let disk: FullDisk | null = null;

beforeEach(freshDatabase);
afterEach(() => {
  disk?.restore();
  disk = null;
});

const image = (sha256: string) => ({ sha256, blob: new Blob(['x']), bytes: 1, keptAt: 1 });

describe('the database', () => {
  it('has the stores and indexes of its schema', async () => {
    const db = await database();
    expect([...db.objectStoreNames]).toEqual([
      'cameras',
      'evidence',
      'history',
      'images',
      'jobs',
      'passing',
      'quota',
      'receipts',
    ]);
    expect([...db.transaction('history').store.indexNames]).toEqual([
      'checkedAt',
      'sha256',
      'site',
      'verdict',
    ]);
    expect([...db.transaction('jobs').store.indexNames]).toEqual(['createdAt', 'reportId', 'state', 'tab']);
  });

  it('has migrations with ascending versions and dates that are days', () => {
    const versions = MIGRATIONS.map(({ version }) => version);
    expect(versions).toEqual(versions.map((_, i) => i + 1));
    for (const { date } of MIGRATIONS) expect(new Date(date).toISOString().slice(0, 10)).toBe(date);
  });

  it('makes way for a newer version, and is opened again after it was closed', async () => {
    await database();
    const newer = await openDB(DATABASE_NAME, DATABASE_VERSION + 1);
    newer.close();
    await closeDatabase();
    await expect(database()).rejects.toThrow(/version/i);
  });
});

describe('a write', () => {
  it('is all or nothing', async () => {
    const failing = write(['images'], async (tx) => {
      await tx.objectStore('images').put(image('a'));
      throw new RangeError('half-way');
    });
    await expect(failing).rejects.toThrow(RangeError);
    expect(await (await database()).count('images')).toBe(0);
  });

  it('on a full disk is a typed failure, and leaves what was there', async () => {
    await write(['images'], (tx) => tx.objectStore('images').put(image('before')));
    disk = fillDisk((nth) => nth === 2);
    const failing = write(['images'], async (tx) => {
      await tx.objectStore('images').put(image('first'));
      await tx.objectStore('images').put(image('second'));
    });
    await expect(failing).rejects.toThrow(CheckError);
    await expect(failing).rejects.toMatchObject({ failure: { code: 'storage-full' } });
    expect(await (await database()).getAllKeys('images')).toEqual(['before']);
  });
});
