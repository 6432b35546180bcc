import * as Comlink from 'comlink';
import type { EnrolAnswer, EnrolWorkerApi } from './enrol.worker';
import type { EnrolProgress } from './types';

/**
 * Learns a camera's pattern from photographs, in a worker: some 0.4 s each.
 * @param signal ends the worker
 * @throws the signal's reason when it is aborted; an Error where the worker broke down
 */
export async function enrolCamera(
  files: readonly File[],
  onProgress: (progress: EnrolProgress) => void,
  signal: AbortSignal,
): Promise<EnrolAnswer> {
  signal.throwIfAborted();
  const worker = new Worker(new URL('./enrol.worker.ts', import.meta.url), { type: 'module', name: 'enrol' });
  const broken = Promise.withResolvers<never>();
  const abort = () => broken.reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  worker.addEventListener('error', (event) =>
    broken.reject(new Error(event.message || 'The worker broke down')),
  );
  try {
    const api = Comlink.wrap<EnrolWorkerApi>(worker);
    return await Promise.race([api.enrol(files, Comlink.proxy(onProgress)), broken.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
    worker.terminate();
  }
}
