import { readdirSync } from 'node:fs';
import type { Page } from 'playwright/test';
import { seeded } from '../fixtures/noise';
import { pngFile } from '../fixtures/png-file';
import { type Extension, expect, launch, test } from './harness';

/** What the batch page tells of one file, as far as these tests look at it. */
interface Told {
  readonly line: {
    readonly error?: { readonly code: string };
    readonly sha256: string;
    readonly backend: string | null;
    readonly modelVersion: string | null;
    readonly layers: Readonly<Record<string, { readonly status: string }>>;
  };
  readonly features: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly reply?: {
    readonly success: boolean;
    readonly data: { readonly breakdown: Record<string, number> };
  };
}

/** 400 x 300: ramps with grain. */
function picture(): Buffer {
  const random = seeded(7);
  return pngFile(400, 300, (x, y) => [(x * 255) / 400, (y * 255) / 300, 90 + 60 * random()]);
}

async function openBatch(extension: Extension, query = ''): Promise<Page> {
  const page = await extension.context.newPage();
  await page.goto(extension.url(`batch.html?features=1&concurrency=1${query}`));
  return page;
}

/** Drops one file on the page and waits for what it tells. */
async function check(page: Page, buffer: Buffer): Promise<Told> {
  const told = page.evaluate(
    () =>
      new Promise<Told>((resolve) => {
        const heard = (event: Event) => resolve((event as CustomEvent<Told>).detail);
        document.addEventListener('truegrain:result', heard, { once: true });
      }),
  );
  await page.locator('#batch-files').setInputFiles({ name: 'one.png', mimeType: 'image/png', buffer });
  return told;
}

test('the built engine runs every layer with packaged files only', async ({ extension }) => {
  const foreign: string[] = [];
  extension.context.on('request', (request) => {
    if (!/^(chrome-extension|blob|data):/.test(request.url())) foreign.push(request.url());
  });
  const page = await openBatch(extension);
  const errors: string[] = [];
  page.on('console', (entry) => {
    if (entry.type() === 'error') errors.push(entry.text());
  });

  const { line, features } = await check(page, picture());
  expect(line.error).toBeUndefined();
  // One folder a layer; a unit test holds the registry to that.
  const layers = readdirSync('src/forensics/layers', { withFileTypes: true }).filter((one) =>
    one.isDirectory(),
  );
  expect(Object.keys(line.layers).sort()).toEqual(layers.map(({ name }) => name).sort());
  // The others say of a PNG without a past why they have nothing to look at.
  for (const id of ['ela', 'frequency', 'metadata', 'model', 'provenance', 'watermark']) {
    expect(line.layers[id]?.status, id).not.toBe('unavailable');
  }
  expect(line.modelVersion).not.toBeNull();
  expect(features.model?.logit).toEqual(expect.any(Number));

  const broken = await check(page, Buffer.from('<!doctype html><title>404</title>'));
  expect(broken.line.error?.code).toBe('not-an-image');

  expect(foreign).toEqual([]);
  expect(errors).toEqual([]);
});

test('results are told in the form of another API where that is asked for', async ({ extension }) => {
  const page = await openBatch(extension, '&model=off&shape=fakesec');
  const told = await check(page, picture());
  const { success, data } = told.reply ?? {};
  expect(success).toBe(true);
  expect(Object.keys(data?.breakdown ?? {})).toHaveLength(12);
  expect(data?.breakdown.ai_model_1).toBe(-1);
  expect(told.line.layers.frequency).toBeDefined();
  // An unknown form is none: our own line stands alone.
  expect(await check(await openBatch(extension, '&model=off&shape=other'), picture())).not.toHaveProperty(
    'reply',
  );
});

test('a graphics processor gives the same log-odds as the processor', async ({ extension }) => {
  // Computed in software here, a hundred times slower than WASM: correct all the same.
  test.setTimeout(600_000);
  const wasm = await check(await openBatch(extension), picture());
  expect(wasm.line.backend).toBe('wasm');

  const graphic = await launch({ args: ['--enable-unsafe-webgpu'] });
  try {
    const gpu = await check(await openBatch(graphic, '&webgpu=software'), picture());
    expect(gpu.line.backend).toBe('webgpu');
    for (const [name, value] of Object.entries(wasm.features.model ?? {})) {
      expect(Math.abs((gpu.features.model?.[name] ?? Number.NaN) - value)).toBeLessThan(1e-3);
    }
  } finally {
    await graphic.close();
  }
});
