import { isShapeName, type ShapeName } from '../../src/forensics/shapes';

export interface BatchOptions {
  /** Images at the same time. */
  readonly concurrency: number;
  /** Whether results carry the layers' raw figures. */
  readonly features: boolean;
  /** Results are also told as this API would answer; null for our own form alone. */
  readonly shape: ShapeName | null;
  /** WebGPU in software where there is no graphics card: slow, for tests. */
  readonly softwareWebGpu: boolean;
  /** Whether the networks are asked, or nothing else: either can be timed undisturbed by the other. */
  readonly model: 'on' | 'off' | 'only';
  /** Threads of the WASM backend; null for the engine's own choice. */
  readonly wasmThreads: number | null;
}

const MAX_CONCURRENCY = 16;

/**
 * Page options: `?concurrency=N` (1 to 16; else half the processor's threads, at most 4), `?features=1`,
 * `?shape=fakesec` (or another API's id), `?webgpu=software`, `?model=off` or `only`, `?wasm-threads=N`.
 */
export function optionsFrom(params: URLSearchParams, threads: number): BatchOptions {
  const asked = Number(params.get('concurrency'));
  const shape = params.get('shape');
  const model = params.get('model');
  const wasmThreads = Number(params.get('wasm-threads'));
  const usable = Number.isInteger(asked) && asked >= 1 && asked <= MAX_CONCURRENCY;
  return {
    concurrency: usable ? asked : Math.max(1, Math.min(4, Math.floor(threads / 2))),
    features: params.get('features') === '1',
    shape: isShapeName(shape) ? shape : null,
    softwareWebGpu: params.get('webgpu') === 'software',
    model: model === 'off' || model === 'only' ? model : 'on',
    wasmThreads: Number.isInteger(wasmThreads) && wasmThreads >= 1 ? wasmThreads : null,
  };
}
