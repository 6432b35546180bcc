import { readFileSync } from 'node:fs';
import type { Page } from 'playwright/test';
import { axe } from './axe';
import { expect, SAMPLES, test } from './ui-setup';

test.setTimeout(240_000);

const NAMES = ['photo-with-camera-notes.jpg', 'generator-settings.png', 'pasted-block.jpg', 'woven.jpg'];
const PATHS = NAMES.map((name) => SAMPLES + name);
const HTML = {
  name: 'page.jpg',
  mimeType: 'image/jpeg',
  buffer: Buffer.from('<!doctype html><title>no</title>'),
};
const EMPTY = { name: 'empty.png', mimeType: 'image/png', buffer: Buffer.alloc(0) };
const HOSTILE = { name: '=1+1,"x"\u202egpj.<b>.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('nothing') };

async function openBatch(
  page: Page,
  url: string,
): Promise<() => Promise<{ sequence: number; line: { file: string; error?: { code: string } } }[]>> {
  await page.addInitScript(() => {
    const results: unknown[] = [];
    Object.assign(globalThis, { results });
    document.addEventListener('truegrain:result', (event) => {
      if (event instanceof CustomEvent) results.push(event.detail);
    });
  });
  await page.goto(url);
  return () => page.evaluate(() => Reflect.get(globalThis, 'results'));
}

test('files come and go through the machine interface, bad ones as errors', async ({ world }) => {
  const page = await world.extension.context.newPage();
  const results = await openBatch(page, world.extension.url('batch.html?concurrency=2&features=1'));
  const picker = page.locator('#batch-files');
  await picker.setInputFiles(PATHS.slice(0, 2));
  await picker.setInputFiles([HTML, EMPTY, HOSTILE]);
  await picker.setInputFiles(PATHS.slice(0, 1));
  await expect.poll(async () => (await results()).length, { timeout: 120_000 }).toBe(6);
  const bySequence = (await results()).toSorted((a, b) => a.sequence - b.sequence);
  expect(bySequence.map(({ sequence }) => sequence)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(bySequence.map(({ line }) => line.file)).toEqual([
    NAMES[0],
    NAMES[1],
    'page.jpg',
    'empty.png',
    HOSTILE.name,
    NAMES[0],
  ]);
  expect(bySequence.map(({ line }) => line.error?.code)).toEqual([
    undefined,
    undefined,
    'not-an-image',
    'empty-file',
    'not-an-image',
    undefined,
  ]);
  const settings = bySequence[1];
  expect(settings).toMatchObject({
    line: {
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      verdict: expect.any(String),
      probability: expect.any(Number),
      manipulation: { state: expect.any(String) },
      layers: { metadata: { status: 'flagged', label: expect.stringContaining('Stable Diffusion') } },
      ms: { total: expect.any(Number), layers: expect.any(Object) },
    },
    features: { ela: expect.any(Object), frequency: expect.any(Object) },
    claims: { metadata: { kind: 'generated' } },
  });
  await page.close();
});

test('without the switch no raw figures are told', async ({ world }) => {
  const page = await world.extension.context.newPage();
  const results = await openBatch(page, world.extension.url('batch.html'));
  await page.locator('#batch-files').setInputFiles(PATHS.slice(1, 2));
  await expect.poll(async () => (await results()).length, { timeout: 60_000 }).toBe(1);
  expect(Object.keys((await results())[0] ?? {}).toSorted()).toEqual(['line', 'reasons', 'sequence']);
  await page.close();
});

test('a person: drop, filter, sort, open the evidence, export', async ({ world }) => {
  const page = await world.extension.context.newPage();
  await page.setViewportSize({ width: 1280, height: 800 });
  await openBatch(page, world.extension.url('batch.html'));
  expect(await axe(page)).toEqual([]);
  const data = await page.evaluateHandle(
    (base64) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const transfer = new DataTransfer();
      transfer.items.add(new File([bytes], 'dropped.png', { type: 'image/png' }));
      return transfer;
    },
    readFileSync(SAMPLES + NAMES[1]).toString('base64'),
  );
  await page.dispatchEvent('#app', 'drop', { dataTransfer: data });
  await page.locator('#batch-files').setInputFiles([...PATHS]);
  await page.locator('#batch-files').setInputFiles([HTML, HOSTILE]);
  await expect(page.getByText('Finished in')).toBeVisible({ timeout: 120_000 });
  const rows = page.locator('tbody tr');
  await expect(rows).toHaveCount(7);
  await expect(rows.first()).toContainText('dropped.png');

  await page.getByRole('radio', { name: /Errors/ }).check({ force: true });
  await expect(rows).toHaveCount(2);
  await page.getByRole('radio', { name: /All/ }).check({ force: true });
  await page.getByRole('button', { name: 'File', exact: true }).click();
  await expect(page.getByRole('columnheader', { name: 'File' })).toHaveAttribute('aria-sort', 'ascending');
  await page.getByRole('searchbox').fill('pasted');
  await expect(rows).toHaveCount(1);

  const opener = page.getByRole('button', { name: 'Show the evidence for pasted-block.jpg' });
  await opener.click();
  await expect(page.locator('.detail .verdict')).toBeVisible({ timeout: 60_000 });
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    expect(await axe(page), scheme).toEqual([]);
  }
  await page.keyboard.press('Escape');
  await expect(page.locator('.detail')).toHaveCount(0);
  await expect(opener).toBeFocused();

  const json = await saved(page, 'Export JSON Lines');
  expect(
    json
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).file),
  ).toHaveLength(7);
  const csv = await saved(page, 'Export CSV');
  expect(csv.split('\n')[0]).toMatch(/^file,sha256,verdict/);
  expect(csv).toContain(`"'=1+1`);
  await page.close();
});

test('a run can be paused, gone on with, and stopped', async ({ world }) => {
  const page = await world.extension.context.newPage();
  const results = await openBatch(page, world.extension.url('batch.html?concurrency=1'));
  const many = Array.from({ length: 30 }, (_, index) => PATHS[index % PATHS.length] ?? '');
  for (let index = 0; index < many.length; index += PATHS.length) {
    await page.locator('#batch-files').setInputFiles(PATHS);
  }
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByText('Paused.')).toBeVisible();
  await page.getByRole('button', { name: 'Go on' }).click();
  await expect.poll(async () => (await results()).length, { timeout: 60_000 }).toBeGreaterThan(1);
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(page.getByText(/Stopped\. \d+ files were not checked/)).toBeVisible();
  const done = (await results()).length;
  await page.locator('#batch-files').setInputFiles(PATHS.slice(0, 1));
  await expect.poll(async () => (await results()).length, { timeout: 60_000 }).toBe(done + 1);
  expect((await results()).at(-1)?.sequence).toBe(32);
  await page.close();
});

async function saved(page: Page, button: string): Promise<string> {
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: button }).click();
  return readFileSync(await (await download).path(), 'utf8');
}
