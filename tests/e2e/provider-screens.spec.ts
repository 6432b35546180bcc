import { mkdirSync } from 'node:fs';
import type { Page } from 'playwright/test';
import { LIVE_KEY as FAKESEC_KEY, startFakeSec } from '../providers/fakesec-server';
import { SAMPLE_KEY as FAUXLENS_KEY, startFauxLens } from '../providers/fauxlens-server';
import { startTruthLens, SAMPLE_KEY as TRUTHLENS_KEY } from '../providers/truthlens-server';
import { startVeriPlus, SAMPLE_KEY as VERIPLUS_KEY } from '../providers/veriplus-server';
import { checkImage, expect, LARGE, states, test } from './checks-setup';
import { agree, cardOf, setUp } from './provider-setup';
import { useUpQuota } from './quota';

/** Pictures of what concerns providers, for people: `TRUEGRAIN_SCREENS=folder npx playwright test provider-screens`. */
const OUT = process.env.TRUEGRAIN_SCREENS ?? '';

test.skip(OUT === '', 'TRUEGRAIN_SCREENS names no folder');
test.setTimeout(600_000);

async function both(page: Page, name: string, fullPage = true): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished)));
    await page.screenshot({ path: `${OUT}/${name}-${colorScheme}.png`, fullPage });
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

test('screens', async ({ extension, site, inside }) => {
  mkdirSync(OUT, { recursive: true });
  const fauxlens = await startFauxLens();
  const fakesec = await startFakeSec({ tokens: { limit: 5000, used: 1234 } });
  const veriplus = await startVeriPlus();
  const truthlens = await startTruthLens();
  await inside.setViewportSize({ width: 1100, height: 900 });
  await both(inside, 'options-empty');
  await cardOf(inside, 'A server of your own').getByRole('button', { name: 'Set up' }).click();
  await cardOf(inside, 'VeriPlus').getByRole('button', { name: 'Set up' }).click();
  await cardOf(inside, 'VeriPlus').getByRole('button', { name: 'Save' }).click();
  await both(inside, 'options-forms');
  await inside.reload();
  await setUp(inside, 'FauxLens', fauxlens.origin, FAUXLENS_KEY);
  await agree(inside, 'FauxLens');
  const card = await setUp(inside, 'FakeSec', fakesec.origin, FAKESEC_KEY);
  await agree(inside, 'FakeSec');
  await card.getByRole('button', { name: 'Ask how much is left' }).click();
  await expect(card.getByText('3,766 of 5,000')).toBeVisible();
  await setUp(inside, 'VeriPlus', veriplus.origin, VERIPLUS_KEY);
  await setUp(inside, 'TruthLens', truthlens.origin, TRUTHLENS_KEY);
  await card.getByText('How its answers are read').click();
  await inside.getByRole('button', { name: 'Set a passphrase' }).click();
  await both(inside, 'options-full');
  await inside.setViewportSize({ width: 360, height: 800 });
  await both(inside, 'options-narrow');

  await useUpQuota(inside);
  await checkImage(extension, site, LARGE);
  await expect.poll(() => states(inside), { timeout: 60_000 }).toEqual(['done']);
  const popup = await extension.context.newPage();
  await popup.setViewportSize({ width: 380, height: 600 });
  await popup.goto(extension.url('popup.html'));
  await popup.getByRole('button', { name: 'Second opinion' }).click();
  await both(popup, 'opinion-chooser');
  for (const name of [/FakeSec/, /VeriPlus/, /TruthLens/])
    await popup.getByRole('checkbox', { name }).check();
  await popup.getByRole('button', { name: 'Ask 3 services' }).click();
  await popup.getByRole('dialog').waitFor();
  await both(popup, 'consent', false);
  await popup.getByRole('button', { name: 'Send to VeriPlus' }).click();
  await popup.getByRole('button', { name: 'Send to TruthLens' }).click();
  await expect(popup.getByText('They contradict each other.')).toBeVisible({ timeout: 60_000 });
  await expect(popup.getByRole('button', { name: /answer of VeriPlus/ })).toBeVisible({
    timeout: 60_000,
  });
  await popup.getByText('How this answer is read').click();
  await both(popup, 'opinions');
  await popup.getByRole('button', { name: /answer of VeriPlus/ }).click();
  await expect(popup.getByText('In the words of VeriPlus')).toBeVisible();
  for (const layer of await popup.locator('details.layer').all())
    await layer.locator('summary').first().click();
  await both(popup, 'veriplus');
  await popup.close();

  await inside.setViewportSize({ width: 1100, height: 900 });
  const vault = inside.getByRole('region', { name: 'A passphrase for the keys' });
  await vault.getByLabel('New passphrase').fill('correct horse battery');
  await vault.getByLabel('The same again').fill('correct horse battery');
  await vault.getByRole('button', { name: 'Encrypt the keys' }).click();
  await vault.getByRole('button', { name: 'Lock now' }).click();
  await expect(vault.getByRole('button', { name: 'Open the keys' })).toBeVisible();
  await both(inside, 'options-locked');
  await checkImage(extension, site, 2);
  await checkImage(extension, site, 3);
  await expect.poll(() => states(inside)).toContain('waiting');
  const locked = await extension.context.newPage();
  await locked.setViewportSize({ width: 380, height: 600 });
  await locked.goto(extension.url('popup.html'));
  await locked.getByText('This check is waiting').waitFor();
  await both(locked, 'locked');
  await Promise.all([fauxlens, fakesec, veriplus, truthlens].map((server) => server.close()));
});
