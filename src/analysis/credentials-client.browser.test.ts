import { describe, expect, test, vi } from 'vitest';
import { c2paStore, jpeg, jpegJumbf } from '../forensics/containers/hand-made';
import { createCredentialReader } from './credentials-client';

const never = new AbortController().signal;
const file = jpeg(jpegJumbf(c2paStore({ claim: { claim_generator: 'test/1' } })));

/** Takes a lock and never answers: the lock is free again only when the worker is terminated. */
function stuckWorker(lock: string): Worker {
  const code = `navigator.locks.request('${lock}', () => new Promise(() => {})); onmessage = () => {};`;
  return new Worker(URL.createObjectURL(new Blob([code], { type: 'text/javascript' })));
}

const ownWorker = () => new Worker(new URL('./c2pa.worker.ts', import.meta.url), { type: 'module' });
const lockFree = (name: string) => navigator.locks.request(name, () => true);

test('the real worker validates with the shipped lists, and leaves the file to its owner', async () => {
  const answer = await createCredentialReader(ownWorker, 60_000).read(file, 'jpeg', never);
  // A store made by hand is no valid one: what counts here is that the validator was there to say so.
  expect(['store', 'unreadable']).toContain(answer.kind);
  expect(file.byteLength).toBeGreaterThan(0);
});

describe('a validator that', () => {
  test('hangs is terminated at the deadline, and the next file gets another', async () => {
    const spawn = vi.fn(() => stuckWorker('late-validator'));
    const reader = createCredentialReader(spawn, 200);
    await expect(reader.read(file, 'jpeg', never)).rejects.toThrow('within 200 ms');
    expect(await lockFree('late-validator')).toBe(true);
    await expect(reader.read(file, 'jpeg', never)).rejects.toThrow();
    expect(spawn).toHaveBeenCalledTimes(2);
  });

  test('crashes fails its file', async () => {
    const crashing = () =>
      new Worker(URL.createObjectURL(new Blob(['onmessage = () => { throw new Error("unreachable"); };'])));
    await expect(createCredentialReader(crashing).read(file, 'jpeg', never)).rejects.toThrow('crashed');
  });

  test('is not wanted any more is terminated', async () => {
    const controller = new AbortController();
    const reading = createCredentialReader(() => stuckWorker('unwanted-validator')).read(
      file,
      'jpeg',
      controller.signal,
    );
    controller.abort(new Error('asked again'));
    await expect(reading).rejects.toThrow('asked again');
    expect(await lockFree('unwanted-validator')).toBe(true);
  });
});
