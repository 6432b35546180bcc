import type { UsageSnapshot } from '../remote/usage';

export type Window = UsageSnapshot['windows'][number];

/** How much of an allowance is left, 0..1, or null where the provider did not tell enough. */
export function shareLeft({ limit, left, used }: Pick<Window, 'limit' | 'left' | 'used'>): number | null {
  const remaining = left ?? (limit !== null && used !== null ? limit - used : null);
  if (remaining === null || limit === null || limit <= 0) return null;
  return Math.min(1, Math.max(0, remaining / limit));
}

/**
 * The one allowance to tell of where there is room for one. Those of a day, a month or a plan come
 * before those of a minute, which are whole again before anybody has read of them, unless one of
 * these is used up; among several, the one of which the smallest share is left.
 */
export function scarcest(windows: readonly Window[]): Window | null {
  const short = windows.filter(({ id }) => id === 'minute' || id === 'burst');
  const long = windows.filter((window) => !short.includes(window));
  const ended = short.filter(({ left }) => left === 0);
  const [first] = [ended, long, short].filter(({ length }) => length > 0);
  const share = (window: Window) => shareLeft(window) ?? (window.left === 0 ? 0 : 2);
  return first?.toSorted((a, b) => share(a) - share(b))[0] ?? null;
}
