// @ts-check
/**
 * `npm run bench:speed [-- --rounds N] [--sizes 0.3,2,12,50] [--no-model | --model-only]`: milliseconds of every layer by size of the
 * picture, in the real built extension, one picture at a time, warm.
 *
 * Machines are noisy, so every figure stands beside a yardstick taken in the same run, on the same picture:
 * decoding it and reading all its pixels, which any in-browser analysis must do. Compare the ratios.
 *
 * The networks compute beside the layers and take processor cores from them: `--no-model` leaves them out, and
 * `--model-only` times them alone, step by step, in WASM with one thread (`speed-model.mjs`).
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { feed } from '../scripts/check/feeder.mjs';
import { launchExtension } from '../scripts/launch.mjs';
import { ensureBuild, ensureDependencies, start } from '../scripts/project.mjs';
import { extensionMemory } from './memory.mjs';
import { median, pictureAndYardstick, SIZES } from './pictures.mjs';
import { measureModel, printModel } from './speed-model.mjs';

/** Layers that wait for other workers while the others compute; their time is not computing time. */
const WAITING = ['model', 'provenance'];

/** Times of the whole picture, among those of the layers. */
const WHOLE = ['total', 'decode', 'wall'];

/** Workers that share the layers of one picture (`src/analysis/host.ts`). */
const LANES = 2;

const SAMPLE_MS = 25;

/** Rounds in which memory is read. */
const MEMORY_ROUNDS = 8;

/**
 * Writes the picture of a size and a small one, and times the yardstick.
 * @param {Awaited<ReturnType<typeof launchExtension>>} extension
 * @param {string} folder
 * @param {typeof SIZES[number]} size
 * @param {number} rounds
 */
async function makePictures(extension, folder, size, rounds) {
  const page = await extension.context.newPage();
  await page.goto(extension.url('popup.html'));
  const { base64, times } = await page.evaluate(pictureAndYardstick, { ...size, rounds });
  const small = await page.evaluate(pictureAndYardstick, { width: 320, height: 240, rounds: 1 });
  await page.close();
  const path = join(folder, `${size.name}.jpg`);
  const warm = join(folder, 'small.jpg');
  writeFileSync(path, Buffer.from(base64, 'base64'));
  writeFileSync(warm, Buffer.from(small.base64, 'base64'));
  return { path, warm, times };
}

/**
 * @param {Awaited<ReturnType<typeof launchExtension>>} extension
 * @param {string} folder
 * @param {typeof SIZES[number]} size
 * @param {number} rounds
 * @param {boolean} model whether the networks are asked
 */
async function measure(extension, folder, size, rounds, model) {
  const { path, warm, times } = await makePictures(extension, folder, size, rounds);
  /** @type {Record<string, number[]>} */
  const steps = {};
  let backend = '';
  let idle = Number.NaN;
  let peak = Number.NaN;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let sampler;
  const inputs = [
    // The networks load and the engine warms up on small pictures, then on one of the size itself.
    { name: 'load', path: warm },
    { name: 'idle', path: warm },
    { name: 'warm-up', path },
    ...Array.from({ length: rounds }, (_, round) => ({ name: String(round), path })),
    // Memory is read in rounds of its own: to add it up, the system halts the process for milliseconds each time.
    ...Array.from({ length: MEMORY_ROUNDS }, () => ({ name: 'memory', path })),
  ];
  const address = `batch.html?concurrency=1${model ? '' : '&model=off'}`;
  await feed(extension.context, extension.url(address), inputs, 1, (outcome) => {
    if ('crashed' in outcome) throw new Error('the batch page crashed');
    const { line } = outcome.result;
    if ('error' in line) throw new Error(JSON.stringify(line.error));
    const { name } = outcome.input;
    if (name === 'idle') {
      idle = extensionMemory();
      peak = idle;
    }
    if (name === String(rounds - 1)) {
      sampler = setInterval(() => {
        peak = Math.max(peak, extensionMemory());
      }, SAMPLE_MS);
    }
    if (!/^\d+$/.test(name)) return;
    const { ms } = line;
    backend = line.backend === null ? 'without the networks' : String(line.backend);
    const measured = {
      total: ms.total,
      decode: ms.decode,
      wall: ms.total - ms.acquire - ms.decode,
      ...ms.layers,
    };
    for (const [step, value] of Object.entries(measured)) {
      steps[step] ??= [];
      steps[step].push(value);
    }
  });
  clearInterval(sampler);
  const medians = Object.fromEntries(Object.entries(steps).map(([name, list]) => [name, median(list)]));
  const best = Math.min(...(steps.wall ?? []));
  return { yardstick: median(times), medians, best, backend, megabytes: peak - idle };
}

start(async () => {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '5' },
      sizes: { type: 'string', default: '0.3,2,12,50' },
      'no-model': { type: 'boolean', default: false },
      'model-only': { type: 'boolean', default: false },
    },
  });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 3) throw new Error('Expected --rounds of 3 or more.');
  const wanted = values.sizes.split(',');
  const sizes = SIZES.filter(({ name }) => wanted.includes(name));
  if (sizes.length === 0) throw new Error('Expected --sizes of 0.3, 2, 12 and 50.');
  await ensureDependencies();
  await ensureBuild();
  const folder = mkdtempSync(join(tmpdir(), 'truegrain-bench-'));
  const extension = await launchExtension({ headless: true });
  try {
    if (values['model-only']) {
      for (const size of sizes) {
        const pictures = await makePictures(extension, folder, size, rounds);
        printModel(size.name, pictures.times, await measureModel(extension, pictures, rounds));
      }
      return 0;
    }
    const columns = [];
    for (const size of sizes)
      columns.push(await measure(extension, folder, size, rounds, !values['no-model']));
    print(sizes, columns, rounds);
  } finally {
    await extension.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return 0;
});

/**
 * @param {typeof SIZES} sizes
 * @param {Awaited<ReturnType<typeof measure>>[]} columns
 * @param {number} rounds
 */
function print(sizes, columns, rounds) {
  console.log(
    `ms, median of ${rounds} rounds, warm (and as a multiple of the yardstick); ${columns[0]?.backend}`,
  );
  /** @param {string} name @param {(string | number)[]} cells */
  const row = (name, cells) =>
    console.log(name.padEnd(24) + cells.map((cell) => String(cell).padStart(18)).join(''));
  /** @param {string} name @param {(column: typeof columns[number]) => number} value */
  const line = (name, value) =>
    row(
      name,
      columns.map(
        (column) => `${value(column).toFixed(0)} (${(value(column) / column.yardstick).toFixed(2)}x)`,
      ),
    );
  /** @param {typeof columns[number]} column */
  const computing = ({ medians }) =>
    Object.entries(medians)
      .filter(([name]) => !WHOLE.includes(name) && !WAITING.includes(name))
      .reduce((sum, [, value]) => sum + value, 0);
  row(
    'megapixels',
    sizes.map(({ name }) => name),
  );
  line('yardstick', ({ yardstick }) => yardstick);
  line('whole check', ({ medians }) => medians.total ?? Number.NaN);
  line('decode', ({ medians }) => medians.decode ?? Number.NaN);
  line('all layers together', ({ medians }) => medians.wall ?? Number.NaN);
  line('  best round', ({ best }) => best);
  const last = columns.at(-1)?.medians ?? {};
  const layers = Object.keys(last).filter((name) => !WHOLE.includes(name));
  for (const name of layers.sort((a, b) => (last[b] ?? 0) - (last[a] ?? 0))) {
    line(
      `  ${name}${WAITING.includes(name) ? ' (waits)' : ''}`,
      ({ medians }) => medians[name] ?? Number.NaN,
    );
  }
  line('layers that compute', computing);
  line(`  in ${LANES} workers`, (column) => computing(column) / LANES);
  row(
    'MB above idle',
    columns.map(({ megabytes }) => (Number.isNaN(megabytes) ? 'unknown' : megabytes.toFixed(0))),
  );
}
