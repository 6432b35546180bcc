import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { listHistory } from '../history';
import { quotaState } from '../quota';
import { database } from '../storage/database';
import { type FullDisk, fillDisk, freshDatabase } from '../storage/fresh.fixture';
import { getJob, latestJob } from './read';
import { createWorld, killBeforeWrite, never, sourceAt, type World } from './world.fixture';

let world: World;
let disk: FullDisk | null = null;
let death: ReturnType<typeof killBeforeWrite> | null = null;

beforeEach(async () => {
  await freshDatabase();
  world = createWorld();
  // What could not be written is said to the console: expected here.
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
});

afterEach(() => {
  disk?.restore();
  death?.revive();
  disk = null;
  death = null;
  vi.restoreAllMocks();
});

const URL = 'https://cdn.example/1.png';

/** Writes that one whole check makes. */
async function countWrites(): Promise<number> {
  death = killBeforeWrite(Number.POSITIVE_INFINITY);
  const runner = world.runner();
  await runner.settled(await runner.start(sourceAt(URL)));
  const writes = death.writes();
  death.revive();
  await freshDatabase();
  world = createWorld();
  return writes;
}

describe('a service worker that dies', () => {
  it('before any of its writes loses no check and records none twice', async () => {
    const writes = await countWrites();
    expect(writes).toBe(6);
    // The first write is the check itself: before it there is nothing to lose.
    for (let nth = 2; nth <= writes; nth++) {
      await freshDatabase();
      world = createWorld();
      death = killBeforeWrite(nth);
      const first = world.runner();
      const id = await first.start(sourceAt(URL));
      await first.settled(id);
      death.revive();
      expect((await getJob(id))?.state, `killed before write ${nth}`).toMatch(/acquiring|analysing/);

      const next = world.runner();
      await next.resume();
      await next.settled(id);
      expect(await getJob(id), `killed before write ${nth}`).toMatchObject({ state: 'done', reportId: id });
      expect((await listHistory()).entries).toHaveLength(1);
      expect((await quotaState(world.now)).used).toBe(1);
      // Bytes that were had are not fetched a second time.
      expect(world.fetched).toHaveLength(nth <= 3 ? Math.min(nth - 1, 2) : 1);
    }
  });

  it('while fetching or analysing is followed by one that finishes', async () => {
    for (const step of ['acquire', 'analyze'] as const) {
      await freshDatabase();
      world = createWorld();
      const { acquire, analyze } = world;
      if (step === 'acquire') world.acquire = () => never();
      else world.analyze = () => never();
      const id = await world.runner().start(sourceAt(URL));
      await expect.poll(() => (step === 'acquire' ? world.fetched : world.analysed).length).toBe(1);
      Object.assign(world, { acquire, analyze });
      const next = world.runner();
      await next.resume();
      await next.settled(id);
      expect((await getJob(id))?.state).toBe('done');
      expect((await quotaState(world.now)).used).toBe(1);
    }
  });

  it('again and again over the same image is given up after three attempts', async () => {
    world.analyze = () => never();
    const id = await world.runner().start(sourceAt(URL));
    for (let death = 1; death <= 3; death++) {
      await expect.poll(() => world.analysed.length).toBe(death);
      const next = world.runner();
      await next.resume();
      if (death === 3) await next.settled(id);
    }
    expect(await getJob(id)).toMatchObject({ state: 'failed', failure: { code: 'engine-crashed' } });
    expect((await quotaState(world.now)).used).toBe(0);
  });

  it('leaves waiting, done and failed checks alone', async () => {
    const runner = world.runner();
    for (let i = 0; i < 5; i++) {
      world.now += 1;
      await runner.settled(await runner.start(sourceAt(`https://cdn.example/${i}.png`)));
    }
    const fetched = world.fetched.length;
    await world.runner().resume();
    expect(world.fetched).toHaveLength(fetched);
    expect((await latestJob())?.state).toBe('waiting');
  });

  it('does not start anew what a click has just started', async () => {
    const runner = world.runner();
    const [id] = await Promise.all([runner.start(sourceAt(URL)), runner.resume()]);
    await runner.settled(id);
    expect(world.fetched).toHaveLength(1);
    expect(world.analysed).toHaveLength(1);
  });
});

describe('a full disk', () => {
  it('at any write fails the check by name, keeps the history and leaves no spinner', async () => {
    disk = fillDisk(() => false);
    const counted = world.runner();
    await counted.settled(await counted.start(sourceAt(URL)));
    const writes = disk.writes();
    disk.restore();
    expect(writes).toBeGreaterThan(7);

    for (let nth = 1; nth <= writes; nth++) {
      await freshDatabase();
      world = createWorld();
      const runner = world.runner();
      await runner.settled(await runner.start(sourceAt('https://cdn.example/before.png')));
      // Full for good from the nth write on, and free again by the time that it is told.
      disk = fillDisk((at) => at >= nth && at < nth + 3);
      const id = await runner.start(sourceAt(URL)).catch(() => null);
      if (id) await runner.settled(id);
      disk.restore();

      expect((await listHistory()).entries.map(({ report }) => report.source.url)).toContain(
        'https://cdn.example/before.png',
      );
      const left = await (await database()).getAll('jobs');
      expect(left.filter(({ state }) => state !== 'done' && state !== 'failed')).toEqual([]);
      const job = id ? await getJob(id) : null;
      if (job?.state === 'failed') expect(job.failure?.code).toBe('storage-full');
      if (job?.state !== 'done') expect((await quotaState(world.now)).used).toBe(1);
    }
  });

  it('for good forgets the check rather than leave a spinner, and says so on the badge', async () => {
    const runner = world.runner();
    await runner.settled(await runner.start(sourceAt('https://cdn.example/before.png')));
    disk = fillDisk((nth) => nth > 2);
    const id = await runner.start(sourceAt(URL));
    await runner.settled(id);
    disk.restore();
    expect(await getJob(id)).toBeNull();
    expect(world.shown.at(-1)).toBe('failed');
    expect((await listHistory()).entries).toHaveLength(1);
  });

  it('is made room for by dropping the bytes of finished checks', async () => {
    const runner = world.runner();
    await runner.settled(await runner.start(sourceAt('https://cdn.example/before.png')));
    expect(await (await database()).count('images')).toBe(1);
    // The third write of a check stores its bytes: full once, and free after the dropping.
    disk = fillDisk((nth) => nth === 3);
    const id = await runner.start(sourceAt(URL));
    await runner.settled(id);
    disk.restore();
    expect((await getJob(id))?.state).toBe('done');
    expect((await listHistory()).entries).toHaveLength(2);
    expect(await (await database()).count('images')).toBe(1);
  });
});
