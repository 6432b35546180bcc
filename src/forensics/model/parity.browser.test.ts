import { beforeAll, describe, expect, test } from 'vitest';
import fixture from '../../../tests/fixtures/model-parity.json';
import { drawn, forensicImage } from './image.fixture';
import { type Model, type ModelSource, openModel, type RuntimeOptions } from './session';
import { prepare, viewTensor } from './views';

/**
 * The networks were trained on what Python makes of a picture. Here the engine makes the same of the same 50
 * pictures, and the runtime answers the same. Written by `training/detector/parity.py`.
 */

const wasmPaths = {
  mjs: new URL('/ort/ort-wasm-simd-threaded.jspi.mjs', location.origin).href,
  wasm: new URL('/ort/ort-wasm-simd-threaded.jspi.wasm', location.origin).href,
};
const source: ModelSource = {
  card: async () => (await fetch('/models/model.json')).json(),
  file: async (path) => (await fetch(`/models/${path}`)).arrayBuffer(),
};

/** Folded ramps and bows with a little grain; the same as in `parity.py`. */
function picture(width: number, height: number, seed: number) {
  const value = (x: number, y: number, channel: number) => {
    const bows =
      ((x * x) >> (5 + (seed % 4))) + ((y * y) >> (6 + (seed % 3))) + ((x * y * (1 + (seed % 5))) >> 7);
    const sum =
      ((x * (1 + (seed % 7))) >> 1) + ((y * (1 + (seed % 6))) >> 1) + bows + 41 * channel + 13 * seed;
    const fold = sum & 511;
    const grain = (x * 7 + y * 13 + ((x * y) % 31)) % (1 + (seed % 9));
    return Math.min(255, (fold < 256 ? fold : 511 - fold) + grain);
  };
  return forensicImage(drawn(width, height, (x, y) => [value(x, y, 0), value(x, y, 1), value(x, y, 2)]));
}

const backends: [string, Partial<RuntimeOptions>][] = [
  ['WASM', {}],
  ['WebGPU, or WASM where there is none', { softwareWebGpu: true }],
];

describe.each(backends)('on %s', (_, options) => {
  let model: Model;
  beforeAll(async () => {
    model = await openModel(source, { wasmPaths, threads: 1, ...options });
  }, 120_000);

  test('the figures are those of the packaged model', () => {
    expect(fixture.modelVersion).toBe(model.card.version);
    expect(fixture.pictures).toHaveLength(50);
  });

  test('every view gets the same values to 1e-3 and answers the same log-odds to 1e-2', async () => {
    for (const { width, height, seed, views } of fixture.pictures) {
      const prepared = await prepare(picture(width, height, seed), model.card.prepare);
      for (const view of model.card.views) {
        const expected = Object.entries(views).find(([id]) => id === view.id)?.[1];
        if (!expected) throw new Error(`No figures of view ${view.id}`);
        const { data, count } = viewTensor(prepared, view);
        const name = `picture ${seed}, view ${view.id}`;
        for (const [at = 0, value = Number.NaN] of expected.samples) {
          expect(Math.abs((data[at] ?? Number.NaN) - value), `${name}, value ${at}`).toBeLessThan(1e-3);
        }
        const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
        expect(Math.abs(mean - expected.mean), `${name}, mean`).toBeLessThan(1e-3);
        const { logits } = await model.infer(view.id, data, count);
        const logit = logits.reduce((sum, one) => sum + one, 0) / logits.length;
        expect(Math.abs(logit - expected.logit), `${name}, log-odds`).toBeLessThan(1e-2);
      }
    }
  }, 600_000);
});
