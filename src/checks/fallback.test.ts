import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Fault } from '../../tests/providers/fauxlens-server';
import { CheckError } from '../failures';
import { getEntry } from '../history';
import { lockVault, setConsent, setProviderOrder, setUpVault, unlockVault } from '../remote';
import { createChecksApi } from './api';
import { opinionsOf } from './opinions';
import { FIRST, type Providers, SECOND, twoProviders, uploads } from './providers.fixture';
import { getJob, waitingJobs } from './read';
import { imageAt, sourceAt } from './world.fixture';

const MINUTE = 60_000;
const MIDNIGHT = new Date('2026-11-22T00:00').getTime();
const url = 'https://cdn.example/paid.png';

let on: Providers;
beforeEach(async () => {
  on = await twoProviders();
});
afterEach(async () => {
  vi.useRealTimers();
  await on.close();
});

const status = (code: number, headers: Record<string, string> = {}): Fault => ({
  kind: 'status',
  status: code,
  body: '{"error":"no"}',
  headers,
});
/** Every waiting check whose time has come runs to where it ends or waits again. */
async function wake(options?: { unlocked: boolean }): Promise<void> {
  const ids = (await waitingJobs()).map(({ id }) => id);
  await on.runner.wake(options);
  await Promise.all(ids.map((id) => on.runner.settled(id)));
}

describe('fallback', () => {
  it.each([
    ['401', status(401), 'provider-unauthorised'],
    ['402', status(402), 'provider-out-of-credit'],
    ['403', status(403), 'provider-unauthorised'],
    ['429 for long', status(429, { 'retry-after': '3600' }), 'provider-rate-limited'],
    ['500', status(500), 'provider-error'],
    ['502', status(502), 'provider-error'],
    ['a reset', { kind: 'reset' }, 'provider-unreachable'],
    ['a reset inside the reply', { kind: 'reset-mid-body' }, 'provider-unreachable'],
    ['HTML', { kind: 'reply', body: '<html>', type: 'text/html' }, 'provider-bad-reply'],
    ['a redirect', { kind: 'redirect', to: 'http://127.0.0.1:1/' }, 'provider-unreachable'],
  ] as const)('after %s the next provider answers, and the report says which', async (_, fault, code) => {
    on.first.misbehave(fault);
    const job = await on.check(url);
    expect(job).toMatchObject({ state: 'done', engine: SECOND });
    expect(job?.tried).toMatchObject([{ provider: FIRST, failure: { code } }]);
    expect(uploads(on.first)).toHaveLength(1);
    expect(uploads(on.second)).toHaveLength(1);
    expect((await getEntry(job?.reportId ?? ''))?.report).toMatchObject({
      engine: SECOND,
      verdict: 'likely-authentic',
    });
  });

  it("asks in the person's order", async () => {
    await setProviderOrder([SECOND, FIRST]);
    expect(await on.check(url)).toMatchObject({ engine: SECOND, tried: [] });
    expect(on.first.seen).toEqual([]);
  });

  it('skips a provider that said that it is at its limit, until that ends', async () => {
    on.first.misbehave(status(429, { 'retry-after': '600' }), null);
    await on.check(url);
    await on.check('https://cdn.example/next.png');
    expect(on.first.seen).toHaveLength(1);
    on.pass(10 * MINUTE);
    expect(await on.check('https://cdn.example/later.png')).toMatchObject({ engine: FIRST });
  });

  it('skips a provider whose headers said that nothing is left', async () => {
    const reply = { kind: 'reply', body: '{}', headers: {} } as const;
    on.first.misbehave(
      {
        ...reply,
        headers: { 'x-ratelimit-limit': '60', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '45' },
      },
      null,
    );
    await on.check(url);
    expect(await on.check('https://cdn.example/next.png')).toMatchObject({ engine: SECOND, tried: [] });
    expect(on.first.seen).toHaveLength(1);
    on.pass(45_000);
    expect(await on.check('https://cdn.example/later.png')).toMatchObject({ engine: FIRST });
  });

  it('fails by name where every provider refuses for good', async () => {
    on.first.misbehave(status(401));
    on.second.misbehave(status(401));
    expect(await on.check(url)).toMatchObject({
      state: 'failed',
      failure: { code: 'provider-unauthorised', args: ['FauxLens', 'no'] },
    });
  });

  it('gives its queue no reason to ask one that the person did not agree to', async () => {
    on.first.misbehave(status(500));
    await setConsent(SECOND, false);
    expect((await on.check(url))?.waiting).toMatchObject({ kind: 'provider', provider: FIRST });
    expect(on.second.seen).toEqual([]);
  });
});

describe('a check for which nobody is left', () => {
  it('waits for the first limit to end, and then runs by itself', async () => {
    on.first.misbehave(status(429, { 'retry-after': '1800' }), null);
    on.second.misbehave(status(429, { 'retry-after': '900' }), null);
    const job = await on.check(url);
    const resumesAt = on.world.now + 15 * MINUTE;
    expect(job).toMatchObject({
      state: 'waiting',
      waiting: { kind: 'provider', provider: FIRST, resumesAt },
    });
    expect(on.world.alarm).toBe(resumesAt);

    await wake();
    expect(on.first.seen.length + on.second.seen.length).toBe(2);
    on.pass(15 * MINUTE);
    on.revive();
    await wake();
    expect(await getJob(job?.id ?? '')).toMatchObject({ state: 'done', engine: SECOND });
    expect(on.world.alarm).toBeNull();
    expect([on.first.seen.length, on.second.seen.length]).toEqual([1, 2]);
  });

  it('asks servers that are down ever more seldom, and no later than the free checks are back', async () => {
    on.first.misbehave(status(500));
    on.second.misbehave(status(500));
    const id = (await on.check(url))?.id ?? '';
    const waits: number[] = [];
    for (let round = 0; round < 5; round++) {
      const waiting = (await getJob(id))?.waiting;
      if (waiting?.kind !== 'provider') throw new Error(`it is ${waiting?.kind}`);
      waits.push((waiting.resumesAt - on.world.now) / MINUTE);
      on.pass(waiting.resumesAt - on.world.now);
      await wake();
    }
    expect(waits).toEqual([1, 5, 15, 60, 60]);
    on.pass(MIDNIGHT - on.world.now);
    await wake();
    expect(await getJob(id)).toMatchObject({ state: 'done', engine: 'local' });
  });

  it('waits out the night: at midnight the free checks run the oldest, and the rest wait on', async () => {
    await setConsent(FIRST, false);
    await setConsent(SECOND, false);
    for (let i = 0; i < 6; i++) await on.check(`https://cdn.example/wait${i}.png`, 'local');
    expect(on.world.alarm).toBe(MIDNIGHT);
    on.pass(MIDNIGHT - on.world.now);
    await wake();
    expect(await waitingJobs()).toHaveLength(2);
    expect(on.world.alarm).toBe(new Date('2026-11-23T00:00').getTime());
  });

  it('offline waits, and runs by itself when the connection is back', async () => {
    on.world.apis.navigator.onLine = false;
    on.world.acquire = () => Promise.reject(new CheckError({ code: 'offline' }));
    const job = await on.check(url);
    expect(job?.waiting).toEqual({ kind: 'offline', resumesAt: on.world.now + MINUTE });
    on.pass(MINUTE);
    await wake();
    expect((await getJob(job?.id ?? ''))?.state).toBe('waiting');

    on.world.apis.navigator.onLine = true;
    on.world.acquire = async (source) => imageAt(source);
    await wake();
    expect(await getJob(job?.id ?? '')).toMatchObject({ state: 'done', engine: FIRST });
  });

  it('waits for the passphrase, and runs when the keys are opened', async () => {
    await setUpVault('correct horse battery');
    await lockVault();
    const job = await on.check(url);
    expect(job?.waiting).toEqual({ kind: 'locked', provider: FIRST });
    expect(on.first.seen).toEqual([]);
    await unlockVault('correct horse battery');
    await wake({ unlocked: true });
    expect(await getJob(job?.id ?? '')).toMatchObject({ state: 'done', engine: FIRST });
  });
});

describe('a provider that is to be asked about every time', () => {
  it('keeps its place in the order, and a yes holds for one check', async () => {
    await setConsent(FIRST, true, 'each-time');
    const api = createChecksApi(on.runner);
    const job = await on.check(url);
    expect(job?.waiting).toEqual({ kind: 'consent', provider: FIRST, everyTime: true });
    expect(on.first.seen.length + on.second.seen.length).toBe(0);
    await api.allowOnce(job?.id ?? '', FIRST);
    expect(await on.settle(job?.id ?? '')).toMatchObject({ state: 'done', engine: FIRST });
    expect((await on.check('https://cdn.example/next.png'))?.waiting?.kind).toBe('consent');
    expect(on.first.seen).toHaveLength(1);
  });

  it('is sent the one image that was allowed also without any standing agreement', async () => {
    await setConsent(FIRST, false);
    await setConsent(SECOND, false);
    const job = await on.check(url);
    expect(job?.waiting).toEqual({ kind: 'consent', provider: FIRST });
    await createChecksApi(on.runner).allowOnce(job?.id ?? '', FIRST);
    expect(await on.settle(job?.id ?? '')).toMatchObject({ state: 'done', engine: FIRST });
    expect((await on.check('https://cdn.example/next.png'))?.state).toBe('waiting');
  });
});

describe('second opinions', () => {
  it('of all providers stand side by side with their own words, and none is averaged away', async () => {
    on.pass(MIDNIGHT - on.world.now);
    const report = await on.check(url);
    expect(report?.engine).toBe('local');
    const ids = await createChecksApi(on.runner).askSecondOpinions(report?.reportId ?? '', [FIRST, SECOND]);
    await Promise.all(ids.map((id) => on.settle(id)));
    const set = await opinionsOf(report?.reportId ?? '');
    expect(set?.base.report.engine).toBe('local');
    expect(
      set?.opinions.map(({ engine, entry }) => [engine, entry?.report.verdict, entry?.remote?.own.verdict]),
    ).toEqual([
      [FIRST, 'ai-generated', 'AI-Generated'],
      [SECOND, 'likely-authentic', 'Authentic'],
    ]);
    expect(on.world.fetched.filter((fetched) => fetched === url)).toHaveLength(1);
  });

  it('that fail or wait are shown as such, and no other provider is asked instead', async () => {
    on.pass(MIDNIGHT - on.world.now);
    const report = await on.check(url);
    on.first.misbehave(status(500));
    on.second.misbehave(status(429, { 'retry-after': '3600' }));
    const ids = await createChecksApi(on.runner).askSecondOpinions(report?.reportId ?? '', [FIRST, SECOND]);
    await Promise.all(ids.map((id) => on.settle(id)));
    const set = await opinionsOf(report?.reportId ?? '');
    expect(set?.opinions.map(({ job }) => [job?.state, job?.failure?.code ?? job?.waiting?.kind])).toEqual([
      ['failed', 'provider-error'],
      ['waiting', 'provider'],
    ]);
    expect([on.first.seen.length, on.second.seen.length]).toEqual([1, 1]);
  });

  it('asked twice at once about one image are uploaded once', async () => {
    const ids = await Promise.all([1, 2, 3].map(() => on.runner.start(sourceAt(url), { engine: FIRST })));
    await Promise.all(ids.map((id) => on.settle(id)));
    expect((await Promise.all(ids.map(getJob))).map((job) => job?.state)).toEqual(['done', 'done', 'done']);
    expect(on.first.seen).toHaveLength(1);
  });
});
