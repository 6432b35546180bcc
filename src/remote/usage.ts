import * as v from 'valibot';
import type { ProviderId } from './types';

/**
 * What is known of an account's use: from reply headers, reply bodies and usage endpoints. Kept per
 * provider, so that the pages can show it and the choice of a provider can skip one that is used up.
 */

/** One allowance of an account. Any figure that the provider did not tell is null. */
export interface UsageWindow {
  /** `minute`, `day` and `month` by the calendar or sliding; `burst` where its length is not documented; `plan` for credits that do not reset. */
  readonly id: 'minute' | 'burst' | 'day' | 'month' | 'plan';
  readonly unit: 'requests' | 'tokens' | 'credits';
  readonly limit: number | null;
  readonly used: number | null;
  readonly left: number | null;
  /** Milliseconds since the epoch, by our clock. */
  readonly resetsAt: number | null;
  /** `provider`: it said so. `counted`: our own count against a documented limit. */
  readonly source: 'provider' | 'counted';
}

/** What one reply told. */
export interface UsageReport {
  /** The plan's own name, tamed; absent where not told. */
  readonly plan?: string;
  readonly windows: readonly UsageWindow[];
}

/** All that is known of an account, as shown. */
export interface UsageSnapshot {
  readonly plan: string | null;
  /** One a window id, shortest first. A window whose reset has passed is left out. */
  readonly windows: readonly (UsageWindow & {
    /** Milliseconds since the epoch when this was told. */
    readonly at: number;
  })[];
  /** The provider asked not to be asked before this time (Retry-After, a used-up window), or null. */
  readonly blockedUntil: number | null;
}

/** An account about which nothing is known yet. */
export const NOTHING_KNOWN: UsageSnapshot = { plan: null, windows: [], blockedUntil: null };

const PREFIX = 'remote.usage.';
const ORDER: readonly UsageWindow['id'][] = ['burst', 'minute', 'day', 'month', 'plan'];

const figure = v.nullable(v.pipe(v.number(), v.finite()));
const snapshot = v.object({
  plan: v.nullable(v.string()),
  windows: v.array(
    v.object({
      id: v.picklist(ORDER),
      unit: v.picklist(['requests', 'tokens', 'credits']),
      limit: figure,
      used: figure,
      left: figure,
      resetsAt: figure,
      source: v.picklist(['provider', 'counted']),
      at: v.number(),
    }),
  ),
  blockedUntil: figure,
});

/** What is known of an account now; what its resets have made stale is left out. */
export async function usageOf(id: ProviderId, now = Date.now()): Promise<UsageSnapshot> {
  const stored = v.safeParse(snapshot, (await chrome.storage.local.get(PREFIX + id))[PREFIX + id]);
  return stored.success ? fresh(stored.output, now) : NOTHING_KNOWN;
}

/**
 * Joins what a reply told to what was known, figure by figure: a reply that tells only what is left
 * (FakeSec after a check) takes neither the limit nor the reset away that the usage endpoint told.
 */
export function joinUsage(known: UsageSnapshot, told: UsageReport, now: number): UsageSnapshot {
  const before = new Map(fresh(known, now).windows.map((window) => [window.id, window]));
  for (const window of told.windows) {
    before.set(window.id, { ...joinWindow(before.get(window.id), window), at: now });
  }
  const windows = [...before.values()];
  windows.sort((a, b) => ORDER.indexOf(a.id) - ORDER.indexOf(b.id));
  return { ...known, plan: told.plan ?? known.plan, windows };
}

/** The same allowance told twice: the later word counts, and the earlier one for what it leaves out. */
function joinWindow(known: UsageWindow | undefined, told: UsageWindow): UsageWindow {
  if (known?.unit !== told.unit) return told;
  const resetsAt = told.resetsAt ?? known.resetsAt;
  // More left than the limit that was known: another plan was bought, and its limit is not known yet.
  const outgrown = told.left !== null && known.limit !== null && told.left > known.limit;
  const limit = told.limit ?? (outgrown ? null : known.limit);
  if (told.left === null && told.used === null) {
    return { ...told, limit, left: known.left, used: known.used, resetsAt };
  }
  // One of the two tells the other; an old figure beside a new one would contradict it.
  const rest = (figure: number | null) =>
    limit !== null && figure !== null && figure <= limit ? limit - figure : null;
  return {
    ...told,
    limit,
    left: told.left ?? rest(told.used),
    used: told.used ?? rest(told.left),
    resetsAt,
  };
}

/** Leaves out windows that have been reset since. */
function fresh(known: UsageSnapshot, now: number): UsageSnapshot {
  const windows = known.windows.filter(({ resetsAt }) => resetsAt === null || resetsAt > now);
  const blocked = known.blockedUntil !== null && known.blockedUntil > now ? known.blockedUntil : null;
  return { ...known, windows, blockedUntil: blocked };
}

/** A used-up window without a reset is asked about again after this time: credits may have been bought. */
const ASK_AGAIN_AFTER = 3_600_000;

/** When this account can be asked again, in ms since the epoch; null for now. */
export function exhaustedUntil({ windows, blockedUntil }: UsageSnapshot, now = Date.now()): number | null {
  const ends = windows.flatMap(({ left, resetsAt, at }) =>
    left !== null && left <= 0 ? [resetsAt ?? at + ASK_AGAIN_AFTER] : [],
  );
  const until = Math.max(...ends, blockedUntil ?? 0);
  return until > now ? until : null;
}

/** Writes down what a reply told; writers queue behind each other, in whatever context they are. */
export function saveUsage(id: ProviderId, told: UsageReport, now = Date.now()): Promise<void> {
  return change(id, now, (known) => joinUsage(known, told, now));
}

/** Writes down until when a provider is not to be asked; null lifts it. */
export function saveBlock(id: ProviderId, until: number | null, now = Date.now()): Promise<void> {
  return change(id, now, (known) => ({ ...known, blockedUntil: until }));
}

/** Forgets all that is known: the key was changed or removed. */
export async function forgetUsage(id: ProviderId): Promise<void> {
  await chrome.storage.local.remove(PREFIX + id);
}

async function change(
  id: ProviderId,
  now: number,
  how: (known: UsageSnapshot) => UsageSnapshot,
): Promise<void> {
  await navigator.locks.request(`truegrain-usage-${id}`, async () => {
    await chrome.storage.local.set({ [PREFIX + id]: how(await usageOf(id, now)) });
  });
}
