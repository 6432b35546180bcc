// @ts-check
/** Memory of the extension's own process, as Linux tells it. */
import { readdirSync, readFileSync } from 'node:fs';

/** @param {string} path */
function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // the process has ended meanwhile, or this is not Linux
  }
}

/**
 * Proportional set size of the processes that hold extension pages and their workers, among those that this
 * one has started.
 * @returns {number} megabytes; not a number where the system does not tell
 */
export function extensionMemory() {
  const parents = new Map();
  const extension = [];
  for (const name of read('/proc/self/stat') ? readdirSync('/proc') : []) {
    if (!/^\d+$/.test(name)) continue;
    // pid (name of the program, which may hold anything) state ppid ...
    const [, parent] = /\) \S (\d+) /.exec(read(`/proc/${name}/stat`)) ?? [];
    if (parent) parents.set(name, parent);
    if (read(`/proc/${name}/cmdline`).includes('--extension-process')) extension.push(name);
  }
  /** @param {string | undefined} pid @returns {boolean} */
  const ours = (pid) => pid !== undefined && (pid === String(process.pid) || ours(parents.get(pid)));
  const sizes = extension
    .filter(ours)
    .map((pid) => Number(/^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1]));
  return sizes.length === 0 ? Number.NaN : sizes.reduce((sum, size) => sum + size, 0) / 1024;
}
