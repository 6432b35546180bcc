// @ts-check
/**
 * `npm run bench [-- --rounds N]`: how long a check takes, in the real built extension, one image at a time.
 *
 * Machines are noisy, so every figure stands beside a yardstick taken in the same run, on the same picture:
 * decoding it and reading all its pixels, which any in-browser analysis must do. Compare the ratios.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { feed } from '../scripts/check/feeder.mjs';
import { launchExtension } from '../scripts/launch.mjs';
import { ensureBuild, ensureDependencies, start } from '../scripts/project.mjs';

const SIZES = [
  { name: '0.3 MP', width: 640, height: 480 },
  { name: '2 MP', width: 1600, height: 1200 },
  { name: '12 MP', width: 4000, height: 3000 },
];

/** @param {number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/**
 * Draws a picture with soft shapes and fine noise (a flat one would be refused, and compress to nothing),
 * and times the yardstick on it. Runs in the extension's own page.
 * @param {{ width: number, height: number, rounds: number }} wish
 */
async function pictureAndYardstick({ width, height, rounds }) {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no 2d context');
  let seed = 1;
  const random = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
  for (let i = 0; i < 200; i += 1) {
    context.fillStyle = `hsl(${random() * 360} ${30 + random() * 40}% ${20 + random() * 60}% / 0.5)`;
    context.beginPath();
    context.ellipse(
      random() * width,
      random() * height,
      random() * width * 0.2,
      random() * height * 0.2,
      random() * 6,
      0,
      7,
    );
    context.fill();
  }
  const pixels = context.getImageData(0, 0, width, height);
  for (let i = 0; i < pixels.data.length; i += 4) {
    const noise = (random() - 0.5) * 16;
    for (let c = 0; c < 3; c += 1) pixels.data[i + c] = (pixels.data[i + c] ?? 0) + noise;
  }
  context.putImageData(pixels, 0, 0);
  const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.9 });
  const times = [];
  for (let round = 0; round < rounds; round += 1) {
    const began = performance.now();
    const bitmap = await createImageBitmap(blob);
    const surface = new OffscreenCanvas(width, height);
    const reader = surface.getContext('2d', { willReadFrequently: true });
    if (!reader) throw new Error('no 2d context');
    reader.drawImage(bitmap, 0, 0);
    reader.getImageData(0, 0, width, height);
    bitmap.close();
    times.push(performance.now() - began);
  }
  return { bytes: Array.from(new Uint8Array(await blob.arrayBuffer())), times };
}

start(async () => {
  const { values } = parseArgs({ options: { rounds: { type: 'string', default: '7' } } });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 3) throw new Error('Expected --rounds of 3 or more.');
  await ensureDependencies();
  await ensureBuild();
  const folder = mkdtempSync(join(tmpdir(), 'truegrain-bench-'));
  const extension = await launchExtension({ headless: true });
  try {
    const page = await extension.context.newPage();
    await page.goto(extension.url('popup.html'));
    console.log(`median of ${rounds} rounds after one warm-up, ms (and as a multiple of the yardstick)`);
    for (const size of SIZES) {
      const { bytes, times } = await page.evaluate(pictureAndYardstick, { ...size, rounds });
      const path = join(folder, `${size.width}.jpg`);
      writeFileSync(path, Uint8Array.from(bytes));
      /** @type {Record<string, number[]>} */
      const steps = {};
      let backend = '';
      const inputs = Array.from({ length: rounds + 1 }, (_, round) => ({ name: String(round), path }));
      await feed(extension.context, extension.url('batch.html?concurrency=1'), inputs, 1, (outcome) => {
        if ('crashed' in outcome) throw new Error('the batch page crashed');
        const { line } = outcome.result;
        if ('error' in line) throw new Error(JSON.stringify(line.error));
        if (outcome.input.name === '0') return;
        const { ms } = line;
        backend = String(line.backend);
        for (const [name, value] of Object.entries({ total: ms.total, decode: ms.decode, ...ms.layers })) {
          steps[name] ??= [];
          steps[name].push(value);
        }
      });
      const yardstick = median(times);
      console.log(
        `\n${size.name} (${size.width} x ${size.height}), ${backend}; yardstick ${yardstick.toFixed(0)} ms`,
      );
      for (const [name, list] of Object.entries(steps)) {
        const value = median(list);
        console.log(
          `  ${name.padEnd(10)} ${value.toFixed(0).padStart(6)}   ${(value / yardstick).toFixed(2)} x`,
        );
      }
    }
  } finally {
    await extension.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return 0;
});
