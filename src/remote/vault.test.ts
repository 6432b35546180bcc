import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ExtensionApis, extensionApis } from '../../tests/providers/extension-apis';
import {
  abandonVault,
  changePassphrase,
  configuredProviders,
  lockVault,
  providerConfig,
  readiness,
  removeVault,
  saveProvider,
  setConsent,
  setUpVault,
  unlockVault,
  vaultStatus,
  watchVault,
} from './index';

const KEY = 'fl_secret_key_0123456789';
const PASSPHRASE = 'correct horse battery staple';
const BASE = 'https://api.fauxlens.com';

let apis: ExtensionApis;
beforeEach(async () => {
  apis = extensionApis();
  vi.stubGlobal('chrome', apis.chrome);
  vi.stubGlobal('navigator', apis.navigator);
  apis.granted.add(`${BASE}/*`);
  await saveProvider('fauxlens', { baseUrl: BASE, apiKey: KEY, sends: 'bytes' });
  await setConsent('fauxlens', true);
});
afterEach(() => vi.unstubAllGlobals());

const disk = () => JSON.stringify([...apis.stored]);
const key = async () => (await providerConfig('fauxlens'))?.apiKey;

describe('keys under a passphrase', () => {
  it('are not on the disk, and can be used for this browser session', async () => {
    expect(disk()).toContain(KEY);
    await setUpVault(PASSPHRASE);
    expect(await vaultStatus()).toBe('unlocked');
    expect(disk()).not.toContain(KEY);
    expect(disk()).not.toContain(PASSPHRASE);
    expect(await key()).toBe(KEY);
    expect((await readiness('fauxlens')).state).toBe('ready');
  });

  it('are closed after a restart of the browser, and opened by the passphrase alone', async () => {
    await setUpVault(PASSPHRASE);
    apis.session.clear();
    expect(await vaultStatus()).toBe('locked');
    expect(await providerConfig('fauxlens')).toMatchObject({ apiKey: '', locked: true, baseUrl: BASE });
    expect((await readiness('fauxlens')).state).toBe('locked');
    await expect(unlockVault('correct horse battery stapler')).rejects.toMatchObject({
      problem: 'passphrase-wrong',
    });
    expect(await vaultStatus()).toBe('locked');
    await unlockVault(PASSPHRASE);
    expect(await key()).toBe(KEY);
  });

  it('take a new key only while they are open', async () => {
    await setUpVault(PASSPHRASE);
    const other = { baseUrl: BASE, apiKey: 'fl_another_key_99999', sends: 'bytes' } as const;
    await saveProvider('fauxlens', other);
    expect(disk()).not.toContain('fl_another_key_99999');
    expect(await key()).toBe('fl_another_key_99999');
    await lockVault();
    await expect(saveProvider('fauxlens', other)).rejects.toMatchObject({ problem: 'locked' });
  });

  it('keep to a changed passphrase', async () => {
    await setUpVault(PASSPHRASE);
    await expect(changePassphrase('not the old one', 'a new passphrase')).rejects.toMatchObject({
      problem: 'passphrase-wrong',
    });
    await expect(changePassphrase(PASSPHRASE, 'short')).rejects.toMatchObject({
      problem: 'passphrase-short',
    });
    await changePassphrase(PASSPHRASE, 'a new passphrase');
    await lockVault();
    await expect(unlockVault(PASSPHRASE)).rejects.toMatchObject({ problem: 'passphrase-wrong' });
    await unlockVault('a new passphrase');
    expect(await key()).toBe(KEY);
  });

  it('are plain again where the vault is removed, which a locked one refuses', async () => {
    await setUpVault(PASSPHRASE);
    await lockVault();
    await expect(removeVault()).rejects.toMatchObject({ problem: 'locked' });
    await unlockVault(PASSPHRASE);
    await removeVault();
    expect(await vaultStatus()).toBe('off');
    expect(disk()).toContain(KEY);
    expect(await key()).toBe(KEY);
  });

  it('are gone, with their set-ups, where the passphrase is lost', async () => {
    await setUpVault(PASSPHRASE);
    apis.session.clear();
    await abandonVault();
    expect(await vaultStatus()).toBe('off');
    expect(await configuredProviders()).toEqual([]);
  });

  it('cannot be moved to another provider, nor changed', async () => {
    await setUpVault(PASSPHRASE);
    const entry = apis.stored.get('remote.provider.fauxlens');
    apis.stored.set('remote.provider.self-hosted', { ...Object(entry), shape: 'fauxlens' });
    expect(await providerConfig('self-hosted')).toMatchObject({ apiKey: '', locked: true });
  });

  it('refuse a second vault, and a passphrase that is too short', async () => {
    await expect(setUpVault('1234567')).rejects.toMatchObject({ problem: 'passphrase-short' });
    expect(await vaultStatus()).toBe('off');
    await setUpVault(PASSPHRASE);
    await expect(setUpVault(PASSPHRASE)).rejects.toMatchObject({ problem: 'on-already' });
  });

  it('tell who listens', async () => {
    const heard = vi.fn();
    const end = watchVault(heard);
    await setUpVault(PASSPHRASE);
    await lockVault();
    const times = heard.mock.calls.length;
    expect(times).toBeGreaterThanOrEqual(2);
    end();
    await unlockVault(PASSPHRASE);
    expect(heard).toHaveBeenCalledTimes(times);
  });
});
