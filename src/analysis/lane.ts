import * as Comlink from 'comlink';
import type { SentImage } from '../forensics/decode';
import type { LaterMap } from '../forensics/report';
import type { LayerOutcome } from '../forensics/run-layer';
import type { AnalysisWorkerApi } from './protocol';

/** What a lane needs of its host. */
export interface LaneHost {
  readonly spawn: () => Worker;
  readonly modelPort: () => MessagePort | null;
  readonly modelStuck: () => void;
  readonly modelDeadlineMs: number;
}

/** The worker was ended, or ended itself, while it was asked something. */
export class LaneStopped extends Error {
  override readonly name = 'LaneStopped';
}

interface Running {
  readonly worker: Worker;
  readonly api: Comlink.Remote<AnalysisWorkerApi>;
  /** Rejects what was asked of the worker when it ends. */
  readonly ended: PromiseWithResolvers<never>;
}

/** One analysis worker, started when it is needed and replaced after it was stopped. */
export class Lane {
  #running: Running | null = null;
  #closed = false;
  #cold = true;

  constructor(private readonly host: LaneHost) {}

  /** True until a worker has been through a whole picture: its code is still to be compiled. */
  get cold(): boolean {
    return this.#cold;
  }

  /** Hands the worker a picture; its buffer and pixels are transferred. @throws LaneStopped */
  open(image: SentImage): Promise<void> {
    const { bytes, pixels } = image;
    return this.#ask((api) => api.open(Comlink.transfer(image, [bytes, pixels])));
  }

  /** Runs one layer on the picture, when those asked for before have ended. @throws LaneStopped */
  run(layer: string): Promise<LayerOutcome> {
    return this.#ask((api) => api.run(layer));
  }

  /** The networks' map of the picture that its worker saw last, or null. @throws LaneStopped */
  async laterMap(): Promise<LaterMap | null> {
    // A new worker has seen nothing.
    return this.#running ? this.#ask((api) => api.laterMap()) : null;
  }

  /** Ends a map that is being made: another picture comes. */
  dropMap(): void {
    void this.#running?.api.dropMap();
  }

  /** Lets the worker forget the picture. */
  release(): void {
    if (!this.#running) return;
    this.#cold = false;
    void this.#running.api.release();
  }

  /** Terminates the worker: nothing that an image can do in it survives that. */
  stop(why: string): void {
    const running = this.#running;
    this.#running = null;
    this.#cold = true;
    running?.worker.terminate();
    running?.ended.reject(new LaneStopped(why));
  }

  /** Stops the worker for good. */
  close(): void {
    this.#closed = true;
    this.stop('closed');
  }

  /** Gives the worker, if there is one, a new way to the networks. */
  reconnectModel(): void {
    if (this.#running) this.#connectModel(this.#running.api);
  }

  #ask<T>(call: (api: Comlink.Remote<AnalysisWorkerApi>) => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new LaneStopped('closed'));
    const { api, ended } = this.#start();
    return Promise.race([call(api), ended.promise]);
  }

  #start(): Running {
    if (this.#running) return this.#running;
    const worker = this.host.spawn();
    const ended = Promise.withResolvers<never>();
    // Nobody may be asking when it ends.
    ended.promise.catch(() => undefined);
    const api = Comlink.wrap<AnalysisWorkerApi>(worker);
    const crashed = (event: Event) => {
      const detail = event instanceof ErrorEvent ? event.message : event.type;
      if (this.#running?.worker !== worker) return;
      console.error('An analysis worker crashed:', detail);
      this.stop(detail);
    };
    worker.addEventListener('error', crashed);
    worker.addEventListener('messageerror', crashed);
    this.#running = { worker, api, ended };
    const events = { modelStuck: () => this.host.modelStuck() };
    void api.start(Comlink.proxy(events), this.host.modelDeadlineMs);
    this.#connectModel(api);
    return this.#running;
  }

  #connectModel(api: Comlink.Remote<AnalysisWorkerApi>): void {
    const port = this.host.modelPort();
    void api.connectModel(port ? Comlink.transfer(port, [port]) : null);
  }
}
