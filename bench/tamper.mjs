// @ts-check
/**
 * `node bench/tamper.mjs FILE|FOLDER... --out OUT.jsonl [--masks FOLDER] [--match TEXT]`
 *
 * Measures pictures with the layers that may speak of tampering in real Chromium and writes, a line each, their features
 * in the shape of `npm run check -- --json --features` and every method's cells; with masks, also the layers' maps and
 * how much of each cell is masked. `training/tamper/` and `training/fusion/splices.py` make weights and figures of it.
 */
import { createHash } from 'node:crypto';
import {
  createWriteStream,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright';
import { build } from 'vite';
import { findBrowser } from '../scripts/browser.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { out: { type: 'string' }, masks: { type: 'string' }, match: { type: 'string', default: '' } },
});
if (!values.out || positionals.length === 0) {
  console.error(
    'Usage: node bench/tamper.mjs FILE|FOLDER... --out OUT.jsonl [--masks FOLDER] [--match TEXT]',
  );
  process.exit(2);
}

/** @param {string} path @returns {string[]} */
function pictures(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => pictures(join(path, name)));
}
const files = positionals
  .flatMap(pictures)
  .filter((file) => /\.(jpe?g|png|bmp)$/i.test(file) && file.includes(values.match));

const folder = mkdtempSync(join(tmpdir(), 'truegrain-tamper-'));
const browserAt = await findBrowser();
try {
  await build({
    configFile: false,
    logLevel: 'error',
    root: fileURLToPath(new URL('..', import.meta.url)),
    build: {
      outDir: folder,
      lib: {
        entry: fileURLToPath(new URL('tamper/page.ts', import.meta.url)),
        formats: ['iife'],
        name: 'tamper',
        fileName: () => 'page.js',
      },
    },
  });
  const browser = await chromium.launch({
    executablePath: 'path' in browserAt ? browserAt.path : undefined,
    chromiumSandbox: process.getuid?.() !== 0,
  });
  const page = await browser.newPage();
  await page.addScriptTag({ path: join(folder, 'page.js') });
  const out = createWriteStream(values.out);
  let left = 0;
  for (const file of files) {
    const bytes = readFileSync(file);
    const maskPath = values.masks ? join(values.masks, `${basename(file, extname(file))}.png`) : null;
    const mask = maskPath && existsSync(maskPath) ? readFileSync(maskPath).toString('base64') : null;
    const measured = await page
      .evaluate(
        ([picture, cover]) => globalThis.measureTampering(picture ?? '', cover ?? null),
        [bytes.toString('base64'), mask],
      )
      .catch((/** @type {Error} */ error) => {
        console.error(`${file}: ${error.message}`);
        return null;
      });
    if (!measured) {
      left++;
      continue;
    }
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    out.write(`${JSON.stringify({ file, sha256, ...measured })}\n`);
  }
  await new Promise((resolve) => out.end(resolve));
  await browser.close();
  console.log(`${files.length - left} measured, ${left} not readable`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
