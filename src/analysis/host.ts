import { CheckError } from '../failures';
import type { AnalysisProgress } from '../forensics/analyze';
import { ForensicError } from '../forensics/errors';
import type { Layer } from '../forensics/layer';
import { ANALYSIS_DEADLINE_MS, MODEL_DEADLINE_MS } from '../forensics/limits';
import type { Analysis } from '../forensics/report';
import type { AnalysisApi, AnalyzeRequest, EngineStatus, ProgressEvent } from '../rpc/contracts';
import { ModelHost } from './model-host';
import { cropImage, drawThumbnail } from './pictures';
import { Slot } from './slot';

/** More analysis workers than this gain nothing: the networks run one at a time. */
const MAX_WORKERS = 8;

/** Workers for one picture: more would only wait for the networks. */
const LANES = 2;

/** WebGPU computed in software takes a hundred times as long: deadlines are longer by this factor. */
const SOFTWARE_PATIENCE = 20;

export interface HostOptions {
  /** Pictures looked at side by side, at most. 1 suits single checks. */
  readonly workers?: number;
  /** Workers that share the layers of one picture: by default 2 for single checks, 1 for several. */
  readonly lanes?: number;
  /** Milliseconds a layer may take before it is ended. */
  readonly layerDeadlineMs?: number;
  /** Other layers than the engine's own, for tests. */
  readonly layers?: readonly Layer[];
  /** Threads of the WASM backend; by default half the processor's, 1 to 4. */
  readonly threads?: number;
  /** Compute WebGPU in software where there is no graphics card: slow, for tests. */
  readonly softwareWebGpu?: boolean;
  readonly deadlineMs?: number;
  /** Other workers than the engine's own, for tests of what a bad one does. */
  readonly spawn?: Partial<Spawn>;
}

interface Spawn {
  readonly analysis: () => Worker;
  readonly model: () => Worker;
}

export interface AnalysisHost extends AnalysisApi {
  /** Ends all workers. */
  readonly close: () => void;
}

interface Job {
  readonly request: AnalyzeRequest;
  done: PromiseWithResolvers<Analysis>;
  onProgress: ((event: ProgressEvent) => void) | null;
  slot: Slot | null;
}

const OWN_WORKERS: Spawn = {
  analysis: () =>
    new Worker(new URL('./analysis.worker.ts', import.meta.url), { type: 'module', name: 'analysis' }),
  model: () => new Worker(new URL('./model.worker.ts', import.meta.url), { type: 'module', name: 'model' }),
};

/** As many analysis workers as suit a batch on this machine. */
export function batchWorkers(): number {
  return clamp(navigator.hardwareConcurrency, 1, MAX_WORKERS);
}

/**
 * The analysis of images, for any page of the extension: the offscreen document hosts it for the service
 * worker, the batch page for itself. Work waits in a queue for a free slot; all share one model worker. A
 * picture that passes its deadline or is cancelled is ended with its workers.
 */
export function createAnalysisHost(options: HostOptions = {}): AnalysisHost {
  const limit = clamp(options.workers ?? 1, 1, MAX_WORKERS);
  const lanes = options.lanes ?? (limit > 1 ? 1 : Math.min(LANES, navigator.hardwareConcurrency));
  const patience = options.softwareWebGpu ? SOFTWARE_PATIENCE : 1;
  const deadlineMs = (options.deadlineMs ?? ANALYSIS_DEADLINE_MS) * patience;
  const spawn = { ...OWN_WORKERS, ...options.spawn };
  const slots: Slot[] = [];
  const queue: Job[] = [];
  const jobs = new Map<string, Job>();

  const model = new ModelHost(
    spawn.model,
    {
      threads: options.threads ?? clamp(Math.floor(navigator.hardwareConcurrency / 2), 1, 4),
      softwareWebGpu: options.softwareWebGpu ?? false,
    },
    () => {
      for (const slot of slots) slot.reconnectModel();
    },
  );

  function freeSlot(): Slot | null {
    const free = slots.find((slot) => !slot.busy);
    if (free || slots.length >= limit) return free ?? null;
    const slot = new Slot({
      spawn: spawn.analysis,
      modelPort: () => model.connect(),
      modelStuck: () => model.replace(),
      modelDeadlineMs: MODEL_DEADLINE_MS * patience,
      lanes,
      crashed,
      ...(options.layerDeadlineMs ? { layerDeadlineMs: options.layerDeadlineMs } : {}),
      ...(options.layers ? { layers: options.layers } : {}),
    });
    slots.push(slot);
    return slot;
  }

  function dispatch(): void {
    for (let job = queue[0]; job; job = queue[0]) {
      const slot = freeSlot();
      if (!slot) return;
      queue.shift();
      void run(job, slot);
    }
  }

  async function run(job: Job, slot: Slot): Promise<void> {
    const { id, bytes, how, acquireMs } = job.request;
    job.slot = slot;
    const report = (progress: AnalysisProgress) => job.onProgress?.({ id, ...progress });
    try {
      const analysis = await slot.run({ id, bytes, how, acquireMs }, deadlineMs, report, () =>
        timedOut(deadlineMs),
      );
      job.done.resolve(analysis);
    } catch (error) {
      job.done.reject(error);
    } finally {
      jobs.delete(job.request.id);
      dispatch();
    }
  }

  return {
    analyze(request, onProgress) {
      const done = Promise.withResolvers<Analysis>();
      const known = jobs.get(request.id);
      if (known) {
        // A service worker that died and came back asks again for what is still being worked on. The
        // answer's buffers can be transferred once only: the later caller gets them.
        known.done.reject(new ForensicError('cancelled', 'Asked for again by another caller'));
        known.done = done;
        known.onProgress = onProgress ?? null;
        return done.promise;
      }
      // The caller's buffer is detached, as where it came through a port.
      const mine = { ...request, bytes: request.bytes.transfer() };
      const job = { request: mine, done, onProgress: onProgress ?? null, slot: null };
      jobs.set(request.id, job);
      queue.push(job);
      dispatch();
      return done.promise;
    },

    async cancel(id) {
      const job = jobs.get(id);
      if (!job) return;
      const reason = new ForensicError('cancelled', 'Cancelled');
      if (job.slot) {
        job.slot.stop(reason);
        return;
      }
      queue.splice(queue.indexOf(job), 1);
      job.done.reject(reason);
      jobs.delete(job.request.id);
    },

    async laterMap(id) {
      const slot = slots.find((one) => one.answered(id));
      return (await slot?.laterMap()) ?? null;
    },

    async warmUp(): Promise<EngineStatus> {
      const { backend, modelVersion, backendNote, failure } = await model.status();
      return { backend, modelVersion, backendNote, failure: failure ? 'model-failed' : null };
    },

    thumbnail: drawThumbnail,
    crop: cropImage,

    close() {
      const reason = new ForensicError('cancelled', 'The page was closed');
      for (const job of queue.splice(0)) {
        job.done.reject(reason);
        jobs.delete(job.request.id);
      }
      for (const slot of slots) {
        slot.stop(reason);
        slot.close();
      }
      model.close();
    },
  };
}

function timedOut(deadlineMs: number): Error {
  return new ForensicError('analysis-timeout', `No result within ${deadlineMs} ms`, [
    Math.round(deadlineMs / 1000),
  ]);
}

function crashed(detail: string): Error {
  return new CheckError({ code: 'engine-crashed', detail });
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
