/** Origins of one host, and the host as people know it. */
export interface HostPatterns {
  readonly host: string;
  readonly origins: readonly string[];
}

/** What to ask for to read an address; null where it is no web address. */
export function hostPatterns(url: string | null): HostPatterns | null {
  if (!url || !URL.canParse(url)) return null;
  const { protocol, hostname } = new URL(url);
  return protocol === 'http:' || protocol === 'https:' ? patternsOf(hostname) : null;
}

/** Both schemes: sites send people from one to the other. */
export function patternsOf(hostname: string): HostPatterns {
  return { host: hostname, origins: [`https://${hostname}/*`, `http://${hostname}/*`] };
}

/** Every site, as the manifest names them. */
export const ALL_SITES: readonly string[] = ['https://*/*', 'http://*/*'];

/**
 * Asks the person, by the browser's own prompt. Must be called inside a click, before anything is
 * awaited. The prompt may close the popup: whatever follows must also be reachable later.
 * @returns whether access was given
 */
export function askForHosts(origins: readonly string[]): Promise<boolean> {
  // Rejected where a policy forbids it: the answer is the same no.
  return chrome.permissions.request({ origins: [...origins] }).catch(() => false);
}
