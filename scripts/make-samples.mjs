// @ts-check
/**
 * Paints the pictures of the demo page into public/demo/samples: `node scripts/make-samples.mjs`.
 * They are made here from nothing, to show what each kind of evidence looks like. They prove nothing
 * about how well the extension judges real pictures.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import { ensureBrowser } from './browser.mjs';
import { cameraExif, withExif, withText } from './samples/exif.mjs';

const OUT = fileURLToPath(new URL('../public/demo/samples/', import.meta.url));
const PAINT = readFileSync(new URL('./samples/paint.js', import.meta.url), 'utf8');

const SETTINGS = `soft coloured spheres, studio light, still life, highly detailed
Negative prompt: text, watermark
Steps: 28, Sampler: DPM++ 2M, CFG scale: 6.5, Seed: 20261121, Size: 384x384, Model: sample-model`;

/** @type {Record<string, (bytes: Buffer) => Buffer>} */
const FINISH = {
  'photo-with-camera-notes.jpg': (bytes) => withExif(bytes, cameraExif()),
  'generator-settings.png': (bytes) => withText(bytes, 'parameters', SETTINGS),
};

const browser = await chromium.launch({
  executablePath: await ensureBrowser(),
  chromiumSandbox: process.getuid?.() !== 0,
});
const page = await browser.newPage();
await page.addScriptTag({ content: PAINT });
const painted = /** @type {Record<string, string>} */ (await page.evaluate('paintSamples()'));
await browser.close();

mkdirSync(OUT, { recursive: true });
for (const [name, text] of Object.entries(painted)) {
  const bytes = (FINISH[name] ?? ((same) => same))(Buffer.from(text, 'base64'));
  writeFileSync(`${OUT}${name}`, bytes);
  console.log(`${name}  ${bytes.length} bytes`);
}
