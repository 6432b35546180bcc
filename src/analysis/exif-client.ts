import * as Comlink from 'comlink';
import type { ExifDecoder, ExifTags } from '../forensics/layer';
import { METADATA_DEADLINE_MS } from '../forensics/limits';
import type { ExifWorkerApi } from './protocol';

/**
 * Reads EXIF in a worker of its own and terminates it when the deadline passes: crafted files make EXIF
 * libraries loop for ever. The next block gets a fresh worker.
 * @param spawn starts the worker
 */
export function createExifDecoder(spawn: () => Worker, deadlineMs = METADATA_DEADLINE_MS): ExifDecoder {
  let running: { readonly worker: Worker; readonly api: Comlink.Remote<ExifWorkerApi> } | null = null;
  const start = () => {
    const worker = spawn();
    return { worker, api: Comlink.wrap<ExifWorkerApi>(worker) };
  };
  return {
    async decode(tiff: Uint8Array, signal: AbortSignal): Promise<ExifTags> {
      signal.throwIfAborted();
      running ??= start();
      const { worker, api } = running;
      const { promise, resolve, reject } = Promise.withResolvers<ExifTags>();
      const giveUp = (reason: unknown) => {
        worker.terminate();
        if (running?.worker === worker) running = null;
        reject(reason);
      };
      const timer = setTimeout(() => giveUp(new Error(`EXIF not read within ${deadlineMs} ms`)), deadlineMs);
      const onAbort = () => giveUp(signal.reason);
      const onError = (event: ErrorEvent) => {
        event.preventDefault();
        giveUp(new Error(`The EXIF reader crashed: ${event.message}`));
      };
      signal.addEventListener('abort', onAbort);
      worker.addEventListener('error', onError);
      // A copy: the block is a view of the whole file, and the layers still read that.
      const copy = tiff.slice();
      api.decode(Comlink.transfer(copy, [copy.buffer])).then(resolve, reject);
      try {
        return await promise;
      } finally {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
        worker.removeEventListener('error', onError);
      }
    },
  };
}
