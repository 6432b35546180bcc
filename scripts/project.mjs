// @ts-check
/** What every script needs: the root, dependencies, a fresh build, a child process. No packages but Node's own. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
export const EXTENSION = join(ROOT, '.output', 'chrome-mv3');

const MINIMUM_NODE = [20, 12];

/** What the build reads; a change in any of it makes the build stale. */
const BUILD_INPUTS = [
  'entrypoints',
  'src',
  'public',
  'locales',
  'wxt.config.ts',
  'package-lock.json',
  'scripts',
];

/** @param {string} line */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/** Ends the process with a sentence instead of a stack trace where Node is too old. */
export function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [wantMajor = 0, wantMinor = 0] = MINIMUM_NODE;
  if (major > wantMajor || (major === wantMajor && minor >= wantMinor)) return;
  say(`Truegrain needs Node ${MINIMUM_NODE.join('.')} or later; this is ${process.versions.node}.`);
  process.exit(1);
}

/**
 * Runs a command to its end.
 * @param {string} command
 * @param {string[]} args
 * @param {{ quiet?: boolean, env?: Record<string, string> }} [options]
 * @returns {Promise<number>} exit code
 */
export function run(command, args, options = {}) {
  return new Promise((done, fail) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      stdio: options.quiet ? ['ignore', 'ignore', 'inherit'] : ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...options.env },
    });
    child.on('error', fail);
    child.on('close', (code) => done(code ?? 1));
  });
}

/**
 * Runs one of the project's own command-line tools with this Node.
 * @param {string} script path under node_modules
 * @param {string[]} args
 * @param {{ quiet?: boolean, env?: Record<string, string> }} [options]
 */
export function runTool(script, args, options) {
  return run(process.execPath, [join(ROOT, 'node_modules', script), ...args], options);
}

/** Installs what package-lock.json names, unless it already stands there. */
export async function ensureDependencies() {
  const installed = join(ROOT, 'node_modules', '.package-lock.json');
  const wanted = join(ROOT, 'package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(wanted).mtimeMs) return;
  if (existsSync(installed) && sameLock(installed, wanted)) return;
  say('Installing packages (npm ci) ...');
  const npm = process.env.npm_execpath;
  const code = npm
    ? await run(process.execPath, [npm, 'ci', '--no-fund', '--no-audit'], { quiet: true })
    : spawnSync('npm', ['ci', '--no-fund', '--no-audit'], { cwd: ROOT, stdio: 'inherit', shell: true })
        .status;
  if (code !== 0) throw new Error('npm ci failed: see above.');
}

/**
 * A fresh clone's files are all new: compare what is named, not when it was written.
 * @param {string} installed
 * @param {string} wanted
 */
function sameLock(installed, wanted) {
  const have = JSON.parse(readFileSync(installed, 'utf8')).packages ?? {};
  const want = JSON.parse(readFileSync(wanted, 'utf8')).packages ?? {};
  return Object.entries(want).every(([path, entry]) => {
    if (path === '' || entry.optional || entry.peer) return true;
    return have[path]?.version === entry.version;
  });
}

/**
 * Newest modification below a path, in ms.
 * @param {string} path
 * @returns {number}
 */
function newest(path) {
  if (!existsSync(path)) return 0;
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))));
}

/** True where a source is newer than the built extension. */
export function buildIsStale() {
  const manifest = join(EXTENSION, 'manifest.json');
  if (!existsSync(manifest)) return true;
  const built = statSync(manifest).mtimeMs;
  return BUILD_INPUTS.some((name) => newest(join(ROOT, name)) > built);
}

/**
 * Builds the extension.
 * @param {{ zip?: boolean, quiet?: boolean }} [options]
 */
export async function build(options = {}) {
  const code = await runTool('wxt/bin/wxt.mjs', [options.zip ? 'zip' : 'build'], {
    quiet: options.quiet ?? false,
    // The store gives the extension its id; a fixed key is for unpacked builds only.
    env: options.zip ? { TRUEGRAIN_STORE: '1' } : {},
  });
  if (code !== 0) throw new Error('The build failed: see above.');
}

/** Builds only where a source changed since the last build. */
export async function ensureBuild() {
  if (!buildIsStale()) return;
  say('Building the extension ...');
  await build({ quiet: true });
}

/**
 * Runs a script's main function; a failure is one readable sentence, not a stack trace.
 * @param {() => Promise<number | undefined>} main
 */
export function start(main) {
  requireNode();
  main().then(
    (code) => process.exit(code ?? 0),
    (error) => {
      say(process.env.DEBUG ? String(error?.stack ?? error) : String(error?.message ?? error));
      process.exit(1);
    },
  );
}
