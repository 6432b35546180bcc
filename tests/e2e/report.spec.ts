import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright/test';
import { axe } from './axe';
import { addVariation, checkSample, expect, openPopup, readAll, SAMPLES, test, type World } from './ui-setup';

test.describe.configure({ mode: 'serial' });
test.setTimeout(240_000);

const HOSTILE = '<img src=x onerror="document.title=1">';

/** The layers of a real check, with credentials, a plot and a line that a real check seldom has all at once. */
function richLayers(layers: Record<string, unknown>[]): Record<string, unknown>[] {
  const said = (verbatim: string) => ({ verbatim });
  const explanation = { seen: [said('Seen.')], means: [said('Means.')], otherwise: [said('A scanner.')] };
  return [
    {
      id: 'provenance',
      family: 'metadata',
      score: null,
      features: {},
      explanation,
      status: 'warning',
      contribution: 0.7,
      label: said('Signed by somebody unknown'),
      facts: [{ name: said('Signer'), value: said(HOSTILE) }],
      tree: {
        label: said('Content Credentials'),
        children: [
          { label: said('Signer'), value: said(HOSTILE), children: [] },
          {
            label: said('Ingredients'),
            children: [{ label: said('Photo'), value: said('a.jpg'), children: [] }],
          },
        ],
      },
      plots: [
        {
          title: said('Noise by brightness'),
          x: { label: said('Brightness'), values: [0, 1, 2, 3] },
          y: { label: said('Variance'), scale: 'log' },
          series: [
            { label: said('measured'), kind: 'points', values: [1, 2, null, 4] },
            { label: said('expected'), kind: 'line', values: [1, 2, 3, 4], reference: true },
          ],
          marks: [{ x: 2, label: said('two') }],
        },
      ],
      marks: [
        {
          from: { x: 5, y: 5 },
          to: { x: 90, y: 60 },
          kind: 'arrow',
          tone: 'odd',
          label: said('Light from here'),
        },
      ],
    },
    ...layers.filter((layer) => layer.id !== 'provenance'),
  ];
}

async function newestReport(
  world: World,
): Promise<Record<string, unknown> & { layers: Record<string, unknown>[] }> {
  const rows = await readAll(world.inside, 'history');
  rows.sort((a, b) => Number(b.checkedAt) - Number(a.checkedAt));
  return rows[0]?.report as never;
}

async function openReport(world: World, query: string, width = 1024): Promise<Page> {
  const page = await world.extension.context.newPage();
  await page.setViewportSize({ width, height: 768 });
  await page.goto(world.extension.url(`report.html${query}`));
  return page;
}

/** What the viewer's sheet is moved and enlarged by, per pane. */
function transforms(page: Page): Promise<string[]> {
  return page
    .locator('.viewer-sheet')
    .evaluateAll((sheets) => sheets.map((sheet) => (sheet as HTMLElement).style.transform));
}

const scaleOf = (transform = ''): number => Number(/scale\((.+)\)/.exec(transform)?.[1]);

test('from the popup to the report: the picture, the evidence over it, and a sum that adds up', async ({
  world,
}) => {
  expect(await checkSample(world, 'pasted-block')).toBe('done');
  const popup = await openPopup(world);
  const opening = popup.context().waitForEvent('page');
  await popup.getByRole('link', { name: 'Open the full report', exact: true }).click();
  const page = await opening;
  await page.setViewportSize({ width: 1024, height: 768 });
  await expect(page.locator('#verdict-title')).not.toBeEmpty();
  await expect(page.getByText('Shown in full, as it was checked.')).toBeVisible();
  await expect(page.locator('.viewer-sheet img')).toHaveJSProperty('complete', true);

  await page.getByLabel('Evidence over the picture').selectOption({ label: 'Compression traces' });
  await expect(page.locator('.viewer-sheet canvas.evidence-map')).toBeVisible();
  await page.getByRole('button', { name: 'Show the evidence' }).click();
  await expect(page.locator('.viewer-sheet canvas.evidence-map')).toHaveCount(0);
  await page.getByRole('button', { name: 'Show the evidence' }).click();
  await page.getByLabel('Strength').fill('30');
  await expect(page.locator('.viewer-sheet canvas.evidence-map')).toHaveCSS('opacity', '0.3');

  const figures = await page.locator('.sum-table tbody .number').allTextContents();
  const total = await page.locator('.sum-table tfoot .number').textContent();
  const number = (text: string | null) => Number(text?.replace('−', '-'));
  const added = figures.reduce((sum, text) => sum + number(text), 0);
  // Each line is rounded to two decimals by itself.
  expect(Math.abs(added - number(total))).toBeLessThanOrEqual(0.005 * (figures.length + 1));
  await page.close();
  await popup.close();
});

/** Has the detector's map in a kept report say something else of itself, as a finer one does, and tells the pages. */
async function retellMap({ inside }: World, id: unknown, key: string): Promise<void> {
  await inside.evaluate(
    ([report, shows]) =>
      new Promise<void>((done, fail) => {
        const opening = indexedDB.open('truegrain');
        opening.onerror = () => fail(opening.error);
        opening.onsuccess = () => {
          const db = opening.result;
          const tx = db.transaction('evidence', 'readwrite');
          const store = tx.objectStore('evidence');
          const reading = store.get(String(report));
          reading.onsuccess = () => {
            for (const { layer, frame } of reading.result.rasters) {
              if (layer === 'model') frame.shows = { key: shows, args: [] };
            }
            store.put(reading.result);
          };
          tx.onerror = () => fail(tx.error);
          tx.oncomplete = () => {
            db.close();
            new BroadcastChannel('truegrain').postMessage({ type: 'evidence-changed', reportId: report });
            done();
          };
        };
      }),
    [id, key] as const,
  );
}

test('the detector’s map of many close-ups comes after the verdict, also into pages that show it', async ({
  world,
}) => {
  const { id } = await newestReport(world);
  const page = await openReport(world, `?id=${id}`);
  await page.getByLabel('Evidence over the picture').selectOption({ label: 'Trained detector' });
  await expect(page.locator('.report-picture')).toContainText(/\d+ of them, smoothed/);
  const picture = await page.locator('.viewer-sheet img').getAttribute('src');
  const popup = await openPopup(world);
  const inPopup = popup.locator('details.layer', { hasText: 'Trained detector' });
  await expect(inPopup).toContainText(/\d+ of them, smoothed/);

  await retellMap(world, id, 'layers.model.map');
  await expect(page.locator('.report-picture')).toContainText('It is blended between them');
  await expect(inPopup).toContainText('It is blended between them');
  // The picture was not read anew, which makes it blink.
  expect(await page.locator('.viewer-sheet img').getAttribute('src')).toBe(picture);
  await popup.close();
  await page.close();
});

test('both windows stay in step, by wheel, keys, buttons and dragging', async ({ world }) => {
  const { id } = await newestReport(world);
  const page = await openReport(world, `?id=${id}`);
  await page.getByLabel('Evidence over the picture').selectOption({ label: 'Compression traces' });
  await page.getByRole('button', { name: 'Side by side' }).click();
  const panes = page.getByRole('application');
  await expect(panes).toHaveCount(2);
  const inStep = async () => {
    const [left, right] = await transforms(page);
    expect(left).toBe(right);
    return left;
  };
  const fitted = await inStep();

  await panes.first().hover();
  await page.mouse.wheel(0, -300);
  await expect.poll(async () => scaleOf((await transforms(page))[0])).toBeGreaterThan(scaleOf(fitted));
  const wheeled = await inStep();

  await panes.last().focus();
  await page.keyboard.press('+');
  await page.keyboard.press('+');
  const closer = await inStep();
  // A style is written with six digits.
  expect(scaleOf(closer)).toBeCloseTo(scaleOf(wheeled) * 2.25, 4);
  await page.keyboard.press('ArrowRight');
  const moved = await inStep();
  expect(moved).not.toBe(closer);
  expect(scaleOf(moved)).toBe(scaleOf(closer));

  const box = await panes.first().boundingBox();
  if (!box) throw new Error('the pane has no place');
  await page.mouse.move(box.x + 80, box.y + 80);
  await page.mouse.down();
  await page.mouse.move(box.x + 60, box.y + 70);
  await page.mouse.up();
  expect(await inStep()).not.toBe(moved);

  await panes.first().press('1');
  expect(scaleOf(await inStep())).toBe(1);
  await panes.first().press('0');
  expect(await inStep()).toBe(fitted);
  await panes.first().press(' ');
  await expect(page.locator('.viewer-sheet canvas.evidence-map')).toHaveCount(0);
  await page.close();
});

test('many layers, a tree, curves and lines: readable, searchable, harmless', async ({ world }) => {
  const base = await newestReport(world);
  const id = await addVariation(world.inside, {
    age: -1_000,
    report: { layers: richLayers(base.layers) },
  });
  const page = await openReport(world, `?id=${id}`);
  const tree = page.locator('#credentials .tree');
  await expect(tree).toContainText(HOSTILE);
  await expect(tree.getByText('a.jpg')).toBeVisible();
  await tree.getByText('Ingredients').click();
  await expect(tree.getByText('a.jpg')).toBeHidden();
  await expect(page.locator('.layers-rest summary').first()).toContainText('more kinds of evidence');

  await page.getByLabel('Evidence over the picture').selectOption({ label: 'Content Credentials' });
  await expect(page.locator('.evidence-marks line')).toHaveCount(1);
  await expect(page.getByText('Light from here').first()).toBeAttached();

  await page.getByRole('searchbox', { name: 'Search these data' }).fill('signer');
  await expect(page.locator('#facts tbody tr')).toHaveCount(1);
  await expect(page.locator('#facts tbody tr')).toContainText(HOSTILE);

  await expect(page.locator('#plots .u-wrap canvas')).toHaveCount(2);
  const curve = page.locator('#findings .plot').first();
  await expect(curve.locator('canvas')).toBeVisible();
  await curve.getByText('Figures of this curve').click();
  await expect(curve.locator('.plot-figures tbody tr')).toHaveCount(4);
  await expect(page.locator('#innocent')).toContainText('A scanner.');
  expect(await page.title()).not.toBe('1');

  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    expect(await axe(page), scheme).toEqual([]);
  }
  for (const width of [1024, 700, 380]) {
    await page.setViewportSize({ width, height: 768 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  }
  await page.close();

  const popup = await openPopup(world);
  await expect(popup.locator('.layers > ul > li')).not.toHaveCount(0);
  expect(await popup.locator('.layers > ul > li').count()).toBeLessThanOrEqual(8);
  // The same lines and arrows stand over the picture here, with their words beside it.
  const credentials = popup.locator('details.layer').filter({ hasText: 'Content Credentials' });
  await credentials.locator('summary').first().click();
  await expect(credentials.locator('.evidence-marks line')).toHaveCount(1);
  await expect(credentials.locator('.evidence-parts')).toContainText('Light from here');
  expect(await axe(popup)).toEqual([]);
  await credentials.getByRole('button', { name: 'Hide the overlay' }).click();
  await expect(credentials.locator('.evidence-marks line')).toHaveCount(0);
  await popup.close();
});

test('kept as a page that needs nothing, as data, and as text', async ({ world }) => {
  const { id } = await newestReport(world);
  const page = await openReport(world, `?id=${id}`);
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save as a page (HTML)' }).click();
  // A browser tells a page by the name of its file.
  const path = test.info().outputPath('report.html');
  await (await saving).saveAs(path);
  await expect(page.getByText('Saved.', { exact: true })).toBeVisible();

  const file = await world.extension.context.newPage();
  const problems: string[] = [];
  file.on('console', (message) => problems.push(message.text()));
  file.on('request', (request) => {
    if (!/^(file|data):/.test(request.url())) problems.push(request.url());
  });
  await file.goto(pathToFileURL(path).href);
  await expect(file.locator('h1')).not.toBeEmpty();
  await expect(file.locator('body')).toContainText(HOSTILE);
  await expect(file.locator('.pair svg image')).not.toHaveCount(0);
  const widths = await file
    .locator('.plot img')
    .evaluateAll((images) => images.map((image) => (image as HTMLImageElement).naturalWidth));
  expect(widths).toContain(720);
  expect(widths).not.toContain(0);
  expect(await axe(file)).toEqual([]);
  expect(problems).toEqual([]);
  expect(readFileSync(path, 'utf8')).not.toMatch(/<script|https?:\/\/(?!127\.0\.0\.1)/);
  await file.close();

  const writing = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save as data (JSON)' }).click();
  const { product, entries } = JSON.parse(readFileSync(await (await writing).path(), 'utf8'));
  expect(product).toBe('Truegrain');
  expect(entries[0].report.id).toBe(id);
  expect(entries[0].report.layers[0].tree.label.verbatim).toBe('Content Credentials');

  // The same as the documented services answer, for programs that read those.
  const forms = page.getByLabel('in the form of');
  await expect(forms.getByRole('option')).toHaveCount(6);
  for (const [label, field] of [
    ['FauxLens', 'suspected_model'],
    ['FakeSec', 'data'],
    ['VeriPlus', 'data'],
    ['TruthLens', 'is_ai_generated'],
    ['Detectiks', 'modules'],
  ] as const) {
    await forms.selectOption({ label });
    const shaping = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save as data (JSON)' }).click();
    expect(JSON.parse(readFileSync(await (await shaping).path(), 'utf8')), label).toHaveProperty(field);
  }
  await expect(page.getByText('For programs that read answers of this service.')).toBeVisible();
  expect(await axe(page)).toEqual([]);

  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name: 'Copy as text' }).click();
  await expect(page.getByText('Copied.', { exact: true })).toBeVisible();
  const text = await page.evaluate(() => navigator.clipboard.readText());
  expect(text).toContain('How the result adds up');
  expect(text).toContain(HOSTILE);
  await page.close();
});

test('a picture that is no longer kept is said so, and the same file brings it back', async ({ world }) => {
  const { id } = await newestReport(world);
  await world.inside.evaluate(
    () =>
      new Promise<void>((done, fail) => {
        const opening = indexedDB.open('truegrain');
        opening.onerror = () => fail(opening.error);
        opening.onsuccess = () => {
          const tx = opening.result.transaction('images', 'readwrite');
          tx.objectStore('images').clear();
          tx.oncomplete = () => {
            opening.result.close();
            done();
          };
        };
      }),
  );
  const page = await openReport(world, `?id=${id}`);
  await expect(page.getByText('The picture itself is no longer kept')).toBeVisible();
  expect(await axe(page)).toEqual([]);
  const choose = page.getByLabel('Choose the file to see it in full');
  await choose.setInputFiles(`${SAMPLES}woven.jpg`);
  await expect(page.getByRole('alert')).toContainText('another file');
  await choose.setInputFiles(`${SAMPLES}pasted-block.jpg`);
  await expect(page.getByText('Shown in full, as it was checked.')).toBeVisible();
  await page.close();

  const gone = await openReport(world, '?id=nothing');
  await expect(gone.getByText('This report is no longer here.', { exact: false })).toBeVisible();
  await gone.close();
});

test('from the history, and from the page of many files while it is open', async ({ world }) => {
  const popup = await openPopup(world);
  const opened = popup.context().waitForEvent('page');
  await popup
    .getByRole('link', { name: /Open the full report:/ })
    .first()
    .click();
  await expect((await opened).locator('#verdict-title')).not.toBeEmpty();
  await popup.close();

  const batch = await world.extension.context.newPage();
  await batch.goto(world.extension.url('batch.html'));
  await batch.locator('#batch-files').setInputFiles([`${SAMPLES}woven.jpg`]);
  await batch.getByText('Finished in').waitFor({ timeout: 120_000 });
  await batch.getByRole('button', { name: /woven/ }).click();
  const link = batch.getByRole('link', { name: 'Open the full report' });
  const opening = batch.context().waitForEvent('page');
  await link.click();
  const report = await opening;
  await expect(report.getByText('File: woven.jpg')).toBeVisible();
  await expect(report.getByText('Shown in full, as it was checked.')).toBeVisible();
  expect(await axe(report)).toEqual([]);
  await batch.close();
  await report.reload();
  await expect(report.getByText('This result is no longer here.', { exact: false })).toBeVisible();
  await report.close();
});
