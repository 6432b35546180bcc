/** Runs work of one name one after the other, and works of different names side by side. */
export class OneAtATime {
  readonly #last = new Map<string, Promise<unknown>>();

  /** @throws the signal's reason where it is aborted before the turn comes */
  async run<Result>(name: string, signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    const before = this.#last.get(name) ?? Promise.resolve();
    const mine = before.then(() => {
      signal.throwIfAborted();
      return work();
    });
    // The next in line waits for the end, however it ended.
    const ended = mine.then(
      () => undefined,
      () => undefined,
    );
    this.#last.set(name, ended);
    try {
      return await unlessAborted(mine, signal);
    } finally {
      if (this.#last.get(name) === ended) void ended.then(() => this.#forget(name, ended));
    }
  }

  #forget(name: string, ended: Promise<unknown>): void {
    if (this.#last.get(name) === ended) this.#last.delete(name);
  }
}

/** `work`, or a rejection with the signal's reason as soon as it is aborted. */
export function unlessAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
