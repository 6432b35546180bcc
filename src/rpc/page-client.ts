import * as Comlink from 'comlink';
import { CheckError } from '../failures';
import type { WorkerApi } from './contracts';
import { installErrorTransfer } from './errors';
import { CALL_WORKER } from './page-protocol';

/** Longest wait for an answer. Loading the engine on a slow machine takes most of it. */
const ANSWER_MS = 60_000;

/**
 * The service worker as the pages call it. Every call goes through a port of its own: the worker
 * may have been stopped since the last one, and the message that carries the port wakes it.
 * @throws CheckError; `unexpected` where no answer came in time
 */
export function workerClient(): WorkerApi {
  installErrorTransfer();
  return {
    run: (jobId, options) => call((api) => api.run(jobId, options)),
    cancel: (jobId) => call((api) => api.cancel(jobId)),
    dismiss: (jobId) => call((api) => api.dismiss(jobId)),
    setConsent: (provider, agreed, mode) => call((api) => api.setConsent(provider, agreed, mode)),
    allowOnce: (jobId, provider) => call((api) => api.allowOnce(jobId, provider)),
    sendAgain: (jobId) => call((api) => api.sendAgain(jobId)),
    recheck: (reportId) => call((api) => api.recheck(reportId)),
    secondOpinion: (reportId, provider) => call((api) => api.secondOpinion(reportId, provider)),
    askSecondOpinions: (reportId, providers) => call((api) => api.askSecondOpinions(reportId, providers)),
    engineStatus: () => call((api) => api.engineStatus()),
  };
}

async function call<Result>(work: (api: Comlink.Remote<WorkerApi>) => Promise<Result>): Promise<Result> {
  const { active } = await navigator.serviceWorker.ready;
  const { port1, port2 } = new MessageChannel();
  active?.postMessage(CALL_WORKER, [port2]);
  const api = Comlink.wrap<WorkerApi>(port1);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const failure = { code: 'unexpected', detail: `no answer within ${ANSWER_MS} ms` } as const;
    timer = setTimeout(() => reject(new CheckError(failure)), ANSWER_MS);
  });
  try {
    return await Promise.race([work(api), late]);
  } finally {
    clearTimeout(timer);
    api[Comlink.releaseProxy]();
  }
}
