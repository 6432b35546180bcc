import { vi } from 'vitest';
import {
  DOCUMENTED_REPLY,
  type FauxLensServer,
  SAMPLE_KEY,
  startFauxLens,
} from '../../tests/providers/fauxlens-server';
import { useUpQuota } from '../quota/used-up.fixture';
import { originPattern, type ProviderId, saveProvider, setConsent } from '../remote';
import { freshDatabase } from '../storage/fresh.fixture';
import { getJob } from './read';
import type { CheckRunner } from './runner';
import { createWorld, sourceAt, type World } from './world.fixture';

/** Two providers on this machine, both set up and agreed to, asked in this order; the free checks are used up. */
export interface Providers {
  readonly world: World;
  readonly first: FauxLensServer;
  readonly second: FauxLensServer;
  /** The service worker; `revive` starts a new one on what is stored. */
  runner: CheckRunner;
  revive(): CheckRunner;
  /** Checks an image to where it ends or waits, and answers its job. */
  check(url: string, engine?: string): ReturnType<typeof getJob>;
  settle(id: string): ReturnType<typeof getJob>;
  /** Moves the clock that checks, usage and limits read. */
  pass(ms: number): void;
  close(): Promise<unknown>;
}

/** What the second provider says of every image: the opposite of the first. */
const AUTHENTIC = JSON.stringify({
  ...JSON.parse(DOCUMENTED_REPLY),
  verdict: 'Authentic',
  suspected_model: null,
});

export const FIRST: ProviderId = 'fauxlens';
export const SECOND: ProviderId = 'self-hosted';

export async function twoProviders({ free = false } = {}): Promise<Providers> {
  await freshDatabase();
  const world = createWorld();
  vi.useFakeTimers({ toFake: ['Date'], now: world.now });
  const [first, second] = await Promise.all([startFauxLens(), startFauxLens({ reply: AUTHENTIC })]);
  const providers: Providers = {
    world,
    first,
    second,
    runner: world.runner(),
    revive() {
      providers.runner = world.runner();
      return providers.runner;
    },
    async check(url, engine) {
      return providers.settle(await providers.runner.start(sourceAt(url), { engine }));
    },
    async settle(id) {
      await providers.runner.settled(id);
      return getJob(id);
    },
    pass(ms) {
      world.now += ms;
      vi.setSystemTime(world.now);
    },
    close: () => Promise.all([first.close(), second.close()]),
  };
  await configure(world, FIRST, first);
  await configure(world, SECOND, second);
  if (!free) await useUpQuota(world.now);
  return providers;
}

export async function configure(world: World, id: ProviderId, { origin }: FauxLensServer): Promise<void> {
  const shape = id === 'self-hosted' ? ({ shape: 'fauxlens' } as const) : {};
  await saveProvider(id, { baseUrl: origin, apiKey: SAMPLE_KEY, sends: 'bytes', ...shape });
  await setConsent(id, true);
  world.apis.granted.add(originPattern(origin));
}

/** Requests that carried an image; the sign of life that a cut connection is asked for carries none. */
export function uploads(server: FauxLensServer) {
  return server.seen.filter(({ method }) => method === 'POST');
}
