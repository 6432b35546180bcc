// @ts-check
/** Draws public/icon/*.png from scripts/icon.svg: `node scripts/make-icons.mjs`. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import { ensureBrowser } from './browser.mjs';

const OUT = fileURLToPath(new URL('../public/icon/', import.meta.url));
const SVG = readFileSync(new URL('./icon.svg', import.meta.url), 'utf8');

const browser = await chromium.launch({
  executablePath: await ensureBrowser(),
  chromiumSandbox: process.getuid?.() !== 0,
});
mkdirSync(OUT, { recursive: true });
for (const side of [16, 32, 48, 128]) {
  const page = await browser.newPage({ viewport: { width: side, height: side } });
  await page.setContent(
    `<style>body{margin:0}svg{display:block;width:${side}px;height:${side}px}</style>${SVG}`,
  );
  writeFileSync(`${OUT}${side}.png`, await page.screenshot({ omitBackground: true }));
  await page.close();
}
await browser.close();
