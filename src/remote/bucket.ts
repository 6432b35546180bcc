import type { Pace } from './types';

/**
 * A token bucket per key, so that a limit is met before the server has to say no. For a limit of N
 * requests in T it holds B = N/4 tokens and gains N − B + 1 in T: then no span of T, wherever it
 * begins, sees more than N requests, as a sliding window on the server counts them, and a short
 * burst passes at once.
 */
export interface Bucket {
  readonly tokens: number;
  /** Milliseconds since the epoch when `tokens` was right. */
  readonly at: number;
}

interface Size {
  readonly capacity: number;
  readonly perMillisecond: number;
}

function sizeOf({ requests, perMs }: Pace): Size {
  const capacity = Math.max(1, Math.floor(requests / 4));
  return { capacity, perMillisecond: (requests - capacity + 1) / perMs };
}

/** A bucket that nobody has drawn from. @param pace with a finite number of requests */
export function fullBucket(pace: Pace, now: number): Bucket {
  return { tokens: sizeOf(pace).capacity, at: now };
}

/**
 * Takes one token, or says how long to wait for it.
 * @returns the bucket afterwards, and the wait in ms: 0 where the token was taken
 */
export function takeToken(
  bucket: Bucket,
  pace: Pace,
  now: number,
): { readonly bucket: Bucket; readonly wait: number } {
  const { capacity, perMillisecond } = sizeOf(pace);
  // A clock that was set back gives nothing and takes nothing.
  const passed = Math.max(0, now - bucket.at);
  const tokens = Math.min(capacity, Math.max(0, bucket.tokens) + passed * perMillisecond);
  if (tokens >= 1) return { bucket: { tokens: tokens - 1, at: now }, wait: 0 };
  return { bucket: { tokens, at: now }, wait: Math.ceil((1 - tokens) / perMillisecond) };
}
