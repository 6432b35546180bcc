import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type AnalysisProgress, analyze, inlineCrew } from './analyze';
import { canvasJpegCodec } from './codec';
import { exampleConfig } from './fusion/example.fixture';
import type { EngineServices, Layer } from './layer';
import { LAYERS } from './layers';
import { decodeExif } from './layers/metadata/exif-decoder';
import { parseCard } from './model/card';
import { createDetector } from './model/detector';
import { tinyCard } from './model/tiny-onnx.fixture';
import { encodedPicture } from './picture.fixture';
import type { LayerResult } from './report';
import { message } from './text';

const never = new AbortController().signal;
const silent = () => undefined;

/** All real; the networks are the mean of the pixels. */
const services: EngineServices = {
  credentials: { read: async () => ({ kind: 'none' }) },
  exif: { decode: decodeExif },
  jpeg: canvasJpegCodec,
  detector: createDetector({
    describe: async () => ({ card: parseCard(tinyCard('0'.repeat(64), 1)), backend: 'wasm' }),
    infer: async (_view, data, count) => ({
      logits: new Array<number>(count).fill(data[0] ?? 0),
      families: null,
    }),
  }),
};

let png: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  png = new Uint8Array(await encodedPicture('image/png', 300, 200));
});
afterEach(() => vi.restoreAllMocks());

const request = (how: 'file' | 'tab-crop' = 'file') => ({ bytes: png, how, acquireMs: 7 });

function layer(id: Layer['id'], work: Layer['analyze'], needs: Layer['needs'] = ['pixels']): Layer {
  return { id, family: 'frequency', needs, analyze: work };
}

const clear = (id: string): LayerResult => ({
  id,
  family: 'frequency',
  status: 'clear',
  score: null,
  features: { slope: 1 },
  label: message('test'),
  explanation: { seen: [], means: [], otherwise: [] },
});

test('all layers on a real picture', async () => {
  const analysis = await analyze(request(), inlineCrew(services), exampleConfig(), silent, never);
  expect(analysis.image).toMatchObject({ format: 'png', width: 300, height: 200, bytes: png.byteLength });
  expect(analysis.image.sha256).toMatch(/^[0-9a-f]{64}$/);
  expect(analysis.layers.map(({ id }) => id).sort()).toEqual(LAYERS.map(({ id }) => id as string).sort());
  for (const id of ['ela', 'frequency', 'metadata', 'model', 'provenance']) {
    expect(analysis.layers.find((one) => one.id === id)?.status, id).not.toBe('unavailable');
  }
  expect(analysis).toMatchObject({ backend: 'wasm', modelVersion: 'tiny-1' });
  expect(analysis.probability).toBeGreaterThanOrEqual(0.01);
  expect(analysis.probability).toBeLessThanOrEqual(0.99);
  expect(analysis.timings.total).toBeGreaterThanOrEqual(analysis.timings.decode + 7);
});

test('progress: decoding, then each layer as it ends, then the model alone, then fusing', async () => {
  const told: AnalysisProgress[] = [];
  const gate = Promise.withResolvers<void>();
  const layers = [
    layer('model', async () => {
      await gate.promise;
      return clear('model');
    }),
    layer('ela', async () => clear('ela')),
  ];
  const onProgress = (progress: AnalysisProgress) => {
    told.push(progress);
    if (progress.step === 'model') gate.resolve();
  };
  await analyze(request(), inlineCrew(services), exampleConfig(), onProgress, never, layers);
  const ela = { id: 'ela', status: 'clear' };
  expect(told).toEqual([
    { step: 'decoding', finished: [], total: 2 },
    { step: 'layers', finished: [], total: 2 },
    { step: 'model', finished: [ela], total: 2 },
    { step: 'layers', finished: [ela, { id: 'model', status: 'clear' }], total: 2 },
    { step: 'fusing', finished: [ela, { id: 'model', status: 'clear' }], total: 2 },
  ]);
});

test('a layer with a bug is unavailable, logged, and stops no other', async () => {
  const log = vi.spyOn(console, 'error').mockReturnValue();
  const layers = [
    layer('ela', () => Promise.reject(new TypeError('bug'))),
    layer('frequency', async () => clear('frequency')),
  ];
  const analysis = await analyze(request(), inlineCrew(services), exampleConfig(), silent, never, layers);
  expect(analysis.layers.find(({ id }) => id === 'ela')).toMatchObject({
    status: 'unavailable',
    unavailable: { key: 'engine.layer_failed' },
    score: null,
  });
  expect(analysis.layers.find(({ id }) => id === 'frequency')?.status).toBe('clear');
  expect(log).toHaveBeenCalledOnce();
  expect(analysis).toMatchObject({ backend: null, modelVersion: null });
});

test('a layer that needs the file is not asked where only pixels were had', async () => {
  const asked = vi.fn(async () => clear('metadata'));
  const layers = [layer('metadata', asked, ['file'])];
  const pixels = await analyze(
    request('tab-crop'),
    inlineCrew(services),
    exampleConfig(),
    silent,
    never,
    layers,
  );
  expect(asked).not.toHaveBeenCalled();
  expect(pixels.layers[0]).toMatchObject({
    status: 'unavailable',
    unavailable: { key: 'engine.needs_file' },
  });
  await analyze(request(), inlineCrew(services), exampleConfig(), silent, never, layers);
  expect(asked).toHaveBeenCalledOnce();
});

describe('an abort', () => {
  test('before it begins', async () => {
    const work = analyze(
      request(),
      inlineCrew(services),
      exampleConfig(),
      silent,
      AbortSignal.abort(new Error('enough')),
    );
    await expect(work).rejects.toThrow('enough');
  });

  test('while a layer works ends everything with the reason', async () => {
    const abort = new AbortController();
    const waits = layer('ela', (_image, _services, signal) => {
      const { promise, reject } = Promise.withResolvers<LayerResult>();
      signal.addEventListener('abort', () => reject(signal.reason));
      abort.abort(new Error('enough'));
      return promise;
    });
    const work = analyze(request(), inlineCrew(services), exampleConfig(), silent, abort.signal, [waits]);
    await expect(work).rejects.toThrow('enough');
  });

  test('counts also where a layer did not look at it', async () => {
    const abort = new AbortController();
    const deaf = layer('ela', async () => {
      abort.abort(new Error('enough'));
      return clear('ela');
    });
    const work = analyze(request(), inlineCrew(services), exampleConfig(), silent, abort.signal, [deaf]);
    await expect(work).rejects.toThrow('enough');
  });
});
