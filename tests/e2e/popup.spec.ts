import { readFileSync } from 'node:fs';
import { axe } from './axe';
import { addVariation, checkSample, expect, openPopup, readAll, setNewestJob, test } from './ui-setup';

test.describe.configure({ mode: 'serial' });
test.setTimeout(240_000);

test('the first visit teaches the right click', async ({ world }) => {
  const popup = await openPopup(world);
  await expect(popup.getByRole('heading', { name: 'Check your first image' })).toBeVisible();
  await expect(popup.getByText('4 free checks left today')).toBeVisible();
  expect(await axe(popup)).toEqual([]);
  const opening = popup.context().waitForEvent('page');
  await popup.getByRole('link', { name: 'Check sample images' }).click();
  const samples = await opening;
  await expect(samples.getByText('Finished in')).toBeVisible({ timeout: 120_000 });
  await expect(samples.locator('tr[data-state=done]')).toHaveCount(5);
  await samples.close();
  await popup.close();
});

test('a finished check: words first, band, layers that open, facts and limits', async ({ world }) => {
  expect(await checkSample(world, 'generator-settings')).toBe('done');
  const popup = await openPopup(world);
  await expect(popup.locator('[data-verdict-word]')).not.toBeEmpty();
  await expect(
    popup.getByRole('img', { name: /Likelihood that AI made this image: about \d+%/ }),
  ).toBeVisible();
  const layers = popup.locator('details.layer');
  await expect(layers).not.toHaveCount(0);
  // Of many layers the lighter ones are folded away.
  const rest = popup.locator('.layers-rest > summary');
  if ((await rest.count()) > 0) await rest.click();

  const notes = layers.filter({ hasText: 'Notes in the file' });
  await expect(notes).toContainText('Strong sign');
  await notes.locator('summary').first().click();
  await expect(notes.getByText('What was seen here')).toBeVisible();
  await expect(popup.getByText('Suspected generator')).toBeVisible();

  const traces = layers.filter({ hasText: 'Compression traces' });
  await traces.locator('summary').first().click();
  await expect(traces.locator('canvas.evidence-map')).toBeVisible();
  await traces.getByRole('button', { name: 'Hide the overlay' }).click();
  await expect(traces.locator('canvas.evidence-map')).toHaveCount(0);

  await expect(popup.getByText('What this cannot tell you')).toBeVisible();
  await expect(popup.getByText('3 free checks left today')).toBeVisible();
  for (const scheme of ['light', 'dark'] as const) {
    await popup.emulateMedia({ colorScheme: scheme });
    expect(await axe(popup), scheme).toEqual([]);
  }
  await popup.close();
});

test('nothing is wider than the window, from 360 to 420 px', async ({ world }) => {
  const popup = await openPopup(world);
  for (const details of await popup.locator('details').all()) {
    await details.evaluate((element: HTMLDetailsElement) => {
      element.open = true;
    });
  }
  for (const width of [360, 380, 420]) {
    await popup.setViewportSize({ width, height: 600 });
    expect(await popup.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  }
  await popup.close();
});

test('only pixels: marked, explained, and access to the one site offered', async ({ world }) => {
  await addVariation(world.inside, {
    age: -1000,
    report: {
      source: { url: 'https://cdn.example/a.jpg', page: 'https://news.example/', how: 'tab-crop' },
      uncertainty: { width: 0.28, reasons: ['pixels-only'] },
    },
    attempts: [{ way: 'original', failure: 'permission-denied', host: 'cdn.example' }],
  });
  const popup = await openPopup(world);
  await expect(popup.getByText('Metadata lost')).toBeVisible();
  await expect(popup.getByRole('button', { name: 'Allow cdn.example' })).toBeVisible();
  await expect(popup.getByRole('button', { name: 'Allow all sites' })).toBeVisible();
  expect(await axe(popup)).toEqual([]);
  await popup.close();
});

test('a check at work shows each layer as it ends, and a failure shows its way on', async ({ world }) => {
  const { inside } = world;
  const jobId = await setNewestJob(inside, { state: 'analysing' });
  const popup = await openPopup(world);
  await expect(popup.getByRole('heading', { name: 'Checking the image' })).toBeVisible();
  await inside.evaluate((id) => {
    const finished = [{ id: 'metadata', status: 'clear' }];
    new BroadcastChannel('truegrain').postMessage({
      type: 'job-progress',
      jobId: id,
      progress: { id, step: 'model', finished, total: 4 },
    });
  }, jobId);
  await expect(popup.getByRole('heading', { name: 'Running the trained detector' })).toBeVisible();
  await expect(
    popup.locator('main [role=status]').filter({ hasText: '1 of 4 kinds of evidence' }),
  ).toHaveCount(1);
  await expect(popup.getByRole('progressbar')).toHaveAttribute('aria-valuenow', '1');
  expect(await axe(popup)).toEqual([]);

  await setNewestJob(inside, { state: 'failed', failure: { code: 'fetch-refused' } });
  await expect(popup.getByRole('alert')).toContainText('This image could not be checked');
  await expect(popup.getByRole('button', { name: 'Try again' })).toBeVisible();
  expect(await axe(popup)).toEqual([]);
  await popup.close();
});

test('used up: both ways out; with a provider, nothing is sent before a yes', async ({ world }) => {
  const { inside } = world;
  const resetsAt = Date.now() + 3_600_000;
  await inside.evaluate(() => chrome.storage.local.remove('remote.provider.fauxlens'));
  for (const id of ['camera-notes', 'woven', 'pasted-block']) await checkSample(world, id);
  expect(await checkSample(world, 'no-notes')).toBe('waiting');
  const popup = await openPopup(world);
  await expect(popup.getByRole('heading', { name: 'This check is waiting' })).toBeVisible();
  await expect(popup.getByRole('button', { name: 'Add a provider' })).toBeVisible();
  await expect(popup.getByText('It runs by itself at')).toBeVisible();
  expect(await axe(popup)).toEqual([]);

  await inside.evaluate(() =>
    chrome.storage.local.set({
      'remote.provider.fauxlens': {
        baseUrl: 'https://api.fauxlens.com',
        apiKey: 'k'.repeat(16),
        sends: 'bytes',
      },
    }),
  );
  await setNewestJob(inside, { state: 'waiting', waiting: { kind: 'consent', provider: 'fauxlens' } });
  const question = popup.getByRole('dialog', { name: 'Send this image to FauxLens?' });
  await expect(question).toBeVisible();
  expect(await axe(popup)).toEqual([]);
  await question.getByRole('button', { name: 'Do not send' }).click();
  await expect(question).toBeHidden();
  await expect(popup.getByRole('button', { name: 'Decide' })).toBeVisible();
  await setNewestJob(inside, { state: 'waiting', waiting: { kind: 'quota', resetsAt } });
  await inside.evaluate(() => chrome.storage.local.remove('remote.provider.fauxlens'));
  await expect(popup.getByRole('heading', { name: 'This check is waiting' })).toBeVisible();
  await popup.close();
});

test('history: search, filter, open, delete one and all, export', async ({ world }) => {
  const { inside } = world;
  await addVariation(inside, {
    age: 60_000,
    site: 'photos.example',
    report: { verdict: 'likely-authentic', probability: 0.1 },
  });
  await addVariation(inside, {
    age: 50_000,
    site: 'news.example',
    report: {
      verdict: 'ai-generated',
      probability: 0.97,
      generator: { name: 'Midjourney', confidence: 0.9 },
    },
  });
  const popup = await openPopup(world);
  const items = popup.locator('.history-item');
  // The list is read after the page is there.
  await expect(items.filter({ hasText: 'photos.example' })).toHaveCount(1);
  const all = await items.count();
  await popup.getByRole('searchbox').fill('midjourney');
  await expect(items).toHaveCount(1);
  await popup.getByRole('searchbox').fill('');
  await popup.getByRole('radio', { name: /Probably not AI/ }).check({ force: true });
  // Checks of other tests may have come to the same word.
  await expect(items.filter({ hasText: 'news.example' })).toHaveCount(0);
  await expect(items.filter({ hasNotText: 'Probably not AI' })).toHaveCount(0);
  await expect(items.filter({ hasText: 'photos.example' })).toHaveCount(1);
  await popup.getByRole('radio', { name: /All/ }).check({ force: true });

  await popup.getByRole('button', { name: /Show the check: .*photos.example/ }).click();
  await expect(popup.locator('[data-verdict-word]')).toHaveText('Probably not made by AI');
  await expect(popup.locator('[data-verdict-word]')).toBeFocused();
  await popup.getByRole('button', { name: 'Back to the last check' }).click();

  const download = popup.waitForEvent('download');
  await popup.getByRole('button', { name: 'Export (JSON)' }).click();
  const file = await (await download).path();
  expect(JSON.parse(readFileSync(file, 'utf8')).entries).toHaveLength(all);

  const photos = items.filter({ hasText: 'photos.example' });
  await photos.getByRole('button', { name: /Delete the check/ }).click();
  await expect(photos.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await popup.keyboard.press('Escape');
  await expect(items).toHaveCount(all);
  await photos.getByRole('button', { name: /Delete the check/ }).click();
  await photos.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(items).toHaveCount(all - 1);

  await popup.getByRole('button', { name: 'Delete all' }).click();
  await popup.getByRole('button', { name: 'Yes, delete' }).click();
  await expect(items).toHaveCount(0);
  expect(await readAll(inside, 'history')).toEqual([]);
  await popup.close();
});

test('every control is reached by the keyboard, in the order it is read', async ({ world }) => {
  await world.inside.evaluate(() => indexedDB.databases());
  const popup = await openPopup(world);
  const controls = await popup.locator('a[href]:visible, button:visible, summary:visible').count();
  const seen: string[] = [];
  let lowest = 0;
  for (let index = 0; index < controls; index += 1) {
    await popup.keyboard.press('Tab');
    const [name, top] = await popup.evaluate(() => {
      const focused = document.activeElement;
      const words = focused?.getAttribute('aria-label') ?? focused?.textContent ?? '';
      return [words.trim(), (focused?.getBoundingClientRect().bottom ?? 0) + window.scrollY] as const;
    });
    seen.push(name);
    expect(top, `${name} stands below what came before`).toBeGreaterThanOrEqual(lowest - 40);
    lowest = Math.max(lowest, top);
  }
  expect(new Set(seen).size).toBe(controls);
  await popup.close();
});
