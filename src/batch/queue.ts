/**
 * Works through items a few at a time, in the order they came, and takes more at any moment.
 * One failure never stops the rest: the worker reports its own failures.
 */
export interface Queue<Item> {
  /** Takes items in; answers the sequence number of the first (they count up from there). */
  add(items: readonly Item[]): number;
  /** Begins nothing new; what runs ends. */
  pause(): void;
  resume(): void;
  /** Aborts what runs and drops what waits; answers the dropped sequence numbers. */
  stop(): number[];
  readonly state: QueueState;
}

export interface QueueState {
  readonly accepted: number;
  readonly running: number;
  readonly waiting: number;
  readonly paused: boolean;
}

/**
 * @param concurrency how many items run at once, at least 1
 * @param work runs one item to its end; must not reject (a rejection is thrown to the page, loudly)
 * @param onChange called after every change of state
 */
export function createQueue<Item>(
  concurrency: number,
  work: (item: Item, sequence: number, signal: AbortSignal) => Promise<void>,
  onChange: (state: QueueState) => void,
): Queue<Item> {
  let waiting: { item: Item; sequence: number }[] = [];
  // Index of the next to start: shifting an array of thousands for each file would cost time.
  let next = 0;
  let accepted = 0;
  let running = 0;
  let paused = false;
  let abort = new AbortController();

  const state = (): QueueState => ({ accepted, running, waiting: waiting.length - next, paused });

  function startMore(): void {
    while (!paused && running < concurrency && next < waiting.length) {
      const entry = waiting[next];
      next += 1;
      if (next === waiting.length) {
        waiting = [];
        next = 0;
      }
      if (entry) void run(entry.item, entry.sequence);
    }
  }

  async function run(item: Item, sequence: number): Promise<void> {
    running += 1;
    try {
      await work(item, sequence, abort.signal);
    } finally {
      running -= 1;
      startMore();
      onChange(state());
    }
  }

  return {
    add(items) {
      const first = accepted;
      for (const item of items) {
        waiting.push({ item, sequence: accepted });
        accepted += 1;
      }
      startMore();
      onChange(state());
      return first;
    },
    pause() {
      paused = true;
      onChange(state());
    },
    resume() {
      paused = false;
      startMore();
      onChange(state());
    },
    stop() {
      const dropped = waiting.slice(next).map((entry) => entry.sequence);
      waiting = [];
      next = 0;
      paused = false;
      abort.abort();
      abort = new AbortController();
      onChange(state());
      return dropped;
    },
    get state() {
      return state();
    },
  };
}
