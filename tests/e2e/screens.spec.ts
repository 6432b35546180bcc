import { mkdirSync } from 'node:fs';
import type { Page } from 'playwright/test';
import { addVariation, checkSample, openPopup, SAMPLES, setNewestJob, test, type World } from './ui-setup';

/**
 * Pictures of every state for people to look at: `TRUEGRAIN_SCREENS=folder npx playwright test screens`.
 * The reports are real ones; verdict and figures are varied where a state needs it.
 */
const OUT = process.env.TRUEGRAIN_SCREENS ?? '';

test.skip(OUT === '', 'TRUEGRAIN_SCREENS names no folder');
test.setTimeout(600_000);

const SCHEMES = ['light', 'dark'] as const;

test('screens', async ({ world }) => {
  mkdirSync(OUT, { recursive: true });
  await both(world, 'empty');
  await checkSample(world, 'pasted-block');
  await both(world, 'real-pasted', openLayer('Compression traces'));
  await checkSample(world, 'generator-settings');
  await both(world, 'real-settings');
  await both(world, 'real-settings-open', openLayer(0));
  await checkSample(world, 'woven');
  await both(world, 'real-woven', openLayer('Repeating patterns'));
  await checkSample(world, 'camera-notes');
  await both(world, 'real-camera', openLayer('Notes in the file'));
  await checkSample(world, 'no-notes');
  await both(world, 'waiting');

  await verdicts(world);
  await states(world);
  await batch(world);
  await demo(world);
});

async function verdicts(world: World): Promise<void> {
  const vary = (age: number, site: string, report: Record<string, unknown>, statuses = {}) =>
    addVariation(world.inside, { age, site, report, statuses });
  await vary(9e6, 'news.example', {
    verdict: 'ai-generated',
    probability: 0.96,
    uncertainty: { width: 0.04, reasons: [] },
    generator: { name: 'Midjourney', confidence: 0.9 },
  });
  await vary(8e6, 'photos.example', {
    verdict: 'likely-ai-generated',
    probability: 0.78,
    uncertainty: { width: 0.12, reasons: ['recompressed'] },
  });
  await vary(7e6, 'archive.example', {
    verdict: 'likely-authentic',
    probability: 0.14,
    uncertainty: { width: 0.1, reasons: [] },
  });
  await vary(6e6, 'agency.example', {
    verdict: 'authentic',
    probability: 0.02,
    uncertainty: { width: 0.02, reasons: [] },
  });
  await vary(5e6, 'forum.example', {
    verdict: 'inconclusive',
    probability: 0.52,
    uncertainty: { width: 0.31, reasons: ['small', 'layers-in-conflict', 'borderline'] },
  });
  for (const site of ['news', 'photos', 'archive', 'agency', 'forum']) {
    await both(world, `verdict-${site}`, async (page) => {
      await page
        .getByRole('button', { name: `${site}.example` })
        .first()
        .click();
      await page.getByText('From the history').waitFor();
    });
  }
  await both(world, 'history-search', async (page) => {
    await page.getByRole('searchbox').fill('example');
    await page.locator('.history').scrollIntoViewIfNeeded();
  });
}

async function states(world: World): Promise<void> {
  const { inside } = world;
  await addVariation(inside, {
    age: 0,
    site: 'cdn.example',
    report: {
      source: { url: 'https://cdn.example/a.jpg', page: 'https://news.example/', how: 'tab-crop' },
      verdict: 'inconclusive',
      probability: 0.44,
      uncertainty: { width: 0.28, reasons: ['pixels-only'] },
    },
    statuses: { metadata: 'unavailable', ela: 'unavailable' },
    attempts: [{ way: 'original', failure: 'permission-denied', host: 'cdn.example' }],
  });
  await both(world, 'pixels-only');
  await setNewestJob(inside, { state: 'failed', failure: { code: 'fetch-refused', args: ['cdn.example'] } });
  await both(world, 'failed');
  const jobId = await setNewestJob(inside, { state: 'analysing' });
  await both(world, 'working', async (page) => {
    const finished = [
      { id: 'metadata', status: 'clear' },
      { id: 'ela', status: 'warning' },
    ];
    const progress = { id: jobId, step: 'model', finished, total: 4 };
    await inside.evaluate((message) => new BroadcastChannel('truegrain').postMessage(message), {
      type: 'job-progress',
      jobId,
      progress,
    });
    await page.getByText('Compression traces').first().waitFor();
  });
  await inside.evaluate(() =>
    chrome.storage.local.set({
      'remote.provider.fauxlens': {
        baseUrl: 'https://api.fauxlens.com',
        apiKey: 'not-a-real-key-0000',
        sends: 'bytes',
      },
    }),
  );
  await setNewestJob(inside, { state: 'waiting', waiting: { kind: 'consent', provider: 'fauxlens' } });
  await both(world, 'consent');
}

async function batch(world: World): Promise<void> {
  const page = await world.extension.context.newPage();
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.goto(world.extension.url('batch.html'));
  await page.screenshot({ path: `${OUT}/batch-empty.png` });
  const names = ['photo-with-camera-notes.jpg', 'generator-settings.png', 'pasted-block.jpg', 'woven.jpg'];
  const bad = { name: 'notes.txt.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('<!doctype html>') };
  await page.locator('#batch-files').setInputFiles([...names, 'no-notes.jpg'].map((name) => SAMPLES + name));
  await page.locator('#batch-files').setInputFiles([bad]);
  await page.locator('tr[data-state=done]').first().waitFor({ timeout: 60_000 });
  await page.screenshot({ path: `${OUT}/batch-running.png` });
  await page.getByText('Finished in').waitFor({ timeout: 120_000 });
  await page.getByRole('button', { name: /pasted-block/ }).click();
  await page.locator('.detail .verdict').waitFor();
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme });
    await settled(page);
    await page.screenshot({ path: `${OUT}/batch-done-${colorScheme}.png` });
  }
  await page.close();
}

async function demo(world: World): Promise<void> {
  const page = await world.extension.context.newPage();
  await page.setViewportSize({ width: 1280, height: 900 });
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme });
    await page.goto(world.demo);
    await page.screenshot({ path: `${OUT}/demo-${colorScheme}.png`, fullPage: true });
  }
  await page.close();
}

/** Opens a layer, by place or by name, and the rest of the list first where it is folded away there. */
function openLayer(which: number | string): (page: Page) => Promise<void> {
  return async (page) => {
    const rows = page.locator('details.layer');
    await rows.first().waitFor();
    const rest = page.locator('details.layers-rest > summary');
    if ((await rest.count()) > 0) await rest.click();
    const row = typeof which === 'number' ? rows.nth(which) : rows.filter({ hasText: which });
    await row.locator('summary').first().click();
  };
}

async function both(
  world: World,
  name: string,
  act: (page: Page) => Promise<void> = async () => undefined,
): Promise<void> {
  for (const scheme of SCHEMES) {
    const page = await openPopup(world, scheme);
    await act(page);
    await settled(page);
    await page.screenshot({ path: `${OUT}/${name}-${scheme}.png`, fullPage: true });
    await page.close();
  }
}

/** Transitions (disclosure arrows, colours) would be caught half-way. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished)));
}
