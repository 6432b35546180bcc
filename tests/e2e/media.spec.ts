import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import type { Locator, Page } from 'playwright/test';
import { MP4 } from '../../src/remote/providers/provider.fixture';
import type { ContractServer } from '../providers/contract-server';
import { SAMPLE_KEY, startVeriPlus } from '../providers/veriplus-server';
import { axe } from './axe';
import { test as base, type Extension, expect } from './harness';
import { withLoopback } from './permitted';
import { setUp } from './provider-setup';

/** Pictures for people: `TRUEGRAIN_SCREENS=folder`. */
const OUT = process.env.TRUEGRAIN_SCREENS ?? '';

const VIDEO = { name: 'interview.mp4', mimeType: 'video/mp4', buffer: Buffer.from(MP4) };

const test = base.extend<{ extension: Extension; provider: ContractServer; page: Page; part: Locator }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from this pattern.
  provider: async ({}, use) => {
    const provider = await startVeriPlus({ steps: 2 });
    await use(provider);
    await provider.close();
  },
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from this pattern.
  extension: async ({}, use) => withLoopback(use),
  page: async ({ extension }, use) => {
    const page = await extension.context.newPage();
    await page.setViewportSize({ width: 1100, height: 900 });
    await use(page);
  },
  // The part of the page, with VeriPlus set up and a video chosen.
  part: async ({ extension, provider, page }, use) => {
    await page.goto(extension.url('options.html'));
    await setUp(page, 'VeriPlus', provider.origin, SAMPLE_KEY);
    const part = await openPart(page, extension);
    await page.locator('#media-file').setInputFiles(VIDEO);
    await use(part);
  },
});
test.setTimeout(180_000);

async function openPart(page: Page, extension: Extension): Promise<Locator> {
  await page.goto(extension.url('batch.html?model=off'));
  return page.getByRole('region', { name: 'Video and sound' });
}

async function picture(page: Page, name: string): Promise<void> {
  if (OUT === '') return;
  mkdirSync(OUT, { recursive: true });
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished)));
    await page.screenshot({ path: `${OUT}/${name}-${colorScheme}.png`, fullPage: true });
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

const uploads = ({ seen }: ContractServer) => seen.filter(({ method }) => method === 'POST');

test('agreed to: sent, asked about, answered, with the moments that were found suspicious', async ({
  page,
  part,
  provider,
}) => {
  expect(provider.seen).toEqual([]);
  // By the keyboard alone.
  await part.getByRole('button', { name: 'Send to a service' }).press('Enter');
  const question = page.getByRole('dialog', { name: 'Send this video to VeriPlus?' });
  await expect(question).toContainText(provider.origin);
  await expect(question).toContainText(`Whoever runs ${provider.origin} decides this`);
  await expect(question).toContainText('Five credits of your VeriPlus account');
  await picture(page, 'media-question');
  expect(await axe(page)).toEqual([]);
  await question.getByRole('button', { name: 'Send to VeriPlus' }).press('Enter');

  const answer = part.getByRole('region', { name: 'Answer about interview.mp4' });
  await expect(answer).toContainText('isDeepfake: true', { timeout: 30_000 });
  await expect(answer.getByText('1.5s, Face detection dropped').first()).toBeVisible();
  await expect(part.getByRole('region', { name: 'Sent before' })).toContainText('answer is there');
  expect(uploads(provider)).toHaveLength(1);
  expect(provider.seen[0]).toMatchObject({
    fileName: 'video.mp4',
    sha256: createHash('sha256').update(MP4).digest('hex'),
  });
  await picture(page, 'media-answer');
  expect(await axe(page)).toEqual([]);
  await page.setViewportSize({ width: 380, height: 800 });
  await picture(page, 'media-narrow');
});

test('an answer stands in the history; taken away, the file is still known to have been sent', async ({
  extension,
  page,
  part,
  provider,
}) => {
  await part.getByRole('button', { name: 'Send to a service' }).click();
  await page.getByRole('button', { name: 'Send to VeriPlus' }).click();
  await expect(part.getByRole('region', { name: 'Answer about interview.mp4' })).toContainText(
    'isDeepfake: true',
    { timeout: 30_000 },
  );

  const popup = await extension.context.newPage();
  await popup.setViewportSize({ width: 380, height: 600 });
  await popup.goto(extension.url('popup.html'));
  const kept = popup.getByRole('region', { name: 'Video and sound' });
  await expect(kept.locator('.history-item')).toHaveCount(1);
  await expect(kept).toContainText(/VeriPlus · video · .+ · interview\.mp4/);
  await picture(popup, 'media-history');
  expect(await axe(popup)).toEqual([]);
  await popup.getByRole('searchbox').fill('nobody');
  await expect(kept).toHaveCount(0);
  await popup.getByRole('searchbox').fill('veriplus');
  const opening = extension.context.waitForEvent('page');
  await kept.getByRole('link', { name: /^Show the answer:/ }).click();
  const opened = await opening;
  await expect(opened.getByRole('heading', { name: 'Answer about interview.mp4' })).toBeFocused();
  await opened.close();
  await kept.getByRole('button', { name: /^Delete the answer: / }).click();
  await kept.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(kept).toHaveCount(0);
  await popup.close();

  // Every page knows at once; the receipt stays.
  await expect(part.getByRole('region', { name: 'Sent before' })).toHaveCount(0);
  await part.getByRole('button', { name: 'Send to a service' }).click();
  await page.getByRole('button', { name: 'Send to VeriPlus' }).click();
  await expect(part.getByRole('alert')).toContainText('This very file was sent to');
  expect(uploads(provider)).toHaveLength(1);

  // Everything is deleted: the receipt too.
  await page.goto(extension.url('options.html'));
  await page.getByRole('button', { name: 'Delete the history' }).click();
  await page.getByRole('button', { name: 'Delete all' }).click();
  await expect(page.getByText('The history is empty.')).toBeVisible();
  expect(await page.evaluate(() => chrome.storage.local.get('remote.media'))).toEqual({});
});

test('refused: the server sees nothing', async ({ page, part, provider }) => {
  const ask = part.getByRole('button', { name: 'Send to a service' });
  await ask.click();
  const question = page.getByRole('dialog', { name: 'Send this video to VeriPlus?' });
  await question.getByRole('button', { name: 'Do not send' }).click();
  await expect(question).toBeHidden();
  // It stands there before the next key can be pressed: an Esc right after the click is not lost.
  const stood = await ask.evaluate(async (button: HTMLElement) => {
    button.click();
    await new Promise((done) => setTimeout(done));
    return document.querySelector('dialog')?.open;
  });
  expect(stood).toBe(true);
  await page.keyboard.press('Escape');
  await expect(question).toBeHidden();
  await expect(part.getByRole('region', { name: 'Sent before' })).toBeHidden();
  expect(provider.seen).toEqual([]);
});

test('a job outlives the page: its answer is fetched after a reload', async ({
  extension,
  page,
  part,
  provider,
}) => {
  // Jobs stand still at the server until they are asked for: the page goes away before the second time.
  await part.getByRole('button', { name: 'Send to a service' }).click();
  await page.getByRole('button', { name: 'Send to VeriPlus' }).click();
  await part.getByRole('button', { name: 'Stop waiting' }).click();
  await expect(part.getByRole('region', { name: 'Sent before' })).toContainText('in progress');

  const again = await openPart(page, extension);
  await again.getByRole('button', { name: 'List recent jobs at VeriPlus' }).click();
  const jobs = again.getByRole('region', { name: 'Recent jobs at VeriPlus' });
  await expect(jobs).toContainText('interview.mp4 (video)');
  await picture(page, 'media-jobs');
  await again.getByRole('button', { name: 'Fetch the answer: interview.mp4' }).click();
  await expect(again.getByRole('region', { name: 'Answer about interview.mp4' })).toContainText(
    'isDeepfake: true',
    { timeout: 30_000 },
  );
  expect(uploads(provider)).toHaveLength(1);

  // Kept here: shown again without asking anybody.
  await openPart(page, extension);
  const { length } = provider.seen;
  await again.getByRole('button', { name: 'Show the answer: interview.mp4' }).click();
  await expect(again).toContainText('isDeepfake: true');
  expect(provider.seen).toHaveLength(length);
});

test('nothing set up: the page says what to do; an upload that was cut off is not repeated unasked', async ({
  extension,
  page,
  provider,
}) => {
  const empty = await openPart(page, extension);
  await expect(empty).toContainText('None of the services you have set up judges video or sound.');
  await picture(page, 'media-empty');
  await empty.getByRole('link', { name: 'Open the settings' }).click();
  await setUp(page, 'VeriPlus', provider.origin, SAMPLE_KEY);
  const part = await openPart(page, extension);
  await page.locator('#media-file').setInputFiles(VIDEO);

  provider.misbehave({ kind: 'reset-mid-body' });
  await part.getByRole('button', { name: 'Send to a service' }).click();
  await page.getByRole('button', { name: 'Send to VeriPlus' }).click();
  await expect(part.getByRole('alert')).toContainText('VeriPlus');
  await expect(part).toContainText('may have been charged');
  provider.misbehave(null);
  await part.getByRole('button', { name: 'Send to a service' }).click();
  await page.getByRole('button', { name: 'Send to VeriPlus' }).click();
  await expect(part.getByRole('alert')).toContainText('This very file was sent to VeriPlus before');
  await picture(page, 'media-problem');
  expect(uploads(provider)).toHaveLength(1);
});
