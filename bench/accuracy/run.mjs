// @ts-check
/**
 * `npm run bench:accuracy -- DIR [--out FILE.md] [--concurrency N]`
 *
 * DIR holds `ai/` and `real/`, with pictures in them or in folders that name their kind. Each goes through the
 * shipped extension in Chromium as stored, as the web delivers it (shorter side at most 768 px, JPEG 60), and
 * hard (512 px, JPEG 40). Prints what the verdicts are worth. A picture named `kind__source__rest` tells its
 * kind and source; sources are what intervals draw from.
 */
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join, relative, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuild, ensureDependencies, say, start } from '../../scripts/project.mjs';
import {
  auc,
  balancedAccuracy,
  calibrationError,
  foundAt,
  groupBy,
  inconclusive,
  interval,
  wrongAmongDecided,
} from './measures.mjs';

/** @typedef {import('./measures.mjs').Judged} Judged */
/** @typedef {{ path: string, ai: boolean, kind: string, group: string, name: string }} Picture */

/** @param {string} directory @returns {Picture[]} */
function pictures(directory) {
  /** @type {Picture[]} */
  const found = [];
  for (const [folder, ai] of /** @type {const} */ ([
    ['ai', true],
    ['real', false],
  ])) {
    const root = join(directory, folder);
    for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || entry.name.startsWith('.')) continue;
      const path = join(entry.parentPath, entry.name);
      const [first = '', second] = entry.name.split('__');
      const [inside] = relative(root, entry.parentPath).split(sep);
      const named = entry.name.includes('__');
      const kind = inside || (named ? first : folder);
      const name = `${String(found.length).padStart(6, '0')}${extname(entry.name)}`;
      found.push({ path, ai, kind, group: (named && second) || kind, name });
    }
  }
  return found;
}

/** @param {string} folder @param {string} concurrency @returns {Map<string, { p: number, verdict: string }>} */
function judge(folder, concurrency) {
  const out = join(folder, '..', 'judged.jsonl');
  const args = ['scripts/check.mjs', folder, '--json', out, '--concurrency', concurrency];
  const { status } = spawnSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new Error(`The check of ${folder} ended with ${status}.`);
  const judged = new Map();
  for (const line of readFileSync(out, 'utf8').split('\n').filter(Boolean)) {
    const { file, probability, verdict } = JSON.parse(line);
    if (verdict) judged.set(file.split(/[\\/]/).at(-1).split('.')[0], { p: probability, verdict });
  }
  return judged;
}

const percent = (/** @type {number} */ share) =>
  Number.isFinite(share) ? `${(100 * share).toFixed(1)} %` : '–';
const three = (/** @type {number} */ value) => value.toFixed(3);

/** @param {readonly Judged[]} all @param {(sample: readonly Judged[]) => number} measure */
function withInterval(all, measure) {
  const [low, high] = interval(all, measure);
  return `${three(measure(all))} (${three(low)}–${three(high)})`;
}

/** @param {Record<string, Judged[]>} byDelivery */
function tables(byDelivery) {
  const lines = [
    '| delivery | n | AUC (95 %) | balanced accuracy (95 %) | found at 1 % / 5 % false | ECE | inconclusive | wrong among decided |',
    '|---|---|---|---|---|---|---|---|',
  ];
  for (const [name, all] of Object.entries(byDelivery)) {
    const found = `${percent(foundAt(all, 0.01))} / ${percent(foundAt(all, 0.05))}`;
    lines.push(
      `| ${name} | ${all.length} | ${withInterval(all, auc)} | ${withInterval(all, balancedAccuracy)} | ${found} | ${three(calibrationError(all))} | ${percent(inconclusive(all))} | ${percent(wrongAmongDecided(all))} |`,
    );
  }
  for (const [name, all] of Object.entries(byDelivery)) {
    lines.push(
      '',
      `${name}, by kind`,
      '',
      '| | kind | n | p >= 0.5 | decided: AI | decided: authentic |',
      '|---|---|---|---|---|---|',
    );
    const kinds = groupBy(all, (one) => `${one.ai ? 'ai' : 'real'} | ${one.kind}`);
    for (const [kind, own] of [...kinds].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const part = (/** @type {(one: Judged) => boolean} */ which) =>
        percent(own.filter(which).length / own.length);
      lines.push(
        `| ${kind} | ${own.length} | ${part((one) => one.p >= 0.5)} | ${part((one) => one.verdict.includes('ai-generated'))} | ${part((one) => one.verdict.includes('authentic'))} |`,
      );
    }
  }
  return lines.join('\n');
}

start(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { out: { type: 'string' }, concurrency: { type: 'string', default: '1' } },
  });
  const [directory] = positionals;
  if (!directory) {
    say('Usage: npm run bench:accuracy -- DIR [--out FILE.md] [--concurrency N]   (DIR has ai/ and real/)');
    return 2;
  }
  await ensureDependencies();
  await ensureBuild();
  const { launchExtension } = await import('../../scripts/launch.mjs');
  const { DELIVERIES, deliver } = await import('./deliver.mjs');
  const all = pictures(directory);
  const work = mkdtempSync(join(tmpdir(), 'truegrain-accuracy-'));
  /** @type {Record<string, Judged[]>} */
  const byDelivery = {};
  try {
    const extension = await launchExtension({ headless: true });
    const page = await extension.context.newPage();
    for (const [delivery, how] of Object.entries(DELIVERIES)) {
      mkdirSync(join(work, delivery, 'in'), { recursive: true });
      for (const { path, name } of all) {
        const to = join(work, delivery, 'in', how ? `${name.split('.')[0]}.jpg` : name);
        if (!how) copyFileSync(path, to);
        else if (!(await deliver(page, path, to, how)))
          say(`${path} cannot be read: left out of "${delivery}".`);
      }
    }
    await extension.close();
    for (const delivery of Object.keys(DELIVERIES)) {
      const judged = judge(join(work, delivery, 'in'), values.concurrency);
      byDelivery[delivery] = all.flatMap(({ name, ai, kind, group }) => {
        const found = judged.get(name.split('.')[0] ?? '');
        return found ? [{ ai, kind, group, ...found }] : [];
      });
      say(`${delivery}: ${byDelivery[delivery].length} of ${all.length} judged`);
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  const text = tables(byDelivery);
  say(text);
  if (values.out) writeFileSync(values.out, `${text}\n`);
  return 0;
});
