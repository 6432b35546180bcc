// @ts-check
/**
 * Writes the licences of everything that the package carries into `public/third-party.txt`: their texts ask
 * to go where the code goes.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './project.mjs';

/** Published without their licence file; the holder is the one their repository names. */
const HOLDERS = /** @type {Record<string, string>} */ ({
  'onnxruntime-web': 'Microsoft Corporation',
  'onnxruntime-common': 'Microsoft Corporation',
});

/** @param {string} holder */
const mit = (holder) => `MIT License

Copyright (c) ${holder}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation
the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and
to permit persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of
the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO
THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF
CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS
IN THE SOFTWARE.`;

/**
 * Packages that the bundle can contain: our dependencies and theirs.
 * @returns {string[]}
 */
function shipped() {
  const seen = new Set();
  /** @param {string} name */
  const visit = (name) => {
    const file = join(ROOT, 'node_modules', name, 'package.json');
    if (seen.has(name) || !existsSync(file)) return;
    seen.add(name);
    const manifest = JSON.parse(readFileSync(file, 'utf8'));
    for (const next of Object.keys(manifest.dependencies ?? {})) visit(next);
  };
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  for (const name of Object.keys(dependencies)) visit(name);
  return [...seen].sort();
}

/** @param {string} name */
function notice(name) {
  const folder = join(ROOT, 'node_modules', name);
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)(\.(md|txt))?$/i.test(entry));
  const holder = HOLDERS[name] ?? manifest.author?.name ?? manifest.author ?? `the authors of ${name}`;
  const text = file ? readFileSync(join(folder, file), 'utf8').trim() : null;
  const fallback = manifest.license === 'MIT' ? mit(String(holder)) : `Licence: ${manifest.license}`;
  return `${name} ${manifest.version}\n\n${text ?? fallback}`;
}

/** Writes the file anew. */
export function copyNotices() {
  const target = join(ROOT, 'public', 'third-party.txt');
  mkdirSync(join(ROOT, 'public'), { recursive: true });
  const rule = `\n\n${'-'.repeat(80)}\n\n`;
  writeFileSync(target, `${shipped().map(notice).join(rule)}\n`);
}
