// @ts-check
/**
 * `npm run bench:speed [-- --rounds N] [--sizes 0.3,2,12,50] [--no-model]`: milliseconds of every layer by size of the
 * picture, in the real built extension, one picture at a time, warm.
 *
 * Machines are noisy, so every figure stands beside a yardstick taken in the same run, on the same picture:
 * decoding it and reading all its pixels, which any in-browser analysis must do. Compare the ratios.
 *
 * The networks compute beside the layers and take processor cores from them: `--no-model` leaves them out.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { feed } from '../scripts/check/feeder.mjs';
import { launchExtension } from '../scripts/launch.mjs';
import { ensureBuild, ensureDependencies, start } from '../scripts/project.mjs';
import { extensionMemory } from './memory.mjs';

const SIZES = [
  { name: '0.3', width: 640, height: 480 },
  { name: '2', width: 1600, height: 1200 },
  { name: '12', width: 4000, height: 3000 },
  { name: '50', width: 8192, height: 6144 },
];

/** Layers that wait for other workers while the others compute; their time is not computing time. */
const WAITING = ['model', 'provenance'];

/** Workers that share the layers of one picture (`src/analysis/host.ts`). */
const LANES = 2;

const SAMPLE_MS = 25;

/** @param {number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/**
 * Draws a picture with soft shapes and fine noise (a flat one would be refused, and compress to nothing),
 * and times the yardstick on it. Runs in a page of its own.
 * @param {{ width: number, height: number, rounds: number }} wish
 */
async function pictureAndYardstick({ width, height, rounds }) {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('no 2d context');
  let seed = 1;
  const random = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
  for (let i = 0; i < 200; i += 1) {
    context.fillStyle = `hsl(${random() * 360} ${30 + random() * 40}% ${20 + random() * 60}% / 0.5)`;
    const [x, y] = [random() * width, random() * height];
    context.beginPath();
    context.ellipse(x, y, random() * width * 0.2, random() * height * 0.2, random() * 6, 0, 7);
    context.fill();
  }
  // In strips: the picture and its pixels together would not fit at 50 megapixels.
  for (let top = 0; top < height; top += 256) {
    const pixels = context.getImageData(0, top, width, Math.min(256, height - top));
    for (let i = 0; i < pixels.data.length; i += 4) {
      const noise = (random() - 0.5) * 16;
      for (let c = 0; c < 3; c += 1) pixels.data[i + c] = (pixels.data[i + c] ?? 0) + noise;
    }
    context.putImageData(pixels, 0, top);
  }
  const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.85 });
  canvas.width = 1;
  const times = [];
  for (let round = 0; round < rounds; round += 1) {
    const began = performance.now();
    const bitmap = await createImageBitmap(blob);
    const surface = new OffscreenCanvas(width, 256);
    const reader = surface.getContext('2d', { willReadFrequently: true });
    if (!reader) throw new Error('no 2d context');
    for (let top = 0; top < height; top += 256) {
      reader.drawImage(bitmap, 0, -top);
      reader.getImageData(0, 0, width, Math.min(256, height - top));
    }
    bitmap.close();
    times.push(performance.now() - began);
  }
  const text = await new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).split(',', 2)[1]);
    reader.readAsDataURL(blob);
  });
  return { base64: /** @type {string} */ (text), times };
}

/**
 * @param {Awaited<ReturnType<typeof launchExtension>>} extension
 * @param {string} folder
 * @param {typeof SIZES[number]} size
 * @param {number} rounds
 * @param {boolean} model whether the networks are asked
 */
async function measure(extension, folder, size, rounds, model) {
  const page = await extension.context.newPage();
  await page.goto(extension.url('popup.html'));
  const { base64, times } = await page.evaluate(pictureAndYardstick, { ...size, rounds });
  const small = await page.evaluate(pictureAndYardstick, { width: 320, height: 240, rounds: 1 });
  await page.close();
  const path = join(folder, `${size.name}.jpg`);
  const warm = join(folder, 'small.jpg');
  writeFileSync(path, Buffer.from(base64, 'base64'));
  writeFileSync(warm, Buffer.from(small.base64, 'base64'));

  /** @type {Record<string, number[]>} */
  const steps = {};
  let backend = '';
  let idle = Number.NaN;
  let peak = Number.NaN;
  const sampler = setInterval(() => {
    if (!Number.isNaN(idle)) peak = Math.max(peak, extensionMemory());
  }, SAMPLE_MS);
  const inputs = [
    // The networks load and the engine warms up on small pictures, then on one of the size itself.
    { name: 'load', path: warm },
    { name: 'idle', path: warm },
    { name: 'warm-up', path },
    ...Array.from({ length: rounds }, (_, round) => ({ name: String(round), path })),
  ];
  const address = `batch.html?concurrency=1${model ? '' : '&model=off'}`;
  await feed(extension.context, extension.url(address), inputs, 1, (outcome) => {
    if ('crashed' in outcome) throw new Error('the batch page crashed');
    const { line } = outcome.result;
    if ('error' in line) throw new Error(JSON.stringify(line.error));
    if (outcome.input.name === 'idle') {
      idle = extensionMemory();
      peak = idle;
    }
    if (!/^\d+$/.test(outcome.input.name)) return;
    const { ms } = line;
    backend = line.backend === null ? 'without the networks' : String(line.backend);
    for (const [name, value] of Object.entries({ total: ms.total, decode: ms.decode, ...ms.layers })) {
      steps[name] ??= [];
      steps[name].push(value);
    }
  });
  clearInterval(sampler);
  const medians = Object.fromEntries(Object.entries(steps).map(([name, list]) => [name, median(list)]));
  return { yardstick: median(times), medians, backend, megabytes: peak - idle };
}

start(async () => {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '5' },
      sizes: { type: 'string', default: '0.3,2,12,50' },
      'no-model': { type: 'boolean', default: false },
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
      .filter(([name]) => name !== 'total' && name !== 'decode' && !WAITING.includes(name))
      .reduce((sum, [, value]) => sum + value, 0);
  row(
    'megapixels',
    sizes.map(({ name }) => name),
  );
  line('yardstick', ({ yardstick }) => yardstick);
  line('whole check', ({ medians }) => medians.total ?? Number.NaN);
  line('decode', ({ medians }) => medians.decode ?? Number.NaN);
  const last = columns.at(-1)?.medians ?? {};
  const layers = Object.keys(last).filter((name) => name !== 'total' && name !== 'decode');
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
