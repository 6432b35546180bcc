import * as Comlink from 'comlink';
import { modelErrorCode } from '../forensics/model/card';
import { type Model, type ModelSource, openModel } from '../forensics/model/session';
import { installErrorTransfer } from '../rpc/errors';
import type { ModelOptions, ModelStatus, ModelWorkerApi, NetworkApi } from './protocol';

/** Holds the networks: one copy in memory for however many analysis workers there are. */

installErrorTransfer();

/** Packaged with the extension; nothing is ever fetched from elsewhere. */
const packaged = (path: string) => new URL(path, self.location.origin).href;

const source: ModelSource = {
  card: async () => (await read('model.json')).json(),
  file: async (path) => (await read(path)).arrayBuffer(),
};

async function read(path: string): Promise<Response> {
  const response = await fetch(packaged(`/models/${path}`));
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response;
}

const loading = Promise.withResolvers<Model>();
// A failure is answered to whoever asks; it is not an unhandled one.
loading.promise.catch(() => undefined);

const network: NetworkApi = {
  async describe() {
    const { card, backend } = await loading.promise;
    return { card, backend };
  },
  async infer(viewId, data, count) {
    return (await loading.promise).infer(viewId, data, count);
  },
};

const api: ModelWorkerApi = {
  start({ threads, softwareWebGpu }: ModelOptions) {
    const wasmPaths = {
      mjs: packaged('/ort/ort-wasm-simd-threaded.jspi.mjs'),
      wasm: packaged('/ort/ort-wasm-simd-threaded.jspi.wasm'),
    };
    loading.resolve(openModel(source, { wasmPaths, threads, softwareWebGpu }));
  },
  connect(port) {
    Comlink.expose(network, port);
  },
  async status(): Promise<ModelStatus> {
    try {
      const { backend, backendNote, card } = await loading.promise;
      return { backend, backendNote, modelVersion: card.version, failure: null };
    } catch (error) {
      console.error('The model cannot be used:', error);
      const failure = modelErrorCode(error) ?? 'runtime-failed';
      return { backend: null, backendNote: null, modelVersion: null, failure };
    }
  },
};

Comlink.expose(api);
