import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { extensionApis } from '../../tests/providers/extension-apis';
import { changeSettings, DEFAULT_SETTINGS, parseSettings, readSettings } from '.';
import { MIGRATIONS, SETTINGS_VERSION } from './migrations';

const locks = { request: (_: string, work: () => unknown) => work() };
let stored: Map<string, unknown>;

beforeEach(() => {
  const apis = extensionApis();
  stored = apis.stored;
  vi.stubGlobal('chrome', apis.chrome);
  vi.stubGlobal('navigator', { locks });
});

describe('the settings', () => {
  it('are the defaults before anything was set', async () => {
    expect(await readSettings()).toEqual(DEFAULT_SETTINGS);
  });

  it('keep what was changed, with the version of their shape', async () => {
    await changeSettings({ openPopup: false });
    expect(await readSettings()).toEqual({ openPopup: false });
    expect(stored.get('settings')).toEqual({ version: SETTINGS_VERSION, openPopup: false });
  });

  it('refuse a value that does not fit, and stay as they were', async () => {
    // @ts-expect-error what a page built wrongly might send
    await expect(changeSettings({ openPopup: 'yes' })).rejects.toThrow();
    expect(await readSettings()).toEqual(DEFAULT_SETTINGS);
  });

  it('are read whole from anything that may be stored', () => {
    fc.assert(
      fc.property(fc.anything(), (anything) => {
        expect(typeof parseSettings(anything).openPopup).toBe('boolean');
      }),
    );
    expect(parseSettings({ version: 99, openPopup: false, later: 1 })).toEqual({ openPopup: false });
  });

  it('have migrations with ascending versions and dates that are days', () => {
    expect(MIGRATIONS.map(({ version }) => version)).toEqual(MIGRATIONS.map((_, i) => i + 1));
    for (const { date } of MIGRATIONS) expect(new Date(date).toISOString().slice(0, 10)).toBe(date);
  });
});
