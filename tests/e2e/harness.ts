import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type BrowserContext, test as base, chromium, type Worker } from 'playwright/test';
import { ensureBrowser } from '../../scripts/browser.mjs';

export { expect } from 'playwright/test';

/** The built extension: `npm run build` first (npm test does). */
export const EXTENSION = resolve(process.env.TRUEGRAIN_EXTENSION ?? '.output/chrome-mv3');

export interface Extension {
  readonly context: BrowserContext;
  readonly id: string;
  /** Address of one of the extension's pages. */
  readonly url: (page: string) => string;
  /** The live service worker, also after it was killed and reborn. */
  readonly worker: () => Promise<Worker>;
}

/** Starts Chromium on a fresh profile with the built extension, or another copy of it, loaded. */
export async function launch(
  options: { headless?: boolean; args?: string[]; extension?: string } = {},
): Promise<Extension & { close: () => Promise<void> }> {
  const extension = options.extension ?? EXTENSION;
  if (!existsSync(join(extension, 'manifest.json'))) {
    throw new Error(`No built extension in ${extension}: run "npm run build" first.`);
  }
  const profile = mkdtempSync(join(tmpdir(), 'truegrain-e2e-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: await ensureBrowser(),
    headless: options.headless ?? true,
    chromiumSandbox: process.getuid?.() !== 0,
    viewport: null,
    args: [
      `--disable-extensions-except=${extension}`,
      `--load-extension=${extension}`,
      '--no-first-run',
      '--disable-background-networking',
      ...(options.args ?? []),
    ],
  });
  const worker = async () => context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'));
  const id = new URL((await worker()).url()).host;
  return {
    context,
    id,
    url: (page) => `chrome-extension://${id}/${page}`,
    worker,
    close: async () => {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

export const test = base.extend<{ extension: Extension }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from this pattern.
  extension: async ({}, use) => {
    const extension = await launch();
    await use(extension);
    await extension.close();
  },
});
