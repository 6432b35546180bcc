/** Which addresses we may talk to, and which we may name to a provider. */

import { isPublicHost } from '../addresses';

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Base URL of a provider as typed by a person: https, or http to this very machine for
 * self-hosting; no user name, query or fragment. The trailing slash goes.
 * @returns the normalised URL, or null where it is not acceptable
 */
export function parseBaseUrl(text: string): string | null {
  if (!URL.canParse(text.trim())) return null;
  const url = new URL(text.trim());
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return null;
  const allowed = url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.has(url.hostname));
  return allowed ? url.href.replace(/\/+$/, '') : null;
}

/** Whether an address is of this very machine, which is there also without a connection. */
export function isLoopback(address: string): boolean {
  return LOOPBACK.has(new URL(address).hostname);
}

/** Pattern of the one host permission a provider needs: `https://api.fauxlens.com/*`. */
export function originPattern(baseUrl: string): string {
  return `${new URL(baseUrl).origin}/*`;
}

/**
 * Whether anyone on the internet could open this address. An address of a private network tells a
 * provider about that network and leads it nowhere, so it is never sent. An address with a user
 * name or password in it is a secret, whatever its host.
 */
export function isPublicHttps(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  if (url.protocol !== 'https:' || url.username !== '' || url.password !== '') return false;
  return isPublicHost(url.hostname);
}
