import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPublicHost } from './addresses';

/** Hosts as a parsed URL spells them: that is all the function is ever given. */
const host = (written: string) => new URL(`http://${written}/`).hostname;
const number = (quad: readonly number[]) => quad.reduce((sum, part) => sum * 256 + part, 0);

/** Edges of the blocks that the IANA IPv4 Special-Purpose Address Registry calls not globally reachable. */
const PRIVATE_BLOCKS: readonly (readonly [string, string, string])[] = [
  ['this network', '0.0.0.0', '0.255.255.255'],
  ['RFC 1918 /8', '10.0.0.0', '10.255.255.255'],
  ['shared address space (carrier-grade NAT)', '100.64.0.0', '100.127.255.255'],
  ['loopback', '127.0.0.0', '127.255.255.255'],
  ['link-local', '169.254.0.0', '169.254.255.255'],
  ['RFC 1918 /12', '172.16.0.0', '172.31.255.255'],
  ['IETF assignments', '192.0.0.0', '192.0.0.255'],
  ['documentation 1', '192.0.2.0', '192.0.2.255'],
  ['RFC 1918 /16', '192.168.0.0', '192.168.255.255'],
  ['benchmarks', '198.18.0.0', '198.19.255.255'],
  ['documentation 2', '198.51.100.0', '198.51.100.255'],
  ['documentation 3', '203.0.113.0', '203.0.113.255'],
  ['multicast and reserved', '224.0.0.0', '255.255.255.255'],
];

describe('IPv4', () => {
  it.each(PRIVATE_BLOCKS)('%s: %s to %s is private', (_, first, last) => {
    expect(isPublicHost(first)).toBe(false);
    expect(isPublicHost(last)).toBe(false);
  });

  it.each([
    '1.0.0.0',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '126.255.255.255',
    '128.0.0.0',
    '169.253.255.255',
    '169.255.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '192.0.1.0',
    '192.0.3.0',
    '192.167.255.255',
    '192.169.0.0',
    '198.17.255.255',
    '198.20.0.0',
    '198.51.99.255',
    '203.0.112.255',
    '203.0.114.0',
    '223.255.255.255',
  ])('%s, just outside, is public', (address) => {
    expect(isPublicHost(address)).toBe(true);
  });

  it('every spelling of a private address is caught', () => {
    const inPrivate = fc.constantFrom(...PRIVATE_BLOCKS).chain(([, first, last]) => {
      const ends = [first, last].map((quad) => number(quad.split('.').map(Number)));
      return fc.integer({ min: ends[0], max: ends[1] });
    });
    fc.assert(
      fc.property(inPrivate, (value) => {
        const parts = [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
        const spellings = [
          parts.join('.'),
          `${value}`,
          `0x${value.toString(16)}`,
          `0${value.toString(8)}`,
          parts.map((part) => `0x${part.toString(16)}`).join('.'),
          parts.map((part) => `0${part.toString(8)}`).join('.'),
          `${parts[0]}.${value & 0xffffff}`,
          `${parts.join('.')}.`,
          `[::ffff:${parts.join('.')}]`,
          `[64:ff9b::${parts.join('.')}]`,
        ];
        for (const spelling of spellings) expect(isPublicHost(host(spelling)), spelling).toBe(false);
      }),
    );
  });
});

describe('IPv6', () => {
  it.each([
    '::',
    '::1',
    'fe80::1',
    'febf::1',
    'fc00::1',
    'fdff:ffff::1',
    'fec0::1',
    'ff02::1',
    '100::1',
    '2001::1',
    '2001:db8::1',
    '2002:7f00:1::',
    '3fff::1',
    '::127.0.0.1',
    '::ffff:8.8.8.8',
  ])('[%s] is not public', (address) => {
    expect(isPublicHost(host(`[${address}]`))).toBe(false);
  });

  it.each(['2606:4700::1111', '2001:4860:4860::8888', '2a00:1450:4001:81b::200e', '2001:200::1'])(
    '[%s] is public',
    (address) => {
      expect(isPublicHost(host(`[${address}]`))).toBe(true);
    },
  );
});

describe('names', () => {
  it.each([
    'localhost',
    'LOCALHOST',
    'localhost.',
    'a.b.localhost',
    'printer',
    'printer.local',
    'metadata.google.internal',
    'wiki.intranet',
    'nas.lan',
    'router.home',
    'host.corp',
    'box.home.arpa',
    'a.test',
    'a.invalid',
  ])('%s is private', (name) => {
    expect(isPublicHost(host(name))).toBe(false);
  });

  it.each([
    'example.com',
    'example.com.',
    'localhost.example.com',
    'mylocal.org',
    'internal.example',
    'corp.com',
  ])('%s is public', (name) => {
    expect(isPublicHost(host(name))).toBe(true);
  });
});
