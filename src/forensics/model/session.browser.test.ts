import { beforeAll, describe, expect, test } from 'vitest';
import { sha256Hex } from '../hash';
import { modelErrorCode } from './card';
import { selfTestLogits, selfTestSquare } from './self-test';
import { type Model, type ModelSource, openModel, type RuntimeOptions } from './session';
import { meanNetwork, tinyCard } from './tiny-onnx.fixture';

const runtime: RuntimeOptions = {
  wasmPaths: {
    mjs: new URL('/ort/ort-wasm-simd-threaded.jspi.mjs', location.origin).href,
    wasm: new URL('/ort/ort-wasm-simd-threaded.jspi.wasm', location.origin).href,
  },
  threads: 1,
};

const packaged: ModelSource = {
  card: async () => (await fetch('/models/model.json')).json(),
  file: async (path) => (await fetch(`/models/${path}`)).arrayBuffer(),
};

async function failureOf(source: Partial<ModelSource>): Promise<string | null> {
  return openModel({ ...packaged, ...source }, runtime).then(
    () => 'opened',
    (error: unknown) => modelErrorCode(error),
  );
}

describe('the packaged model', () => {
  let model: Model;
  beforeAll(async () => {
    model = await openModel(packaged, runtime);
  }, 60_000);

  test('computes what the training framework computes', async () => {
    const logits = await selfTestLogits(model.card, async (view, square) => {
      const { logits: found } = await model.infer(view.id, square, 1);
      return found[0] ?? Number.NaN;
    });
    // The card's figures are those of onnxruntime in Python on the same pattern.
    for (const [at, view] of model.card.views.entries())
      expect(logits[at]).toBeCloseTo(view.selfTestLogit, 3);
  });

  test('judges several squares at once as it judges each', async () => {
    const view = model.card.views[1];
    if (!view) throw new Error('no second view');
    const square = selfTestSquare(view.input);
    const dark = square.map((value) => value / 2);
    const both = new Float32Array([...square, ...dark]);
    const together = await model.infer(view.id, both, 2);
    const alone = [await model.infer(view.id, square, 1), await model.infer(view.id, dark, 1)].flatMap(
      ({ logits }) => logits,
    );
    expect(together.logits).toHaveLength(2);
    for (const [at, logit] of together.logits.entries())
      expect(logit).toBeCloseTo(alone[at] ?? Number.NaN, 4);
  });

  test('runs asked for at the same time all answer', async () => {
    const [view] = model.card.views;
    if (!view) throw new Error('no view');
    const runs = Array.from({ length: 4 }, () => model.infer(view.id, selfTestSquare(view.input), 1));
    for (const { logits } of await Promise.all(runs)) expect(logits[0]).toBeCloseTo(view.selfTestLogit, 3);
  });

  test('says why WebGPU was not taken, or takes it', () => {
    if (model.backend === 'webgpu') expect(model.backendNote).toBeNull();
    else expect(model.backendNote).toMatchObject({ key: expect.stringMatching(/^engine\.webgpu_/) });
  });

  test('a run of the wrong length fails and the next one works', async () => {
    const [view] = model.card.views;
    if (!view) throw new Error('no view');
    await expect(model.infer(view.id, new Float32Array(12), 1)).rejects.toMatchObject({
      code: 'inference-failed',
    });
    const { logits } = await model.infer(view.id, selfTestSquare(view.input), 1);
    expect(logits[0]).toBeCloseTo(view.selfTestLogit, 3);
  });
});

test('another model drops in by its card alone', async () => {
  const network = meanNetwork('image', 'score', 8);
  const card = tinyCard(await sha256Hex(network), network.byteLength);
  const source: ModelSource = { card: async () => card, file: async () => network.buffer };
  const model = await openModel(source, runtime);
  expect(model.card.version).toBe('tiny-1');
  const rising = Float32Array.from({ length: 2 * 8 * 8 * 3 }, (_, at) => at);
  // Means of 0..191 and of 192..383.
  const { logits } = await model.infer('strip', rising, 2);
  expect(logits[0]).toBeCloseTo(95.5, 3);
  expect(logits[1]).toBeCloseTo(287.5, 3);
});

describe('what may be wrong with a model has a code', () => {
  test('no card', async () => {
    expect(await failureOf({ card: () => Promise.reject(new Error('404')) })).toBe('card-invalid');
  });

  test('no file', async () => {
    expect(await failureOf({ file: () => Promise.reject(new Error('404')) })).toBe('file-missing');
  });

  test('one flipped bit', async () => {
    const file = async (path: string) => {
      const bytes = await packaged.file(path);
      const view = new Uint8Array(bytes);
      view[1000] = (view[1000] ?? 0) ^ 1;
      return bytes;
    };
    expect(await failureOf({ file })).toBe('checksum-mismatch');
  });

  test('a tensor of another name', async () => {
    const card = async () => {
      const json = await (await fetch('/models/model.json')).json();
      json.views[0].input = { ...json.views[0].input, name: 'image' };
      return json;
    };
    expect(await failureOf({ card })).toBe('card-invalid');
  });

  test('other log-odds than the card promises', async () => {
    const card = async () => {
      const json = await (await fetch('/models/model.json')).json();
      json.views[0].selfTestLogit += 0.1;
      return json;
    };
    expect(await failureOf({ card })).toBe('self-test-failed');
  });

  test('a file that is no network, with the right checksum', async () => {
    const bytes = new TextEncoder().encode('not a network').buffer;
    const sha256 = await sha256Hex(bytes);
    const card = async () => {
      const json = await (await fetch('/models/model.json')).json();
      for (const view of json.views) view.file = { path: 'odd.onnx', sha256, bytes: bytes.byteLength };
      return json;
    };
    expect(await failureOf({ card, file: async () => bytes })).toBe('runtime-failed');
  });
});
