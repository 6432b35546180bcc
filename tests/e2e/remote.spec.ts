import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { Page } from 'playwright/test';
import { type FauxLensServer, startFauxLens } from '../providers/fauxlens-server';
import { test as base, type Extension, expect } from './harness';
import { chooseCheckOnImage } from './menu';
import { withLoopback } from './permitted';
import { agree, setUpFauxLens } from './provider-setup';
import { useUpQuota } from './quota';

/** A page with one image, served by name `photo.png`. */
interface Site {
  readonly origin: string;
  readonly image: Buffer;
}

const test = base.extend<{ extension: Extension; provider: FauxLensServer; site: Site; options: Page }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from this pattern.
  provider: async ({}, use) => {
    const provider = await startFauxLens();
    await use(provider);
    await provider.close();
  },
  site: async ({ options }, use) => {
    // Any PNG will do: the server judges nothing.
    const image = await options.screenshot({ clip: { x: 0, y: 0, width: 256, height: 192 } });
    const server = createServer((request, response) => {
      const isImage = request.url === '/photo.png';
      response.setHeader('content-type', isImage ? 'image/png' : 'text/html');
      response.end(isImage ? image : '<title>A page</title><img id="photo" src="/photo.png" alt="">');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    await use({ origin: `http://127.0.0.1:${portOf(server)}`, image });
    server.closeAllConnections();
    server.close();
  },
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from this pattern.
  extension: async ({}, use) => withLoopback(use),
  options: async ({ extension }, use) => {
    const page = await extension.context.newPage();
    await page.goto(extension.url('options.html'));
    await use(page);
  },
});

test('quota used up, provider agreed to: the answer comes from there and is in the history', async ({
  extension,
  provider,
  site,
  options,
}) => {
  await setUpFauxLens(options, provider);
  await agree(options);
  await useUpQuota(options);
  await checkImage(extension, site);

  const popup = await extension.context.newPage();
  await popup.goto(extension.url('popup.html'));
  await expect(popup.getByText('Made by AI').first()).toBeVisible();
  await expect(popup.getByText('Midjourney v6').first()).toBeVisible();
  await expect(popup.getByText('FauxLens').first()).toBeVisible();

  expect(provider.seen).toHaveLength(1);
  expect(provider.seen[0]).toMatchObject({
    fields: ['image'],
    sha256: createHash('sha256').update(site.image).digest('hex'),
  });
  // The page's address is in no header and no field.
  expect(JSON.stringify(provider.seen)).not.toContain(site.origin);
  expect(await engines(options)).toEqual(['fauxlens']);

  // The same image again is served from the history: no second request, no second charge.
  await checkImage(extension, site);
  await expect.poll(() => jobStates(options)).toEqual(['done', 'done']);
  expect(provider.seen).toHaveLength(1);
});

test('quota used up, no agreement: nothing is sent until the person says yes', async ({
  extension,
  provider,
  site,
  options,
}) => {
  await setUpFauxLens(options, provider);
  await useUpQuota(options);
  await checkImage(extension, site);
  await expect.poll(() => jobStates(options)).toEqual(['waiting']);
  expect(provider.seen).toEqual([]);

  const popup = await extension.context.newPage();
  await popup.goto(extension.url('popup.html'));
  const question = popup.getByRole('dialog', { name: 'Send this image to FauxLens?' });
  await expect(question).toBeVisible();
  await expect(question).toContainText(provider.origin);
  await expect(question).toContainText('The address of the page');
  await expect(question).toContainText(`Whoever runs ${provider.origin} decides this`);
  await expect(question).toContainText('One request of your FauxLens plan');
  expect(provider.seen).toEqual([]);

  // Esc decides nothing: the check waits, and can be decided about later.
  await popup.keyboard.press('Escape');
  await expect(question).toBeHidden();
  expect(await jobStates(options)).toEqual(['waiting']);
  await popup.getByRole('button', { name: 'Decide' }).click();
  await question.getByRole('button', { name: 'Send to FauxLens' }).click();
  await expect(popup.getByText('Midjourney v6').first()).toBeVisible();
  expect(provider.seen).toHaveLength(1);
  expect(await engines(options)).toEqual(['fauxlens']);
  await expect(popup.locator('.history-item')).toContainText('FauxLens');
});

test('a provider that fails is asked once; the check says why it waits, and runs on a click', async ({
  extension,
  provider,
  site,
  options,
}) => {
  await setUpFauxLens(options, provider);
  await agree(options);
  await useUpQuota(options);
  provider.misbehave({ kind: 'status', status: 500, body: '{"error":"out of order"}' });
  await checkImage(extension, site);
  await expect.poll(() => jobStates(options)).toEqual(['waiting']);
  expect(provider.seen).toHaveLength(1);
  expect(await engines(options)).toEqual([]);
  const popup = await extension.context.newPage();
  await popup.goto(extension.url('popup.html'));
  const panel = popup.getByRole('region', { name: 'This check is waiting' });
  await expect(panel).toContainText('FauxLens answered that something went wrong on its side.');
  await expect(panel).toContainText('It runs by itself at');

  provider.misbehave(null);
  await panel.getByRole('button', { name: 'Run now' }).click();
  await expect(popup.getByText('Midjourney v6').first()).toBeVisible();
  expect(await engines(options)).toEqual(['fauxlens']);
});

/** Chooses the menu item for the page's image, as Chrome would tell it. */
async function checkImage(extension: Extension, site: Site): Promise<void> {
  const page = await extension.context.newPage();
  await page.goto(site.origin);
  await page.bringToFront();
  await chooseCheckOnImage(extension, `${site.origin}/`, `${site.origin}/photo.png`);
}

const engines = (page: Page) => fieldOf(page, 'history', 'engine');
const jobStates = (page: Page) => fieldOf(page, 'jobs', 'state');

/** One field of every row of a store. */
function fieldOf(page: Page, store: string, field: string): Promise<unknown[]> {
  return page.evaluate(
    async ([name, key]) => {
      const db = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open('truegrain');
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
      const rows = await new Promise<object[]>((resolve, reject) => {
        const request = db.transaction(name).objectStore(name).getAll();
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
      db.close();
      return rows.map((row): unknown => Reflect.get(row, key));
    },
    [store, field] as const,
  );
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
