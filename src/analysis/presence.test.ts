import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ALIVE, IDLE, type OffscreenMessage } from '../rpc/offscreen-protocol';
import { createPresence } from './presence';

let posted: OffscreenMessage[];
const presence = () => createPresence((message) => posted.push(message));

beforeEach(() => {
  vi.useFakeTimers();
  posted = [];
});
afterEach(() => vi.useRealTimers());

test('without any work it may be closed after a minute', () => {
  presence();
  vi.advanceTimersByTime(59_999);
  expect(posted).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(posted).toEqual([IDLE]);
});

test('work keeps the worker alive, every ten seconds and no longer', () => {
  const end = presence().begin();
  vi.advanceTimersByTime(35_000);
  expect(posted).toEqual([ALIVE, ALIVE, ALIVE]);
  end();
  vi.advanceTimersByTime(59_999);
  expect(posted).toHaveLength(3);
  vi.advanceTimersByTime(1);
  expect(posted.at(-1)).toEqual(IDLE);
});

test('the minute begins when the last of several works ends', () => {
  const { begin } = presence();
  const first = begin();
  const second = begin();
  first();
  first();
  vi.advanceTimersByTime(65_000);
  expect(posted).not.toContainEqual(IDLE);
  second();
  vi.advanceTimersByTime(60_000);
  expect(posted.at(-1)).toEqual(IDLE);
});

test('new work takes the announcement back', () => {
  const { begin } = presence();
  begin()();
  vi.advanceTimersByTime(50_000);
  begin();
  vi.advanceTimersByTime(50_000);
  expect(posted).not.toContainEqual(IDLE);
});
