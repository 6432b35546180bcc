/** How a key stands after a request was counted. Times in ms since the epoch. */
export interface Standing {
  /** Whether the request goes beyond a limit; then it was not counted. */
  readonly refused: boolean;
  /** The tightest limit, what is left of it, and when it is whole again. */
  readonly limit: number;
  readonly remaining: number;
  readonly resetAt: number;
}

/** A limit whose count begins anew at fixed times. */
export interface Window {
  readonly limit: number;
  readonly endsAt: (time: number) => number;
}

export const perMinute = (limit: number): Window => ({
  limit,
  endsAt: (time) => (Math.floor(time / 60_000) + 1) * 60_000,
});

export const perDay = (limit: number): Window => ({
  limit,
  endsAt: (time) => (Math.floor(time / 86_400_000) + 1) * 86_400_000,
});

export const perMonth = (limit: number): Window => ({
  limit,
  endsAt: (time) => {
    const date = new Date(time);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
  },
});

/** Several windows at once: a request counts in all or, where one is full, in none. */
export function fixedWindows(windows: readonly Window[], now: () => number): (key: string) => Standing {
  const counts = new Map<string, number>();
  return (key) => {
    const time = now();
    const states = windows.map(({ limit, endsAt }, index) => {
      const resetAt = endsAt(time);
      const slot = `${index} ${resetAt} ${key}`;
      return { limit, resetAt, slot, remaining: limit - (counts.get(slot) ?? 0) };
    });
    const full = states.find((state) => state.remaining <= 0);
    if (full !== undefined) return { ...full, remaining: 0, refused: true };
    for (const { slot } of states) counts.set(slot, (counts.get(slot) ?? 0) + 1);
    const [first] = states;
    if (first === undefined) throw new RangeError('Expected at least one window');
    return { ...first, remaining: first.remaining - 1, refused: false };
  };
}

/** At most `limit` requests in any `ms`. */
export function slidingWindow(ms: number, now: () => number): (key: string, limit: number) => Standing {
  const times = new Map<string, number[]>();
  return (key, limit) => {
    const time = now();
    const recent = (times.get(key) ?? []).filter((past) => past > time - ms);
    const refused = recent.length >= limit;
    if (!refused) recent.push(time);
    times.set(key, recent);
    return { refused, limit, remaining: limit - recent.length, resetAt: (recent[0] ?? time) + ms };
  };
}
