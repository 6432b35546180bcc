import { rewriteKeys } from './config';
import {
  createVault,
  keepOpened,
  openedKey,
  readVault,
  unwrap,
  VAULT_KEY,
  VaultError,
  vaultItem,
  wrap,
} from './seal';

/**
 * The passphrase around the keys, as the options page works it. Every call may come from any of our
 * pages; each is one write of the storage, so that no state between "all sealed" and "none" exists.
 */

/**
 * Encrypts all keys, now and from now on. They stay open for this browser session.
 * @throws VaultError `on-already`, `passphrase-short`
 */
export function setUpVault(passphrase: string): Promise<void> {
  return alone(async () => {
    if ((await readVault()) !== null) throw new VaultError('on-already');
    const { record, key } = await createVault(passphrase);
    await keepOpened(key);
    await chrome.storage.local.set({ ...(await rewriteKeys(null, key)), ...vaultItem(record) });
  });
}

/** Opens the keys for this browser session. @throws VaultError `off`, `passphrase-wrong` */
export function unlockVault(passphrase: string): Promise<void> {
  return alone(async () => {
    const record = await readVault();
    if (record === null) throw new VaultError('off');
    await keepOpened(await unwrap(record, passphrase));
  });
}

/** Closes the keys: nothing can be sent until they are opened again. */
export function lockVault(): Promise<void> {
  return alone(() => keepOpened(null));
}

/** @throws VaultError `off`, `passphrase-wrong`, `passphrase-short` */
export function changePassphrase(old: string, next: string): Promise<void> {
  return alone(async () => {
    const record = await readVault();
    if (record === null) throw new VaultError('off');
    const key = await unwrap(record, old);
    await chrome.storage.local.set(vaultItem(await wrap(key, next)));
    await keepOpened(key);
  });
}

/** Decrypts all keys and keeps them as they are. @throws VaultError `off`, `locked` */
export function removeVault(): Promise<void> {
  return alone(async () => {
    if ((await readVault()) === null) throw new VaultError('off');
    const key = await openedKey();
    if (key === null) throw new VaultError('locked');
    await chrome.storage.local.set(await rewriteKeys(key, null));
    await chrome.storage.local.remove(VAULT_KEY);
    await keepOpened(null);
  });
}

/** For a lost passphrase: forgets the vault and every key in it. The rest of each set-up goes too. */
export function abandonVault(): Promise<void> {
  return alone(async () => {
    const items = await rewriteKeys(null, null);
    await chrome.storage.local.remove([...Object.keys(items), VAULT_KEY]);
    await keepOpened(null);
  });
}

function alone<Result>(work: () => Promise<Result>): Promise<Result> {
  return navigator.locks.request('truegrain-vault', work);
}
