import type { UsageReport, UsageWindow } from './usage';

/**
 * What a server says of its limits in headers: Retry-After (RFC 9110, 10.2.3) and the usual
 * X-RateLimit-* fields. All moments are answered in ms since the epoch by OUR clock: a moment of
 * theirs is read against their own `Date`, so that a wrong clock on either side does no harm.
 */

/** Longest wait that is believed: no documented window is longer than a month. */
export const LONGEST_WAIT = 32 * 24 * 3_600_000;

/** Above this a number of seconds is a Unix time (2001-09-09), above the next one it is in ms. */
const UNIX_SECONDS = 1e9;
const UNIX_MILLISECONDS = 1e12;

/** When the server wants to be asked again, or null where Retry-After says nothing sound. */
export function retryAfter({ headers }: { readonly headers: Headers }, now = Date.now()): number | null {
  const value = headers.get('retry-after')?.trim() ?? '';
  if (/^\d{1,15}$/.test(value)) return within(now + Number(value) * 1000, now);
  return dated(value, headers, now);
}

/**
 * When a limit's window resets, or null. `X-RateLimit-Reset` has no standard: a Unix time in
 * seconds (as FakeSec documents) or milliseconds, seconds from now, or a date are all in use.
 */
export function rateLimitReset(headers: Headers, now = Date.now()): number | null {
  const value = headers.get('x-ratelimit-reset')?.trim() ?? '';
  if (!/^\d{1,15}(\.\d{1,6})?$/.test(value)) return dated(value, headers, now);
  const number = Number(value);
  if (number < UNIX_SECONDS) return within(now + number * 1000, now);
  const theirs = number < UNIX_MILLISECONDS ? number * 1000 : number;
  return within(now + theirs - theirNow(headers, now), now);
}

/** When a refused request may be made again: Retry-After, else the reset of a window that is used up. */
export function resumesAt({ headers }: { readonly headers: Headers }, now = Date.now()): number | null {
  return retryAfter({ headers }, now) ?? rateLimitReset(headers, now);
}

/** The window that the X-RateLimit fields tell of; empty where they tell nothing. */
export function rateLimitOf(headers: Headers, now = Date.now()): UsageReport {
  const limit = count(headers.get('x-ratelimit-limit'));
  const left = count(headers.get('x-ratelimit-remaining'));
  if (limit === null && left === null) return { windows: [] };
  const window: UsageWindow = {
    id: 'burst',
    unit: 'requests',
    limit,
    used: limit !== null && left !== null && left <= limit ? limit - left : null,
    left,
    resetsAt: rateLimitReset(headers, now),
    source: 'provider',
  };
  return { windows: [window] };
}

/** An HTTP date, or one of ISO 8601. */
function dated(value: string, headers: Headers, now: number): number | null {
  // Date.parse makes a date of "-5" too: an HTTP date names its month, ISO 8601 has its T.
  const date = /[a-z]{3}|\dT\d/i.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? null : within(now + date - theirNow(headers, now), now);
}

function theirNow(headers: Headers, now: number): number {
  const theirs = Date.parse(headers.get('date') ?? '');
  return Number.isNaN(theirs) ? now : theirs;
}

function within(moment: number, now: number): number {
  return Math.min(now + LONGEST_WAIT, Math.max(now, moment));
}

function count(value: string | null): number | null {
  return /^\d{1,12}$/.test(value?.trim() ?? '') ? Number(value) : null;
}
