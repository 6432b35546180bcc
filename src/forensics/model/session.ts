import * as ort from 'onnxruntime-web/jspi';
import type { Backend } from '../report';
import { message, type Text } from '../text';
import { type ModelCard, ModelError, type ModelView, parseCard } from './card';
import { verifyFile } from './files';
import { openRunner, type Runner } from './runner';
import { largestDifference, selfTestLogits, selfTestSquare } from './self-test';
import { timed } from './timed';

/** Where the card and its files come from; the engine itself reads no network. */
export interface ModelSource {
  /** @returns the parsed card; throws where there is none */
  card(): Promise<unknown>;
  /** @returns the bytes of a file beside the card; throws where there is none */
  file(path: string): Promise<ArrayBuffer>;
}

export interface RuntimeOptions {
  /** Absolute addresses of ONNX Runtime's own two files. */
  readonly wasmPaths: { readonly mjs: string; readonly wasm: string };
  /** Threads of the WASM backend, at least 1. */
  readonly threads: number;
  /** Take WebGPU also where it is computed in software: correct, but far slower than WASM. For tests. */
  readonly softwareWebGpu?: boolean;
}

/** What a network says of the squares it was given. */
export interface Inference {
  /** One log-odds a square. */
  readonly logits: readonly number[];
  /** Logits over the card's families, the mean over the squares; null where the view tells none. */
  readonly families: readonly number[] | null;
}

/** The networks of one card, loaded, checked and ready. */
export interface Model {
  readonly card: ModelCard;
  readonly backend: Backend;
  /** Why WebGPU was not taken, or null where it was. */
  readonly backendNote: Text | null;
  /**
   * @param data `count` squares in the view's layout and normalisation
   * @throws ModelError `inference-failed`
   */
  infer(viewId: string, data: Float32Array<ArrayBuffer>, count: number): Promise<Inference>;
}

/** WebGPU may stall for ever on a broken driver; a sound one ends its self-test well within this. */
const WEBGPU_START_MS = 20_000;

/**
 * Loads a model: checks the card and the files' checksums, starts WASM, proves it on the card's self-test,
 * then takes WebGPU where it computes the same and is not slower.
 * @throws ModelError with what went wrong
 */
export async function openModel(source: ModelSource, options: RuntimeOptions): Promise<Model> {
  const card = parseCard(
    await source.card().catch((cause) => fail('card-invalid', 'The card cannot be read', cause)),
  );
  Object.assign(ort.env.wasm, { wasmPaths: options.wasmPaths, numThreads: options.threads });
  ort.env.logLevel = 'error';

  const files = new Map<string, ArrayBuffer>();
  for (const { file } of card.views) files.set(file.path, await verifyFile(file, source));
  const wasm = await Sessions.open(card, files, 'wasm');
  const reference = await selfTestLogits(card, wasm.runSquare).catch((cause) =>
    fail('self-test-failed', 'The self-test did not run', cause),
  );
  const expected = card.views.map((view) => view.selfTestLogit);
  const distance = largestDifference(reference, expected);
  if (!(distance <= card.selfTest.reference)) {
    throw new ModelError('self-test-failed', `Self-test is ${distance} log-odds from the card's figures`);
  }
  const gpu = await openWebGpu(card, files, wasm, reference, options.softwareWebGpu ?? false);
  if ('note' in gpu) return new SwitchingModel(card, wasm, gpu.note, source);
  await wasm.release();
  return new SwitchingModel(card, gpu.sessions, null, source);
}

/** Runs on WebGPU until the device is lost or fails, then on WASM for good. One run at a time. */
class SwitchingModel implements Model {
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    readonly card: ModelCard,
    private sessions: Sessions,
    private note: Text | null,
    private readonly source: ModelSource,
  ) {}

  get backend(): Backend {
    return this.sessions.backend;
  }

  get backendNote(): Text | null {
    return this.note;
  }

  infer(viewId: string, data: Float32Array<ArrayBuffer>, count: number): Promise<Inference> {
    // The runtime suspends its stack during a run and takes no second one meanwhile.
    const run = this.#last.then(() => timed(`model: run ${viewId}`, () => this.run(viewId, data, count)));
    this.#last = run.catch(() => undefined);
    return run;
  }

  private async run(viewId: string, data: Float32Array<ArrayBuffer>, count: number): Promise<Inference> {
    const view = this.card.views.find((one) => one.id === viewId);
    if (!view) throw new ModelError('inference-failed', `The card has no view ${viewId}`);
    try {
      return await this.sessions.run(view, data, count);
    } catch (error) {
      if (this.sessions.backend === 'wasm') throw error;
      this.note = message('engine.webgpu_lost');
      const files = new Map<string, ArrayBuffer>();
      for (const { file } of this.card.views) files.set(file.path, await verifyFile(file, this.source));
      this.sessions = await Sessions.open(this.card, files, 'wasm');
      return this.sessions.run(view, data, count);
    }
  }
}

/** One network a file, all on one backend. */
class Sessions {
  private constructor(
    readonly backend: Backend,
    private readonly byPath: ReadonlyMap<string, Runner>,
    private readonly familyCount: number,
  ) {}

  static async open(
    card: ModelCard,
    files: ReadonlyMap<string, ArrayBuffer>,
    backend: Backend,
  ): Promise<Sessions> {
    const byPath = new Map<string, Runner>();
    for (const view of card.views) {
      const { path } = view.file;
      const bytes = files.get(path);
      if (!bytes) throw new ModelError('file-missing', path);
      const runner =
        byPath.get(path) ??
        (await openRunner(bytes, backend).catch((cause) =>
          fail('runtime-failed', `${backend} does not take ${path}`, cause),
        ));
      byPath.set(path, runner);
      const outputs = [view.output.name, ...(view.families ? [view.families.name] : [])];
      if (
        !runner.inputNames.includes(view.input.name) ||
        !outputs.every((name) => runner.outputNames.includes(name))
      ) {
        throw new ModelError(
          'card-invalid',
          `${path} has no tensors ${[view.input.name, ...outputs].join(', ')}`,
        );
      }
    }
    return new Sessions(backend, byPath, card.families?.names.length ?? 0);
  }

  async run(view: ModelView, data: Float32Array<ArrayBuffer>, count: number): Promise<Inference> {
    const runner = this.byPath.get(view.file.path);
    if (!runner) throw new ModelError('file-missing', view.file.path);
    try {
      const outputs = await runner.run(view.input, data, count);
      const logits = Array.from(finite(outputs.get(view.output.name), count));
      if (!view.families) return { logits, families: null };
      const each = finite(outputs.get(view.families.name), count * this.familyCount);
      const families = Array.from({ length: this.familyCount }, (_, family) => {
        let sum = 0;
        for (let at = family; at < each.length; at += this.familyCount) sum += each[at] ?? 0;
        return sum / count;
      });
      return { logits, families };
    } catch (cause) {
      return fail('inference-failed', `View ${view.id} on ${this.backend}`, cause);
    }
  }

  readonly runSquare = async (view: ModelView, square: Float32Array<ArrayBuffer>): Promise<number> => {
    const { logits } = await this.run(view, square, 1);
    return logits[0] ?? Number.NaN;
  };

  async release(): Promise<void> {
    for (const runner of this.byPath.values()) await runner.release();
  }
}

/** @throws Error where these are not `length` finite values */
function finite(values: Float32Array | undefined, length: number): Float32Array {
  if (values?.length !== length || !values.every(Number.isFinite)) {
    throw new Error(`Expected ${length} finite float32 values but received ${values?.length}`);
  }
  return values;
}

type GpuChoice = { readonly sessions: Sessions } | { readonly note: Text };

async function openWebGpu(
  card: ModelCard,
  files: ReadonlyMap<string, ArrayBuffer>,
  wasm: Sessions,
  reference: readonly number[],
  allowSoftware: boolean,
): Promise<GpuChoice> {
  const adapter = await navigator.gpu
    ?.requestAdapter({ powerPreference: 'high-performance' })
    .catch(() => null);
  if (!adapter) return { note: message('engine.webgpu_none') };
  if (adapter.info.isFallbackAdapter && !allowSoftware) return { note: message('engine.webgpu_software') };
  const trial = async (): Promise<GpuChoice> => {
    const sessions = await Sessions.open(card, files, 'webgpu');
    const difference = largestDifference(await selfTestLogits(card, sessions.runSquare), reference);
    if (!(difference <= card.selfTest.backends))
      return { note: message('engine.webgpu_disagrees', difference) };
    if (allowSoftware) return { sessions };
    // Both are warm by now: the first run compiled the shaders.
    const gpuMs = await timeOnce(card, sessions);
    const wasmMs = await timeOnce(card, wasm);
    if (gpuMs <= wasmMs) return { sessions };
    await sessions.release();
    return { note: message('engine.webgpu_slower', Math.round(gpuMs), Math.round(wasmMs)) };
  };
  const deadline = allowSoftware ? Number.POSITIVE_INFINITY : WEBGPU_START_MS;
  return within(trial(), deadline).catch((error: unknown) => {
    console.warn('WebGPU was tried and not taken:', error);
    return { note: message('engine.webgpu_failed') };
  });
}

async function timeOnce(card: ModelCard, sessions: Sessions): Promise<number> {
  const started = performance.now();
  for (const view of card.views) await sessions.runSquare(view, selfTestSquare(view.input));
  return performance.now() - started;
}

/** @throws Error when `ms` pass first */
function within<T>(work: Promise<T>, ms: number): Promise<T> {
  if (!Number.isFinite(ms)) return work;
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`No answer within ${ms} ms`)), ms);
  return Promise.race([work, promise]).finally(() => clearTimeout(timer));
}

function fail(code: ModelError['code'], what: string, cause: unknown): never {
  if (cause instanceof ModelError) throw cause;
  throw new ModelError(code, `${what}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
}
