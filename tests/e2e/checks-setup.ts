import { createServer, type Server, type ServerResponse } from 'node:http';
import type { Page } from 'playwright/test';
import { seeded } from '../fixtures/noise';
import { pngFile } from '../fixtures/png-file';
import { test as base, type Extension, expect } from './harness';
import { chooseCheckOnImage } from './menu';
import { withLoopback } from './permitted';

/** A site whose every `/N.png` is another picture, and which can keep a visitor waiting. */
export interface Site {
  readonly origin: string;
  /** Paths asked for, pages left out. */
  readonly asked: string[];
  /** Holds the answers for images back until `release`. */
  hold(): void;
  release(): void;
}

/** The extension with loopback granted, a site, and one of the extension's pages to look from. */
export const test = base.extend<{ extension: Extension; site: Site; inside: Page }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from this pattern.
  extension: async ({}, use) => withLoopback(use),
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from this pattern.
  site: async ({}, use) => {
    const { server, site } = await startSite();
    await use(site);
    site.release();
    server.closeAllConnections();
    server.close();
  },
  inside: async ({ extension }, use) => {
    const page = await extension.context.newPage();
    await page.goto(extension.url('options.html'));
    // The popup would take the focus from the page under test.
    await page.evaluate(() => chrome.storage.local.set({ settings: { version: 1, openPopup: false } }));
    await use(page);
  },
});

export { expect };

async function startSite(): Promise<{ server: Server; site: Site }> {
  const asked: string[] = [];
  let held: (() => void)[] | null = null;
  const server = createServer((request, response) => {
    const number = /^\/(\d+)\.png$/.exec(request.url ?? '')?.[1];
    if (number === undefined) return answerPage(response);
    asked.push(request.url ?? '');
    const answer = () => response.setHeader('content-type', 'image/png').end(picture(Number(number)));
    if (held) held.push(answer);
    else answer();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const site: Site = {
    origin: `http://127.0.0.1:${address.port}`,
    asked,
    hold() {
      held = [];
    },
    release() {
      for (const answer of held ?? []) answer();
      held = null;
    },
  };
  return { server, site };
}

function answerPage(response: ServerResponse): void {
  response.setHeader('content-type', 'text/html').end('<!doctype html><title>A page</title>');
}

/** Pictures from this number on are 3 MB of noise. */
export const LARGE = 1000;

function picture(seed: number): Buffer {
  const random = seeded(seed);
  if (seed >= LARGE) {
    return pngFile(1024, 1024, () => [255 * random(), 255 * random(), 255 * random()]);
  }
  return pngFile(320, 240, (x, y) => {
    const light = 90 + 60 * Math.sin((x + seed * 7) / 40) + 40 * Math.cos(y / 30) + 20 * random();
    return [light, light * 0.9, light * 0.8];
  });
}

/** Chooses the menu item on an image of the site, as Chrome would tell it. @returns the tab's id */
export async function checkImage(
  extension: Extension,
  site: Site,
  number: number,
  page?: Page,
): Promise<number> {
  const tab = page ?? (await extension.context.newPage());
  if (!page) await tab.goto(`${site.origin}/`);
  await tab.bringToFront();
  return chooseCheckOnImage(extension, `${site.origin}/`, `${site.origin}/${number}.png`);
}

export interface Row {
  readonly id: string;
  readonly state?: string;
  readonly reportId?: string | null;
  readonly failure?: { readonly code: string } | null;
  readonly waiting?: { readonly kind: string } | null;
  readonly attempts?: number;
  readonly engine?: string | null;
}

/** Every row of a store, oldest key first. */
export function rows(page: Page, store: 'jobs' | 'history' | 'quota' | 'images'): Promise<Row[]> {
  return page.evaluate(async (name) => {
    const db = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open('truegrain');
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    try {
      if (!db.objectStoreNames.contains(name)) return [];
      return await new Promise<Row[]>((resolve, reject) => {
        const request = db.transaction(name).objectStore(name).getAll();
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    } finally {
      db.close();
    }
  }, store);
}

export const states = async (page: Page) => (await rows(page, 'jobs')).map(({ state }) => state).sort();

/** Places taken in the quota, whatever the day. */
export const taken = async (page: Page) =>
  (await rows(page, 'quota')).flatMap((ledger) =>
    Object.values<{ jobs: string[] }>(Reflect.get(ledger, 'days')).flatMap(({ jobs }) => jobs),
  );

/** Ends the service worker at once, as Chrome does; the next event starts another. */
export async function killWorker(extension: Extension, page: Page): Promise<void> {
  const worker = await extension.worker();
  await worker.evaluate(() => Reflect.set(globalThis, 'generation', 'dead'));
  const session = await extension.context.newCDPSession(page);
  await session.send('ServiceWorker.enable');
  await session.send('ServiceWorker.stopAllWorkers');
  await session.detach();
}

/** Calls `WorkerApi` from an extension page, speaking Comlink's protocol by hand. Wakes the worker. */
export function callWorker(page: Page, method: string, ...args: unknown[]): Promise<unknown> {
  return page.evaluate(
    async ([name, values]) => {
      const { active } = await navigator.serviceWorker.ready;
      const { port1, port2 } = new MessageChannel();
      active?.postMessage({ t: 'call-worker' }, [port2]);
      return new Promise((resolve, reject) => {
        port1.onmessage = ({ data }) =>
          data.type === 'HANDLER' ? reject(new Error(JSON.stringify(data.value))) : resolve(data.value);
        const argumentList = values.map((value) => ({ type: 'RAW', value }));
        port1.postMessage({ id: '1', type: 'APPLY', path: [name], argumentList });
      });
    },
    [method, args] as const,
  );
}
