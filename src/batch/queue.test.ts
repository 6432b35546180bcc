import { expect, test } from 'vitest';
import { createQueue } from './queue';

/** A queue whose items end when the test says so. */
function manual(concurrency: number) {
  const begun: string[] = [];
  const endings = new Map<string, () => void>();
  const aborted: string[] = [];
  const queue = createQueue<string>(
    concurrency,
    (item, _sequence, signal) => {
      begun.push(item);
      signal.addEventListener('abort', () => aborted.push(item));
      return new Promise((done) => endings.set(item, done));
    },
    () => undefined,
  );
  const end = async (item: string) => {
    endings.get(item)?.();
    await Promise.resolve();
    await Promise.resolve();
  };
  return { queue, begun, aborted, end };
}

test('runs as many as allowed, in order, and goes on as they end', async () => {
  const { queue, begun, end } = manual(2);
  expect(queue.add(['a', 'b', 'c'])).toBe(0);
  expect(begun).toEqual(['a', 'b']);
  expect(queue.add(['d'])).toBe(3);
  await end('b');
  expect(begun).toEqual(['a', 'b', 'c']);
  await end('a');
  expect(queue.state).toEqual({ accepted: 4, running: 2, waiting: 0, paused: false });
});

test('a pause begins nothing new and loses nothing', async () => {
  const { queue, begun, end } = manual(1);
  queue.add(['a', 'b']);
  queue.pause();
  await end('a');
  expect(begun).toEqual(['a']);
  expect(queue.state).toMatchObject({ running: 0, waiting: 1, paused: true });
  queue.resume();
  expect(begun).toEqual(['a', 'b']);
});

test('a stop aborts what runs, names what it dropped, and takes new files afterwards', async () => {
  const { queue, begun, aborted, end } = manual(1);
  queue.add(['a', 'b', 'c']);
  expect(queue.stop()).toEqual([1, 2]);
  expect(aborted).toEqual(['a']);
  await end('a');
  expect(queue.add(['d'])).toBe(3);
  expect(begun).toEqual(['a', 'd']);
});

test('five thousand items pass in order, never more than allowed at once', async () => {
  let running = 0;
  let most = 0;
  const seen: number[] = [];
  await new Promise<void>((done) => {
    const queue = createQueue<number>(
      3,
      async (item) => {
        running += 1;
        most = Math.max(most, running);
        await Promise.resolve();
        seen.push(item);
        running -= 1;
      },
      (state) => {
        if (state.running === 0 && state.waiting === 0) done();
      },
    );
    queue.add(Array.from({ length: 5000 }, (_, index) => index));
  });
  expect(seen).toHaveLength(5000);
  expect(most).toBe(3);
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
});
