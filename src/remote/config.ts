import * as v from 'valibot';
import { originPattern, parseBaseUrl } from './address';
import { consentScope } from './consent';
import { PROVIDERS } from './registry';
import type { ProviderConfig, ProviderId } from './types';

/**
 * What the person set up: keys, addresses, agreements and the order of asking. Kept in
 * `chrome.storage.local`, closed to content scripts by `restrictStorage`. Keys leave this room in
 * one way only: in a header to their provider's origin.
 */

/** What of an image is sent: its bytes, or its address where it has a public https one. */
export type Sends = 'bytes' | 'address';

export interface StoredProvider extends ProviderConfig {
  readonly sends: Sends;
}

/** An agreement to uploads. It covers exactly what its sentence said, so it holds the scope of that sentence. */
export interface Consent {
  /** Milliseconds since the epoch. */
  readonly agreedAt: number;
  /** `consentScope` of the provider as it was set up then. */
  readonly scope: string;
}

/** Why a set-up was refused. */
export type ConfigProblem = 'base-url' | 'key-missing' | 'key-malformed';

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly problem: ConfigProblem) {
    super(`Provider set-up refused: ${problem}`);
  }
}

const KEYS = { providers: 'remote.providers', consents: 'remote.consents', order: 'remote.order' } as const;

const storedProvider = v.object({
  baseUrl: v.pipe(
    v.string(),
    v.check((url) => parseBaseUrl(url) === url),
  ),
  apiKey: v.pipe(v.string(), v.nonEmpty()),
  sends: v.picklist(['bytes', 'address']),
});
const consent = v.object({ agreedAt: v.number(), scope: v.string() });

/** Printable ASCII without blanks: what may stand in a header (RFC 6750 asks for less still). */
const KEY_SHAPE = /^[\x21-\x7e]{1,512}$/;

function isProviderId(value: string): value is ProviderId {
  return PROVIDERS.some((provider) => provider.id === value);
}

async function readRecord<Schema extends v.GenericSchema>(
  key: string,
  schema: Schema,
): Promise<Partial<Record<ProviderId, v.InferOutput<Schema>>>> {
  const stored: unknown = (await chrome.storage.local.get(key))[key];
  if (typeof stored !== 'object' || stored === null) return {};
  const entries: [string, v.InferOutput<Schema>][] = [];
  for (const [id, value] of Object.entries(stored)) {
    // An entry of an older shape counts as not set up, and costs nobody the others.
    const result = v.safeParse(schema, value);
    if (isProviderId(id) && result.success) entries.push([id, result.output]);
  }
  return Object.fromEntries(entries);
}

async function change<Schema extends v.GenericSchema>(
  key: string,
  schema: Schema,
  id: ProviderId,
  value: v.InferOutput<Schema> | null,
): Promise<void> {
  // Pages and the worker write here; a lock keeps one from undoing what the other just wrote.
  await navigator.locks.request(key, async () => {
    const record = { ...(await readRecord(key, schema)) };
    if (value === null) delete record[id];
    else record[id] = value;
    await chrome.storage.local.set({ [key]: record });
  });
}

/** Closes the storage to content scripts. Chrome keeps the setting; calling again does no harm. */
export async function restrictStorage(): Promise<void> {
  await chrome.storage.local.setAccessLevel({ accessLevel: 'TRUSTED_CONTEXTS' });
}

/** The set-up of one provider, or null where it has none. */
export async function providerConfig(id: ProviderId): Promise<StoredProvider | null> {
  return (await readRecord(KEYS.providers, storedProvider))[id] ?? null;
}

/** Providers that are set up, in the order in which they are asked. */
export async function configuredProviders(): Promise<{ id: ProviderId; config: StoredProvider }[]> {
  const record = await readRecord(KEYS.providers, storedProvider);
  return (await providerOrder()).flatMap((id) => {
    const config = record[id];
    return config === undefined ? [] : [{ id, config }];
  });
}

/**
 * Checks and keeps a set-up. Where it changes what the agreement was about (the origin, or what is
 * sent), the agreement no longer holds: `hasConsent` compares scopes.
 * @throws ConfigError
 */
export async function saveProvider(
  id: ProviderId,
  input: { baseUrl: string; apiKey: string; sends: Sends },
): Promise<StoredProvider> {
  const baseUrl = parseBaseUrl(input.baseUrl);
  const apiKey = input.apiKey.trim();
  if (baseUrl === null) throw new ConfigError('base-url');
  if (apiKey === '') throw new ConfigError('key-missing');
  if (!KEY_SHAPE.test(apiKey)) throw new ConfigError('key-malformed');
  const config = { baseUrl, apiKey, sends: input.sends };
  await restrictStorage();
  await change(KEYS.providers, storedProvider, id, config);
  return config;
}

/** Forgets key, address and agreement, and hands the host permission back. */
export async function removeProvider(id: ProviderId): Promise<void> {
  const config = await providerConfig(id);
  await setConsent(id, false);
  await change(KEYS.providers, storedProvider, id, null);
  if (config !== null) await releaseOrigin(config.baseUrl);
}

async function releaseOrigin(baseUrl: string): Promise<void> {
  const pattern = originPattern(baseUrl);
  const shared = (await configuredProviders()).some(
    ({ config }) => originPattern(config.baseUrl) === pattern,
  );
  if (shared) return;
  // Chrome refuses where a wider permission ("all sites") holds it; that one is the person's own choice.
  await chrome.permissions.remove({ origins: [pattern] }).catch(() => false);
}

/** Records or withdraws the agreement to uploads, for the provider as it is set up now. */
export async function setConsent(id: ProviderId, agreed: boolean): Promise<void> {
  const config = await providerConfig(id);
  const value = agreed && config !== null ? { agreedAt: Date.now(), scope: consentScope(id, config) } : null;
  await change(KEYS.consents, consent, id, value);
}

/** The agreement that covers this set-up, or null. */
export async function consentFor(id: ProviderId, config: StoredProvider): Promise<Consent | null> {
  const given = (await readRecord(KEYS.consents, consent))[id];
  return given !== undefined && given.scope === consentScope(id, config) ? given : null;
}

/** The order in which providers are asked: the person's, then those it does not name. */
export async function providerOrder(): Promise<ProviderId[]> {
  const stored: unknown = (await chrome.storage.local.get(KEYS.order))[KEYS.order];
  const chosen = Array.isArray(stored)
    ? stored.filter((id) => typeof id === 'string').filter(isProviderId)
    : [];
  return [...new Set([...chosen, ...PROVIDERS.map((provider) => provider.id)])];
}

export async function setProviderOrder(order: readonly ProviderId[]): Promise<void> {
  await chrome.storage.local.set({ [KEYS.order]: [...order] });
}

/** Calls back when a set-up, an agreement or the order changed, whoever changed it. */
export function watchProviders(changed: () => void): () => void {
  const keys: readonly string[] = Object.values(KEYS);
  const listener = (changes: Record<string, unknown>, area: string) => {
    if (area === 'local' && Object.keys(changes).some((key) => keys.includes(key))) changed();
  };
  chrome.storage.onChanged.addListener(listener);
  return () => chrome.storage.onChanged.removeListener(listener);
}

/** A key as shown: its last four characters, and those only where enough stays hidden. */
export function maskKey(key: string): string {
  return key.length >= 12 ? `••••••••${key.slice(-4)}` : '••••••••';
}
