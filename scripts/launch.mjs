// @ts-check
/** Starts a browser with the built extension: shared by start, check and the benchmarks. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { ensureBrowser } from './browser.mjs';
import { EXTENSION } from './project.mjs';

/**
 * @param {{ headless: boolean, profile?: string, args?: string[] }} options
 *   without `profile` a temporary one is used and removed on close
 */
export async function launchExtension({ headless, profile, args = [] }) {
  const folder = profile ?? mkdtempSync(join(tmpdir(), 'truegrain-'));
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: await ensureBrowser(),
    headless,
    chromiumSandbox: process.getuid?.() !== 0,
    viewport: null,
    args: [
      `--disable-extensions-except=${EXTENSION}`,
      `--load-extension=${EXTENSION}`,
      '--no-first-run',
      '--disable-background-networking',
      ...args,
    ],
  });
  const worker =
    context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker', { timeout: 30_000 }));
  const id = new URL(worker.url()).host;
  return {
    context,
    worker,
    /** @param {string} page */
    url: (page) => `chrome-extension://${id}/${page}`,
    async close() {
      await context.close().catch(() => undefined);
      if (!profile) rmSync(folder, { recursive: true, force: true });
    },
  };
}
