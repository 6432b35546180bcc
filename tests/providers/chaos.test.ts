import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { getJob, waitingJobs } from '../../src/checks/read';
import type { CheckRunner } from '../../src/checks/runner';
import { createWorld, imageBytes, sha256, sourceAt, type World } from '../../src/checks/world.fixture';
import { getEntry } from '../../src/history';
import { useUpQuota } from '../../src/quota/used-up.fixture';
import { originPattern, type ProviderId, saveProvider, setConsent } from '../../src/remote';
import { converse, type Patience } from '../../src/remote/client';
import { retryAfter } from '../../src/remote/limits';
import { database } from '../../src/storage/database';
import { freshDatabase } from '../../src/storage/fresh.fixture';
import { type FaultProxy, type ProxyFault, startFaultProxy } from './fault-proxy';
import { type FauxLensServer, startFauxLens } from './fauxlens-server';

/**
 * Two providers behind fault proxies. Whatever the network does: no check is lost, no image is
 * charged twice by one provider without the person's word, and no key is in any log or message.
 */
const KEYS: Readonly<Record<string, string>> = {
  fauxlens: 'fl_chaos_key_first_0001',
  'self-hosted': 'fl_chaos_key_second_0002',
};
const MINUTE = 60_000;
const MIDNIGHT = new Date('2026-11-22T00:00').getTime();

interface Side {
  readonly id: ProviderId;
  readonly server: FauxLensServer;
  readonly proxy: FaultProxy;
}

let world: World;
let sides: readonly [Side, Side];
let runner: CheckRunner;
let logged: unknown[];

beforeEach(async () => {
  await freshDatabase();
  world = createWorld();
  vi.useFakeTimers({ toFake: ['Date'], now: world.now });
  sides = [await side('fauxlens'), await side('self-hosted')];
  runner = world.runner();
  logged = [];
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    vi.spyOn(console, method).mockImplementation((...args) => void logged.push(...args));
  }
  await useUpQuota(world.now);
});
afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  await Promise.all(sides.flatMap(({ server, proxy }) => [server.close(), proxy.close()]));
});

async function side(id: ProviderId): Promise<Side> {
  const key = KEYS[id] ?? '';
  const server = await startFauxLens({ keys: [key], perMinute: 10_000 });
  const proxy = await startFaultProxy(server.origin);
  const shape = id === 'self-hosted' ? ({ shape: 'fauxlens' } as const) : {};
  await saveProvider(id, { baseUrl: proxy.origin, apiKey: key, sends: 'bytes', ...shape });
  await setConsent(id, true);
  world.apis.granted.add(originPattern(proxy.origin));
  return { id, server, proxy };
}

async function end(id: string) {
  await runner.settled(id);
  return getJob(id);
}

function pass(ms: number): void {
  world.now += ms;
  vi.setSystemTime(world.now);
}

/** Lets time go by from alarm to alarm until nothing waits for it any more. */
async function drain(rounds: number): Promise<void> {
  // A full bucket is waited for in real time, and reads the clock that we move.
  const clock = setInterval(() => pass(2_000), 50);
  for (let round = 0; round < rounds && world.alarm !== null; round++) {
    pass(Math.max(1_000, world.alarm - world.now));
    const waiting = (await waitingJobs()).map(({ id }) => id);
    await runner.wake();
    await Promise.all(waiting.map((id) => runner.settled(id)));
  }
  clearInterval(clock);
}

/** How often a provider judged (and would have charged for) an image. */
function charges({ server }: Side, url: string): number {
  const hash = sha256(imageBytes(url));
  return server.seen.filter((seen) => seen.sha256 === hash).length;
}

/** No key anywhere but in its provider's set-up. */
async function expectNoKey(): Promise<void> {
  const db = await database();
  const stores = ['jobs', 'history', 'evidence', 'receipts', 'passing'] as const;
  const rows = await Promise.all(stores.map((store) => db.getAll(store)));
  const settings = [...world.apis.stored].filter(([name]) => !name.startsWith('remote.provider.'));
  const said = logged.map((one) =>
    one instanceof Error ? `${one.stack} ${String(one.cause)}` : JSON.stringify(one),
  );
  const everything = JSON.stringify([rows, settings, world.announced, world.shown]) + said.join('\n');
  for (const key of Object.values(KEYS)) expect(everything).not.toContain(key);
}

const limited = (headers: Record<string, string>): ProxyFault => ({ kind: 'status', status: 429, headers });
const DAY_AHEAD = new Date(MIDNIGHT + 24 * 60 * MINUTE);
/** A server's dates are read by its own clock, which must stand still for the test to pass on any day. */
const SERVER_NOON = { date: 'Sat, 21 Nov 2026 12:00:00 GMT' };

/** Each fault, and whether the first provider has done the work by then. */
const FAULTS: readonly [string, ProxyFault, charged: 0 | 1][] = [
  ['429 for an hour', limited({ 'retry-after': '3600' }), 0],
  ['429 with a date', limited({ ...SERVER_NOON, 'retry-after': 'Sat, 21 Nov 2026 20:00:00 GMT' }), 0],
  [
    '429 with X-RateLimit-Reset',
    limited({ ...SERVER_NOON, 'x-ratelimit-reset': String(DAY_AHEAD.getTime() / 1000) }),
    0,
  ],
  ['401', { kind: 'status', status: 401 }, 0],
  ['402', { kind: 'status', status: 402 }, 0],
  ['404', { kind: 'status', status: 404 }, 0],
  ['413', { kind: 'status', status: 413 }, 0],
  ['500', { kind: 'status', status: 500 }, 0],
  ['502', { kind: 'status', status: 502 }, 0],
  ['504', { kind: 'status', status: 504 }, 0],
  ['a connection cut before the provider', { kind: 'cut-before' }, 0],
  ['a connection cut after the provider judged', { kind: 'cut-after' }, 1],
  ['a connection cut inside the reply', { kind: 'cut-inside' }, 1],
  ['200 MB', { kind: 'huge', bytes: 200 * 1024 * 1024 }, 1],
  ['HTML', { kind: 'body', body: '<!doctype html><title>Log in</title>', type: 'text/html' }, 1],
  ['half a document', { kind: 'body', body: '{"verdict": "AI-Gen' }, 1],
  ['__proto__', { kind: 'body', body: '{"__proto__": {"verdict": "Authentic"}}' }, 1],
  ['an empty body', { kind: 'body', body: '' }, 1],
  ['a picture', { kind: 'body', body: '\u0089PNG\r\n', type: 'image/png' }, 1],
  ['an answer that repeats the key', { kind: 'body', body: `fl_chaos_key_first_0001` }, 1],
  ['a redirect to another origin', { kind: 'redirect', to: 'http://127.0.0.1:9/v1/detect' }, 0],
];

/** A limit of a day and more would leave the rest of a day's chaos to the other provider. */
const PASSING = FAULTS.filter(([name]) => !name.includes('X-RateLimit-Reset') && !name.includes('date'));

describe('a fault of the first provider', () => {
  it.each(FAULTS)('%s: the second one answers, and nobody is charged twice', async (_, fault, charged) => {
    const [first, second] = sides;
    const url = 'https://cdn.example/chaos.png';
    first.proxy.plan(fault);
    expect(await end(await runner.start(sourceAt(url)))).toMatchObject({ state: 'done', engine: second.id });
    expect([charges(first, url), charges(second, url)]).toEqual([charged, 1]);
    expect(first.proxy.poured()).toBeLessThan(40 * 1024 * 1024);
    await expectNoKey();
  });
});

describe('replies that look wrong and are not', () => {
  it.each([
    ['under another content type', { 'content-type': 'text/plain' }],
    ['from a server whose clock is a year off', { date: 'Fri, 21 Nov 2025 12:00:00 GMT' }],
    ['with headers of nonsense', { 'retry-after': '-1', 'x-ratelimit-remaining': 'NaN', date: 'yesterday' }],
  ])('%s are answers', async (_, headers) => {
    const [first] = sides;
    first.proxy.plan({ kind: 'headers', headers });
    const url = 'https://cdn.example/odd.png';
    expect(await end(await runner.start(sourceAt(url)))).toMatchObject({ state: 'done', engine: first.id });
  });
});

describe('a storm of 429', () => {
  it('over twenty checks costs each provider a request, and all are answered afterwards', async () => {
    const [first, second] = sides;
    const stormy = (wait: number) =>
      Array.from({ length: 500 }, () => limited({ 'retry-after': String(wait) }));
    first.proxy.plan(...stormy(1800));
    second.proxy.plan(...stormy(1800));
    const urls = Array.from({ length: 20 }, (_, i) => `https://cdn.example/storm${i}.png`);
    for (const url of urls) await end(await runner.start(sourceAt(url)));
    expect(await waitingJobs()).toHaveLength(20);
    expect([first.proxy.came(), second.proxy.came()]).toEqual([1, 1]);

    first.proxy.plan();
    second.proxy.plan();
    await drain(20);
    expect(await waitingJobs()).toEqual([]);
    for (const url of urls) expect(charges(first, url) + charges(second, url)).toBe(1);
    await expectNoKey();
  }, 300_000);
});

/** Short enough to see each limit act, long enough for a busy machine. */
const PATIENCE: Patience = { headers: 20_000, idle: 10_000, total: 3_000, pause: 1_000 };

function picture(): FormData {
  const body = new FormData();
  body.set('image', new File([imageBytes(null)], 'image.png', { type: 'image/png' }));
  return body;
}

describe('time', () => {
  const call = (origin: string, patience: Patience) => ({
    body: picture(),
    party: { name: 'FauxLens', secret: KEYS.fauxlens ?? '' },
    url: `${origin}/v1/detect`,
    method: 'POST' as const,
    headers: { authorization: `Bearer ${KEYS.fauxlens}` },
    patience,
  });
  const never = new AbortController().signal;

  it('a reply of a byte at a time never falls silent, and ends with the whole conversation', async () => {
    const [{ proxy }] = sides;
    proxy.plan({ kind: 'trickle', everyMs: 200 });
    await expect(converse(call(proxy.origin, PATIENCE), never)).rejects.toMatchObject({
      failure: { code: 'provider-timeout' },
    });
  });

  it('a server that takes the upload and never answers is left, its fate unknown', async () => {
    const [{ proxy }] = sides;
    proxy.plan({ kind: 'silent' });
    const patience = { ...PATIENCE, headers: 800, total: 20_000 };
    await expect(converse(call(proxy.origin, patience), never)).rejects.toMatchObject({
      failure: { code: 'provider-timeout', fate: 'unknown' },
    });
    expect(proxy.came()).toBe(1);
  });

  it('TLS that is none is no connection, and no plain text is sent in its place', async () => {
    const [{ proxy }] = sides;
    const tls = proxy.origin.replace('http:', 'https:');
    await expect(converse(call(tls, PATIENCE), never)).rejects.toMatchObject({
      failure: { code: expect.stringMatching(/provider-(unreachable|timeout)/) },
    });
    expect(proxy.came()).toBe(0);
  });

  it('a date is read by the clock of the server that wrote it', () => {
    const date = 'Fri, 21 Nov 2025 12:00:00 GMT';
    const headers = new Headers({ date, 'retry-after': 'Fri, 21 Nov 2025 12:30:00 GMT' });
    expect(retryAfter({ headers }, world.now)).toBe(world.now + 30 * MINUTE);
  });
});

/** Numbers from a seed (mulberry32), so that a bad run can be run again. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe('chaos', () => {
  it('over 80 checks with faults at random and workers killed in the upload loses none and charges none twice', async () => {
    const [first, second] = sides;
    const random = numbers(20_261_121);
    const any = (): ProxyFault => {
      const at = Math.floor(random() * (PASSING.length * 2));
      return PASSING[at]?.[1] ?? { kind: 'pass' };
    };
    const urls = Array.from({ length: 80 }, (_, i) => `https://cdn.example/chaos${i}.png`);
    const ids: string[] = [];
    let killed = 0;
    let faults = 0;
    for (const url of urls) {
      pass(Math.floor(random() * 20 * MINUTE));
      const plans = [any(), any()] as const;
      faults += plans.filter(({ kind }) => kind !== 'pass').length;
      const kill = random() < 0.2;
      const silent = { kind: 'silent' } as const;
      sides.forEach(({ proxy }, side) => {
        proxy.plan(kill ? silent : (plans[side] ?? silent));
      });
      const came = first.proxy.came() + second.proxy.came();
      const id = await runner.start(sourceAt(url));
      ids.push(id);
      if (kill && (await cameMore(came, id))) {
        killed += 1;
        for (const { proxy } of sides) proxy.plan();
        runner = world.runner();
        await runner.resume();
      }
      await end(id);
    }
    // Time goes by with a network that works again; what the free checks of the next days can do, they do.
    first.proxy.plan();
    second.proxy.plan();
    await drain(60);
    // Of the checks that ended, the last fifty are kept; the report of an older one is in the history.
    const states = await Promise.all(
      ids.map(async (id) => (await getJob(id))?.state ?? ((await getEntry(id)) ? 'done' : 'lost')),
    );
    const most = Math.max(...urls.flatMap((url) => [charges(first, url), charges(second, url)]));
    vi.mocked(console.log).mockRestore();
    console.log(
      `chaos: ${urls.length} checks, ${faults} faults, ${killed} workers killed in the upload;`,
      `done ${states.filter((state) => state === 'done').length},`,
      `failed by name ${states.filter((state) => state === 'failed').length},`,
      `waiting ${states.filter((state) => state === 'waiting').length}; most charges for one image at one provider: ${most}`,
    );
    expect(killed).toBeGreaterThan(5);
    expect(states.filter((state) => !['done', 'failed', 'waiting'].includes(state))).toEqual([]);
    expect(most).toBe(1);
    await expectNoKey();
  }, 600_000);
});

/** Whether an upload has reached a proxy; false where the check ended without one. */
async function cameMore(before: number, id: string): Promise<boolean> {
  for (let look = 0; look < 400; look++) {
    if (sides.reduce((sum, { proxy }) => sum + proxy.came(), 0) > before) return true;
    const job = await getJob(id);
    if (job?.state === 'done' || job?.state === 'failed' || job?.state === 'waiting') return false;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return false;
}
