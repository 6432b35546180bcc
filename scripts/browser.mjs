// @ts-check
/** Finds a Chromium-based browser, or installs one: shared by start, test and check. */
import { execFileSync, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Oldest Chrome that takes our manifest (`message_serialization`). Kept in step with wxt.config.ts. */
export const MINIMUM_MAJOR = 148;

const NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'microsoft-edge',
  'brave-browser',
];

const FIXED_PLACES = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  '/Applications/Brave Browser.app/Contents/MacOS/Brave Browser',
  ...['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((name) => {
    const root = process.env[name];
    if (!root) return [];
    return [
      join(root, 'Chromium', 'Application', 'chrome.exe'),
      join(root, 'Google', 'Chrome', 'Application', 'chrome.exe'),
      join(root, 'Microsoft', 'Edge', 'Application', 'msedge.exe'),
      join(root, 'BraveSoftware', 'Brave-Browser', 'Application', 'brave.exe'),
    ];
  }),
];

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Major version a browser reports of itself, or null where it does not start.
 * @param {string} path
 */
export function majorVersion(path) {
  if (process.platform === 'win32') return MINIMUM_MAJOR; // chrome.exe --version opens a window there
  const result = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: 20_000 });
  const found = /(\d+)\.\d+\.\d+\.\d+/.exec(result.stdout ?? '');
  return found ? Number(found[1]) : null;
}

/**
 * Branded Chrome and Edge ignore --load-extension since 137: they serve a person who loads the folder by
 * hand, not a script. Chromium, Chrome for Testing and Brave honour it, so they come first.
 * @returns {Promise<string[]>} candidate paths, best first
 */
async function candidates() {
  /** @type {string[]} */
  const found = [];
  if (process.env.CHROME_PATH) found.push(process.env.CHROME_PATH);
  for (const name of NAMES) {
    for (const folder of (process.env.PATH ?? '').split(delimiter)) {
      if (folder) found.push(join(folder, name));
    }
  }
  found.push(...FIXED_PLACES, join(homedir(), '.local/bin/chromium'));
  try {
    const { chromium } = await import('playwright');
    found.push(chromium.executablePath());
  } catch {
    // Playwright not installed yet, or no browser of its own: the others may serve.
  }
  return found.filter((path, at) => found.indexOf(path) === at && existsSync(path) && isExecutable(path));
}

/** @param {string} path */
function loadsExtensions(path) {
  const branded = /google[ -]chrome(?!.*testing)|microsoft[ -]edge/i.test(path);
  return !branded;
}

/**
 * @returns {Promise<{path: string} | {problem: string}>}
 */
export async function findBrowser() {
  const rejected = [];
  for (const path of await candidates()) {
    if (path !== process.env.CHROME_PATH && !loadsExtensions(path)) {
      rejected.push(`${path}: does not load unpacked extensions from a script`);
      continue;
    }
    const major = majorVersion(path);
    if (major !== null && major >= MINIMUM_MAJOR) return { path };
    rejected.push(
      `${path}: ${major === null ? 'does not start' : `version ${major}, older than ${MINIMUM_MAJOR}`}`,
    );
  }
  return { problem: rejected.length > 0 ? rejected.join('\n  ') : 'none found' };
}

/**
 * Finds a browser, installing one where none is found: Playwright's own first, then Debian's by apt as root.
 * @param {(line: string) => void} say
 * @returns {Promise<string>} the executable's path
 * @throws {Error} with what to install by hand
 */
export async function ensureBrowser(say = console.error) {
  const first = await findBrowser();
  if ('path' in first) return first.path;
  say(`No usable Chromium yet (${first.problem}). Installing one ...`);
  const tries = [[process.execPath, ['node_modules/playwright/cli.js', 'install', 'chromium']]];
  if (process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    tries.push(
      ['apt-get', ['update', '-q']],
      ['apt-get', ['install', '-y', '-q', 'chromium', 'fonts-liberation']],
    );
  }
  for (const [command, args] of /** @type {[string, string[]][]} */ (tries)) {
    try {
      execFileSync(command, args, {
        stdio: ['ignore', 'ignore', 'inherit'],
        timeout: 600_000,
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      });
    } catch {
      say(`  ${command} ${args.join(' ')}: did not work`);
      continue;
    }
    const now = await findBrowser();
    if ('path' in now) return now.path;
  }
  throw new Error(
    'No Chromium could be found or installed. Install Chromium, Chrome for Testing or Brave ' +
      `(version ${MINIMUM_MAJOR} or later), or set CHROME_PATH to one, and run this again.`,
  );
}
