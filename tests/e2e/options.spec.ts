import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright/test';
import { LIVE_KEY, startFakeSec, TEST_KEY } from '../providers/fakesec-server';
import { type FauxLensServer, SAMPLE_KEY, startFauxLens } from '../providers/fauxlens-server';
import { test as base, type Extension, expect, launch } from './harness';
import { permittedCopy, withLoopback } from './permitted';
import { agree, cardOf, setUp, setUpFauxLens } from './provider-setup';

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
  extension: async ({}, use) => withLoopback(use),
  page: async ({ extension }, use) => {
    const page = await extension.context.newPage();
    await page.goto(extension.url('options.html'));
    await use(page);
  },
});

const stored = (page: Page) => page.evaluate(() => chrome.storage.local.get());

test('a provider: set up, tested, agreed to, withdrawn, removed', async ({ page, server }) => {
  await setUpFauxLens(page, server);
  const card = cardOf(page, 'FauxLens');
  expect(server.seen).toEqual([]);
  await expect(card.getByText('••••••••6789')).toBeVisible();
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

  await card.getByRole('button', { name: 'Remove' }).click();
  await card.getByRole('button', { name: 'Remove' }).click();
  await expect(page.getByText('was removed from this computer')).toBeVisible();
  expect(JSON.stringify(await stored(page))).not.toContain(SAMPLE_KEY);
  expect(server.seen).toHaveLength(1);
});

test('an agreement ends where the server changes', async ({ page, server }) => {
  await setUpFauxLens(page, server);
  await agree(page);
  await page.getByRole('button', { name: 'Change' }).click();
  await cardOf(page, 'FauxLens').getByLabel('Server').fill('http://127.0.0.1:9');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Waits for your agreement')).toBeVisible();
});

test('what goes wrong is said beside the button', async ({ page, server }) => {
  await setUpFauxLens(page, server, 'fl_a_wrong_key_000');
  await page.getByRole('button', { name: 'Test the key' }).click();
  await expect(page.getByText('FauxLens did not accept the key.')).toBeVisible();
  server.misbehave({ kind: 'reply', body: '<h1>Sign in</h1>', type: 'text/html' });
  await page.getByRole('button', { name: 'Change' }).click();
  await cardOf(page, 'FauxLens').getByLabel('API key').fill(SAMPLE_KEY);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('FauxLens did not accept the key.')).toBeHidden();
  await page.getByRole('button', { name: 'Test the key' }).click();
  await expect(page.getByText('Is the server address right?')).toBeVisible();
});

test('a form that cannot be saved says why and moves the focus there', async ({ page }) => {
  await page.getByRole('button', { name: 'Set up FauxLens' }).click();
  await expect(cardOf(page, 'FauxLens').getByLabel('API key')).toBeFocused();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Enter the key from your account.')).toBeVisible();
  await cardOf(page, 'FauxLens').getByLabel('API key').fill('fl_some_key_000000');
  await cardOf(page, 'FauxLens').getByLabel('Server').fill('http://example.com');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('This address cannot be used.')).toBeVisible();
  await expect(cardOf(page, 'FauxLens').getByLabel('Server')).toBeFocused();
  expect(JSON.stringify(await stored(page))).not.toContain('fl_some_key_000000');
});

test('by keyboard alone: two services set up, agreed to, put in order, and the keys under a passphrase', async ({
  page,
  server,
}) => {
  const second = await startFakeSec();
  await setUpByKeyboard(page, 'FauxLens', server.origin, SAMPLE_KEY);
  await setUpByKeyboard(page, 'FakeSec', second.origin, LIVE_KEY);
  const order = page.getByRole('list', { name: 'In which order they are asked' });
  await expect(order.getByRole('listitem').first()).toContainText('FauxLens');

  const up = page.getByRole('button', { name: 'Move FakeSec up' });
  await tabTo(page, up);
  await page.keyboard.press('Enter');
  await expect(order.getByRole('listitem').first()).toContainText('FakeSec');
  await expect(page.getByText('FakeSec is now number 1 of 2.')).toBeAttached();
  // The line moved; the focus stays on its button.
  await expect(up).toBeFocused();
  await expect(up).toHaveAttribute('aria-disabled', 'true');
  expect((await stored(page))['remote.order']).toEqual(['fakesec', 'fauxlens']);

  await tabTo(page, page.getByRole('button', { name: 'Set a passphrase' }));
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('New passphrase')).toBeFocused();
  await page.keyboard.type('correct horse battery');
  await page.keyboard.press('Tab');
  await page.keyboard.type('correct horse battery');
  await page.keyboard.press('Enter');
  await expect(page.getByText('The keys are encrypted. They stay open')).toBeVisible();
  expect(JSON.stringify(await stored(page))).not.toContain(SAMPLE_KEY);
  await second.close();
});

test('an order by dragging', async ({ page, server }) => {
  await setUpFauxLens(page, server);
  await setUp(page, 'FakeSec', server.origin, LIVE_KEY);
  await setUp(page, 'TruthLens', server.origin, 'tl_some_key_0123');
  const lines = page.getByRole('list', { name: 'In which order they are asked' }).getByRole('listitem');
  await expect(lines).toContainText(['FauxLens', 'FakeSec', 'TruthLens']);
  await lines.filter({ hasText: 'TruthLens' }).dragTo(lines.filter({ hasText: 'FauxLens' }));
  await expect(lines).toContainText(['TruthLens', 'FauxLens', 'FakeSec']);
  await page.reload();
  await expect(lines).toContainText(['TruthLens', 'FauxLens', 'FakeSec']);
});

test('a test key is told from a live one, and the account from the provider itself', async ({ page }) => {
  const server = await startFakeSec({ tokens: { limit: 5000, used: 1234 } });
  const card = await setUp(page, 'FakeSec', server.origin, TEST_KEY);
  await expect(card.getByText('Test key, made-up answers')).toBeVisible();
  await card.getByRole('button', { name: 'Change' }).click();
  await card.getByLabel('API key').fill(LIVE_KEY);
  await card.getByRole('button', { name: 'Save' }).click();
  await expect(card.getByText('Live key', { exact: true })).toBeVisible();
  await card.getByRole('button', { name: 'Ask how much is left' }).click();
  await expect(card.getByText('3,766 of 5,000 tokens left')).toBeVisible();
  await expect(card.getByRole('progressbar', { name: /3,766 of 5,000/ })).toHaveAttribute(
    'aria-valuenow',
    '75',
  );
  // Free endpoints only.
  expect(server.seen.every(({ method }) => method === 'GET')).toBe(true);
  await server.close();
});

test('a passphrase: wrong ones refused, locked and opened, forgotten when lost', async ({ page, server }) => {
  await setUpFauxLens(page, server);
  await agree(page);
  const vault = page.getByRole('region', { name: 'A passphrase for the keys' });
  await vault.getByRole('button', { name: 'Set a passphrase' }).click();
  await vault.getByLabel('New passphrase').fill('short');
  await vault.getByLabel('The same again').fill('short');
  await vault.getByRole('button', { name: 'Encrypt the keys' }).click();
  await expect(vault.getByText('Use at least 8 characters.')).toBeVisible();
  await vault.getByLabel('New passphrase').fill('correct horse battery');
  await vault.getByRole('button', { name: 'Encrypt the keys' }).click();
  await expect(vault.getByText('The two are not the same.')).toBeVisible();
  await vault.getByLabel('The same again').fill('correct horse battery');
  await vault.getByRole('button', { name: 'Encrypt the keys' }).click();
  await expect(
    vault.getByText('The keys are encrypted, and open until you close the browser.'),
  ).toBeVisible();

  await vault.getByRole('button', { name: 'Lock now' }).click();
  const card = cardOf(page, 'FauxLens');
  await expect(card.getByText('Key locked')).toBeVisible();
  await expect(card.getByText('••••••••6789')).toBeHidden();
  await vault.getByLabel('Passphrase').fill('wrong horse battery');
  await vault.getByRole('button', { name: 'Open the keys' }).click();
  await expect(vault.getByText('That is not the passphrase.')).toBeVisible();
  await vault.getByLabel('Passphrase').fill('correct horse battery');
  await vault.getByRole('button', { name: 'Open the keys' }).click();
  await expect(card.getByText('Ready', { exact: true })).toBeVisible();
  await expect(card.getByText('••••••••6789')).toBeVisible();

  await vault.getByRole('button', { name: 'Lock now' }).click();
  await vault.getByRole('button', { name: 'I lost the passphrase' }).click();
  await vault.getByRole('button', { name: 'Forget the keys' }).click();
  await expect(card.getByRole('button', { name: 'Set up FauxLens' })).toBeVisible();
  expect(server.seen).toEqual([]);
});

test('a server of one\u2019s own speaks the chosen API', async ({ page, server }) => {
  const card = cardOf(page, 'A server of your own');
  await card.getByRole('button', { name: 'Set up a server of your own' }).click();
  await card.getByLabel('Which service it speaks like').selectOption('FauxLens');
  await card.getByLabel('API key').fill(SAMPLE_KEY);
  await card.getByLabel('Server').fill(server.origin);
  await card.getByRole('button', { name: 'Save' }).click();
  const named = cardOf(page, 'FauxLens (self-hosted)');
  await named.getByRole('button', { name: 'Test the key' }).click();
  await expect(named.getByText('The key works.')).toBeVisible();
  await expect(named.getByText(`Whoever runs ${server.origin} decides this.`)).toBeVisible();
});

/** Presses Tab until the control has the focus, as often as there are controls at most. */
async function tabTo(page: Page, control: ReturnType<Page['getByRole']>): Promise<void> {
  const controls = await page.locator('a[href], button, input, select, summary').count();
  for (let pressed = 0; pressed <= controls; pressed += 1) {
    if (await control.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  await expect(control).toBeFocused();
}

async function setUpByKeyboard(page: Page, name: string, origin: string, key: string): Promise<void> {
  const card = cardOf(page, name);
  await tabTo(page, card.getByRole('button', { name: `Set up ${name}` }));
  await page.keyboard.press('Enter');
  await expect(card.getByLabel('API key')).toBeFocused();
  await page.keyboard.type(key);
  await tabTo(page, card.getByLabel('Server'));
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type(origin);
  await page.keyboard.press('Enter');
  await expect(card.getByText('Waits for your agreement')).toBeVisible();
  await tabTo(page, card.getByRole('button', { name: 'Agree to this' }));
  await page.keyboard.press('Space');
  await expect(card.getByText('Ready', { exact: true })).toBeVisible();
}

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
    await setUp(page, 'FakeSec', server.origin, TEST_KEY);
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
