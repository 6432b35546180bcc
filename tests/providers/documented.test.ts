import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import * as documented from './documented';

/** The pages themselves, where this checkout has them beside it. */
const PAGES = '../shared/seeds';

it.skipIf(!existsSync(PAGES))('every example stands in its page, byte for byte', () => {
  const pages = readdirSync(PAGES).map((file) => readFileSync(`${PAGES}/${file}`, 'utf8'));
  const { FAUXLENS_REPLY: _braced, ...shown } = documented;
  expect(Object.keys(shown).length).toBe(11);
  for (const [name, text] of Object.entries(shown)) {
    expect(pages.filter((page) => page.includes(text)).length, name).toBe(1);
  }
});

it('every example but the shortened one is JSON', () => {
  const { FAUXLENS_REPLY_BODY: _bare, FAKESEC_TEST_REPLY_SHOWN: _shortened, ...whole } = documented;
  for (const text of Object.values(whole)) expect(() => JSON.parse(text)).not.toThrow();
});
