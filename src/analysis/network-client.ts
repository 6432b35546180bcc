import * as Comlink from 'comlink';
import { MODEL_DEADLINE_MS } from '../forensics/limits';
import { ModelError } from '../forensics/model/card';
import type { Network } from '../forensics/model/detector';
import type { Inference } from '../forensics/model/session';
import type { NetworkApi } from './protocol';

/** The networks behind a port that may be replaced: a call never waits on one that is gone or hangs. */
export class NetworkClient implements Network {
  #api: Comlink.Remote<NetworkApi> | null = null;
  #connected = Promise.withResolvers<void>();
  readonly #waiting = new Set<(error: ModelError) => void>();

  /**
   * @param onStuck called when a call passes its deadline
   * @param deadlineMs for every call
   */
  constructor(
    private readonly onStuck: () => void,
    public deadlineMs = MODEL_DEADLINE_MS,
  ) {}

  /** @param port the new way to the networks; null where there is none any more */
  connect(port: MessagePort | null): void {
    this.#api?.[Comlink.releaseProxy]();
    this.#api = port ? Comlink.wrap<NetworkApi>(port) : null;
    for (const reject of this.#waiting) reject(new ModelError('inference-failed', 'The model was restarted'));
    this.#connected.resolve();
  }

  describe(): ReturnType<Network['describe']> {
    return this.#call((api) => api.describe());
  }

  infer(
    viewId: string,
    data: Float32Array<ArrayBuffer>,
    count: number,
    signal: AbortSignal,
  ): Promise<Inference> {
    signal.throwIfAborted();
    return this.#call((api) => api.infer(viewId, Comlink.transfer(data, [data.buffer]), count));
  }

  async #call<T>(ask: (api: Comlink.Remote<NetworkApi>) => Promise<T>): Promise<T> {
    await this.#connected.promise;
    if (!this.#api) throw new ModelError('runtime-failed', 'The model worker cannot be started');
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#waiting.add(reject);
    const timer = setTimeout(() => {
      reject(new ModelError('inference-failed', `No answer within ${this.deadlineMs} ms`));
      this.onStuck();
    }, this.deadlineMs);
    ask(this.#api).then(resolve, reject);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(reject);
    }
  }
}
