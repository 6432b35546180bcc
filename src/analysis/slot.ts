import * as Comlink from 'comlink';
import type { AnalysisProgress } from '../forensics/analyze';
import type { Analysis } from '../forensics/report';
import type { AnalysisWorkerApi, WorkerJob } from './protocol';

/** What a slot needs of its host. */
export interface SlotHost {
  readonly spawn: () => Worker;
  readonly modelPort: () => MessagePort | null;
  readonly modelStuck: () => void;
  readonly modelDeadlineMs: number;
}

/** A place for one analysis worker, which works on one image at a time and can be stopped at any moment. */
export class Slot {
  #running: { readonly worker: Worker; readonly api: Comlink.Remote<AnalysisWorkerApi> } | null = null;
  #onProgress: ((progress: AnalysisProgress) => void) | null = null;
  #jobs = 0;
  #stop: ((reason: Error) => void) | null = null;

  constructor(private readonly host: SlotHost) {}

  get busy(): boolean {
    return this.#stop !== null;
  }

  /**
   * @param job its buffer is transferred
   * @param deadlineMs after which the worker is terminated
   * @param timeout makes the error of a passed deadline
   * @param crash makes the error of a worker that died
   * @throws what the analysis throws, what `stop` was given, `timeout()` or `crash(message)`
   */
  async run(
    job: Omit<WorkerJob, 'number'>,
    deadlineMs: number,
    onProgress: (progress: AnalysisProgress) => void,
    timeout: () => Error,
    crash: (message: string) => Error,
  ): Promise<Analysis> {
    if (this.busy) throw new Error('This slot is busy');
    const { promise, resolve, reject } = Promise.withResolvers<Analysis>();
    this.#stop = (reason) => {
      this.close();
      reject(reason);
    };
    this.#onProgress = onProgress;
    const timer = setTimeout(() => this.#stop?.(timeout()), deadlineMs);
    const { worker, api } = this.#start();
    const onError = (event: ErrorEvent | MessageEvent) => {
      this.#stop?.(crash('message' in event ? event.message : 'unreadable message'));
    };
    worker.addEventListener('error', onError);
    worker.addEventListener('messageerror', onError);
    this.#jobs += 1;
    api.analyze(Comlink.transfer({ ...job, number: this.#jobs }, [job.bytes])).then(resolve, reject);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      worker.removeEventListener('error', onError);
      worker.removeEventListener('messageerror', onError);
      this.#stop = null;
      this.#onProgress = null;
    }
  }

  /** Terminates the worker; a run in it fails with `reason`. */
  stop(reason: Error): void {
    this.#stop?.(reason);
  }

  /** Gives the worker, if there is one, a new way to the networks. */
  reconnectModel(): void {
    if (this.#running) this.#connectModel(this.#running.api);
  }

  close(): void {
    this.#running?.worker.terminate();
    this.#running = null;
  }

  #start() {
    if (this.#running) return this.#running;
    const worker = this.host.spawn();
    const api = Comlink.wrap<AnalysisWorkerApi>(worker);
    const events = {
      progress: (job: number, progress: AnalysisProgress) => {
        if (job === this.#jobs) this.#onProgress?.(progress);
      },
      modelStuck: () => this.host.modelStuck(),
    };
    void api.start(Comlink.proxy(events), this.host.modelDeadlineMs);
    this.#connectModel(api);
    this.#running = { worker, api };
    return this.#running;
  }

  #connectModel(api: Comlink.Remote<AnalysisWorkerApi>): void {
    const port = this.host.modelPort();
    void api.connectModel(port ? Comlink.transfer(port, [port]) : null);
  }
}
