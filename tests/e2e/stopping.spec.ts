import { createServer } from 'node:http';
import type { Page } from 'playwright/test';
import { extensionMemory } from '../../bench/memory.mjs';
import { axe } from './axe';
import { checkImage, expect, rows, states, taken, test } from './checks-setup';
import type { Extension } from './harness';
import { chooseCheckOnImage } from './menu';

test.setTimeout(300_000);

const badge = async (extension: Extension, tabId: number) =>
  (await extension.worker()).evaluate((id) => chrome.action.getBadgeText({ tabId: id }), tabId);

const failures = async (inside: Page) =>
  (await rows(inside, 'jobs')).flatMap(({ failure }) => failure?.code ?? []).sort();

/** The popup as a page of its width; its tab is no place of a check. */
async function popupPage(extension: Extension): Promise<Page> {
  const page = await extension.context.newPage();
  await page.setViewportSize({ width: 380, height: 600 });
  await page.goto(extension.url('popup.html'));
  await page.locator('main > *').first().waitFor();
  return page;
}

test('asking again on the same tab stops the earlier check, which one click runs again', async ({
  extension,
  site,
  inside,
}) => {
  const tab = await extension.context.newPage();
  await tab.goto(`${site.origin}/`);
  site.hold();
  await checkImage(extension, site, 1, tab);
  await expect.poll(() => site.asked).toEqual(['/1.png']);
  const tabId = await checkImage(extension, site, 2, tab);
  await expect.poll(() => states(inside)).toEqual(['acquiring', 'failed']);
  expect(await failures(inside)).toEqual(['asked-again']);
  site.release();
  await expect.poll(() => states(inside), { timeout: 60_000 }).toEqual(['done', 'failed']);
  await expect.poll(() => badge(extension, tabId)).toMatch(/^(AI|AI\?|\?|OK\?)$/);
  expect(await taken(inside)).toHaveLength(1);

  const popup = await popupPage(extension);
  const stopped = popup.locator('details').filter({ hasText: '1 check was stopped before its end' });
  await expect(stopped).toContainText('Another image was asked for on the same tab');
  expect(await axe(popup)).toEqual([]);

  // Run again from here, it is shown here only: closing the page stops it.
  site.hold();
  await stopped.getByRole('button', { name: /^Check again/ }).click();
  await expect(popup.getByText('Closing this window stops the check.')).toBeVisible();
  expect(await axe(popup)).toEqual([]);
  await popup.close();
  await expect.poll(() => failures(inside)).toEqual(['window-closed']);

  // Unless the person lets it go on.
  const next = await popupPage(extension);
  await next.getByRole('button', { name: /^Check again/ }).click();
  const closed = next.waitForEvent('close');
  await next.getByRole('button', { name: 'Close it and go on' }).click();
  await closed;
  site.release();
  await expect.poll(() => states(inside), { timeout: 60_000 }).toEqual(['done', 'done']);
});

/** A JPEG of so many pixels, with grain that gives every layer something to do. */
async function jpeg(page: Page, width: number, height: number): Promise<Buffer> {
  const base64 = await page.evaluate(
    async ([wide, high]) => {
      const tile = new OffscreenCanvas(512, 512);
      const paint = tile.getContext('2d');
      const canvas = new OffscreenCanvas(wide, high);
      const context = canvas.getContext('2d');
      if (!paint || !context) throw new Error('no canvas');
      const grain = paint.createImageData(512, 512);
      let state = 1;
      for (let at = 0; at < grain.data.length; at += 1) {
        state = (state * 1664525 + 1013904223) >>> 0;
        grain.data[at] = at % 4 === 3 ? 255 : 96 + (state >>> 26);
      }
      paint.putImageData(grain, 0, 0);
      context.fillStyle = context.createPattern(tile, 'repeat') ?? 'grey';
      context.fillRect(0, 0, wide, high);
      const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.6 });
      return new Promise<string>((resolve) => {
        const reader = new FileReader();
        reader.onload = () => resolve(String(reader.result).replace(/^.*,/, ''));
        reader.readAsDataURL(blob);
      });
    },
    [width, height] as const,
  );
  return Buffer.from(base64, 'base64');
}

/** Contexts of a kind that the extension has open. */
async function contexts(extension: Extension, kind: 'POPUP' | 'OFFSCREEN_DOCUMENT'): Promise<number> {
  const worker = await extension.worker();
  return worker.evaluate(
    async (type) =>
      (await chrome.runtime.getContexts({ contextTypes: [type as chrome.runtime.ContextType] })).length,
    kind,
  );
}

test('the popup closed during a picture of 50 megapixels ends the work and frees the memory', async ({
  extension,
  inside,
}) => {
  const large = await jpeg(inside, 8160, 6144);
  expect(large.byteLength).toBeLessThan(25 * 1024 * 1024);
  const small = await jpeg(inside, 640, 480);
  const server = createServer(({ url }, response) => {
    const picture = url === '/large.jpg' ? large : url === '/small.jpg' ? small : null;
    if (picture) response.setHeader('content-type', 'image/jpeg').end(picture);
    else response.setHeader('content-type', 'text/html').end('<!doctype html><title>A page</title>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const origin = `http://127.0.0.1:${address.port}/`;
  try {
    const tab = await extension.context.newPage();
    await tab.goto(origin);
    await tab.bringToFront();
    // Once through with a small picture: networks and code stay, whatever is stopped.
    await chooseCheckOnImage(extension, origin, `${origin}small.jpg`);
    await expect.poll(() => states(inside), { timeout: 60_000 }).toEqual(['done']);
    const idle = extensionMemory();
    await inside.evaluate(() => chrome.storage.local.set({ settings: { version: 1, openPopup: true } }));
    const layersBegun = inside.evaluate(
      () =>
        new Promise<void>((resolve) => {
          const channel = new BroadcastChannel('truegrain');
          channel.onmessage = ({ data }) => {
            if (data.type !== 'job-progress' || data.progress.finished.length === 0) return;
            channel.close();
            resolve();
          };
        }),
    );
    const tabId = await chooseCheckOnImage(extension, origin, `${origin}large.jpg`);
    await expect.poll(() => contexts(extension, 'POPUP')).toBe(1);
    await layersBegun;
    // Two look at the picture, one holds the networks.
    await expect.poll(() => workers(extension, tab)).toBe(3);
    const atWork = extensionMemory();

    await closePopup(extension, tab);
    await expect.poll(() => contexts(extension, 'POPUP')).toBe(0);
    await expect.poll(() => failures(inside)).toEqual(['window-closed']);
    await expect.poll(() => badge(extension, tabId)).toBe('■');
    expect(await taken(inside)).toHaveLength(1);
    await expect.poll(() => workers(extension, tab)).toBe(1);
    // Both workers share one copy of the pixels, 191 MiB, which has to be gone; what else the pages hold moves by a few.
    const pixels = (4 * 8160 * 6144) / 2 ** 20;
    const most = Math.min(idle, atWork - 0.9 * pixels);
    await expect.poll(() => extensionMemory(), { timeout: 30_000 }).toBeLessThan(most);
    const left = extensionMemory();

    const popup = await popupPage(extension);
    await expect(popup.getByRole('heading', { name: 'This check was stopped' })).toBeVisible();
    expect(await axe(popup)).toEqual([]);
    await popup.getByRole('button', { name: 'Check again' }).click();
    await expect.poll(() => states(inside), { timeout: 120_000 }).toEqual(['done', 'done']);
    await expect(popup.locator('[data-verdict-word]')).not.toBeEmpty();
    const told = [idle, atWork, left].map((megabytes) => Math.round(megabytes));
    console.log(`50 megapixels: idle ${told[0]} MB, at work ${told[1]} MB, stopped ${told[2]} MB`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

/** Dedicated workers that run, whosever they are; no page but ours is open that has any. */
async function workers(extension: Extension, page: Page): Promise<number> {
  const session = await extension.context.newCDPSession(page);
  const { targetInfos } = await session.send('Target.getTargets');
  await session.detach();
  return targetInfos.filter(({ type }) => type === 'worker').length;
}

/** Closes the real popup, as a click beside it does. */
async function closePopup(extension: Extension, page: Page): Promise<void> {
  const session = await extension.context.newCDPSession(page);
  const { targetInfos } = await session.send('Target.getTargets');
  const popup = targetInfos.find(({ url }) => url === extension.url('popup.html'));
  if (!popup) throw new Error('no popup is open');
  await session.send('Target.closeTarget', { targetId: popup.targetId });
  await session.detach();
}
