import { CheckError, type Failure } from '../failures';
import { isPublicHttps, originPattern } from './address';
import { configuredProviders, consentFor, providerConfig } from './config';
import { createLine } from './line';
import { serverAnswers } from './probe';
import { inTurn } from './queue';
import { definitionFor } from './registry';
import type { ProviderId, RemoteResult, StoredProvider } from './types';
import { exhaustedUntil, saveBlock, usageOf } from './usage';

/** Whether a provider could be asked now, and what is missing if not. */
export type Readiness =
  | { readonly state: 'ready'; readonly config: StoredProvider }
  | { readonly state: 'not-configured' }
  /** Keys are encrypted and closed: `unlockVault` opens them. */
  | { readonly state: 'locked'; readonly config: StoredProvider }
  | { readonly state: 'no-consent'; readonly config: StoredProvider }
  /** Agreed to, but each upload asks anew. */
  | { readonly state: 'ask-each-time'; readonly config: StoredProvider; readonly origins: readonly [string] }
  /** The browser may not talk to this origin (yet, or no longer): it asks the person in a click. */
  | { readonly state: 'no-permission'; readonly config: StoredProvider; readonly origins: readonly [string] };

/** An image to be judged elsewhere. */
export interface RemoteImage {
  readonly bytes: Uint8Array;
  /** As acquired; providers are told the type found in the bytes. */
  readonly mime: string;
  readonly sha256: string;
  /** The image's own address, if it has one. It is sent only if it is public and the person chose so. */
  readonly url: string | null;
}

export async function readiness(id: ProviderId): Promise<Readiness> {
  const config = await providerConfig(id);
  if (config === null) return { state: 'not-configured' };
  const consent = await consentFor(id, config);
  if (consent === null) return { state: 'no-consent', config };
  const origins: [string] = [originPattern(config.baseUrl)];
  if (!(await chrome.permissions.contains({ origins }))) return { state: 'no-permission', config, origins };
  if (config.locked) return { state: 'locked', config };
  return consent.mode === 'each-time'
    ? { state: 'ask-each-time', config, origins }
    : { state: 'ready', config };
}

/**
 * Whom to ask. The first in the person's order that has consent, key and quota left; a provider that
 * wants to be asked about each time holds its place in the order. Where there is none: when the first
 * limit ends (`exhausted`), else which lock or which yes is missing, else nobody.
 */
export type Choice =
  | { readonly kind: 'ready'; readonly provider: ProviderId }
  | { readonly kind: 'exhausted'; readonly provider: ProviderId; readonly until: number }
  | { readonly kind: 'locked'; readonly provider: ProviderId }
  | { readonly kind: 'consent'; readonly provider: ProviderId; readonly everyTime?: true }
  | { readonly kind: 'none' };

export interface ChoiceOptions {
  /** Providers that are not to be asked: they were, and failed. */
  readonly except?: readonly string[];
  /** Providers to which the person said yes for this one image. */
  readonly allowed?: readonly string[];
}

export async function chooseProvider({ except = [], allowed = [] }: ChoiceOptions = {}): Promise<Choice> {
  const found: Choice[] = [];
  for (const { id } of await configuredProviders()) {
    if (except.includes(id)) continue;
    const choice = await standing(id, allowed.includes(id));
    if (choice.kind === 'ready' || (choice.kind === 'consent' && choice.everyTime)) return choice;
    found.push(choice);
  }
  const limited = found.filter((choice) => choice.kind === 'exhausted');
  limited.sort((a, b) => a.until - b.until);
  const locked = found.find(({ kind }) => kind === 'locked');
  return limited[0] ?? locked ?? found.find(({ kind }) => kind === 'consent') ?? { kind: 'none' };
}

/**
 * How one provider stands.
 * @param allowed whether the person said yes to it for this one image
 */
export async function standing(provider: ProviderId, allowed = false): Promise<Choice> {
  const { state } = await readiness(provider);
  if (state === 'not-configured') return { kind: 'none' };
  if (state === 'locked') return { kind: 'locked', provider };
  if (state === 'no-permission' || (state === 'no-consent' && !allowed)) return { kind: 'consent', provider };
  if (state === 'no-consent' && !(await permitted(provider))) return { kind: 'consent', provider };
  if (state === 'ask-each-time' && !allowed) return { kind: 'consent', provider, everyTime: true };
  const until = exhaustedUntil(await usageOf(provider));
  return until === null ? { kind: 'ready', provider } : { kind: 'exhausted', provider, until };
}

async function permitted(id: ProviderId): Promise<boolean> {
  const config = await providerConfig(id);
  if (config === null || config.locked) return false;
  return chrome.permissions.contains({ origins: [originPattern(config.baseUrl)] });
}

export interface AskOptions {
  /** The person said yes to this one upload: an agreement that is missing, or asks each time, is given. */
  readonly allowed?: boolean;
  /** Called before each attempt to upload; the upload leaves when it has resolved. */
  readonly beforeSending?: () => Promise<void>;
}

/**
 * Asks a provider about an image. This is the only way out of the machine for an image, and the
 * place that holds the rule: no upload without the person's agreement to this provider as it is
 * set up now, and without the host permission for its origin alone. Waits for its turn in the
 * provider's queue and for a place in the key's bucket.
 * @throws CheckError `permission-denied` without agreement or permission; `provider-*`, `offline`,
 *   `cancelled` as the conversation goes; `fate` says what became of the upload
 */
export async function askProvider(
  id: ProviderId,
  image: RemoteImage,
  signal: AbortSignal,
  { allowed = false, beforeSending }: AskOptions = {},
): Promise<RemoteResult> {
  const config = await admitted(id, allowed);
  if (signal.aborted) throw new CheckError({ code: 'cancelled', fate: 'not-sent' });
  const provider = definitionFor(id, config);
  const named = config.sends === 'address' && provider.acceptsUrl && image.url !== null;
  const url = named && isPublicHttps(image.url ?? '') ? image.url : null;
  let sent = false;
  const sending = async () => {
    await beforeSending?.();
    sent = true;
  };
  const line = createLine(provider, config, { beforeSending: sending });
  try {
    const result = await inTurn(provider, config, signal, () =>
      provider.detect({ ...image, url }, { ...config, line }, signal),
    );
    if (result.usage) await line.heard(result.usage);
    return result;
  } catch (thrown) {
    if (!(thrown instanceof CheckError)) throw thrown;
    const failure = await withFate(thrown.failure, sent, config);
    await remember(id, failure);
    throw new CheckError(failure, { cause: thrown.cause });
  }
}

/** @throws CheckError `permission-denied` */
async function admitted(id: ProviderId, allowed: boolean): Promise<StoredProvider> {
  const ready = await readiness(id);
  if (ready.state === 'ready') return ready.config;
  if (allowed && ready.state === 'ask-each-time') return ready.config;
  if (allowed && ready.state === 'no-consent' && (await permitted(id))) return ready.config;
  const config = 'config' in ready ? ready.config : null;
  throw new CheckError({
    code: 'permission-denied',
    args: [definitionFor(id, config).name],
    detail: `${id} was not asked: ${ready.state}`,
    fate: 'not-sent',
  });
}

/** A failure with what became of the upload. One of unknown fate to a server that is not there never arrived. */
export async function withFate(failure: Failure, sent: boolean, config: StoredProvider): Promise<Failure> {
  if (!sent) return { ...failure, fate: 'not-sent' };
  const { code, fate = 'answered' } = failure;
  const cut = fate === 'unknown' && (code === 'provider-unreachable' || code === 'offline');
  return { ...failure, fate: cut && !(await serverAnswers(config.baseUrl)) ? 'not-sent' : fate };
}

/** Asked before this time, a provider that says how long it is at a limit would only say it again. */
const UNTOLD_BLOCK = { 'provider-rate-limited': 60_000, 'provider-out-of-credit': 3_600_000 } as const;

/** Writes down a limit, so that the next check goes elsewhere at once. */
export async function remember(id: ProviderId, { code, retryAt, fate }: Failure): Promise<void> {
  if (fate === 'not-sent') return;
  if (code !== 'provider-rate-limited' && code !== 'provider-out-of-credit') return;
  // Best effort: the failure itself is what matters.
  await saveBlock(id, retryAt ?? Date.now() + UNTOLD_BLOCK[code]).catch((error: unknown) =>
    console.error(error),
  );
}
