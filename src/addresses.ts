/** Which hosts anyone on the internet could reach: everything else is somebody's private network. */

/** Names that no public resolver answers (RFC 6761, RFC 6762, RFC 8375 and what routers use). */
const PRIVATE_SUFFIX =
  /(^|\.)(localhost|local|internal|intranet|lan|home|corp|private|test|invalid|onion|home\.arpa)$/;

/**
 * @param hostname as a parsed URL gives it: lower case, IPv6 in brackets, every spelling of an IPv4
 *   address (octal, hexadecimal, one number) brought to four decimals
 */
export function isPublicHost(hostname: string): boolean {
  const host = hostname.replace(/\.$/, '');
  if (host.startsWith('[')) return isPublicIpv6(host.slice(1, -1));
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
