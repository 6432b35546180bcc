import * as v from 'valibot';
import { originPattern, parseBaseUrl } from './address';
import { consentScope } from './consent';
import { isProviderId, PROVIDERS } from './registry';
import type { ProviderId, Sends, StoredProvider } from './types';

/**
 * What the person set up: keys, addresses, agreements and the order of asking. Kept in
 * `chrome.storage.local`, closed to content scripts by `restrictStorage`. Keys leave this room in
 * one way only: in a header to their provider's origin.
 */

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

/** One entry a provider, so that no writer undoes what another just wrote. */
const PROVIDER_PREFIX = 'remote.provider.';
const CONSENT_PREFIX = 'remote.consent.';
const ORDER = 'remote.order';

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

/** A stored value, or null; one of an older or broken shape counts as not set up. */
async function read<Schema extends v.GenericSchema>(
  key: string,
  schema: Schema,
): Promise<v.InferOutput<Schema> | null> {
  const result = v.safeParse(schema, (await chrome.storage.local.get(key))[key]);
  return result.success ? result.output : null;
}

/** Closes the storage to content scripts. Chrome keeps the setting; calling again does no harm. */
export async function restrictStorage(): Promise<void> {
  await chrome.storage.local.setAccessLevel({ accessLevel: 'TRUSTED_CONTEXTS' });
}

/** The set-up of one provider, or null where it has none. */
export async function providerConfig(id: ProviderId): Promise<StoredProvider | null> {
  return read(PROVIDER_PREFIX + id, storedProvider);
}

/** Providers that are set up, in the order in which they are asked. */
export async function configuredProviders(): Promise<{ id: ProviderId; config: StoredProvider }[]> {
  const entries = (await providerOrder()).map(async (id) => ({ id, config: await providerConfig(id) }));
  return (await Promise.all(entries)).flatMap(({ id, config }) => (config === null ? [] : [{ id, config }]));
}

/** A set-up as typed by a person. */
export interface ProviderInput {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly sends: Sends;
}

/**
 * A set-up in the form in which it is kept.
 * @throws ConfigError
 */
export function checkProvider(input: ProviderInput): StoredProvider {
  const baseUrl = parseBaseUrl(input.baseUrl);
  const apiKey = input.apiKey.trim();
  if (baseUrl === null) throw new ConfigError('base-url');
  if (apiKey === '') throw new ConfigError('key-missing');
  if (!KEY_SHAPE.test(apiKey)) throw new ConfigError('key-malformed');
  return { baseUrl, apiKey, sends: input.sends };
}

/**
 * Checks and keeps a set-up. Where it changes what the agreement was about (the origin, or what is
 * sent), the agreement no longer holds: `consentFor` compares scopes.
 * @throws ConfigError
 */
export async function saveProvider(id: ProviderId, input: ProviderInput): Promise<StoredProvider> {
  const config = checkProvider(input);
  const before = await providerConfig(id);
  await restrictStorage();
  await chrome.storage.local.set({ [PROVIDER_PREFIX + id]: config });
  if (before !== null && originPattern(before.baseUrl) !== originPattern(config.baseUrl)) {
    await releaseOrigin(before.baseUrl);
  }
  return config;
}

/** Forgets key, address and agreement, and hands the host permission back. */
export async function removeProvider(id: ProviderId): Promise<void> {
  const config = await providerConfig(id);
  await chrome.storage.local.remove([PROVIDER_PREFIX + id, CONSENT_PREFIX + id]);
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
  if (agreed && config !== null) {
    const given: Consent = { agreedAt: Date.now(), scope: consentScope(id, config) };
    await chrome.storage.local.set({ [CONSENT_PREFIX + id]: given });
  } else {
    await chrome.storage.local.remove(CONSENT_PREFIX + id);
  }
}

/** The agreement that covers this set-up, or null. */
export async function consentFor(id: ProviderId, config: StoredProvider): Promise<Consent | null> {
  const given = await read(CONSENT_PREFIX + id, consent);
  return given !== null && given.scope === consentScope(id, config) ? given : null;
}

/** The order in which providers are asked: the person's, then those it does not name. */
export async function providerOrder(): Promise<ProviderId[]> {
  const chosen = ((await read(ORDER, v.array(v.string()))) ?? []).filter(isProviderId);
  return [...new Set([...chosen, ...PROVIDERS.map((provider) => provider.id)])];
}

export async function setProviderOrder(order: readonly ProviderId[]): Promise<void> {
  await chrome.storage.local.set({ [ORDER]: [...order] });
}

/** Calls back when a set-up, an agreement or the order changed, whoever changed it. */
export function watchProviders(changed: () => void): () => void {
  const listener = (changes: Record<string, unknown>, area: string) => {
    if (area === 'local' && Object.keys(changes).some((key) => key.startsWith('remote.'))) changed();
  };
  chrome.storage.onChanged.addListener(listener);
  return () => chrome.storage.onChanged.removeListener(listener);
}

/** A key as shown: its last four characters, and those only where enough stays hidden. */
export function maskKey(key: string): string {
  return key.length >= 12 ? `••••••••${key.slice(-4)}` : '••••••••';
}
