import * as Comlink from 'comlink';
import { installErrorTransfer } from '../rpc/errors';
import type { ModelOptions, ModelStatus, ModelWorkerApi } from './protocol';

/** A model worker that stops answering again and again will not do better the next time. */
const MAX_RESTARTS = 3;

const GIVEN_UP: ModelStatus = {
  backend: null,
  modelVersion: null,
  backendNote: null,
  failure: 'runtime-failed',
};

interface Running {
  readonly worker: Worker;
  readonly api: Comlink.Remote<ModelWorkerApi>;
  /** Resolves when this worker is ended: what was asked of it will never be answered. */
  readonly ended: PromiseWithResolvers<null>;
}

/** Owns the model worker: starts it when first needed, replaces it when it hangs or crashes. */
export class ModelHost {
  #running: Running | null = null;
  #restarts = 0;

  /**
   * @param spawn starts the worker
   * @param onReplaced called when ports given out before are dead and new ones must be asked for
   */
  constructor(
    private readonly spawn: () => Worker,
    private readonly options: ModelOptions,
    private readonly onReplaced: () => void,
  ) {
    installErrorTransfer();
  }

  /** A port that answers `NetworkApi`, or null where the worker was given up. */
  connect(): MessagePort | null {
    const running = this.#start();
    if (!running) return null;
    const { port1, port2 } = new MessageChannel();
    void running.api.connect(Comlink.transfer(port1, [port1]));
    return port2;
  }

  /** Waits until the model is ready or has failed. */
  async status(): Promise<ModelStatus> {
    for (let running = this.#start(); running; running = this.#start()) {
      const status = await Promise.race([running.api.status(), running.ended.promise]);
      if (status) return status;
    }
    return GIVEN_UP;
  }

  /** Ends the worker at once and starts another, as long as that has a prospect. */
  replace(): void {
    this.#end();
    this.#restarts += 1;
    this.onReplaced();
  }

  /** Ends the worker for good. */
  close(): void {
    this.#restarts = Number.POSITIVE_INFINITY;
    this.#end();
  }

  #end(): void {
    this.#running?.worker.terminate();
    this.#running?.ended.resolve(null);
    this.#running = null;
  }

  #start(): Running | null {
    if (this.#running || this.#restarts > MAX_RESTARTS) return this.#running;
    const worker = this.spawn();
    worker.addEventListener('error', (event) => {
      console.error('The model worker crashed:', event.message);
      if (this.#running?.worker === worker) this.replace();
    });
    const api = Comlink.wrap<ModelWorkerApi>(worker);
    void api.start(this.options);
    this.#running = { worker, api, ended: Promise.withResolvers<null>() };
    return this.#running;
  }
}
