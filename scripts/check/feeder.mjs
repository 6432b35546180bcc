// @ts-check
/**
 * Feeds files to the extension's batch page and collects its results. The page does all the work; a
 * page that crashes or falls silent is opened again, and the files it held are tried once more.
 */

/** Longer than the engine's own deadline for one image, so that only a dead page is meant. */
const SILENCE_MS = 180_000;
const MAX_TRIES = 2;

/**
 * @typedef {import('./inputs.mjs').Input} Input
 * @typedef {{ sequence: number, line: import('../../src/batch/line').ResultLine, reasons: string[], features?: unknown, claims?: unknown, reply?: object }} PageResult
 * @typedef {{ input: Input, result: PageResult } | { input: Input, crashed: true }} Outcome
 */

/**
 * @param {import('playwright').BrowserContext} context
 * @param {string} address of the batch page
 * @param {Input[]} inputs
 * @param {number} concurrency
 * @param {(outcome: Outcome) => void} onOutcome called once for each input
 */
export async function feed(context, address, inputs, concurrency, onOutcome) {
  const queue = inputs.map((input) => ({ input, tries: 0 }));
  while (queue.length > 0) {
    const left = await feedOnePage(context, address, queue, concurrency, onOutcome);
    for (const item of left) {
      if (item.tries >= MAX_TRIES) onOutcome({ input: item.input, crashed: true });
      else queue.unshift(item);
    }
  }
}

/**
 * @param {import('playwright').BrowserContext} context
 * @param {string} address
 * @param {{ input: Input, tries: number }[]} queue emptied from the front
 * @param {number} concurrency
 * @param {(outcome: Outcome) => void} onOutcome
 * @returns {Promise<{ input: Input, tries: number }[]>} files that the page held when it died; empty when all is done
 */
async function feedOnePage(context, address, queue, concurrency, onOutcome) {
  const page = await context.newPage();
  /** @type {Map<number, { input: Input, tries: number }>} */
  const held = new Map();
  let sequence = 0;
  /** @type {() => void} */
  let wake = () => undefined;
  let dead = false;
  const die = () => {
    dead = true;
    wake();
  };
  page.on('crash', die);
  page.on('close', die);

  await page.exposeFunction('truegrainResult', (/** @type {PageResult} */ result) => {
    const item = held.get(result.sequence);
    if (!item) return;
    held.delete(result.sequence);
    onOutcome({ input: item.input, result });
    wake();
  });
  await page.addInitScript(() => {
    document.addEventListener('truegrain:result', (event) => {
      // The function is exposed by the line above, on this page only.
      /** @type {any} */ (globalThis).truegrainResult(/** @type {CustomEvent} */ (event).detail);
    });
  });
  await page.goto(address);
  const picker = page.locator('#batch-files');
  await picker.waitFor({ state: 'attached', timeout: 30_000 });

  const ahead = Math.max(8, concurrency * 3);
  while (!dead && (queue.length > 0 || held.size > 0)) {
    const batch = queue.splice(0, ahead - held.size);
    for (const item of batch) {
      item.tries += 1;
      held.set(sequence, item);
      sequence += 1;
    }
    if (batch.length > 0) await picker.setInputFiles(batch.map((item) => item.input.path)).catch(die);
    if (dead) break;
    await new Promise((resolve) => {
      const timer = setTimeout(die, SILENCE_MS);
      wake = () => {
        clearTimeout(timer);
        resolve(undefined);
      };
      if (held.size < ahead && queue.length > 0) wake();
    });
  }
  if (!page.isClosed()) await page.close().catch(() => undefined);
  return [...held.values()];
}
