import * as Comlink from 'comlink';
import type { CredentialAnswer, CredentialReader } from '../forensics/layer';
import { CREDENTIALS_DEADLINE_MS } from '../forensics/limits';
import type { C2paWorkerApi } from './protocol';

/** A validator that nobody needs is ended after this: it holds some 40 MB. */
const IDLE_MS = 20_000;

/**
 * Validates Content Credentials in a worker of its own, which is terminated when the deadline passes, when
 * it crashes, and when it has had nothing to do for a while.
 * @param spawn starts the worker
 * @param deadlineMs for loading the validator and reading one file
 */
export function createCredentialReader(
  spawn: () => Worker,
  deadlineMs = CREDENTIALS_DEADLINE_MS,
): CredentialReader {
  let running: { readonly worker: Worker; readonly api: Comlink.Remote<C2paWorkerApi> } | null = null;
  let idle: ReturnType<typeof setTimeout> | undefined;
  const end = (worker: Worker) => {
    worker.terminate();
    if (running?.worker === worker) running = null;
  };
  return {
    async read(file, format, signal): Promise<CredentialAnswer> {
      signal.throwIfAborted();
      clearTimeout(idle);
      if (!running) {
        const worker = spawn();
        running = { worker, api: Comlink.wrap<C2paWorkerApi>(worker) };
      }
      const { worker, api } = running;
      const { promise, resolve, reject } = Promise.withResolvers<CredentialAnswer>();
      const giveUp = (reason: unknown) => {
        end(worker);
        reject(reason);
      };
      const timer = setTimeout(
        () => giveUp(new Error(`Credentials not validated within ${deadlineMs} ms`)),
        deadlineMs,
      );
      const onAbort = () => giveUp(signal.reason);
      const onError = (event: ErrorEvent) => {
        event.preventDefault();
        giveUp(new Error(`The validator crashed: ${event.message}`));
      };
      signal.addEventListener('abort', onAbort);
      worker.addEventListener('error', onError);
      // A copy: the layers still read the file. A validator that broke down is not used again.
      const copy = file.slice();
      api.read(Comlink.transfer(copy, [copy.buffer]), format).then(resolve, giveUp);
      try {
        return await promise;
      } finally {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
        worker.removeEventListener('error', onError);
        idle = setTimeout(() => end(worker), IDLE_MS);
      }
    },
  };
}
