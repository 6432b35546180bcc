import * as Comlink from 'comlink';
import { CheckError } from '../failures';
import type { Analysis, LaterMap } from '../forensics/report';
import type { AnalysisApi, AnalyzeRequest, EngineStatus, ProgressEvent } from './contracts';
import { offscreenDocumentId, settledDocumentId } from './offscreen-document';

/** How often a pending call looks whether the engine still lives, in ms. */
const WATCH_MS = 2_000;

/** Opens a connection to the engine, and says to which document. */
export type Connect = () => Promise<{ readonly port: MessagePort; readonly documentId: string }>;

/**
 * Calls the engine. Chrome may close its document at any moment: every call makes sure of the
 * connection first, and ends with `engine-crashed` where the document goes away under it, which
 * Comlink alone would never notice.
 */
export class AnalysisClient {
  #connection: { readonly api: Comlink.Remote<AnalysisApi>; readonly documentId: string } | null = null;
  #connecting: Promise<Comlink.Remote<AnalysisApi>> | null = null;
  #pending = 0;

  constructor(private readonly connect: Connect) {}

  /** Calls that have not ended. */
  get pending(): number {
    return this.#pending;
  }

  /** `request.bytes` is detached. Aborting cancels the analysis in the engine. */
  analyze(
    request: AnalyzeRequest,
    onProgress: (event: ProgressEvent) => void,
    signal: AbortSignal,
  ): Promise<Analysis> {
    return this.#call(async (api) => {
      const cancel = () => void api.cancel(request.id).catch(() => undefined);
      signal.throwIfAborted();
      signal.addEventListener('abort', cancel, { once: true });
      try {
        return await api.analyze(Comlink.transfer(request, [request.bytes]), Comlink.proxy(onProgress));
      } finally {
        signal.removeEventListener('abort', cancel);
      }
    });
  }

  /** The networks' map of an analysis just answered, or null. */
  laterMap(id: string): Promise<LaterMap | null> {
    return this.#call((api) => api.laterMap(id));
  }

  /** `bytes` is detached. */
  thumbnail(bytes: ArrayBuffer, longestSide: number): Promise<Blob | null> {
    return this.#call((api) => api.thumbnail(Comlink.transfer(bytes, [bytes]), longestSide));
  }

  /** `bytes` is detached. */
  crop(
    bytes: ArrayBuffer,
    rect: { x: number; y: number; width: number; height: number },
  ): Promise<ArrayBuffer> {
    return this.#call((api) => api.crop(Comlink.transfer(bytes, [bytes]), rect));
  }

  warmUp(): Promise<EngineStatus> {
    return this.#call((api) => api.warmUp());
  }

  async #call<Result>(work: (api: Comlink.Remote<AnalysisApi>) => Promise<Result>): Promise<Result> {
    this.#pending += 1;
    const watch = new AbortController();
    try {
      const api = await this.#connected();
      return await Promise.race([work(api), this.#untilGone(watch.signal)]);
    } finally {
      watch.abort();
      this.#pending -= 1;
    }
  }

  /** One connection for all calls; opened again where the document is not the same any more. */
  async #connected(): Promise<Comlink.Remote<AnalysisApi>> {
    if (this.#connection && this.#connection.documentId === (await settledDocumentId())) {
      return this.#connection.api;
    }
    this.#connecting ??= this.#reconnect().finally(() => {
      this.#connecting = null;
    });
    return this.#connecting;
  }

  async #reconnect(): Promise<Comlink.Remote<AnalysisApi>> {
    const { port, documentId } = await this.connect();
    const api = Comlink.wrap<AnalysisApi>(port);
    this.#connection = { api, documentId };
    return api;
  }

  /** Rejects when the document of this connection is gone; ends silently when the watch ends. */
  #untilGone(ended: AbortSignal): Promise<never> {
    const { documentId } = this.#connection ?? {};
    return new Promise((_, reject) => {
      const timer = setInterval(async () => {
        const living = await offscreenDocumentId().catch(() => documentId);
        if (living !== documentId)
          reject(new CheckError({ code: 'engine-crashed', detail: 'document gone' }));
      }, WATCH_MS);
      ended.addEventListener('abort', () => clearInterval(timer), { once: true });
    });
  }
}
