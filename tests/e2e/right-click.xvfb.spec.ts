import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import type { Page } from 'playwright/test';
import { rows } from './checks-setup';
import { test as base, type Extension, expect, launch } from './harness';
import { photograph } from './photograph';
import { type Places, RESOLVE, startPlaces } from './places-setup';

/**
 * A person's own hand: a real right click on a virtual desk, the item picked in the real menu, the
 * browser's real question answered, and the verdict read where a person reads it. No permission is
 * granted beforehand, and nothing is dispatched.
 */

const missing = ['Xvfb', 'xdotool', 'openbox'].filter((name) => spawnSync('which', [name]).status !== 0);

interface Desk {
  readonly display: string;
  xdotool(...args: (string | number)[]): void;
}

const test = base.extend<{ desk: Desk; extension: Extension; places: Places; page: Page; inside: Page }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from this pattern.
  desk: async ({}, use) => {
    const { display, stop } = await startDesk();
    await use({
      display,
      xdotool: (...args) => {
        execFileSync('xdotool', args.map(String), { env: { ...process.env, DISPLAY: display } });
      },
    });
    stop();
  },
  extension: async ({ desk }, use) => {
    process.env.DISPLAY = desk.display;
    const extension = await launch({
      headless: false,
      args: [RESOLVE, '--window-size=1200,900', '--window-position=0,0', '--disable-gpu'],
    });
    await use(extension);
    await extension.close();
  },
  inside: async ({ extension }, use) => {
    const page = await extension.context.newPage();
    await page.goto(extension.url('options.html'));
    // The real popup would cover the page, and Playwright cannot look into it.
    await page.evaluate(() => chrome.storage.local.set({ settings: { version: 1, openPopup: false } }));
    await use(page);
  },
  places: async ({ inside }, use) => {
    const places = await startPlaces(await photograph(inside));
    await use(places);
    places.close();
  },
  page: async ({ extension, inside }, use) => {
    await expect(inside).toHaveURL(/options/);
    await use(await extension.context.newPage());
  },
});

test.skip(missing.length > 0, `skipped: ${missing.join(' and ')} not installed`);
test.describe.configure({ mode: 'serial', timeout: 180_000 });

/** Xvfb picks a free display itself and tells its number. */
async function startDesk(): Promise<{ display: string; stop: () => void }> {
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1280x1000x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const told = server.stdio[3];
  if (!told) throw new Error('Xvfb has no third channel');
  const number = await new Promise<string>((resolve, reject) => {
    told.once('data', (data: Buffer) => resolve(data.toString().trim()));
    server.once('exit', () => reject(new Error('Xvfb did not start')));
  });
  // Without a window manager nothing has the keyboard, and the browser's question cannot be answered by it.
  const manager = spawn('openbox', [], { env: { ...process.env, DISPLAY: `:${number}` }, stdio: 'ignore' });
  return {
    display: `:${number}`,
    stop: () => {
      manager.kill();
      server.kill();
      rmSync(`/tmp/.X${number}-lock`, { force: true });
    },
  };
}

/** Where a point of an element lies on the desk. */
async function onScreen(page: Page, selector: string): Promise<{ x: number; y: number }> {
  return page.locator(selector).evaluate((element) => {
    const box = element.getBoundingClientRect();
    return {
      x: Math.round(screenX + (outerWidth - innerWidth) / 2 + box.x + box.width / 2),
      y: Math.round(screenY + outerHeight - innerHeight + box.y + box.height / 2),
    };
  });
}

/**
 * Opens the menu over the element and picks "Check this image". The item stands before "Inspect" (and on
 * pages "View page source"), so it is counted from the bottom.
 */
async function rightClick(desk: Desk, page: Page, selector: string, fromBottom: number): Promise<void> {
  const { x, y } = await onScreen(page, selector);
  await page.evaluate(() => {
    Reflect.set(globalThis, 'menuOpened', false);
    addEventListener('contextmenu', () => Reflect.set(globalThis, 'menuOpened', true), { capture: true });
  });
  desk.xdotool('mousemove', x, y);
  desk.xdotool('click', 3);
  await expect.poll(() => page.evaluate(() => Reflect.get(globalThis, 'menuOpened'))).toBe(true);
  // The page hears of the click before the browser has drawn the menu; the browser tells nobody when it has.
  for (let at = 0; at < fromBottom; at += 1) desk.xdotool('sleep', 0.4, 'key', 'Up');
  desk.xdotool('sleep', 0.4, 'key', 'Return');
}

const job = async (inside: Page) => (await rows(inside, 'jobs')).at(-1);

/** Answers the browser's question with "Allow". "Deny" has the focus: the button beside it is pressed. */
async function answerAllow(desk: Desk, inside: Page): Promise<void> {
  const granted = () =>
    inside.evaluate(() => chrome.permissions.contains({ origins: ['http://cdn.example/*'] }));
  await expect
    .poll(
      async () => {
        if (await granted()) return true;
        // The browser tells nobody that its question is drawn: a hasty Return would hit "Deny".
        desk.xdotool('sleep', 3, 'key', 'Tab', 'sleep', 1, 'key', 'Return', 'sleep', 1);
        return granted();
      },
      { timeout: 30_000 },
    )
    .toBe(true);
}

test('right click, menu, "Allow", verdict in the popup', async ({
  desk,
  extension,
  places,
  page,
  inside,
}) => {
  await page.goto(`${places.page}/foreign`);
  await page.bringToFront();
  await rightClick(desk, page, '#t', 2);
  await expect.poll(async () => (await job(inside))?.state).toBe('acquiring');

  await answerAllow(desk, inside);
  await expect.poll(async () => (await job(inside))?.state, { timeout: 90_000 }).toBe('done');

  const popup = await extension.context.newPage();
  await popup.goto(extension.url('popup.html'));
  await expect(popup.getByRole('heading', { level: 2 }).first()).toBeVisible();
  await expect(popup.getByText('Canon EOS R5').first()).toBeVisible();
  const [entry] = await rows(inside, 'history');
  expect(Reflect.get(entry ?? {}, 'report').source.how).toBe('original');
});

test('right click, "Deny": a verdict from the pixels; the popup\'s button then gives access and checks again', async ({
  desk,
  extension,
  places,
  page,
  inside,
}) => {
  await page.goto(`${places.page}/foreign`);
  await page.bringToFront();
  await rightClick(desk, page, '#t', 2);
  await expect.poll(async () => (await job(inside))?.state).toBe('acquiring');
  await expect
    .poll(
      async () => {
        desk.xdotool('key', 'Escape');
        return (await job(inside))?.state;
      },
      { timeout: 60_000 },
    )
    .not.toBe('acquiring');
  await expect.poll(async () => (await job(inside))?.state, { timeout: 90_000 }).toBe('done');
  const [entry] = await rows(inside, 'history');
  const report = Reflect.get(entry ?? {}, 'report');
  expect(report.source.how).toBe('tab-crop');
  expect(report.uncertainty.reasons).toContain('pixels-only');

  const popup = await extension.context.newPage();
  await popup.goto(extension.url('popup.html'));
  await popup.getByRole('button', { name: 'Allow cdn.example' }).click();
  await answerAllow(desk, inside);
  await expect(popup.getByText('Canon EOS R5').first()).toBeVisible({ timeout: 90_000 });
  await expect(popup.getByRole('button', { name: 'Allow cdn.example' })).toBeHidden();
  const hows = (await rows(inside, 'history')).map((row) => Reflect.get(row, 'report').source.how);
  expect(hows.sort()).toEqual(['original', 'tab-crop']);
});
