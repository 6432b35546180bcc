import { isPublicHost } from '../addresses';
import { rememberRefusal } from './refusals';

/**
 * Whether the worker may fetch an image address. Public addresses always; a private one (this
 * machine, the local network) only where the page that shows the image stands on the same host:
 * then the person is at home there, and no web page can use us to look around behind a firewall.
 */
export function mayFetch(address: string, pageUrl: string | null): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return false;
  if (url.username !== '' || url.password !== '') return false;
  if (isPublicHost(url.hostname)) return true;
  return pageUrl !== null && URL.canParse(pageUrl) && new URL(pageUrl).hostname === url.hostname;
}

/** Match pattern of the host permission that reading `address` needs, or null for other schemes. */
export function hostPattern(address: string): string | null {
  if (!URL.canParse(address)) return null;
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' || protocol === 'http:' ? `${protocol}//${hostname}/*` : null;
}

/** Host of a web address, for sentences; null for data:, blob: and no address. */
export function hostOf(address: string | null): string | null {
  if (address === null || hostPattern(address) === null) return null;
  return new URL(address).hostname;
}

/** Whether the person granted reading `address`, for its site or for all. */
export async function hasAccess(address: string): Promise<boolean> {
  const pattern = hostPattern(address);
  return pattern !== null && chrome.permissions.contains({ origins: [pattern] });
}

/** Questions that stand on the screen now, by pattern: the menu's click and the picker may ask the same. */
const open = new Map<string, Promise<boolean>>();

/**
 * Asks the browser to ask the person. Must be called inside a click, before anything is awaited:
 * Chrome forgets the click at the first await. Silent where access was granted before, and where the
 * person refused this host earlier in the session: nobody is asked twice for the same one by a click.
 * @param refused patterns refused before (refusals.ts)
 * @returns whether access is granted now
 */
export function askAccess(
  address: string,
  pageUrl: string | null,
  refused: ReadonlySet<string>,
): Promise<boolean> {
  const pattern = hostPattern(address);
  if (pattern === null || !mayFetch(address, pageUrl) || refused.has(pattern)) return Promise.resolve(false);
  const asked = open.get(pattern) ?? ask(pattern).finally(() => open.delete(pattern));
  open.set(pattern, asked);
  return asked;
}

async function ask(pattern: string): Promise<boolean> {
  try {
    const granted = await chrome.permissions.request({ origins: [pattern] });
    if (!granted) await rememberRefusal(pattern);
    return granted;
  } catch {
    // No gesture, or a managed browser that forbids the permission: the pixels are left.
    return false;
  }
}

/**
 * What a click on the menu has to ask for: the image's site where it is not the page's own (that one
 * the click itself opens), or else the site of the foreign frame that was clicked.
 * @returns an address, or null where nothing is needed
 */
export function addressToAsk(click: {
  readonly srcUrl?: string;
  readonly frameId?: number;
  readonly frameUrl?: string;
  readonly pageUrl?: string;
}): string | null {
  const wanted = click.srcUrl ?? (click.frameId ? click.frameUrl : undefined);
  if (wanted === undefined || hostPattern(wanted) === null) return null;
  const page = click.pageUrl;
  const same = page !== undefined && URL.canParse(page) && new URL(page).origin === new URL(wanted).origin;
  return same ? null : wanted;
}
