import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LAYERS } from '.';

const folders = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

test('every folder is a registered layer of that name, and every layer has its folder', () => {
  expect(LAYERS.map((layer) => layer.id).sort()).toEqual(folders.sort());
});

describe.each(folders)('%s', (folder) => {
  test('has a README that says what it sees and what its limits are', () => {
    const path = join(import.meta.dirname, folder, 'README.md');
    expect(existsSync(path)).toBe(true);
    expect(readFileSync(path, 'utf8')).toMatch(/limit/i);
  });

  test('has tests beside it', () => {
    const files = readdirSync(join(import.meta.dirname, folder), { recursive: true, encoding: 'utf8' });
    expect(files.filter((name) => /\.test\.ts$/.test(name))).not.toHaveLength(0);
  });
});
