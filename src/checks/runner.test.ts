import { beforeEach, describe, expect, it } from 'vitest';
import { CheckError } from '../failures';
import { ForensicError } from '../forensics/errors';
import { getEntry, listHistory } from '../history';
import { quotaState } from '../quota';
import { database } from '../storage/database';
import { freshDatabase } from '../storage/fresh.fixture';
import { getJob, jobOfTab, latestJob, waitingJobs } from './read';
import { createWorld, imageAt, imageBytes, never, sha256, sourceAt, type World } from './world.fixture';

let world: World;

beforeEach(async () => {
  await freshDatabase();
  world = createWorld();
});

/** Checks one address to its end, and answers the job. */
async function check(runner = world.runner(), url = 'https://cdn.example/1.png', tabId = 7) {
  const id = await runner.start(sourceAt(url, tabId));
  await runner.settled(id);
  return getJob(id);
}

const used = async () => (await quotaState(world.now)).used;

describe('a check', () => {
  it('goes from click to report, every step written and told', async () => {
    const job = await check();
    expect(job).toMatchObject({ state: 'done', engine: 'local', failure: null, waiting: null });
    const entry = await getEntry(job?.reportId ?? '');
    expect(entry?.report).toMatchObject({
      id: job?.id,
      engine: 'local',
      checkedAt: world.now,
      image: { sha256: sha256(imageBytes('https://cdn.example/1.png')), width: 8, height: 6 },
      source: { url: 'https://cdn.example/1.png', page: 'https://news.example/story', how: 'original' },
    });
    expect(await entry?.thumbnail?.text()).toBe('small');
    expect(entry?.site).toBe('news.example');
    expect(await used()).toBe(1);
    expect([...new Set(world.shown)]).toEqual(['acquiring', 'analysing', 'done inconclusive']);
    expect(world.announced.at(-1)).toEqual({ type: 'history-changed' });
  });

  it('looks for the image first where it was only clicked, and remembers what it found', async () => {
    const runner = world.runner();
    const found = sourceAt('https://cdn.example/found.png');
    const id = await runner.start({ ...found, kind: 'unknown', url: null }, { locate: async () => found });
    await runner.settled(id);
    expect((await getJob(id))?.source).toEqual(found);
    expect(world.fetched).toEqual(['https://cdn.example/found.png']);
  });

  it('tells its progress', async () => {
    const step = { step: 'model', finished: [], total: 4 } as const;
    const { analyze } = world;
    world.analyze = (request, onProgress) => {
      onProgress({ id: request.id, ...step });
      return analyze(request, onProgress);
    };
    const job = await check();
    expect(world.announced).toContainEqual({
      type: 'job-progress',
      jobId: job?.id,
      progress: { id: job?.id, ...step },
    });
  });

  it('is found by its tab, and as the latest', async () => {
    const runner = world.runner();
    const first = await check(runner, 'https://cdn.example/1.png', 1);
    world.now += 1;
    const second = await check(runner, 'https://cdn.example/2.png', 2);
    expect((await jobOfTab(1))?.id).toBe(first?.id);
    expect((await jobOfTab(2))?.id).toBe(second?.id);
    expect(await jobOfTab(3)).toBeNull();
    expect((await latestJob())?.id).toBe(second?.id);
  });

  it('keeps a data: address short', async () => {
    const url = `data:image/png;base64,${'A'.repeat(5000)}`;
    const job = await check(world.runner(), url);
    const kept = (await getEntry(job?.reportId ?? ''))?.report.source.url;
    expect(kept).toBe(`${url.slice(0, 64)}…`);
  });
});

describe('the same image', () => {
  it('again is served from the history, not analysed and not counted', async () => {
    const first = await check();
    world.shown.length = 0;
    const again = await check();
    expect(again).toMatchObject({ state: 'done', reportId: first?.reportId });
    expect(world.analysed).toHaveLength(1);
    expect(await used()).toBe(1);
    expect(world.shown.at(-1)).toBe('done inconclusive');
    expect((await listHistory()).entries).toHaveLength(1);
  });

  it('clicked twice at once is analysed once', async () => {
    const runner = world.runner();
    const url = 'https://cdn.example/1.png';
    const ids = await Promise.all([1, 2, 3].map((tabId) => runner.start(sourceAt(url, tabId))));
    await Promise.all(ids.map((id) => runner.settled(id)));
    const jobs = await Promise.all(ids.map(getJob));
    expect(jobs.map((job) => job?.state)).toEqual(['done', 'done', 'done']);
    expect(new Set(jobs.map((job) => job?.reportId)).size).toBe(1);
    expect(world.analysed).toHaveLength(1);
    expect(await used()).toBe(1);
  });

  it('is analysed by the second click where the first one failed', async () => {
    const { analyze } = world;
    world.analyze = async (...args) => {
      if (world.analysed.length === 1) throw new ForensicError('undecodable', 'damaged');
      return analyze(...args);
    };
    const runner = world.runner();
    const url = 'https://cdn.example/1.png';
    const ids = await Promise.all([1, 2].map((tabId) => runner.start(sourceAt(url, tabId))));
    await Promise.all(ids.map((id) => runner.settled(id)));
    const states = (await Promise.all(ids.map(getJob))).map((job) => job?.state);
    expect(states.sort()).toEqual(['done', 'failed']);
    expect(await used()).toBe(1);
  });
});

describe('the quota', () => {
  it('lets four of ten clicks at once through, and keeps six waiting with their bytes', async () => {
    const runner = world.runner();
    const urls = Array.from({ length: 10 }, (_, i) => `https://cdn.example/${i}.png`);
    const ids = await Promise.all(urls.map((url, tabId) => runner.start(sourceAt(url, tabId))));
    await Promise.all(ids.map((id) => runner.settled(id)));
    const states = (await Promise.all(ids.map(getJob))).map((job) => job?.state);
    expect(states.filter((state) => state === 'done')).toHaveLength(4);
    const waiting = await waitingJobs();
    expect(waiting).toHaveLength(6);
    for (const job of waiting) {
      expect(job.waiting).toEqual({ kind: 'quota', resetsAt: new Date('2026-11-22T00:00').getTime() });
      expect(job.acquired?.blob?.size).toBeGreaterThan(0);
    }
    expect(await quotaState(world.now)).toMatchObject({ used: 4, left: 0 });
  });

  it('used up keeps a check that one call runs the next day, without fetching it again', async () => {
    const runner = world.runner();
    for (let i = 0; i < 4; i++) await check(runner, `https://cdn.example/${i}.png`);
    const waits = await check(runner, 'https://cdn.example/5.png');
    expect(waits?.state).toBe('waiting');
    await runner.run(waits?.id ?? '');
    await runner.settled(waits?.id ?? '');
    expect((await getJob(waits?.id ?? ''))?.state).toBe('waiting');
    world.now = new Date('2026-11-22T00:00').getTime();
    await runner.run(waits?.id ?? '');
    await runner.settled(waits?.id ?? '');
    expect(await getJob(waits?.id ?? '')).toMatchObject({ state: 'done', engine: 'local' });
    expect(world.fetched).toHaveLength(5);
    expect(await used()).toBe(1);
  });

  it.each([
    [
      'getting the bytes',
      (w: World) => {
        w.acquire = () => Promise.reject(new CheckError({ code: 'fetch-refused', args: ['cdn.example'] }));
      },
      { code: 'fetch-refused', args: ['cdn.example'] },
    ],
    [
      'an empty file',
      (w: World) => {
        w.acquire = async (source) => ({ ...imageAt(source), bytes: new ArrayBuffer(0) });
      },
      { code: 'empty-file' },
    ],
    [
      'a file above the limit',
      (w: World) => {
        w.acquire = async (source) => ({ ...imageAt(source), bytes: new ArrayBuffer(26 * 1024 * 1024) });
      },
      { code: 'file-too-large', args: [26, 25] },
    ],
    [
      'the engine',
      (w: World) => {
        w.analyze = () => Promise.reject(new ForensicError('too-many-pixels', 'x', [120, 100]));
      },
      { code: 'too-many-pixels', args: [120, 100] },
    ],
    [
      'something unforeseen',
      (w: World) => {
        w.analyze = () => Promise.reject(new TypeError('x is not a function'));
      },
      { code: 'unexpected', detail: 'x is not a function' },
    ],
  ] as const)('does not count a failure of %s', async (_, breaks, failure) => {
    breaks(world);
    const job = await check();
    expect(job).toMatchObject({ state: 'failed', failure, reportId: null });
    expect(await used()).toBe(0);
    expect((await listHistory()).entries).toEqual([]);
    expect(world.shown.at(-1)).toBe('failed');
  });

  it('gives the place to the check that repeats one with better bytes, and keeps it if that fails', async () => {
    const runner = world.runner();
    const first = await check(runner);
    const repeat = async (url: string) => {
      const id = await runner.start(sourceAt(url), { countsAs: first?.id });
      await runner.settled(id);
      return getJob(id);
    };
    expect((await repeat('https://cdn.example/original.png'))?.state).toBe('done');
    expect(await used()).toBe(1);
    world.analyze = () => Promise.reject(new ForensicError('undecodable', 'x'));
    expect((await repeat('https://cdn.example/broken.png'))?.state).toBe('failed');
    expect(await used()).toBe(1);
  });
});

describe('a failed check', () => {
  it('runs again with the bytes that were kept', async () => {
    const { analyze } = world;
    world.analyze = () => Promise.reject(new CheckError({ code: 'engine-crashed' }));
    const runner = world.runner();
    const job = await check(runner);
    world.analyze = analyze;
    await runner.run(job?.id ?? '');
    await runner.settled(job?.id ?? '');
    expect(await getJob(job?.id ?? '')).toMatchObject({ state: 'done', failure: null });
    expect(world.fetched).toHaveLength(1);
  });

  it('fetches again where the bytes were dropped', async () => {
    world.analyze = () => Promise.reject(new CheckError({ code: 'engine-crashed' }));
    const runner = world.runner();
    const job = await check(runner);
    await (await database()).clear('images');
    await runner.run(job?.id ?? '');
    await runner.settled(job?.id ?? '');
    expect(world.fetched).toHaveLength(2);
  });
});

describe('cancelling', () => {
  it('ends a check at once, whatever it is doing, and gives its place back', async () => {
    const signals: AbortSignal[] = [];
    world.acquire = (_, signal) => {
      signals.push(signal);
      return never();
    };
    const runner = world.runner();
    const getting = await runner.start(sourceAt('https://cdn.example/1.png'));
    await expect.poll(() => signals.length).toBe(1);
    await runner.cancel(getting);
    expect(signals[0]?.aborted).toBe(true);
    expect(await getJob(getting)).toMatchObject({ state: 'failed', failure: { code: 'cancelled' } });

    world.acquire = async (source) => imageAt(source);
    world.analyze = () => never();
    const analysing = await runner.start(sourceAt('https://cdn.example/2.png'));
    await expect.poll(() => world.analysed.length).toBe(1);
    await runner.cancel(analysing);
    expect(await getJob(analysing)).toMatchObject({ state: 'failed', failure: { code: 'cancelled' } });
    expect(await used()).toBe(0);
  });

  it('ends a waiting check, and leaves a finished one as it is', async () => {
    const runner = world.runner();
    const done = await check(runner);
    await runner.cancel(done?.id ?? '');
    expect((await getJob(done?.id ?? ''))?.state).toBe('done');
    for (let i = 0; i < 3; i++) await check(runner, `https://cdn.example/x${i}.png`);
    const waits = await check(runner, 'https://cdn.example/waits.png');
    await runner.cancel(waits?.id ?? '');
    expect(await getJob(waits?.id ?? '')).toMatchObject({ state: 'failed', failure: { code: 'cancelled' } });
  });
});
