import type { Page } from 'playwright/test';
import { LIVE_KEY as FAKESEC_KEY, startFakeSec } from '../providers/fakesec-server';
import { SAMPLE_KEY as FAUXLENS_KEY, startFauxLens } from '../providers/fauxlens-server';
import { startTruthLens, SAMPLE_KEY as TRUTHLENS_KEY } from '../providers/truthlens-server';
import { startVeriPlus, SAMPLE_KEY as VERIPLUS_KEY } from '../providers/veriplus-server';
import { axe } from './axe';
import { checkImage, expect, LARGE, rows, states, test } from './checks-setup';
import type { Extension } from './harness';
import { agree, cardOf, setUp } from './provider-setup';
import { useUpQuota } from './quota';

/** The way to providers as a person goes it, against servers that behave as documented. */

test.setTimeout(240_000);

async function openPopup(extension: Extension): Promise<Page> {
  const popup = await extension.context.newPage();
  await popup.setViewportSize({ width: 380, height: 600 });
  await popup.goto(extension.url('popup.html'));
  await popup.locator('main > *').first().waitFor();
  return popup;
}

const engines = async (page: Page) => (await rows(page, 'history')).map(({ engine }) => engine).sort();

test('the first provider is down: the second one answers, and the history says which', async ({
  extension,
  site,
  inside,
}) => {
  const first = await startFauxLens();
  const second = await startFakeSec();
  await setUp(inside, 'FauxLens', first.origin, FAUXLENS_KEY);
  await agree(inside, 'FauxLens');
  await setUp(inside, 'FakeSec', second.origin, FAKESEC_KEY);
  await agree(inside, 'FakeSec');
  await useUpQuota(inside);
  first.misbehave({ kind: 'status', status: 503, body: '{"error":"out of order"}' });
  await checkImage(extension, site, 1);
  await expect.poll(() => states(inside), { timeout: 60_000 }).toEqual(['done']);
  expect(await engines(inside)).toEqual(['fakesec']);
  expect(second.seen.filter(({ method }) => method === 'POST')).toHaveLength(1);

  const popup = await openPopup(extension);
  await expect(popup.getByRole('heading', { name: 'In the words of FakeSec' })).toBeVisible();
  await expect(popup.getByText('"AI", 0.85 on a scale of')).toBeVisible();
  await expect(popup.locator('.history-item')).toContainText('FakeSec');
  await expect(popup.getByText('4,999 tokens left')).toBeVisible();
  // Its bands, with the one that the answer fell into marked.
  await popup.getByText('How this answer is read').click();
  await expect(popup.locator('.bands [aria-current]')).toContainText('AI');
  expect(await axe(popup)).toEqual([]);
  await Promise.all([first.close(), second.close()]);
});

test('a second opinion: two services asked, one refused, and the contradiction said', async ({
  extension,
  site,
  inside,
}) => {
  const fauxlens = await startFauxLens();
  const truthlens = await startTruthLens();
  const fakesec = await startFakeSec();
  await setUp(inside, 'FauxLens', fauxlens.origin, FAUXLENS_KEY);
  await agree(inside, 'FauxLens');
  await setUp(inside, 'FakeSec', fakesec.origin, FAKESEC_KEY);
  await setUp(inside, 'TruthLens', truthlens.origin, TRUTHLENS_KEY);
  await useUpQuota(inside);
  await checkImage(extension, site, 1);
  await expect.poll(() => states(inside), { timeout: 60_000 }).toEqual(['done']);

  const popup = await openPopup(extension);
  await popup.getByRole('button', { name: 'Second opinion' }).click();
  await expect(popup.getByRole('checkbox', { name: /FakeSec/ })).toBeFocused();
  await popup.getByRole('checkbox', { name: /FakeSec/ }).check();
  await popup.getByRole('checkbox', { name: /TruthLens/ }).check();
  await popup.getByRole('button', { name: 'Ask 2 services' }).click();

  // Whichever check is ready first asks first; a question that is open is not taken away for another.
  const question = popup.getByRole('dialog');
  await expect(question).toBeVisible();
  expect(await axe(popup)).toEqual([]);
  const refuse = () =>
    popup
      .getByRole('dialog', { name: 'Send this image to FakeSec?' })
      .getByRole('button', { name: 'Do not send' })
      .click();
  const truthlensAsks = popup.getByRole('dialog', { name: 'Send this image to TruthLens?' });
  const first = await question.getAttribute('aria-labelledby');
  const asksFirst = await popup.locator(`[id="${first}"]`).textContent();
  if (asksFirst?.includes('FakeSec')) await refuse();
  await truthlensAsks.getByRole('radio', { name: /For this image only/ }).check();
  await truthlensAsks.getByRole('button', { name: 'Send to TruthLens' }).click();
  if (!asksFirst?.includes('FakeSec')) await refuse();

  const answers = popup.getByRole('region', { name: 'Answers side by side' });
  await expect(answers.getByRole('status')).toHaveText(
    /They contradict each other\. For AI: FauxLens\. Against AI: TruthLens\./,
    { timeout: 60_000 },
  );
  await expect(answers.getByText('"AI-Generated", 0.94')).toBeVisible();
  expect(fakesec.seen).toEqual([]);
  expect(truthlens.seen).toHaveLength(1);
  expect(await engines(inside)).toEqual(['fauxlens', 'truthlens']);
  for (const scheme of ['light', 'dark'] as const) {
    await popup.emulateMedia({ colorScheme: scheme });
    expect(await axe(popup), scheme).toEqual([]);
  }
  // The verdict above is still the one that was asked about; the other opens in full.
  await expect(popup.getByRole('heading', { name: 'In the words of FauxLens' })).toBeVisible();
  await answers.getByRole('button', { name: 'Show in full: answer of TruthLens' }).click();
  await expect(popup.getByRole('heading', { name: 'In the words of TruthLens' })).toBeVisible();
  await Promise.all([fauxlens.close(), truthlens.close(), fakesec.close()]);
});

test('asked every time: each image has its own question', async ({ extension, site, inside }) => {
  const server = await startFauxLens();
  await setUp(inside, 'FauxLens', server.origin, FAUXLENS_KEY);
  await agree(inside, 'FauxLens');
  await cardOf(inside, 'FauxLens').getByRole('checkbox', { name: 'Ask me every time' }).check();
  await expect(cardOf(inside, 'FauxLens').getByText('Asks every time', { exact: true })).toBeVisible();
  await useUpQuota(inside);
  for (const [number, sent] of [
    [1, 1],
    [2, 2],
  ] as const) {
    await checkImage(extension, site, number);
    const popup = await openPopup(extension);
    const question = popup.getByRole('dialog', { name: 'Send this image to FauxLens?' });
    await expect(question.getByRole('radio', { name: /For this image only/ })).toBeChecked();
    expect(server.seen).toHaveLength(sent - 1);
    await question.getByRole('button', { name: 'Send to FauxLens' }).click();
    await expect(popup.getByText('Midjourney v6').first()).toBeVisible();
    expect(server.seen).toHaveLength(sent);
    await popup.close();
  }
  await server.close();
});

test('locked keys: the checks wait, and run by themselves when the keys are opened', async ({
  extension,
  site,
  inside,
}) => {
  const server = await startFauxLens();
  await setUp(inside, 'FauxLens', server.origin, FAUXLENS_KEY);
  await agree(inside, 'FauxLens');
  const vault = inside.getByRole('region', { name: 'A passphrase for the keys' });
  await vault.getByRole('button', { name: 'Set a passphrase' }).click();
  await vault.getByLabel('New passphrase').fill('correct horse battery');
  await vault.getByLabel('The same again').fill('correct horse battery');
  await vault.getByRole('button', { name: 'Encrypt the keys' }).click();
  await vault.getByRole('button', { name: 'Lock now' }).click();
  await useUpQuota(inside);
  await checkImage(extension, site, 1);
  await checkImage(extension, site, 2);
  await expect.poll(() => states(inside)).toEqual(['waiting', 'waiting']);

  const popup = await openPopup(extension);
  await expect(popup.getByText('The key for FauxLens is locked by your passphrase.').first()).toBeVisible();
  await expect(popup.getByText('1 more check is waiting')).toBeVisible();
  expect(await axe(popup)).toEqual([]);
  const panel = popup.getByRole('region', { name: 'This check is waiting' });
  await panel.getByLabel('Passphrase').fill('correct horse battery');
  await panel.getByRole('button', { name: 'Open the keys' }).click();
  await expect.poll(() => states(inside), { timeout: 60_000 }).toEqual(['done', 'done']);
  expect(server.seen).toHaveLength(2);
  await server.close();
});

test('checks that wait are listed with their reason; one is cancelled, one run', async ({
  extension,
  site,
  inside,
}) => {
  await useUpQuota(inside);
  for (const number of [1, 2, 3]) {
    await checkImage(extension, site, number);
    await expect.poll(async () => (await states(inside)).length).toBe(number);
  }
  await expect.poll(() => states(inside)).toEqual(['waiting', 'waiting', 'waiting']);
  const popup = await openPopup(extension);
  await expect(popup.getByText('2 more checks are waiting')).toBeVisible();
  const list = popup.locator('.waiting-item');
  await expect(list.first()).toContainText("Today's free checks are used up.");
  await expect(list.first()).toContainText('It runs by itself at');
  expect(await axe(popup)).toEqual([]);
  await list
    .first()
    .getByRole('button', { name: /^Cancel: check/ })
    .click();
  await expect(popup.getByText('1 more check is waiting')).toBeVisible();
  await expect.poll(() => states(inside)).toEqual(['failed', 'waiting', 'waiting']);

  // A provider is added meanwhile: the check runs there on a click.
  const server = await startFauxLens();
  await setUp(inside, 'FauxLens', server.origin, FAUXLENS_KEY);
  await agree(inside, 'FauxLens');
  await list
    .first()
    .getByRole('button', { name: /^Run now: check/ })
    .click();
  await expect.poll(() => states(inside), { timeout: 60_000 }).toContain('done');
  expect(server.seen.length).toBeGreaterThan(0);
  await server.close();
});

test('without a connection a check waits, and runs by itself when there is one again', async ({
  extension,
  site,
  inside,
}) => {
  const first = await startFauxLens();
  await setUp(inside, 'FauxLens', first.origin, FAUXLENS_KEY);
  await agree(inside, 'FauxLens');
  await useUpQuota(inside);
  await first.close();
  const tab = await extension.context.newPage();
  await tab.goto(`${site.origin}/`);
  // The browser's own switch: every context of the extension believes that there is no connection.
  await extension.context.setOffline(true);
  await checkImage(extension, site, 1, tab);
  await expect.poll(() => states(inside)).toEqual(['waiting']);
  expect((await rows(inside, 'jobs'))[0]?.waiting?.kind).toBe('offline');
  const popup = await openPopup(extension);
  await expect(popup.getByText('There is no internet connection. It runs by itself when')).toBeVisible();
  expect(await axe(popup)).toEqual([]);

  await popup.close();

  // Nobody looks and nobody clicks: the alarm looks for a connection once a minute.
  const again = await startFauxLens({ port: Number(new URL(first.origin).port) });
  await extension.context.setOffline(false);
  await expect.poll(() => states(inside), { timeout: 120_000 }).toEqual(['done']);
  expect(await engines(inside)).toEqual(['fauxlens']);
  expect(again.seen.filter(({ method }) => method === 'POST')).toHaveLength(1);
  await again.close();
});

test('faces that VeriPlus found are outlined on the image, beside its own words', async ({
  extension,
  site,
  inside,
}) => {
  const server = await startVeriPlus();
  await setUp(inside, 'VeriPlus', server.origin, VERIPLUS_KEY);
  await agree(inside, 'VeriPlus');
  await useUpQuota(inside);
  // The documented face does not fit into the small pictures.
  await checkImage(extension, site, LARGE);
  await expect.poll(() => states(inside), { timeout: 60_000 }).toEqual(['done']);
  const popup = await openPopup(extension);
  await expect(popup.locator('.verdict-top .evidence-marks rect')).not.toHaveCount(0);
  const said = popup.getByRole('region', { name: 'In the words of VeriPlus' });
  await expect(said).toContainText('"isDeepfake: true", 87 on a scale of 0–100');
  await expect(said).toContainText("Face replaced by another person's");
  await expect(said).toContainText('Recommendation');
  // The layer of the face shows its place too.
  const face = popup.locator('details.layer').first();
  await face.locator('summary').first().click();
  await expect(face.locator('.evidence-marks rect')).toHaveCount(1);
  expect(await axe(popup)).toEqual([]);
  await server.close();
});
