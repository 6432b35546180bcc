import { beforeEach, describe, expect, it } from 'vitest';
import type { ImageSource } from '../acquire/types';
import { getEntry, listHistory } from '../history';
import { quotaState } from '../quota';
import { database } from '../storage/database';
import { freshDatabase } from '../storage/fresh.fixture';
import { createChecksApi } from './api';
import { getJob, jobOfTab, stoppedJobs } from './read';
import type { CheckRunner } from './runner';
import { createWorld, never, sourceAt, type World } from './world.fixture';

let world: World;
let runner: CheckRunner;
let analyze: World['analyze'];

beforeEach(async () => {
  await freshDatabase();
  world = createWorld();
  runner = world.runner();
  ({ analyze } = world);
});

const URLS = [1, 2, 3].map((number) => `https://cdn.example/${number}.png`);
const [FIRST = '', SECOND = '', THIRD = ''] = URLS;

/** Starts a check whose analysis does not end by itself; answers its id when the engine is at it. */
async function atWork(url: string, tabId = 7): Promise<string> {
  world.analyze = () => never();
  const id = await runner.start(sourceAt(url, tabId));
  await expect.poll(() => world.analysed).toContain(id);
  return id;
}

/** Lets analyses end from now on. */
function free(): void {
  world.analyze = analyze;
}

const used = async () => (await quotaState(world.now)).used;
const failureOf = async (id: string) => (await getJob(id))?.failure?.code;

describe('a check whose only window was closed', () => {
  it('is stopped, told so, and gives its place back', async () => {
    const id = await atWork(FIRST);
    await runner.stopUnseen(id);
    expect(await getJob(id)).toMatchObject({ state: 'failed', failure: { code: 'window-closed' } });
    expect(await used()).toBe(0);
    expect((await listHistory()).entries).toEqual([]);
    expect(world.shown.at(-1)).toBe('failed');
  });

  it('hands the engine the signal to end its workers', async () => {
    const signals: AbortSignal[] = [];
    world.ports.analysis.analyze = (_, __, signal) => {
      signals.push(signal);
      return never();
    };
    const id = await runner.start(sourceAt(FIRST));
    await expect.poll(() => signals.length).toBe(1);
    await runner.stopUnseen(id);
    expect(signals[0]?.aborted).toBe(true);
  });

  it('runs again by one call, with the bytes that were kept', async () => {
    const id = await atWork(FIRST);
    await runner.stopUnseen(id);
    free();
    await runner.run(id);
    await runner.settled(id);
    expect(await getJob(id)).toMatchObject({ state: 'done', failure: null });
    expect(await getEntry(id)).not.toBeNull();
    expect(world.fetched).toEqual([FIRST]);
    expect(await used()).toBe(1);
  });

  it('is stopped while its file is fetched too', async () => {
    world.acquire = () => never();
    const id = await runner.start(sourceAt(FIRST));
    await expect.poll(() => world.fetched.length).toBe(1);
    await runner.stopUnseen(id);
    expect(await failureOf(id)).toBe('window-closed');
  });

  it('goes on while the image is looked for in its page: the person may be pointing at it', async () => {
    let find: (source: ImageSource) => void = () => undefined;
    const found = new Promise<ImageSource>((resolve) => {
      find = resolve;
    });
    const source = { ...sourceAt(FIRST), kind: 'unknown', url: null } as const;
    const id = await runner.start(source, { locate: () => found });
    await runner.stopUnseen(id);
    expect((await getJob(id))?.state).toBe('acquiring');
    find(sourceAt(FIRST));
    await runner.settled(id);
    expect((await getJob(id))?.state).toBe('done');
  });

  it('stays as it is where it has ended, or is not known', async () => {
    const id = await runner.start(sourceAt(FIRST));
    await runner.settled(id);
    await runner.stopUnseen(id);
    await runner.stopUnseen('nobody');
    expect((await getJob(id))?.state).toBe('done');
  });

  it('is stopped by the next service worker as well, once that has taken it up', async () => {
    const id = await atWork(FIRST);
    const next = world.runner();
    await next.resume();
    await next.stopUnseen(id);
    expect(await failureOf(id)).toBe('window-closed');
  });
});

describe('asked again on the same tab', () => {
  it.each([
    ['for another image', SECOND],
    ['for the same image', FIRST],
  ])('%s: the earlier analysis is stopped and the new one answers', async (_, url) => {
    const earlier = await atWork(FIRST);
    free();
    world.now += 1;
    const later = await runner.start(sourceAt(url));
    await runner.settled(later);
    expect(await failureOf(earlier)).toBe('asked-again');
    expect(await getJob(later)).toMatchObject({ state: 'done' });
    expect((await jobOfTab(7))?.id).toBe(later);
    expect(await used()).toBe(1);
  });

  it('the badge speaks of the new check last', async () => {
    await atWork(FIRST);
    free();
    const later = await runner.start(sourceAt(SECOND));
    await runner.settled(later);
    const stopped = world.shown.indexOf('failed');
    expect(stopped).toBeGreaterThan(0);
    expect(world.shown.slice(stopped)).toEqual(['failed', 'acquiring', ...world.shown.slice(stopped + 2)]);
    expect(world.shown.at(-1)).toBe('done inconclusive');
  });

  it('three times at once: the last one is answered', async () => {
    const ids = await Promise.all(URLS.map((url) => runner.start(sourceAt(url))));
    await Promise.all(ids.map((id) => runner.settled(id)));
    const states = await Promise.all(ids.map(async (id) => (await failureOf(id)) ?? 'answered'));
    expect(states).toEqual(['asked-again', 'asked-again', 'answered']);
    expect(world.fetched).toEqual([THIRD]);
  });

  it('leaves the checks of other tabs, and those of no tab, alone', async () => {
    const other = await atWork(FIRST, 8);
    const nowhere = await atWork(SECOND, -1);
    free();
    await runner.settled(await runner.start(sourceAt(THIRD)));
    await runner.settled(await runner.start(sourceAt(THIRD, -1)));
    expect((await getJob(other))?.state).toBe('analysing');
    expect((await getJob(nowhere))?.state).toBe('analysing');
  });
});

describe('stopped checks', () => {
  it('are listed, newest first, until they run or their image is asked for again', async () => {
    const first = await atWork(FIRST);
    world.now += 1;
    const second = await atWork(SECOND);
    world.now += 1;
    const third = await atWork(THIRD);
    await runner.stopUnseen(third);
    expect((await stoppedJobs()).map(({ id }) => id)).toEqual([third, second, first]);

    free();
    await runner.run(third);
    await runner.settled(third);
    world.now += 1;
    await runner.settled(await runner.start(sourceAt(FIRST)));
    expect((await stoppedJobs()).map(({ id }) => id)).toEqual([second]);
  });

  it('are no check that the person cancelled', async () => {
    const id = await atWork(FIRST);
    await runner.cancel(id);
    expect(await stoppedJobs()).toEqual([]);
  });

  it('are forgotten with their bytes when the person says so; others are not', async () => {
    const api = createChecksApi(runner);
    const id = await atWork(FIRST);
    await api.dismiss(id);
    expect((await getJob(id))?.state).toBe('analysing');
    await runner.stopUnseen(id);
    await api.dismiss(id);
    expect(await getJob(id)).toBeNull();
    expect(await (await database()).count('images')).toBe(0);
    expect(world.announced.at(-1)).toEqual({ type: 'job-changed', jobId: id });
  });
});
