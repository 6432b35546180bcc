// @ts-check
/**
 * `npm test`: installs what is missing, then lint, types, unit, browser and end-to-end tests.
 * Every step runs even where an earlier one failed, so that one run shows everything.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBrowser } from './browser.mjs';
import { build, ensureDependencies, ROOT, runTool, say, start } from './project.mjs';

const RESULTS = join(ROOT, '.cache', 'tests');

/** The real right click needs a screen and a hand: a virtual one, where the machine has none. */
const XVFB_PACKAGES = { Xvfb: 'xvfb', xdotool: 'xdotool', openbox: 'openbox' };

function ensureVirtualScreen() {
  if (process.platform !== 'linux') return;
  const missing = Object.entries(XVFB_PACKAGES).filter(
    ([command]) => spawnSync('sh', ['-c', `command -v ${command}`]).status !== 0,
  );
  if (missing.length === 0) return;
  const names = missing.map(([, name]) => name);
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    say(`Not installed: ${names.join(', ')}. The real right-click test will be skipped.`);
    return;
  }
  /** @type {import('node:child_process').ExecFileSyncOptions} */
  const options = {
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: 600_000,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  };
  try {
    execFileSync('apt-get', ['update', '-q'], options);
    execFileSync('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...names], options);
  } catch {
    say(`Could not install ${names.join(', ')}. The real right-click test will be skipped.`);
  }
}

/**
 * @param {string} file
 * @returns {{ passed: number, failed: number, skipped: number }}
 */
function vitestCounts(file) {
  if (!existsSync(file)) return { passed: 0, failed: 0, skipped: 0 };
  const report = JSON.parse(readFileSync(file, 'utf8'));
  return {
    passed: report.numPassedTests ?? 0,
    failed: report.numFailedTests ?? 0,
    skipped: (report.numPendingTests ?? 0) + (report.numTodoTests ?? 0),
  };
}

/**
 * @param {string} file
 * @returns {{ passed: number, failed: number, skipped: number }}
 */
function playwrightCounts(file) {
  if (!existsSync(file)) return { passed: 0, failed: 0, skipped: 0 };
  const { stats } = JSON.parse(readFileSync(file, 'utf8'));
  return { passed: stats.expected + stats.flaky, failed: stats.unexpected, skipped: stats.skipped };
}

start(async () => {
  await ensureDependencies();
  const browser = await ensureBrowser();
  ensureVirtualScreen();
  rmSync(RESULTS, { recursive: true, force: true });
  mkdirSync(RESULTS, { recursive: true });

  const env = { CHROME_PATH: browser };
  /** @type {(project: string) => Promise<number>} */
  const vitest = (project) =>
    runTool(
      'vitest/vitest.mjs',
      [
        'run',
        '--project',
        project,
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${join(RESULTS, `${project}.json`)}`,
      ],
      { env },
    );
  /** @type {[string, () => Promise<number>][]} */
  const steps = [
    ['lint', () => runTool('@biomejs/biome/bin/biome', ['check', '.', '--error-on-warnings'])],
    ['prepare', () => runTool('wxt/bin/wxt.mjs', ['prepare'])],
    ['types', () => runTool('typescript/bin/tsc', ['--noEmit'])],
    ['unit tests', () => vitest('unit')],
    ['browser tests', () => vitest('browser')],
    ['build', () => build().then(() => 0)],
    [
      'end-to-end tests',
      () =>
        runTool('playwright/cli.js', ['test', '--reporter=list,json'], {
          env: { ...env, PLAYWRIGHT_JSON_OUTPUT_NAME: join(RESULTS, 'e2e.json') },
        }),
    ],
  ];

  const failed = [];
  for (const [name, step] of steps) {
    const began = Date.now();
    say(`\n== ${name}`);
    const code = await step().catch((error) => {
      say(String(error?.message ?? error));
      return 1;
    });
    say(`== ${name}: ${code === 0 ? 'ok' : 'FAILED'} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
    if (code !== 0) failed.push(name);
  }

  const counts = [
    vitestCounts(join(RESULTS, 'unit.json')),
    vitestCounts(join(RESULTS, 'browser.json')),
    playwrightCounts(join(RESULTS, 'e2e.json')),
  ].reduce((sum, each) => ({
    passed: sum.passed + each.passed,
    failed: sum.failed + each.failed,
    skipped: sum.skipped + each.skipped,
  }));
  if (failed.length > 0) console.log(`\nFailed steps: ${failed.join(', ')}`);
  console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  return failed.length > 0 || counts.passed === 0 ? 1 : 0;
});
