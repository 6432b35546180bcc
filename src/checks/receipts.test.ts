import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { getEntry, listHistory } from '../history';
import { database } from '../storage/database';
import { type FullDisk, fillDisk } from '../storage/fresh.fixture';
import { createChecksApi } from './api';
import { FIRST, type Providers, SECOND, twoProviders, uploads } from './providers.fixture';
import { getJob } from './read';
import { readReceipt } from './receipts';
import { imageBytes, killBeforeWrite, sha256, sourceAt } from './world.fixture';

/** Nobody pays twice for one answer, whatever happens between the upload and the report. */
const url = 'https://cdn.example/paid.png';
/** A busy machine may take its time to send. */
const PATIENT = { timeout: 30_000 };
const HASH = sha256(imageBytes(url));

let on: Providers;
let death: ReturnType<typeof killBeforeWrite> | null = null;
let disk: FullDisk | null = null;

beforeEach(async () => {
  on = await twoProviders();
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
});
afterEach(async () => {
  death?.revive();
  disk?.restore();
  death = null;
  disk = null;
  vi.useRealTimers();
  vi.restoreAllMocks();
  await on.close();
});

async function again(): Promise<void> {
  await on.close();
  on = await twoProviders();
}

/** Starts a new service worker on what is stored, and lets the check go on to where it ends or waits. */
async function revive(id: string) {
  death?.revive();
  await on.revive().resume();
  return on.settle(id);
}

describe('a service worker killed before any write of an upload', () => {
  it('never sends an image twice by itself, and loses no check', async () => {
    death = killBeforeWrite(Number.POSITIVE_INFINITY);
    await on.check(url, FIRST);
    const writes = death.writes();
    death.revive();
    expect(writes).toBe(10);
    const ends: string[] = [];
    // The first write is the check itself: before it there is nothing to lose.
    for (let nth = 2; nth <= writes; nth++) {
      await again();
      death = killBeforeWrite(nth);
      const id = await on.runner.start(sourceAt(url), { engine: FIRST });
      await on.runner.settled(id);
      const sent = uploads(on.first).length;
      const job = await revive(id);
      ends.push(`${sent} ${job?.waiting?.kind ?? job?.state}`);
      expect(uploads(on.first).length, `killed before write ${nth}`).toBe(1);
      if (job?.state === 'done') expect(job.reportId).toBe(id);
    }
    // Killed before the answer is written, it asks; before the report is written, it has the answer.
    expect(ends).toEqual([...Array(7).fill('0 done'), '1 unknown-fate', '1 done']);
  });

  it('lets another provider answer where the first one was cut off', async () => {
    on.first.misbehave({ kind: 'silent' });
    const id = await on.runner.start(sourceAt(url));
    await expect.poll(() => uploads(on.first).length, PATIENT).toBe(1);
    expect(await revive(id)).toMatchObject({ state: 'done', engine: SECOND });
    expect([uploads(on.first).length, uploads(on.second).length]).toEqual([1, 1]);
    // The open question about the first one stays: a later check does not send it the same again either.
    expect((await readReceipt(FIRST, HASH))?.state).toBe('sending');
    expect((await on.check(url, FIRST))?.waiting).toMatchObject({ kind: 'unknown-fate', provider: FIRST });
  });
});

describe('an answer that was received', () => {
  it('is recorded from its receipt where the disk was full for the report', async () => {
    disk = fillDisk((nth) => nth >= 9);
    const id = await on.runner.start(sourceAt(url), { engine: FIRST });
    await on.runner.settled(id);
    disk.restore();
    expect(uploads(on.first)).toHaveLength(1);
    const job = await getJob(id);
    expect(job?.failure?.code ?? 'forgotten').toMatch(/storage-full|forgotten/);
    const next = await on.check(url, FIRST);
    expect(['done', 'waiting']).toContain(next?.state);
    expect(uploads(on.first)).toHaveLength(1);
  });

  it('leaves no receipt once its report is there, and is not asked for again', async () => {
    await on.check(url, FIRST);
    expect(await (await database()).count('receipts')).toBe(0);
    expect(await on.check(url, FIRST)).toMatchObject({ state: 'done' });
    expect(uploads(on.first)).toHaveLength(1);
  });
});

describe('an upload of unknown fate', () => {
  it('cut inside the reply is not repeated by running the check again, but by saying so', async () => {
    on.first.misbehave({ kind: 'reset-mid-body' }, null);
    const job = await on.check(url, FIRST);
    expect(job).toMatchObject({
      state: 'failed',
      failure: { code: 'provider-unreachable', fate: 'answered' },
    });
    const id = job?.id ?? '';
    await on.runner.run(id);
    expect((await on.settle(id))?.waiting).toMatchObject({ kind: 'unknown-fate', resumesAt: null });
    await createChecksApi(on.runner).sendAgain(id);
    expect(await on.settle(id)).toMatchObject({ state: 'done', engine: FIRST });
    expect(uploads(on.first)).toHaveLength(2);
  });

  it('cancelled on the way is remembered too', async () => {
    on.first.misbehave({ kind: 'silent' }, null);
    const id = await on.runner.start(sourceAt(url), { engine: FIRST });
    await expect.poll(() => uploads(on.first).length, PATIENT).toBe(1);
    await on.runner.cancel(id);
    expect(await getJob(id)).toMatchObject({ state: 'failed', failure: { code: 'cancelled' } });
    expect((await on.check(url, FIRST))?.waiting?.kind).toBe('unknown-fate');
  });

  it('is waited out by the free checks of the next day', async () => {
    on.first.misbehave({ kind: 'reset-mid-body' });
    on.second.misbehave({ kind: 'silent' });
    const id = await on.runner.start(sourceAt(url));
    await expect.poll(() => uploads(on.second).length, PATIENT).toBe(1);
    const job = await revive(id);
    expect(job?.waiting).toMatchObject({ kind: 'unknown-fate', provider: FIRST, resumesAt: on.world.alarm });
    on.pass(new Date('2026-11-22T00:00').getTime() - on.world.now);
    await on.runner.wake();
    expect(await on.settle(id)).toMatchObject({ state: 'done', engine: 'local' });
  });

  it('to a server that is gone never arrived: it is asked again when the wait is over', async () => {
    await on.first.close();
    const job = await on.check(url, FIRST);
    expect(job).toMatchObject({ failure: { code: 'provider-unreachable', fate: 'not-sent' } });
    expect(await readReceipt(FIRST, HASH)).toBeNull();
  });

  it('that the server refused is none: it may be sent again', async () => {
    on.first.misbehave({ kind: 'status', status: 500, body: '{}' }, null);
    const job = await on.check(url, FIRST);
    expect(job?.failure).toMatchObject({ code: 'provider-error', fate: 'failed' });
    await on.runner.run(job?.id ?? '');
    expect(await on.settle(job?.id ?? '')).toMatchObject({ state: 'done' });
  });
});

describe('what was found by an older engine', () => {
  it('is not served again, and what the same engine found is', async () => {
    await on.close();
    on = await twoProviders({ free: true });
    await on.check(url);
    await on.check(url);
    expect(on.world.analysed).toHaveLength(1);
    on.world.engineVersion = 'next';
    const job = await on.check(url);
    expect(on.world.analysed).toHaveLength(2);
    expect(job).toMatchObject({ state: 'done', reportId: job?.id });
  });
});

describe('a check in an incognito window', () => {
  it('is shown while one is open, is never in the history, and leaves nothing', async () => {
    await on.close();
    on = await twoProviders({ free: true });
    const id = await on.runner.start(sourceAt(url), { incognito: true });
    await on.settle(id);
    const [opinion = ''] = await createChecksApi(on.runner).askSecondOpinions(id, [FIRST]);
    await on.settle(opinion);
    expect((await getEntry(id))?.report.engine).toBe('local');
    expect((await getEntry(opinion))?.report.engine).toBe(FIRST);
    expect((await listHistory()).entries).toEqual([]);

    await on.runner.eraseIncognito();
    expect(await getEntry(id)).toBeNull();
    const db = await database();
    for (const store of ['jobs', 'images', 'history', 'evidence', 'passing', 'receipts'] as const) {
      expect(await db.count(store), store).toBe(0);
    }
  });

  it('does not take with it what was met elsewhere too', async () => {
    await on.close();
    on = await twoProviders({ free: true });
    const kept = await on.check(url);
    const id = await on.runner.start(sourceAt('https://cdn.example/secret.png'), { incognito: true });
    await on.settle(id);
    await on.runner.eraseIncognito();
    expect((await listHistory()).entries.map((entry) => entry.id)).toEqual([kept?.reportId]);
    expect(await getJob(id)).toBeNull();
    expect(await (await database()).count('images')).toBe(1);
  });
});
