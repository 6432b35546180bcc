import type { Page } from 'playwright/test';
import { rows } from './checks-setup';
import { test as base, type Extension, expect, launch } from './harness';
import { chooseCheck, type MenuClick } from './menu';
import { permittedCopy } from './permitted';
import { photograph } from './photograph';
import { type Places, RESOLVE, startPlaces } from './places-setup';

/** Access to these is granted, as by the browser's prompt; everything else is not. */
const GRANTED = ['http://page.example/*', 'http://cdn.example/*'];
/** The page alone, as the menu's click itself grants it: the other site was refused. */
const REFUSED_CDN = ['http://page.example/*'];

interface World {
  readonly extension: Extension;
  readonly inside: Page;
  readonly places: Places;
}

const test = base.extend<World & { hosts: readonly string[]; world: World }>({
  hosts: [GRANTED, { option: true }],
  extension: async ({ hosts }, use) => {
    const copy = permittedCopy(hosts);
    const extension = await launch({ extension: copy.path, args: [RESOLVE, '--window-size=1100,800'] });
    await use(extension);
    await extension.close();
    copy.remove();
  },
  inside: async ({ extension }, use) => {
    const page = await extension.context.newPage();
    await page.goto(extension.url('options.html'));
    // The popup would take the pointer's place and the focus from the page under test.
    await page.evaluate(() => chrome.storage.local.set({ settings: { version: 1, openPopup: false } }));
    await use(page);
  },
  places: async ({ inside }, use) => {
    const places = await startPlaces(await photograph(inside));
    await use(places);
    places.close();
  },
  world: ({ extension, inside, places }, use) => use({ extension, inside, places }),
});

/** Opens a page, puts the pointer where a person would, and chooses the menu item as Chrome would tell it. */
async function open(world: World, path: string): Promise<Page> {
  const page = await world.extension.context.newPage();
  await page.goto(world.places.page + path);
  await page.bringToFront();
  return page;
}

async function click({ extension }: World, page: Page, info: MenuClick = {}): Promise<void> {
  await chooseCheck(extension, page.url(), info);
}

interface Outcome {
  readonly state?: string;
  readonly failure?: string;
  readonly waiting?: string;
  readonly how?: string;
  readonly verdict?: string;
  readonly generator?: string;
  readonly layers?: Record<string, string>;
  readonly width?: number;
}

/** How the one check ended. */
async function outcome(inside: Page): Promise<Outcome> {
  await expect
    .poll(async () => (await rows(inside, 'jobs')).map(({ state }) => state), { timeout: 60_000 })
    .toEqual([expect.stringMatching(/^(done|failed|waiting)$/)]);
  const [job] = await rows(inside, 'jobs');
  if (job?.waiting) return { state: job.state, waiting: job.waiting.kind };
  const [entry] = await rows(inside, 'history');
  if (job?.failure) return { state: job.state, failure: job.failure.code };
  const report = Reflect.get(entry ?? {}, 'report');
  return {
    state: job?.state,
    how: report.source.how,
    verdict: report.verdict,
    generator: report.generator?.name,
    width: report.image.width,
    layers: Object.fromEntries(
      report.layers.map(({ id, status }: { id: string; status: string }) => [id, status]),
    ),
  };
}

test('a JPEG with a camera record: the original file, with the record read', async ({ world }) => {
  const page = await open(world, '/plain');
  await click(world, page, { mediaType: 'image', srcUrl: `${world.places.page}/photo.jpg` });
  expect(await outcome(world.inside)).toMatchObject({
    state: 'done',
    how: 'original',
    width: 640,
    layers: { metadata: 'clear', ela: expect.not.stringMatching('unavailable'), model: expect.anything() },
  });
  // The worker's own request: no cookies, no Referer.
  const last = world.places.asked.at(-1);
  expect(last?.headers.referer).toBeUndefined();
  expect(last?.headers.cookie).toBeUndefined();
});

test('a PNG with Stable Diffusion parameters is AI-generated, by name', async ({ world }) => {
  const page = await open(world, '/prompt');
  await click(world, page, { mediaType: 'image', srcUrl: `${world.places.page}/prompt.png` });
  expect(await outcome(world.inside)).toMatchObject({
    verdict: 'ai-generated',
    generator: expect.stringMatching(/Stable Diffusion/),
    layers: { metadata: 'flagged' },
  });
});

test('another site without CORS, access granted: the original file', async ({ world }) => {
  const page = await open(world, '/foreign');
  await click(world, page, { mediaType: 'image', srcUrl: `${world.places.cdn}/photo.jpg` });
  expect(await outcome(world.inside)).toMatchObject({ how: 'original', layers: { metadata: 'clear' } });
});

test.describe('access to the other site refused', () => {
  // A real click also grants the tab's picture, and the crop answers: right-click.xvfb.spec.ts sees that.
  test.use({ hosts: REFUSED_CDN });
  test('the check fails by name where nothing else may be read either', async ({ world }) => {
    const page = await open(world, '/foreign');
    await click(world, page, { mediaType: 'image', srcUrl: `${world.places.cdn}/photo.jpg` });
    expect(await outcome(world.inside)).toEqual({ state: 'failed', failure: 'permission-denied' });
  });
});

test('a data: address is the file itself', async ({ world }) => {
  const page = await open(world, '/several');
  const srcUrl = await page.evaluate(async () => {
    const blob = await (await fetch('/prompt.png')).blob();
    return new Promise<string>((resolve) => {
      const reader = new FileReader();
      reader.onload = () => resolve(String(reader.result));
      reader.readAsDataURL(blob);
    });
  });
  await click(world, page, { mediaType: 'image', srcUrl });
  expect(await outcome(world.inside)).toMatchObject({ how: 'page-bytes', verdict: 'ai-generated' });
});

test('a blob: address is read in its page', async ({ world }) => {
  const page = await open(world, '/blob');
  await expect(page).toHaveTitle('ready');
  const srcUrl = await page.locator('#t').evaluate((image) => Reflect.get(image, 'src'));
  await click(world, page, { mediaType: 'image', srcUrl });
  expect(await outcome(world.inside)).toMatchObject({ how: 'page-bytes', layers: { metadata: 'clear' } });
});

for (const [what, path, under] of [
  ['a CSS background', '/background', '#t'],
  ['an image behind an overlay', '/overlay', '#over'],
  ['an image in a closed shadow root', '/shadow', '#t'],
  ["an SVG's image", '/svg', '#t'],
] as const) {
  test(`${what} is found under the pointer, and its file read`, async ({ world }) => {
    const page = await open(world, path);
    await page.waitForLoadState('networkidle');
    await page.locator(under).hover();
    await click(world, page);
    expect(await outcome(world.inside)).toMatchObject({ how: 'original', width: 640 });
  });
}

test('a picture element gives the file that is shown, not the fallback', async ({ world }) => {
  const page = await open(world, '/srcset');
  await page.locator('#t').hover();
  await click(world, page);
  expect(await outcome(world.inside)).toMatchObject({ how: 'original', verdict: 'ai-generated', width: 512 });
});

test('an image in a frame', async ({ world }) => {
  const page = await open(world, '/frame');
  const frame = page.frames()[1];
  await frame?.locator('#t').hover();
  const worker = await world.extension.worker();
  const frameId = await worker.evaluate(async () => {
    const [tab] = await chrome.tabs.query({ active: true, lastFocusedWindow: true });
    const seen = await chrome.scripting.executeScript({
      target: { tabId: tab?.id ?? -1, allFrames: true },
      func: () => window !== window.top,
    });
    return seen.find(({ result }) => result)?.frameId ?? -1;
  });
  await click(world, page, { frameId, frameUrl: `${world.places.page}/plain` });
  expect(await outcome(world.inside)).toMatchObject({ how: 'original', width: 640 });
});

test('a canvas has pixels only: marked so, and the layers that need a file say why they did not run', async ({
  world,
}) => {
  const page = await open(world, '/canvas');
  await expect(page).toHaveTitle('ready');
  await page.locator('#t').hover();
  await click(world, page);
  expect(await outcome(world.inside)).toMatchObject({
    how: 'page-pixels',
    width: 400,
    layers: { metadata: 'unavailable', ela: 'unavailable' },
  });
});

test('a video gives the frame that is seen', async ({ world }) => {
  const page = await open(world, '/several');
  await page.evaluate(async () => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 240 });
    const context = canvas.getContext('2d');
    const image = document.querySelector('img');
    if (!context || !image) throw new Error('no picture');
    await image.decode();
    context.drawImage(image, 0, 0, 320, 240);
    const video = Object.assign(document.createElement('video'), {
      id: 'v',
      muted: true,
      width: 320,
      height: 240,
    });
    video.srcObject = canvas.captureStream(10);
    document.body.replaceChildren(video);
    const draw = setInterval(() => context.drawImage(image, 0, 0, 320, 240), 50);
    await video.play();
    await new Promise((resolve) => video.requestVideoFrameCallback(resolve));
    clearInterval(draw);
    video.pause();
  });
  await page.locator('#v').hover();
  await click(world, page, { mediaType: 'video' });
  expect(await outcome(world.inside)).toMatchObject({ how: 'page-pixels', width: 320 });
});

test('hot-link protection: the page reads what the worker may not', async ({ world }) => {
  const page = await open(world, '/guarded');
  await click(world, page, { mediaType: 'image', srcUrl: `${world.places.page}/guarded.jpg` });
  expect(await outcome(world.inside)).toMatchObject({ how: 'page-bytes', layers: { metadata: 'clear' } });
});

test('several pictures in question: the person points, by keyboard', async ({ world }) => {
  const page = await open(world, '/several');
  await page.mouse.move(5, 5);
  await click(world, page);
  // The choice stands in a closed shadow root; it has the focus, and the second picture is one Tab away.
  await expect.poll(() => page.evaluate(() => document.activeElement?.matches(':popover-open'))).toBe(true);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  expect(await outcome(world.inside)).toMatchObject({ how: 'original', verdict: 'ai-generated' });
  expect(await page.locator('[popover]').count()).toBe(0);
});

test('Escape ends the choice, and nothing is checked', async ({ world }) => {
  const page = await open(world, '/several');
  await page.mouse.move(5, 5);
  await click(world, page);
  await expect.poll(() => page.evaluate(() => document.activeElement?.matches(':popover-open'))).toBe(true);
  await page.keyboard.press('Escape');
  expect(await outcome(world.inside)).toEqual({ state: 'failed', failure: 'cancelled' });
});

for (const [path, file, code] of [
  ['/html', '/page.jpg', 'not-an-image'],
  ['/empty', '/empty.jpg', 'empty-file'],
] as const) {
  test(`${file}: ${code}`, async ({ world }) => {
    const page = await open(world, path);
    await click(world, page, { mediaType: 'image', srcUrl: `${world.places.page}${file}` });
    expect(await outcome(world.inside)).toEqual({ state: 'failed', failure: code });
  });
}

test('offline, and the page does not show the picture either: it waits for a connection', async ({
  world,
}) => {
  const page = await open(world, '/several');
  await page.waitForLoadState('networkidle');
  await world.extension.context.setOffline(true);
  await click(world, page, { mediaType: 'image', srcUrl: `${world.places.page}/photo.jpg?unseen` });
  expect(await outcome(world.inside)).toEqual({ state: 'waiting', waiting: 'offline' });
});

test('the site has gone: what the page already shows can still be checked', async ({ world }) => {
  const page = await open(world, '/plain');
  await page.waitForLoadState('networkidle');
  world.places.close();
  await click(world, page, { mediaType: 'image', srcUrl: `${world.places.page}/photo.jpg` });
  const seen = await outcome(world.inside);
  expect(seen).toMatchObject({ state: 'done', how: expect.stringMatching(/^page-(bytes|pixels)$/) });
});

test('a page may not send us into the private network', async ({ world }) => {
  const page = await open(world, '/inside');
  await click(world, page, { mediaType: 'image', srcUrl: 'http://127.0.0.1:1/secret.png' });
  expect(await outcome(world.inside)).toEqual({ state: 'failed', failure: 'address-not-allowed' });
});
