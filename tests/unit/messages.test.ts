import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FAILURE_CODES } from '../../src/failures';
import { messageName } from '../../src/ui/sentence';

/** Message of `locales/en.yml` by its dotted path. */
const messages = readMessages(readFileSync('locales/en.yml', 'utf8'));
const names = new Set([...messages.keys()].map((path) => messageName(path).toLowerCase()));

/**
 * Reads the part of YAML that locale files use: nested keys of word characters, one-line values,
 * comments, and plural forms (`0`, `1`, `n`), which make one message of their parent.
 */
function readMessages(yaml: string): Map<string, string> {
  const found = new Map<string, string>();
  const path: { indent: number; key: string }[] = [];
  for (const line of yaml.split('\n')) {
    const [, indent = '', key, value = ''] = /^( *)(\w+):\s*(.*)$/.exec(line) ?? [];
    if (key === undefined) continue;
    while (path.length > 0 && (path.at(-1)?.indent ?? 0) >= indent.length) path.pop();
    path.push({ indent: indent.length, key });
    if (value === '' || value.startsWith('#')) continue;
    const keys = path.map((level) => level.key);
    if (/^(\d+|n)$/.test(key)) keys.pop();
    found.set(keys.join('.'), value);
  }
  return found;
}

interface Use {
  readonly file: string;
  /** The key as written; `${...}` stands for anything. */
  readonly key: string;
}

/** Keys handed to `message`, `say` or `words`, or kept in a field called `key` or `...Key`. */
function usesIn(file: string): Use[] {
  const code = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  const call = /\b(?:message|say)\(\s*(?:'([^'\n]+)'|`([^`\n]+)`)/g;
  const field = /\b(?:key|\w+Key):\s*(?:'([a-z]\w*\.[^'\n]+)'|`([a-z]\w*\.[^`\n]+)`)/g;
  return [...code.matchAll(call), ...code.matchAll(field)].flatMap(([, plain, template]) => {
    const key = plain ?? template;
    return key === undefined ? [] : [{ file, key }];
  });
}

/** Whether some message has this name; a template's gaps stand for anything. */
function exists(key: string): boolean {
  const parts = key.split(/\$\{[^}]*\}/).map((part) => messageName(part).toLowerCase());
  if (parts.length === 1) return names.has(parts[0] ?? '');
  const pattern = new RegExp(`^${parts.join('\\w+')}$`);
  return [...names].some((name) => pattern.test(name));
}

const files = ['src', 'entrypoints']
  .flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  )
  .filter((file) => /\.tsx?$/.test(file) && !/\.(test|fixture)\.tsx?$/.test(file));

describe('every message', () => {
  it('that the code asks for stands in locales/en.yml', () => {
    const missing = files.flatMap(usesIn).filter(({ key }) => !exists(key));
    expect(missing).toEqual([]);
  });

  it('has a name of its own, in Chrome’s eyes too: letters, digits, underscores, case ignored', () => {
    expect(names.size).toBe(messages.size);
    for (const path of messages.keys()) expect(path).toMatch(/^[A-Za-z]\w*(\.\w+)*$/);
  });

  it('has words', () => {
    const wordless = [...messages].filter(([, words]) => words.replaceAll(/["'\s]/g, '') === '');
    expect(wordless).toEqual([]);
  });
});

describe.each(FAILURE_CODES)('the failure %s', (code) => {
  it('says what happened and what to do next', () => {
    const what = messages.get(`failures.${code.replaceAll('-', '_')}.what`);
    const next = messages.get(`failures.${code.replaceAll('-', '_')}.next`);
    expect(what).toMatch(/^\S.*[.]$/);
    expect(next).toMatch(/^\S.*[.]$/);
    expect(next).not.toContain('$');
  });
});

it('no failure is described that does not exist', () => {
  const described = [...messages.keys()]
    .filter((path) => path.startsWith('failures.'))
    .map((path) => path.split('.')[1]);
  const known = FAILURE_CODES.map((code) => code.replaceAll('-', '_'));
  expect([...new Set(described)].sort()).toEqual([...known].sort());
});
