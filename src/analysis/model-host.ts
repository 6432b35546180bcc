import * as Comlink from 'comlink';
import { installErrorTransfer } from '../rpc/errors';
import type { ModelOptions, ModelStatus, ModelWorkerApi } from './protocol';

/** A model worker that stops answering again and again will not do better the next time. */
const MAX_RESTARTS = 3;

/** Owns the model worker: starts it when first needed, replaces it when it hangs or crashes. */
export class ModelHost {
  #running: { readonly worker: Worker; readonly api: Comlink.Remote<ModelWorkerApi> } | null = null;
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
    const running = this.#start();
    if (!running) {
      return { backend: null, modelVersion: null, backendNote: null, failure: 'runtime-failed', loadMs: 0 };
    }
    return running.api.status();
  }

  /** Ends the worker at once; the next need starts another. */
  replace(): void {
    this.close();
    this.#restarts += 1;
    this.onReplaced();
  }

  close(): void {
    this.#running?.worker.terminate();
    this.#running = null;
  }

  #start() {
    if (this.#running || this.#restarts > MAX_RESTARTS) return this.#running;
    const worker = this.spawn();
    worker.addEventListener('error', (event) => {
      console.error('The model worker crashed:', event.message);
      if (this.#running?.worker === worker) this.replace();
    });
    const api = Comlink.wrap<ModelWorkerApi>(worker);
    void api.start(this.options);
    this.#running = { worker, api };
    return this.#running;
  }
}
