import * as ort from 'onnxruntime-web/jspi';
import type { Backend } from '../report';
import type { ModelView } from './card';
import { Network } from './network/network';
import { UnsupportedNetwork } from './network/onnx';

/** One network that is loaded and ready. */
export interface Runner {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /**
   * @param data `count` squares in the layout and normalisation of `input`
   * @returns the outputs by their names, float32
   */
  run(
    input: ModelView['input'],
    data: Float32Array<ArrayBuffer>,
    count: number,
  ): Promise<ReadonlyMap<string, Float32Array>>;
  release(): Promise<void>;
}

/**
 * A network in WebAssembly is computed by this room's own kernels where they can, in half the time that ONNX Runtime
 * takes for these, and otherwise by ONNX Runtime; in WebGPU always by ONNX Runtime.
 * @throws Error where neither takes it
 */
export async function openRunner(file: ArrayBuffer, backend: Backend): Promise<Runner> {
  if (backend === 'wasm') {
    try {
      return ownRunner(Network.open(file));
    } catch (error) {
      if (!(error instanceof UnsupportedNetwork)) throw error;
      console.warn('ONNX Runtime computes what is unknown here:', error.message);
    }
  }
  return ortRunner(await ort.InferenceSession.create(file, { executionProviders: [backend] }));
}

function ownRunner(network: Network): Runner {
  const { input, answers } = network.plan;
  return {
    inputNames: [input],
    outputNames: answers.map(({ name }) => name),
    run: async ({ size, layout }, data, count) => network.run(data, count, size, layout),
    release: async () => undefined,
  };
}

function ortRunner(session: ort.InferenceSession): Runner {
  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    async run({ name, size, layout }, data, count) {
      const dims = layout === 'nchw' ? [count, 3, size, size] : [count, size, size, 3];
      const outputs = await session.run({ [name]: new ort.Tensor('float32', data, dims) });
      const found = new Map<string, Float32Array>();
      for (const [output, { data: values }] of Object.entries(outputs)) {
        if (values instanceof Float32Array) found.set(output, values);
      }
      return found;
    },
    release: () => session.release(),
  };
}
