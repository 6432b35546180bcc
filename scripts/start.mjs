// @ts-check
/**
 * `npm start`: everything a newcomer needs, in one command. With a screen it opens a browser with the
 * extension on the demo page; without one it runs the same check headless on a sample image, prints the
 * evidence and writes a screenshot.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuild, ensureDependencies, ROOT, say, start } from './project.mjs';

const SAMPLE = '#generator-settings';
const SCREENSHOT = join(ROOT, 'truegrain-demo.png');
const POPUP_WIDTH = 400;
const CHECK_MS = 120_000;

function hasScreen() {
  if (process.platform !== 'linux') return !process.env.CI;
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

start(async () => {
  await ensureDependencies();
  await ensureBuild();
  // Imported only now: a fresh clone has no packages when this script starts.
  const { launchExtension } = await import('./launch.mjs');
  const { serve } = await import('./serve.mjs');
  const demo = await serve(join(ROOT, 'public', 'demo'));
  try {
    return hasScreen()
      ? await show(launchExtension, demo.url)
      : await checkHeadless(launchExtension, demo.url);
  } finally {
    demo.close();
  }
});

/**
 * Opens the demo page and stays until the person closes the browser.
 * @param {typeof import('./launch.mjs').launchExtension} launchExtension
 * @param {string} address
 */
async function show(launchExtension, address) {
  const profile = join(ROOT, '.cache', 'profile');
  mkdirSync(profile, { recursive: true });
  const extension = await launchExtension({ headless: false, profile });
  const page = extension.context.pages()[0] ?? (await extension.context.newPage());
  await page.goto(address);
  say('Right-click a picture and choose "Check this image". Close the browser to end.');
  await new Promise((done) => extension.context.once('close', () => done(undefined)));
  return 0;
}

/**
 * One check by the menu's own event, then what the popup says.
 * @param {typeof import('./launch.mjs').launchExtension} launchExtension
 * @param {string} address
 */
async function checkHeadless(launchExtension, address) {
  say('No screen here: checking a sample image headless.');
  const extension = await launchExtension({ headless: true });
  try {
    const page = await extension.context.newPage();
    await page.goto(address);
    const picture = page.locator(SAMPLE);
    const srcUrl = await picture.evaluate((image) => /** @type {HTMLImageElement} */ (image).src);
    await page.bringToFront();
    await extension.worker.evaluate(
      async ({ pageUrl, srcUrl }) => {
        const [tab] = await chrome.tabs.query({ active: true, lastFocusedWindow: true });
        const click = {
          menuItemId: 'check-image',
          mediaType: 'image',
          srcUrl,
          pageUrl,
          frameId: 0,
          editable: false,
        };
        const { onClicked } = chrome.contextMenus;
        // Chrome's own event object can be made to happen; its types do not say so.
        Reflect.get(onClicked, 'dispatch').call(onClicked, click, tab);
      },
      { pageUrl: address, srcUrl },
    );
    const popup = await extension.context.newPage();
    await popup.setViewportSize({ width: POPUP_WIDTH, height: 900 });
    await popup.goto(extension.url('popup.html'));
    await popup.locator('[data-verdict]').waitFor({ timeout: CHECK_MS });
    await printEvidence(popup, srcUrl);
    await popup.screenshot({ path: SCREENSHOT, fullPage: true });
    console.log(`\nScreenshot: ${SCREENSHOT}`);
  } finally {
    await extension.close();
  }
  return 0;
}

/**
 * @param {import('playwright').Page} popup
 * @param {string} srcUrl
 */
async function printEvidence(popup, srcUrl) {
  const verdict = popup.locator('[data-verdict]').first();
  const words = await verdict.locator('[data-verdict-word]').textContent();
  const sentence = await verdict.locator('.verdict-words p').first().textContent();
  console.log(`\n${srcUrl}\n${words?.trim()}: ${sentence?.trim()}\n`);
  for (const layer of await popup.locator('details.layer').all()) {
    const [name, status, label] = await Promise.all(
      ['.layer-name', '.layer-status', '.layer-label'].map((part) =>
        layer.locator(part).first().textContent(),
      ),
    );
    console.log(`  ${name?.trim()} (${status?.trim()})\n    ${label?.trim()}`);
  }
}
