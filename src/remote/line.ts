import * as v from 'valibot';
import { type Bucket, fullBucket, takeToken } from './bucket';
import { pauseFor } from './pause';
import { failure } from './reply';
import type { Pace, ProviderConfig, ProviderDefinition, ProviderId } from './types';
import { exhaustedUntil, saveUsage, type UsageReport, type UsageWindow, usageOf } from './usage';

/** A key's line to its provider: who may speak when, and what the provider says of the account. */
export interface Line {
  /**
   * Takes one place in the key's bucket, waiting for it where the wait is short.
   * @throws CheckError `provider-rate-limited` with `retryAt` where the wait would be long
   */
  admit(signal: AbortSignal): Promise<void>;
  /** Called before a request that uploads leaves, once an attempt. What it rejects with ends the conversation. */
  sending(): Promise<void>;
  /** Called for every reply, refusals included, with what its headers told. */
  heard(report: UsageReport): Promise<void>;
}

export interface LineOptions {
  /** Longest wait for a place, in ms; a longer one is a failure that says when. */
  readonly patience?: number;
  /** Asks even where the account is known to be at a limit: the person wants to see for themself. */
  readonly despiteLimits?: boolean;
  readonly beforeSending?: () => Promise<void>;
}

/** A place that comes within this time is waited for. */
const PATIENCE = 20_000;

const BUCKET_PREFIX = 'remote.bucket.';
const storedBucket = v.object({ tokens: v.number(), at: v.number() });

/** The line of a key. Its bucket outlives the service worker, for the browser session. */
export function createLine(
  definition: ProviderDefinition,
  config: ProviderConfig,
  options: LineOptions = {},
): Line {
  const { id } = definition;
  const pace = definition.pace(config);
  const patience = options.patience ?? PATIENCE;
  const party = { name: definition.name, secret: config.apiKey };
  const refuse = (until: number) => {
    const retryAt = Number.isFinite(until) ? until : undefined;
    return failure('provider-rate-limited', party, `${id}: at a limit, not asked`, undefined, { retryAt });
  };
  return {
    async admit(signal) {
      for (;;) {
        signal.throwIfAborted();
        const now = Date.now();
        const until = options.despiteLimits ? null : exhaustedUntil(await usageOf(id, now), now);
        const wait = until === null ? await draw(id, pace, now) : until - now;
        if (wait <= 0) return;
        if (wait > patience) throw refuse(now + wait);
        await pauseFor(wait, signal);
      }
    },
    sending: async () => options.beforeSending?.(),
    async heard(report) {
      const windows = report.windows.map((window) => named(window, pace));
      if (windows.length === 0 && report.plan === undefined) return;
      // A figure that could not be kept must not cost the answer that came with it.
      await saveUsage(id, { ...report, windows }).catch((error: unknown) => console.error(error));
    },
  };
}

/** Forgets the bucket: another key begins with a full one. */
export async function forgetBucket(id: ProviderId): Promise<void> {
  await chrome.storage.session.remove(BUCKET_PREFIX + id);
}

/** Headers do not say how long their window is; where a minute is documented, it is that one. */
function named(window: UsageWindow, pace: Pace): UsageWindow {
  return window.id === 'burst' && pace.perMs === 60_000 ? { ...window, id: 'minute' } : window;
}

/** Takes a token if there is one. @returns ms to wait, 0 where it was taken */
async function draw(id: ProviderId, pace: Pace, now: number): Promise<number> {
  if (!Number.isFinite(pace.requests)) return 0;
  return navigator.locks.request(`truegrain-bucket-${id}`, async () => {
    const key = BUCKET_PREFIX + id;
    const stored = v.safeParse(storedBucket, (await chrome.storage.session.get(key))[key]);
    const before: Bucket = stored.success ? stored.output : fullBucket(pace, now);
    const { bucket, wait } = takeToken(before, pace, now);
    await chrome.storage.session.set({ [key]: bucket });
    return wait;
  });
}
