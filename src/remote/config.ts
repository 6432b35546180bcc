import * as v from 'valibot';
import { originPattern, parseBaseUrl } from './address';
import { consentScope } from './consent';
import { forgetBucket } from './line';
import { definitionFor, isProviderId, isShapeId, PROVIDERS } from './registry';
import { openedKey, openText, readVault, sealedText, sealText } from './seal';
import type { ConsentMode, ProviderId, Sends, ShapeId, StoredProvider } from './types';
import { forgetUsage } from './usage';

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
  /** `each-time`: agreed to be asked before every upload. Absent in agreements of an older version: `always`. */
  readonly mode?: ConsentMode;
}

/** Why a set-up was refused. */
export type ConfigProblem =
  | 'base-url'
  | 'key-missing'
  | 'key-malformed'
  /** A value of `options` that the definition does not allow. */
  | 'option'
  /** `self-hosted` without a shape, or another provider with one. */
  | 'shape'
  /** Keys are encrypted and closed: unlock first. */
  | 'locked';

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
  /** Text, or sealed under the vault's key. */
  apiKey: v.union([v.pipe(v.string(), v.nonEmpty()), sealedText]),
  sends: v.picklist(['bytes', 'address']),
  options: v.optional(v.record(v.string(), v.string())),
  shape: v.optional(v.custom<ShapeId>((value) => typeof value === 'string' && isShapeId(value))),
});
type StoredEntry = v.InferOutput<typeof storedProvider>;
const consent = v.object({
  agreedAt: v.number(),
  scope: v.string(),
  mode: v.optional(v.picklist(['always', 'each-time'])),
});

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

/** The set-up of one provider, or null where it has none. A key that is locked is `''`, with `locked`. */
export async function providerConfig(id: ProviderId): Promise<StoredProvider | null> {
  const entry = await read(PROVIDER_PREFIX + id, storedProvider);
  if (entry === null) return null;
  const { apiKey, ...rest } = entry;
  if (typeof apiKey === 'string') return { ...rest, apiKey };
  const key = await openedKey();
  const opened = key === null ? null : await openText(apiKey, key, PROVIDER_PREFIX + id);
  return opened === null ? { ...rest, apiKey: '', locked: true } : { ...rest, apiKey: opened };
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
  /** Values of the definition's `options`; an empty one means its default. */
  readonly options?: Readonly<Record<string, string>>;
  /** For `self-hosted` alone, and needed there. */
  readonly shape?: ShapeId;
}

/**
 * A set-up in the form in which it is kept.
 * @param id whose it is; without it options and shape are not looked at
 * @throws ConfigError
 */
export function checkProvider(input: ProviderInput, id?: ProviderId): StoredProvider {
  const baseUrl = parseBaseUrl(input.baseUrl);
  const apiKey = input.apiKey.trim();
  if (baseUrl === null) throw new ConfigError('base-url');
  if (apiKey === '') throw new ConfigError('key-missing');
  if (!KEY_SHAPE.test(apiKey)) throw new ConfigError('key-malformed');
  const bare: StoredProvider = { baseUrl, apiKey, sends: input.sends };
  return id === undefined ? bare : { ...bare, ...checkShape(input, id), ...checkOptions(input, id) };
}

function checkShape({ shape }: ProviderInput, id: ProviderId): Pick<StoredProvider, 'shape'> {
  if ((id === 'self-hosted') !== (shape !== undefined)) throw new ConfigError('shape');
  if (shape !== undefined && !isShapeId(shape)) throw new ConfigError('shape');
  return shape === undefined ? {} : { shape };
}

/** Only options that the definition has, and of those only the ones that are not at their default. */
function checkOptions(input: ProviderInput, id: ProviderId): Pick<StoredProvider, 'options'> {
  const kept: Record<string, string> = {};
  for (const option of definitionFor(id, input).options) {
    const value = (input.options?.[option.id] ?? '').trim();
    if (value === '') continue;
    const allowed =
      option.kind === 'text' ? option.pattern.test(value) : option.values.some((one) => one.value === value);
    if (!allowed) throw new ConfigError('option');
    kept[option.id] = value;
  }
  return Object.keys(kept).length === 0 ? {} : { options: kept };
}

/**
 * Checks and keeps a set-up. Where it changes what the agreement was about (the origin, or what is
 * sent), the agreement no longer holds: `consentFor` compares scopes.
 * @throws ConfigError
 */
export async function saveProvider(id: ProviderId, input: ProviderInput): Promise<StoredProvider> {
  const config = checkProvider(input, id);
  const before = await providerConfig(id);
  await restrictStorage();
  await navigator.locks.request('truegrain-vault', async () => {
    await chrome.storage.local.set({ [PROVIDER_PREFIX + id]: await sealed(id, config) });
  });
  // Another key is another account, and so is another server.
  if (before?.apiKey !== config.apiKey || before.baseUrl !== config.baseUrl) await forgetAccount(id);
  if (before !== null && originPattern(before.baseUrl) !== originPattern(config.baseUrl)) {
    await releaseOrigin(before.baseUrl);
  }
  return config;
}

/** A set-up as it lies on the disk. @throws ConfigError `locked` */
async function sealed(id: ProviderId, config: StoredProvider): Promise<StoredEntry> {
  if ((await readVault()) === null) return { ...config };
  const key = await openedKey();
  if (key === null) throw new ConfigError('locked');
  return { ...config, apiKey: await sealText(config.apiKey, key, PROVIDER_PREFIX + id) };
}

/**
 * Every set-up with its key opened by one data key and sealed by another, as items to be stored in
 * one write; null stands for "not sealed". A key that does not open stays as it is.
 */
export async function rewriteKeys(
  from: CryptoKey | null,
  to: CryptoKey | null,
): Promise<Record<string, StoredEntry>> {
  const items: Record<string, StoredEntry> = {};
  for (const { id } of PROVIDERS) {
    const item = PROVIDER_PREFIX + id;
    const entry = await read(item, storedProvider);
    if (entry === null) continue;
    const { apiKey } = entry;
    const opened = typeof apiKey === 'string' ? apiKey : from && (await openText(apiKey, from, item));
    const next = opened === null || to === null ? (opened ?? apiKey) : await sealText(opened, to, item);
    items[item] = { ...entry, apiKey: next };
  }
  return items;
}

/** Forgets key, address and agreement, and hands the host permission back. */
export async function removeProvider(id: ProviderId): Promise<void> {
  const config = await providerConfig(id);
  await chrome.storage.local.remove([PROVIDER_PREFIX + id, CONSENT_PREFIX + id]);
  await forgetAccount(id);
  if (config !== null) await releaseOrigin(config.baseUrl);
}

async function forgetAccount(id: ProviderId): Promise<void> {
  await forgetUsage(id);
  await forgetBucket(id);
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

/**
 * Records or withdraws the agreement to uploads, for the provider as it is set up now.
 * @param mode `each-time` agrees to be asked before every upload
 */
export async function setConsent(
  id: ProviderId,
  agreed: boolean,
  mode: ConsentMode = 'always',
): Promise<void> {
  const config = await providerConfig(id);
  if (agreed && config !== null) {
    const given: Consent = { agreedAt: Date.now(), scope: consentScope(id, config), mode };
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
