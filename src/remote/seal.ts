import * as v from 'valibot';

/**
 * Encryption of the keys at rest. One random data key seals every provider's key (AES-256-GCM); the
 * passphrase seals the data key (PBKDF2-SHA-256 to AES-256-GCM), so that a new passphrase leaves the
 * keys as they are. While unlocked the data key lies in `chrome.storage.session`: in memory, gone with
 * the browser session, closed to content scripts by default.
 */

/** Rounds of PBKDF2: OWASP's figure for SHA-256 (Password Storage Cheat Sheet, 2023). */
const ROUNDS = 600_000;

/** What a vault made elsewhere may ask for: below is unsafe, above is a browser that hangs. */
const ROUNDS_RANGE = [100_000, 10_000_000] as const;

const VAULT = 'remote.vault';
const OPENED = 'remote.vault.key';

const base64 = v.pipe(v.string(), v.regex(/^[A-Za-z0-9+/]+={0,2}$/), v.maxLength(4096));
export const sealedText = v.object({ iv: base64, data: base64 });
export type Sealed = v.InferOutput<typeof sealedText>;

const vaultRecord = v.object({
  version: v.literal(1),
  salt: base64,
  rounds: v.pipe(v.number(), v.integer(), v.minValue(ROUNDS_RANGE[0]), v.maxValue(ROUNDS_RANGE[1])),
  key: sealedText,
});
export type VaultRecord = v.InferOutput<typeof vaultRecord>;

export type VaultStatus = 'off' | 'locked' | 'unlocked';
export type VaultProblem = 'passphrase-short' | 'passphrase-wrong' | 'locked' | 'on-already' | 'off';

/** Shortest passphrase, in characters: the only length that is asked for (NIST SP 800-63B, 5.1.1). */
export const SHORTEST_PASSPHRASE = 8;

export class VaultError extends Error {
  override readonly name = 'VaultError';
  constructor(readonly problem: VaultProblem) {
    super(`Key vault: ${problem}`);
  }
}

/** Whether keys are encrypted, and whether they can be read now. */
export async function vaultStatus(): Promise<VaultStatus> {
  if ((await readVault()) === null) return 'off';
  return (await openedKey()) === null ? 'locked' : 'unlocked';
}

export async function readVault(): Promise<VaultRecord | null> {
  const stored = v.safeParse(vaultRecord, (await chrome.storage.local.get(VAULT))[VAULT]);
  return stored.success ? stored.output : null;
}

/** The storage item that holds a vault, to be written together with what it seals. */
export function vaultItem(record: VaultRecord): Record<string, VaultRecord> {
  return { [VAULT]: record };
}

export const VAULT_KEY = VAULT;

/** A new data key under a passphrase. @throws VaultError `passphrase-short` */
export async function createVault(passphrase: string): Promise<{ record: VaultRecord; key: CryptoKey }> {
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, true, ['encrypt', 'decrypt']);
  return { record: await wrap(key, passphrase), key };
}

/** The same data key under another passphrase. @throws VaultError `passphrase-short` */
export async function wrap(key: CryptoKey, passphrase: string): Promise<VaultRecord> {
  if (Array.from(passphrase).length < SHORTEST_PASSPHRASE) throw new VaultError('passphrase-short');
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const raw = new Uint8Array(await crypto.subtle.exportKey('raw', key));
  const wrapping = await derive(passphrase, salt, ROUNDS);
  return { version: 1, salt: encode(salt), rounds: ROUNDS, key: await encrypt(raw, wrapping, 'vault') };
}

/** The data key. @throws VaultError `passphrase-wrong` */
export async function unwrap(record: VaultRecord, passphrase: string): Promise<CryptoKey> {
  const wrapping = await derive(passphrase, decode(record.salt), record.rounds);
  try {
    return await importKey(await decrypt(record.key, wrapping, 'vault'));
  } catch {
    throw new VaultError('passphrase-wrong');
  }
}

/** Keeps the data key for this browser session; null locks. */
export async function keepOpened(key: CryptoKey | null): Promise<void> {
  if (key === null) return chrome.storage.session.remove(OPENED);
  const raw = new Uint8Array(await crypto.subtle.exportKey('raw', key));
  await chrome.storage.session.set({ [OPENED]: encode(raw) });
}

/** The data key of this browser session, or null where it is locked. */
export async function openedKey(): Promise<CryptoKey | null> {
  const stored = v.safeParse(base64, (await chrome.storage.session.get(OPENED))[OPENED]);
  return stored.success ? importKey(decode(stored.output)) : null;
}

/** Calls back when the vault is set up, opened, locked or removed, by whomever. @returns ends it */
export function watchVault(changed: () => void): () => void {
  const listener = (changes: Record<string, unknown>) => {
    if (VAULT in changes || OPENED in changes) changed();
  };
  chrome.storage.onChanged.addListener(listener);
  return () => chrome.storage.onChanged.removeListener(listener);
}

/** @param purpose what is sealed: a text moved to another place does not open there */
export async function sealText(text: string, key: CryptoKey, purpose: string): Promise<Sealed> {
  return encrypt(new TextEncoder().encode(text), key, purpose);
}

/** @returns null where it was not sealed with this key for this purpose, or was changed since */
export async function openText(sealed: Sealed, key: CryptoKey, purpose: string): Promise<string | null> {
  try {
    return new TextDecoder().decode(await decrypt(sealed, key, purpose));
  } catch {
    return null;
  }
}

async function derive(passphrase: string, salt: Uint8Array<ArrayBuffer>, rounds: number): Promise<CryptoKey> {
  // The same passphrase typed on another keyboard may come decomposed.
  const bytes = new TextEncoder().encode(passphrase.normalize('NFKC'));
  const material = await crypto.subtle.importKey('raw', bytes, 'PBKDF2', false, ['deriveKey']);
  const how = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: rounds };
  return crypto.subtle.deriveKey(how, material, { name: 'AES-GCM', length: 256 }, false, [
    'encrypt',
    'decrypt',
  ]);
}

function importKey(raw: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', raw, 'AES-GCM', true, ['encrypt', 'decrypt']);
}

async function encrypt(bytes: Uint8Array<ArrayBuffer>, key: CryptoKey, purpose: string): Promise<Sealed> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const additionalData = new TextEncoder().encode(purpose);
  const data = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData }, key, bytes);
  return { iv: encode(iv), data: encode(new Uint8Array(data)) };
}

async function decrypt(sealed: Sealed, key: CryptoKey, purpose: string): Promise<Uint8Array<ArrayBuffer>> {
  const additionalData = new TextEncoder().encode(purpose);
  const how = { name: 'AES-GCM', iv: decode(sealed.iv), additionalData };
  return new Uint8Array(await crypto.subtle.decrypt(how, key, decode(sealed.data)));
}

function encode(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

function decode(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}
