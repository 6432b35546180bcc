import type { UsageSnapshot } from '../remote/usage';

export type Window = UsageSnapshot['windows'][number];

/** How much of an allowance is left, 0..1, or null where the provider did not tell enough. */
export function shareLeft({ limit, left, used }: Pick<Window, 'limit' | 'left' | 'used'>): number | null {
  const remaining = left ?? (limit !== null && used !== null ? limit - used : null);
  if (remaining === null || limit === null || limit <= 0) return null;
  return Math.min(1, Math.max(0, remaining / limit));
}

/** The allowance of which the smallest share is left; one of which nothing can be said comes last. */
export function scarcest(windows: readonly Window[]): Window | null {
  const share = (window: Window) => shareLeft(window) ?? (window.left === 0 ? 0 : 2);
  return windows.reduce<Window | null>(
    (least, window) => (least === null || share(window) < share(least) ? window : least),
    null,
  );
}
