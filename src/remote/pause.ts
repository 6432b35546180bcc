/**
 * Waits.
 * @param ms how long; @throws the signal's reason where it is aborted meanwhile
 */
export function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });
}

/** Exponential backoff with full jitter (AWS Architecture Blog, 2015): 0 to `most` ms, from `first` on doubling. */
export function backoff(attempt: number, first: number, most: number): number {
  return Math.random() * Math.min(most, first * 2 ** (attempt - 1));
}
