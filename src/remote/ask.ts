import { CheckError } from '../failures';
import { isPublicHttps, originPattern } from './address';
import { configuredProviders, consentFor, providerConfig } from './config';
import { getProvider } from './registry';
import type { ProviderId, RemoteResult, StoredProvider } from './types';

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

/** Whom to ask: the first ready provider; else the first that only lacks a yes; else nobody. */
export type Choice =
  | { readonly kind: 'ready'; readonly provider: ProviderId }
  | { readonly kind: 'consent'; readonly provider: ProviderId }
  | { readonly kind: 'none' };

/** @param except providers that were asked already and failed */
export async function chooseProvider(except: readonly ProviderId[] = []): Promise<Choice> {
  let undecided: ProviderId | null = null;
  for (const { id } of await configuredProviders()) {
    if (except.includes(id)) continue;
    const { state } = await readiness(id);
    if (state === 'ready') return { kind: 'ready', provider: id };
    undecided ??= id;
  }
  return undecided === null ? { kind: 'none' } : { kind: 'consent', provider: undecided };
}

/**
 * Asks a provider about an image. This is the only way out of the machine for an image, and the
 * place that holds the rule: no upload without the person's agreement to this provider as it is
 * set up now, and without the host permission for its origin alone.
 * @throws CheckError `permission-denied` without agreement or permission; `provider-*`, `offline`,
 *   `cancelled` as the conversation goes
 */
export async function askProvider(
  id: ProviderId,
  image: RemoteImage,
  signal: AbortSignal,
): Promise<RemoteResult> {
  const provider = getProvider(id);
  const ready = await readiness(id);
  if (ready.state !== 'ready') {
    throw new CheckError({
      code: 'permission-denied',
      args: [provider.name],
      detail: `${id} was not asked: ${ready.state}`,
    });
  }
  if (signal.aborted) throw new CheckError({ code: 'cancelled' });
  const { config } = ready;
  const named = config.sends === 'address' && provider.acceptsUrl && image.url !== null;
  const url = named && isPublicHttps(image.url ?? '') ? image.url : null;
  return provider.detect({ ...image, url }, config, signal);
}
