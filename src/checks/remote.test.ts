import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FauxLensServer, SAMPLE_KEY, startFauxLens } from '../../tests/providers/fauxlens-server';
import { getEntry, listHistory } from '../history';
import { quotaState } from '../quota';
import { originPattern, saveProvider } from '../remote';
import { freshDatabase } from '../storage/fresh.fixture';
import { createChecksApi } from './api';
import { getJob, waitingJobs } from './read';
import type { CheckRunner } from './runner';
import { createWorld, imageBytes, sha256, sourceAt, type World } from './world.fixture';

/** The real providers' room against a real server on this machine. */
let world: World;
let server: FauxLensServer;
let runner: CheckRunner;

beforeEach(async () => {
  await freshDatabase();
  world = createWorld();
  server = await startFauxLens();
  runner = world.runner();
});
afterEach(() => server.close());

async function check(url: string, engine?: string) {
  const id = await runner.start(sourceAt(url), { engine });
  await runner.settled(id);
  return getJob(id);
}

async function useUpQuota(): Promise<void> {
  for (let i = 0; i < 4; i++) await check(`https://cdn.example/free${i}.png`);
}

async function configure(apiKey = SAMPLE_KEY): Promise<void> {
  await saveProvider('fauxlens', { baseUrl: server.origin, apiKey, sends: 'bytes' });
  world.apis.granted.add(originPattern(server.origin));
}

const agree = (yes = true) => createChecksApi(runner).setConsent('fauxlens', yes);
const url = 'https://cdn.example/paid.png';

describe('a check above the quota', () => {
  it('waits for an agreement, sends nothing before it, and is uploaded after it by one call', async () => {
    await configure();
    await useUpQuota();
    const waits = await check(url);
    expect(waits).toMatchObject({ state: 'waiting', waiting: { kind: 'consent', provider: 'fauxlens' } });
    expect(server.seen).toEqual([]);

    await agree();
    await runner.run(waits?.id ?? '');
    await runner.settled(waits?.id ?? '');
    const job = await getJob(waits?.id ?? '');
    expect(job).toMatchObject({ state: 'done', engine: 'fauxlens' });
    expect(server.seen).toHaveLength(1);
    expect(server.seen[0]?.sha256).toBe(sha256(imageBytes(url)));
    const entry = await getEntry(job?.reportId ?? '');
    expect(entry?.report).toMatchObject({
      engine: 'fauxlens',
      backend: null,
      image: { sha256: sha256(imageBytes(url)), width: 8, height: 6, format: 'png' },
    });
    expect(entry?.remote).toMatchObject({ hashMatches: true });
    expect((await quotaState(world.now)).used).toBe(4);
    expect(world.shown).toContain('uploading');
  });

  it('is uploaded at once where the agreement was given', async () => {
    await configure();
    await agree();
    await useUpQuota();
    expect(await check(url)).toMatchObject({ state: 'done', engine: 'fauxlens' });
    // The same image again costs nothing anywhere.
    expect(await check(url)).toMatchObject({ state: 'done' });
    expect(server.seen).toHaveLength(1);
  });

  it('waits again where the agreement was withdrawn', async () => {
    await configure();
    await agree();
    await agree(false);
    await useUpQuota();
    expect((await check(url))?.waiting).toEqual({ kind: 'consent', provider: 'fauxlens' });
    expect(server.seen).toEqual([]);
  });

  it('fails by name where the provider refuses, counts nothing, and can be run again', async () => {
    await configure('fl_wrong_key_00000000');
    await agree();
    await useUpQuota();
    const job = await check(url);
    expect(job).toMatchObject({ state: 'failed', failure: { code: 'provider-unauthorised' } });
    expect((await listHistory()).entries).toHaveLength(4);
    await configure();
    await runner.run(job?.id ?? '');
    await runner.settled(job?.id ?? '');
    expect((await getJob(job?.id ?? ''))?.state).toBe('done');
  });

  it('is not uploaded where the bytes are no image', async () => {
    await configure();
    await agree();
    await useUpQuota();
    const html = new TextEncoder().encode('<!doctype html><title>Log in</title>').buffer;
    world.acquire = async (source) => ({
      bytes: html,
      mime: 'text/html',
      how: 'original',
      url: source.url,
      pageUrl: null,
      ms: 1,
      attempts: [],
    });
    expect(await check(url)).toMatchObject({ state: 'failed', failure: { code: 'not-an-image' } });
    expect(server.seen).toEqual([]);
  });

  it('goes on being uploaded when its window is closed and another image is asked for', async () => {
    await configure();
    await agree();
    await useUpQuota();
    server.misbehave({ kind: 'silent' });
    const id = await runner.start(sourceAt(url));
    await expect.poll(() => server.seen.length).toBe(1);
    await runner.stopUnseen(id);
    const other = await runner.start(sourceAt('https://cdn.example/other.png'));
    await expect.poll(() => server.seen.length).toBe(2);
    expect((await getJob(id))?.state).toBe('uploading');
    await Promise.all([runner.cancel(id), runner.cancel(other)]);
  });

  it('interrupted in the upload is not sent again by itself: the person decides', async () => {
    await configure();
    await agree();
    await useUpQuota();
    server.misbehave({ kind: 'silent' });
    const id = await runner.start(sourceAt(url));
    await expect.poll(() => server.seen.length).toBe(1);
    server.misbehave(null);
    const next = world.runner();
    await next.resume();
    await next.settled(id);
    expect((await getJob(id))?.waiting).toMatchObject({
      kind: 'unknown-fate',
      provider: 'fauxlens',
      sentAt: world.now,
      resumesAt: new Date('2026-11-22T00:00').getTime(),
    });
    // Asking again without that word changes nothing.
    await next.run(id);
    await next.settled(id);
    expect((await getJob(id))?.waiting?.kind).toBe('unknown-fate');
    expect(server.seen).toHaveLength(1);

    await createChecksApi(next).sendAgain(id);
    await next.settled(id);
    expect(server.seen).toHaveLength(2);
    expect(await getJob(id)).toMatchObject({ state: 'done', engine: 'fauxlens' });
    expect((await listHistory()).entries.filter(({ id: entry }) => entry === id)).toHaveLength(1);
    await runner.cancel(id);
    expect((await getJob(id))?.state).toBe('done');
  });
});

describe('a second opinion', () => {
  it('asks the provider about the kept bytes, without fetching or counting', async () => {
    await configure();
    await agree();
    const first = await check(url);
    const id = await createChecksApi(runner).secondOpinion(first?.reportId ?? '', 'fauxlens');
    await runner.settled(id);
    expect(await getJob(id)).toMatchObject({ state: 'done', engine: 'fauxlens' });
    expect(world.fetched).toHaveLength(1);
    expect((await quotaState(world.now)).used).toBe(1);
    expect((await listHistory()).entries.map(({ report }) => report.engine).sort()).toEqual([
      'fauxlens',
      'local',
    ]);
  });

  it('waits for the agreement of the provider that was named', async () => {
    await configure();
    const first = await check(url);
    await createChecksApi(runner).secondOpinion(first?.reportId ?? '', 'fauxlens');
    await expect
      .poll(async () => (await waitingJobs())[0]?.waiting)
      .toEqual({
        kind: 'consent',
        provider: 'fauxlens',
      });
  });

  it('fails by name without a key, and for a provider that nobody knows', async () => {
    expect(await check(url, 'fauxlens')).toMatchObject({
      failure: { code: 'provider-unauthorised', args: ['FauxLens'] },
    });
    expect(await check(url, 'nobody')).toMatchObject({ failure: { code: 'unexpected' } });
  });
});

describe('a recheck', () => {
  it('fetches anew and shares the place of the first', async () => {
    const first = await check(url);
    const id = await createChecksApi(runner).recheck(first?.reportId ?? '');
    await runner.settled(id);
    expect((await getJob(id))?.state).toBe('done');
    expect(world.fetched).toHaveLength(2);
    expect((await quotaState(world.now)).used).toBe(1);
  });

  it('of a report that is gone is refused by name', async () => {
    await expect(createChecksApi(runner).recheck('gone')).rejects.toMatchObject({
      failure: { code: 'no-image-here' },
    });
  });
});
