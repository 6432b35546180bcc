import type { Page } from 'playwright/test';
import { callWorker, checkImage, expect, killWorker, LARGE, rows, states, taken, test } from './checks-setup';
import type { Extension } from './harness';

const offscreens = async (extension: Extension) =>
  (await extension.worker()).evaluate(async () => {
    const contexts = await chrome.runtime.getContexts({
      contextTypes: [chrome.runtime.ContextType.OFFSCREEN_DOCUMENT],
    });
    return contexts.length;
  });

const badge = async (extension: Extension, tabId: number) =>
  (await extension.worker()).evaluate((id) => chrome.action.getBadgeText({ tabId: id }), tabId);

/** Runs one check to its end. */
async function finish(
  extension: Extension,
  site: Parameters<typeof checkImage>[1],
  inside: Page,
  number: number,
) {
  const before = (await rows(inside, 'jobs')).length;
  const tab = await checkImage(extension, site, number);
  await expect.poll(async () => (await rows(inside, 'jobs')).length).toBe(before + 1);
  await expect.poll(() => states(inside), { timeout: 60_000 }).not.toContain('acquiring');
  await expect.poll(() => states(inside), { timeout: 60_000 }).not.toContain('analysing');
  return tab;
}

test('a click on the menu ends in the history, with a verdict on the badge that goes with the page', async ({
  extension,
  site,
  inside,
}) => {
  const page = await extension.context.newPage();
  await page.goto(`${site.origin}/`);
  const tabId = await checkImage(extension, site, 1, page);
  await expect.poll(() => states(inside), { timeout: 60_000 }).toEqual(['done']);
  const [entry] = await rows(inside, 'history');
  expect(entry).toMatchObject({
    engine: 'local',
    site: '127.0.0.1',
    report: {
      source: { url: `${site.origin}/1.png`, page: `${site.origin}/`, how: 'original' },
      image: { width: 320, height: 240, format: 'png' },
    },
  });
  expect(await taken(inside)).toEqual([entry?.id]);
  await expect.poll(() => badge(extension, tabId)).toMatch(/^(AI|AI\?|\?|OK\?)$/);

  await page.goto(`${site.origin}/another`);
  await expect.poll(() => badge(extension, tabId)).toBe('');
});

test('the same image again is served from the history and not counted', async ({
  extension,
  site,
  inside,
}) => {
  await finish(extension, site, inside, 1);
  await finish(extension, site, inside, 1);
  const jobs = await rows(inside, 'jobs');
  expect(jobs.map(({ state }) => state)).toEqual(['done', 'done']);
  expect(new Set(jobs.map(({ reportId }) => reportId)).size).toBe(1);
  expect(await rows(inside, 'history')).toHaveLength(1);
  expect(await taken(inside)).toHaveLength(1);
});

test('five images clicked one after the other: four verdicts, one waits, and runs by one call the next day', async ({
  extension,
  site,
  inside,
}) => {
  // A tab each: asking again on one would stop the check before.
  for (const number of [1, 2, 3, 4, 5]) await checkImage(extension, site, number);
  await expect
    .poll(() => states(inside), { timeout: 80_000 })
    .toEqual(['done', 'done', 'done', 'done', 'waiting']);
  expect(await taken(inside)).toHaveLength(4);
  const waits = (await rows(inside, 'jobs')).find(({ state }) => state === 'waiting');
  expect(waits?.waiting).toMatchObject({ kind: 'quota' });
  const fetched = site.asked.length;

  await callWorker(inside, 'run', waits?.id);
  await expect.poll(() => states(inside)).toEqual(['done', 'done', 'done', 'done', 'waiting']);
  await backdateQuota(inside);
  await callWorker(inside, 'run', waits?.id);
  await expect.poll(() => states(inside), { timeout: 60_000 }).toEqual(Array(5).fill('done'));
  expect(site.asked).toHaveLength(fetched);
});

/** Turns the ledger's today into yesterday. */
async function backdateQuota(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const date = new Date(Date.now() - 86_400_000);
    const two = (n: number) => String(n).padStart(2, '0');
    const yesterday = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
    const db = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open('truegrain');
      request.onsuccess = () => resolve(request.result);
    });
    const tx = db.transaction('quota', 'readwrite');
    const store = tx.objectStore('quota');
    const read = store.get('ledger');
    read.onsuccess = () =>
      store.put({ today: yesterday, days: { [yesterday]: read.result.days[read.result.today] } }, 'ledger');
    await new Promise((resolve) => {
      tx.oncomplete = resolve;
    });
    db.close();
  });
}

test.describe('a service worker killed', () => {
  /** Starts one worker after the killed one, by an event as any page sends it. */
  async function rebirth(extension: Extension, inside: Page): Promise<void> {
    await callWorker(inside, 'cancel', 'a check that does not exist');
    const generation = await (await extension.worker()).evaluate(() => Reflect.get(globalThis, 'generation'));
    expect(generation).toBeUndefined();
  }

  async function expectOneOfAll(inside: Page): Promise<void> {
    await expect.poll(() => states(inside), { timeout: 60_000 }).toEqual(['done']);
    expect(await rows(inside, 'history')).toHaveLength(1);
    expect(await taken(inside)).toHaveLength(1);
  }

  test('while it fetches: the next one fetches again and finishes', async ({ extension, site, inside }) => {
    site.hold();
    await checkImage(extension, site, 1);
    await expect.poll(() => site.asked).toEqual(['/1.png']);
    await killWorker(extension, inside);
    site.release();
    await rebirth(extension, inside);
    await expectOneOfAll(inside);
  });

  for (const state of ['acquiring', 'analysing']) {
    test(`as soon as it is ${state}: the next one finishes`, async ({ extension, site, inside }) => {
      await checkImage(extension, site, 1);
      await inside.waitForFunction(
        async (wanted) => {
          const db = await new Promise<IDBDatabase>((resolve) => {
            const request = indexedDB.open('truegrain');
            request.onsuccess = () => resolve(request.result);
          });
          const jobs = await new Promise<{ state: string }[]>((resolve) => {
            const request = db.transaction('jobs').objectStore('jobs').getAll();
            request.onsuccess = () => resolve(request.result);
          });
          db.close();
          return jobs.some((job) => job.state === wanted);
        },
        state,
        { polling: 10 },
      );
      await killWorker(extension, inside);
      await rebirth(extension, inside);
      await expectOneOfAll(inside);
    });
  }
});

test('the offscreen document: one for two at once, closed when idle, made again by the next check', async ({
  extension,
  site,
  inside,
}) => {
  await Promise.all([callWorker(inside, 'engineStatus'), checkImage(extension, site, 1)]);
  await expect.poll(() => states(inside), { timeout: 60_000 }).toEqual(['done']);
  expect(await offscreens(extension)).toBe(1);

  // What the document says after a minute without work, said now: by a page at its own address.
  const twin = await extension.context.newPage();
  await twin.goto(extension.url('offscreen.html'));
  await twin.evaluate(async () => {
    const { active } = await navigator.serviceWorker.ready;
    active?.postMessage({ t: 'offscreen-idle' });
  });
  await expect.poll(() => offscreens(extension)).toBe(0);
  await twin.close();

  await finish(extension, site, inside, 2);
  expect(await states(inside)).toEqual(['done', 'done']);
});

test('an offscreen document that goes away in the middle fails the check by name', async ({
  extension,
  site,
  inside,
}) => {
  await inside.evaluate(() => {
    const channel = new BroadcastChannel('truegrain');
    channel.onmessage = ({ data }) => {
      if (data.type !== 'job-progress') return;
      channel.close();
      void chrome.offscreen.closeDocument();
    };
  });
  await checkImage(extension, site, 1);
  await expect.poll(() => states(inside), { timeout: 30_000 }).toEqual(['failed']);
  const [job] = await rows(inside, 'jobs');
  expect(job?.failure?.code).toBe('engine-crashed');
  expect(await taken(inside)).toEqual([]);

  await callWorker(inside, 'run', job?.id);
  await expect.poll(() => states(inside), { timeout: 60_000 }).toEqual(['done']);
});

test('a full disk fails the check by name, and leaves the history as it was', async ({ extension, site }) => {
  // Chrome remembers the room that it saw at the first write: the limit has to be there before.
  const page = await extension.context.newPage();
  const session = await extension.context.newCDPSession(page);
  const origin = extension.url('').replace(/\/$/, '');
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 2 * 1024 * 1024 });
  await page.goto(extension.url('options.html'));

  await finish(extension, site, page, 1);
  const tabId = await checkImage(extension, site, LARGE);
  await expect.poll(() => badge(extension, tabId)).toBe('!');
  const failed = (await rows(page, 'jobs')).find(({ state }) => state !== 'done');
  expect(failed).toMatchObject({ state: 'failed', failure: { code: 'storage-full' } });
  expect(await rows(page, 'history')).toHaveLength(1);
  expect(await taken(page)).toHaveLength(1);

  await session.send('Storage.overrideQuotaForOrigin', { origin });
});

test('the popup opens after the click, unless the settings say no', async ({ extension, site }) => {
  const popups = async () =>
    (await extension.worker()).evaluate(
      async () =>
        (await chrome.runtime.getContexts({ contextTypes: [chrome.runtime.ContextType.POPUP] })).length,
    );
  await checkImage(extension, site, 1);
  await expect.poll(popups).toBe(1);
});

test('strangers get no answer: a page that may not call, and messages of another shape', async ({
  extension,
  inside,
}) => {
  const stranger = await extension.context.newPage();
  await stranger.goto(extension.url('offscreen.html'));
  /** Posts a message with a port and calls through the port. */
  const knock = (page: Page, message: unknown) =>
    page.evaluate(async (sent) => {
      const { active } = await navigator.serviceWorker.ready;
      const { port1, port2 } = new MessageChannel();
      active?.postMessage(sent, [port2]);
      port1.onmessage = () => Reflect.set(globalThis, 'answered', true);
      port1.postMessage({
        id: '1',
        type: 'APPLY',
        path: ['cancel'],
        argumentList: [{ type: 'RAW', value: '' }],
      });
    }, message);
  await knock(stranger, { t: 'call-worker' });
  await knock(inside, { t: 'something-else' });
  await knock(inside, 'call-worker');
  // A call that is answered shows that the worker has heard those before it.
  await callWorker(inside, 'cancel', 'a check that does not exist');
  for (const page of [stranger, inside]) {
    expect(await page.evaluate(() => Reflect.get(globalThis, 'answered'))).toBeUndefined();
  }
});
