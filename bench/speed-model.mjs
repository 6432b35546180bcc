// @ts-check
/**
 * The model stage alone: no other layer runs. The extension leaves a User Timing measure for each of its steps
 * (`src/forensics/model/timed.ts`), in whatever worker takes it; these are collected, so the table shows every
 * network that the shipped `model.json` lists.
 */
import { feed } from '../scripts/check/feeder.mjs';
import { median } from './pictures.mjs';

/** The budget of the model stage is stated for one. */
const THREADS = 1;

/** @typedef {{ backend: string, stage: number[], steps: Record<string, number[]> }} ModelTimes */

/** Runs in a worker of the page: keeps every step's time from now on. */
function collectSteps() {
  const scope = /** @type {{ modelSteps?: [string, number][] }} */ (globalThis);
  /** @type {[string, number][]} */
  const steps = [];
  scope.modelSteps = steps;
  new PerformanceObserver((list) => {
    for (const { name, duration } of list.getEntries()) steps.push([name, duration]);
  }).observe({ type: 'measure' });
}

/** @returns {[string, number][]} */
function collectedSteps() {
  return /** @type {{ modelSteps?: [string, number][] }} */ (globalThis).modelSteps ?? [];
}

/**
 * @param {Awaited<ReturnType<typeof import('../scripts/launch.mjs').launchExtension>>} extension
 * @param {{ path: string, warm: string }} pictures
 * @param {number} rounds
 * @returns {Promise<ModelTimes>} milliseconds of each round
 */
export async function measureModel(extension, { path, warm }, rounds) {
  /** @type {import('playwright').Worker[]} */
  const workers = [];
  extension.context.on('page', (page) => {
    page.on('worker', (worker) => {
      workers.push(worker);
      worker.evaluate(collectSteps).catch(() => undefined);
    });
  });
  /** @type {number[]} */
  const stage = [];
  let backend = '';
  /** @type {Promise<[string, number][]>[]} */
  let asked = [];
  const inputs = [
    { name: 'load', path: warm },
    { name: 'warm-up', path },
    { name: 'warm-up', path },
    ...Array.from({ length: rounds }, (_, round) => ({ name: String(round), path })),
    // The page is closed, with its workers, after the last one.
    { name: 'while the steps are fetched', path },
  ];
  const address = extension.url(`batch.html?concurrency=1&model=only&wasm-threads=${THREADS}`);
  await feed(extension.context, address, inputs, 1, (outcome) => {
    if ('crashed' in outcome) throw new Error('the batch page crashed');
    const { line } = outcome.result;
    if ('error' in line) throw new Error(JSON.stringify(line.error));
    if (!/^\d+$/.test(outcome.input.name)) return;
    if (line.backend === null) throw new Error('The networks did not run.');
    stage.push(line.ms.model);
    backend = line.backend;
    asked = workers.map((worker) => worker.evaluate(collectedSteps));
    for (const answer of asked) answer.catch(() => undefined);
  });
  /** @type {Record<string, number[]>} */
  const steps = {};
  // Workers of the decoders may have ended.
  const answers = await Promise.allSettled(asked);
  for (const [name, ms] of answers.flatMap((one) => (one.status === 'fulfilled' ? one.value : []))) {
    steps[name] ??= [];
    steps[name].push(ms);
  }
  for (const [name, all] of Object.entries(steps)) steps[name] = all.slice(-rounds);
  return { backend, stage, steps };
}

/**
 * @param {string} megapixels
 * @param {number[]} yardstick
 * @param {ModelTimes} times
 */
export function printModel(megapixels, yardstick, { backend, stage, steps }) {
  const unit = median(yardstick);
  console.log(
    `${megapixels} megapixels, ms of ${stage.length} rounds, warm; ${backend}, ${THREADS} thread, no other layer`,
  );
  console.log(`${''.padEnd(24)}${'best'.padStart(8)}${'median'.padStart(8)}   of the yardstick`);
  /** @param {string} name @param {number[]} all */
  const row = (name, all) =>
    console.log(
      name.padEnd(24) +
        [Math.min(...all), median(all)].map((ms) => ms.toFixed(1).padStart(8)).join('') +
        `   ${(median(all) / unit).toFixed(2)}x`,
    );
  row('yardstick', yardstick);
  row('model stage', stage);
  for (const [name, all] of Object.entries(steps)) row(`  ${name.replace('model: ', '')}`, all);
}
