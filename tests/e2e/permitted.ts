import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXTENSION } from './harness';

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
