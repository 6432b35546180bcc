import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright/test';
import { type FauxLensServer, SAMPLE_KEY, startFauxLens } from '../providers/fauxlens-server';
import { test as base, type Extension, expect, launch } from './harness';
import { permittedCopy } from './permitted';
import { agree, setUpFauxLens } from './provider-setup';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The extension with loopback granted, beside a contract server. */
const test = base.extend<{ extension: Extension; server: FauxLensServer; page: Page }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from this pattern.
  server: async ({}, use) => {
    const server = await startFauxLens();
    await use(server);
    await server.close();
  },
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from this pattern.
  extension: async ({}, use) => {
    const copy = permittedCopy(['http://127.0.0.1/*']);
    const extension = await launch({ extension: copy.path });
    await use(extension);
    await extension.close();
    copy.remove();
  },
  page: async ({ extension }, use) => {
    const page = await extension.context.newPage();
    await page.goto(extension.url('options.html'));
    await use(page);
  },
});

const stored = (page: Page) => page.evaluate(() => chrome.storage.local.get());

test('a provider: set up, tested, agreed to, withdrawn, removed', async ({ page, server }) => {
  await setUpFauxLens(page, server);
  expect(server.seen).toEqual([]);
  await expect(page.getByText('••••••••6789')).toBeVisible();
  expect(await page.content()).not.toContain(SAMPLE_KEY);

  await page.getByRole('button', { name: 'Test the key' }).click();
  await expect(page.getByText('The key works.')).toBeVisible();
  expect(server.seen).toHaveLength(1);
  expect(server.seen[0]).toMatchObject({ fields: ['image'], fileType: 'image/png' });
  expect(server.seen[0]?.headers).not.toHaveProperty('cookie');
  expect(server.seen[0]?.headers).not.toHaveProperty('referer');

  const agreement = page.getByRole('region', { name: 'Sending images to FauxLens' });
  await expect(agreement).toContainText(server.origin);
  await expect(agreement).toContainText('The address of the page');
  await agreement.getByRole('button', { name: 'Agree to this' }).click();
  await expect(page.getByText('Ready', { exact: true })).toBeVisible();
  await expect(agreement.getByRole('button', { name: 'Withdraw' })).toBeFocused();
  await agreement.getByRole('button', { name: 'Withdraw' }).click();
  await expect(page.getByText('Waits for your agreement')).toBeVisible();

  await page.getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('button', { name: 'Remove' }).click();
  await expect(page.getByText('was removed from this computer')).toBeVisible();
  expect(JSON.stringify(await stored(page))).not.toContain(SAMPLE_KEY);
  expect(server.seen).toHaveLength(1);
});

test('an agreement ends where the server changes', async ({ page, server }) => {
  await setUpFauxLens(page, server);
  await agree(page);
  await page.getByRole('button', { name: 'Change' }).click();
  await page.getByLabel('Server').fill('http://127.0.0.1:9');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Waits for your agreement')).toBeVisible();
});

test('what goes wrong is said beside the button', async ({ page, server }) => {
  await setUpFauxLens(page, server, 'fl_a_wrong_key_000');
  await page.getByRole('button', { name: 'Test the key' }).click();
  await expect(page.getByText('FauxLens did not accept the key.')).toBeVisible();
  server.misbehave({ kind: 'reply', body: '<h1>Sign in</h1>', type: 'text/html' });
  await page.getByRole('button', { name: 'Change' }).click();
  await page.getByLabel('API key').fill(SAMPLE_KEY);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('FauxLens did not accept the key.')).toBeHidden();
  await page.getByRole('button', { name: 'Test the key' }).click();
  await expect(page.getByText('Is the server address right?')).toBeVisible();
});

test('a form that cannot be saved says why and moves the focus there', async ({ page }) => {
  await page.getByRole('button', { name: 'Set up FauxLens' }).click();
  await expect(page.getByLabel('API key')).toBeFocused();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Enter the key from your account.')).toBeVisible();
  await page.getByLabel('API key').fill('fl_some_key_000000');
  await page.getByLabel('Server').fill('http://example.com');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('This address cannot be used.')).toBeVisible();
  await expect(page.getByLabel('Server')).toBeFocused();
  expect(JSON.stringify(await stored(page))).not.toContain('fl_some_key_000000');
});

test('by keyboard alone', async ({ page, server }) => {
  await page.getByRole('link', { name: 'Detection services' }).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Set up FauxLens' })).toBeFocused();
  await page.keyboard.press('Enter');
  await page.keyboard.type(SAMPLE_KEY);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type(server.origin);
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowDown');
  await expect(page.getByLabel("The image's address, if it is public")).toBeChecked();
  await page.keyboard.press('Enter');
  await expect(page.getByText('Waits for your agreement')).toBeVisible();
  await page.getByRole('button', { name: 'Agree to this' }).focus();
  await page.keyboard.press('Space');
  await expect(page.getByText('Ready', { exact: true })).toBeVisible();
});

test('site access that the browser does not give up is said, and the choice stays true', async () => {
  const copy = permittedCopy(['http://*/*', 'https://*/*']);
  const extension = await launch({ extension: copy.path });
  const page = await extension.context.newPage();
  await page.goto(extension.url('options.html'));
  await expect(page.getByLabel('All sites')).toBeChecked();
  await page.getByLabel('Ask for each site').click();
  await expect(page.getByText('The browser did not allow it.')).toBeVisible();
  await expect(page.getByLabel('All sites')).toBeChecked();
  await extension.close();
  copy.remove();
});

test('the detector tests itself on a click', async ({ page }) => {
  await page.getByRole('button', { name: 'Run the self-test' }).click();
  await expect(page.getByText('The detector passed its self-test')).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText(/The processor \(WebAssembly\)|The graphics card \(WebGPU\)/)).toBeVisible();
});

for (const scheme of ['light', 'dark'] as const) {
  test(`axe finds nothing, ${scheme}, also on a narrow window`, async ({ page, server }) => {
    await page.emulateMedia({ colorScheme: scheme });
    await setUpFauxLens(page, server);
    for (const width of [1100, 360]) {
      await page.setViewportSize({ width, height: 900 });
      // In the page's main world by the debugger: the extension's own CSP forbids the eval of a script tag.
      await page.evaluate(AXE);
      const found = await page.evaluate(async () => {
        const { violations } = await Reflect.get(globalThis, 'axe').run();
        return violations.map((one: { id: string; nodes: { html: string }[] }) => [
          one.id,
          ...one.nodes.map((node) => node.html),
        ]);
      });
      expect(found).toEqual([]);
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow).toBe(0);
    }
  });
}
