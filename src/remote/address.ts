/** Which addresses we may talk to, and which we may name to a provider. */

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Names that no public resolver answers (RFC 6761, RFC 6762, RFC 8375 and what routers use). */
const PRIVATE_SUFFIX =
  /(^|\.)(localhost|local|internal|intranet|lan|home|corp|private|test|invalid|onion|home\.arpa)$/;

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
  const host = url.hostname.replace(/\.$/, '');
  if (host.startsWith('[')) return isPublicIpv6(host.slice(1, -1));
  // WHATWG URLs bring every spelling of an IPv4 address (octal, hex, one number) to four decimals.
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) return isPublicIpv4(host.split('.').map(Number));
  return host.includes('.') && !PRIVATE_SUFFIX.test(host);
}

/** IANA IPv4 Special-Purpose Address Registry: what is not globally reachable is private to us. */
function isPublicIpv4([a = 0, b = 0, c = 0]: readonly number[]): boolean {
  if (a === 0 || a === 10 || a === 127 || a >= 224) return false;
  if (a === 100 && b >= 64 && b < 128) return false;
  if (a === 169 && b === 254) return false;
  if (a === 172 && b >= 16 && b < 32) return false;
  if (a === 192 && (b === 168 || (b === 0 && (c === 0 || c === 2)) || (b === 88 && c === 99))) return false;
  if (a === 198 && (b === 18 || b === 19 || (b === 51 && c === 100))) return false;
  return !(a === 203 && b === 0 && c === 113);
}

/** Global unicast (2000::/3) without documentation and the prefixes that carry an IPv4 address inside. */
function isPublicIpv6(host: string): boolean {
  const [first = '', second = ''] = host.split(':');
  const head = Number.parseInt(first === '' ? '0' : first, 16);
  const next = Number.parseInt(second === '' ? '0' : second, 16);
  if (head < 0x2000 || head > 0x3fff) return false;
  // 2001::/23 protocol assignments (Teredo and others), 2001:db8::/32 and 3fff::/20 documentation, 2002::/16 6to4.
  if (head === 0x2001 && (next < 0x200 || next === 0xdb8)) return false;
  return head !== 0x2002 && !(head === 0x3fff && next < 0x1000);
}
