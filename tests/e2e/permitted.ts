import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXTENSION, type Extension, launch } from './harness';

/**
 * A copy of the built extension whose manifest grants the given hosts at install: what a person
 * grants in the browser's prompt, which headless Chromium does not show. Nothing else differs.
 */
export function permittedCopy(hosts: readonly string[]): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'truegrain-permitted-'));
  cpSync(EXTENSION, path, { recursive: true });
  const file = join(path, 'manifest.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify({ ...manifest, host_permissions: hosts }));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** A fixture: the extension with the test's own servers granted. */
export async function withLoopback(use: (extension: Extension) => Promise<void>): Promise<void> {
  const copy = permittedCopy(['http://127.0.0.1/*']);
  const extension = await launch({ extension: copy.path });
  await use(extension);
  await extension.close();
  copy.remove();
}
