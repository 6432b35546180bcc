import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright/test';
import { serve } from '../../scripts/serve.mjs';
import { test as base, type Extension, expect, launch } from './harness';
import { chooseCheckOnImage } from './menu';
import { permittedCopy } from './permitted';

export { expect };

const DEMO = fileURLToPath(new URL('../../public/demo', import.meta.url));
export const SAMPLES = `${DEMO}/samples/`;

/** The extension with loopback granted, the demo page served, and one of the extension's pages open. */
export interface World {
  readonly extension: Extension;
  readonly demo: string;
  /** A page of the extension, to reach its storage. */
  readonly inside: Page;
}

export const test = base.extend<Record<never, never>, { world: World }>({
  world: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from this pattern.
    async ({}, use) => {
      const copy = permittedCopy(['http://127.0.0.1/*']);
      const extension = await launch({ extension: copy.path });
      const server = await serve(DEMO);
      const inside = await extension.context.newPage();
      await inside.goto(extension.url('options.html'));
      // The popup would take the focus from the page under test.
      await inside.evaluate(() => chrome.storage.local.set({ settings: { version: 1, openPopup: false } }));
      await use({ extension, demo: server.url, inside });
      await extension.close();
      server.close();
      copy.remove();
    },
    { scope: 'worker' },
  ],
});

/** Chooses the menu item on an image of the demo page, and waits until the check has ended or waits. */
export async function checkSample({ extension, demo, inside }: World, id: string): Promise<string> {
  const before = await jobCount(inside);
  const tab = await extension.context.newPage();
  await tab.goto(demo);
  await tab.bringToFront();
  const srcUrl = await tab.locator(`#${id}`).evaluate((image) => (image as HTMLImageElement).src);
  await chooseCheckOnImage(extension, demo, srcUrl);
  await expect.poll(() => jobCount(inside), { timeout: 30_000 }).toBe(before + 1);
  await expect.poll(() => lastState(inside), { timeout: 120_000 }).toMatch(/done|failed|waiting/);
  await tab.close();
  return (await lastState(inside)) ?? '';
}

/** Everything in one store of the extension's database. */
export async function readAll(inside: Page, store: string): Promise<Record<string, unknown>[]> {
  return inside.evaluate(
    (name) =>
      new Promise<Record<string, unknown>[]>((done, fail) => {
        const opening = indexedDB.open('truegrain');
        opening.onerror = () => fail(opening.error);
        opening.onsuccess = () => {
          const db = opening.result;
          const reading = db.transaction(name).objectStore(name).getAll();
          reading.onsuccess = () => {
            db.close();
            // Blobs do not travel: their places stay empty.
            done(JSON.parse(JSON.stringify(reading.result)));
          };
          reading.onerror = () => fail(reading.error);
        };
      }),
    store,
  );
}

async function jobCount(inside: Page): Promise<number> {
  return (await readAll(inside, 'jobs').catch(() => [])).length;
}

async function lastState(inside: Page): Promise<string | undefined> {
  const jobs = await readAll(inside, 'jobs');
  const last = jobs.sort((a, b) => Number(b.createdAt) - Number(a.createdAt))[0];
  return last ? String(last.state) : undefined;
}

/** What is to differ from the newest finished check; everything else stays as the engine made it. */
export interface Variation {
  /** Milliseconds before now. */
  readonly age: number;
  readonly site?: string;
  readonly report?: Record<string, unknown>;
  readonly attempts?: readonly Record<string, unknown>[];
  /** Statuses by layer id. */
  readonly statuses?: Record<string, string>;
}

/** Writes a further history entry and its finished job, made from the newest real ones. */
export async function addVariation(inside: Page, variation: Variation): Promise<string> {
  return inside.evaluate(
    (change) =>
      new Promise<string>((done, fail) => {
        const opening = indexedDB.open('truegrain');
        opening.onerror = () => fail(opening.error);
        opening.onsuccess = () => {
          const db = opening.result;
          const tx = db.transaction(['history', 'jobs', 'evidence'], 'readwrite');
          const id = crypto.randomUUID();
          const newest = tx.objectStore('history').index('checkedAt').openCursor(null, 'prev');
          newest.onsuccess = () => {
            const row = newest.result?.value;
            if (!row) return fail(new Error('no finished check to vary'));
            const checkedAt = Date.now() - change.age;
            const report = { ...row.report, id, checkedAt, ...change.report };
            for (const layer of report.layers) {
              const status = change.statuses?.[layer.id];
              if (status) layer.status = status;
            }
            tx.objectStore('history').put({
              ...row,
              id,
              checkedAt,
              verdict: report.verdict,
              site: change.site ?? row.site,
              engine: report.engine,
              report,
              acquireAttempts: change.attempts ?? row.acquireAttempts,
            });
            const evidence = tx.objectStore('evidence').get(row.id);
            evidence.onsuccess = () => {
              if (evidence.result) tx.objectStore('evidence').put({ ...evidence.result, id });
            };
            const job = tx.objectStore('jobs').index('reportId').get(row.id);
            job.onsuccess = () => {
              if (job.result) {
                tx.objectStore('jobs').put({ ...job.result, id, createdAt: checkedAt, reportId: id });
              }
            };
          };
          tx.oncomplete = () => {
            db.close();
            done(id);
          };
          tx.onerror = () => fail(tx.error);
        };
      }),
    variation,
  );
}

/** Changes the newest job, as the service worker would on its way, and says so. */
export async function setNewestJob(inside: Page, change: Record<string, unknown>): Promise<string> {
  return inside.evaluate(
    (changed) =>
      new Promise<string>((done, fail) => {
        const opening = indexedDB.open('truegrain');
        opening.onerror = () => fail(opening.error);
        opening.onsuccess = () => {
          const db = opening.result;
          const tx = db.transaction('jobs', 'readwrite');
          let id = '';
          const newest = tx.objectStore('jobs').index('createdAt').openCursor(null, 'prev');
          newest.onsuccess = () => {
            const cursor = newest.result;
            if (!cursor) return fail(new Error('no job'));
            id = cursor.value.id;
            cursor.update({ ...cursor.value, reportId: null, waiting: null, failure: null, ...changed });
          };
          tx.oncomplete = () => {
            db.close();
            new BroadcastChannel('truegrain').postMessage({ type: 'job-changed', jobId: id });
            done(id);
          };
          tx.onerror = () => fail(tx.error);
        };
      }),
    change,
  );
}

/** The popup, opened as a page of its width. */
export async function openPopup(world: World, colorScheme: 'light' | 'dark' = 'light'): Promise<Page> {
  const page = await world.extension.context.newPage();
  await page.setViewportSize({ width: 380, height: 600 });
  await page.emulateMedia({ colorScheme });
  await page.goto(world.extension.url('popup.html'));
  await page.locator('main > *').first().waitFor();
  return page;
}
