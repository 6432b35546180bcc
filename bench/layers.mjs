// @ts-check
/**
 * `npm run bench:layers -- FEATURES.jsonl ... --manifest MANIFEST.tsv`: what every layer is worth by itself, into
 * its README. The features come from `npm run check -- DIR --json FEATURES.jsonl --features`, the pictures and
 * their manifest from `training/fusion/prepare.py`. The arithmetic is Python's: `training/fusion/power.py`.
 */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { ROOT, say } from '../scripts/project.mjs';

const wanted = process.argv.slice(2);
if (wanted.length === 0) {
  say('Usage: npm run bench:layers -- FEATURES.jsonl ... --manifest MANIFEST.tsv');
  process.exit(2);
}
const paths = wanted.map((word) => (word.startsWith('--') ? word : resolve(word)));
const python = process.env.PYTHON ?? 'python3';
const { status, error } = spawnSync(
  python,
  ['training/fusion/power.py', ...paths, '--layers', 'src/forensics/layers'],
  { cwd: ROOT, stdio: 'inherit' },
);
if (error)
  say(`${python} did not start (${error.message}). Set PYTHON to one with training/fusion/requirements.txt.`);
process.exit(status ?? 1);
