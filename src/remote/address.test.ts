import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPublicHttps, originPattern, parseBaseUrl } from './address';

describe('parseBaseUrl', () => {
  it.each([
    ['https://api.fauxlens.com', 'https://api.fauxlens.com'],
    ['  https://api.fauxlens.com/  ', 'https://api.fauxlens.com'],
    ['https://detect.example.org:8443/faux//', 'https://detect.example.org:8443/faux'],
    ['http://127.0.0.1:8787', 'http://127.0.0.1:8787'],
    ['http://localhost:8787/', 'http://localhost:8787'],
    ['http://[::1]:8787', 'http://[::1]:8787'],
  ])('%s is taken as %s', (typed, taken) => {
    expect(parseBaseUrl(typed)).toBe(taken);
  });

  it.each([
    'http://api.fauxlens.com',
    'http://192.168.1.4',
    'http://localhost.example.com',
    'ftp://api.fauxlens.com',
    'javascript:alert(1)',
    'https://user:secret@api.fauxlens.com',
    'https://api.fauxlens.com/?key=1',
    'https://api.fauxlens.com/#x',
    'api.fauxlens.com',
    '',
  ])('%s is refused', (typed) => {
    expect(parseBaseUrl(typed)).toBeNull();
  });

  it('is stable: what it answers it takes again unchanged', () => {
    fc.assert(
      fc.property(fc.webUrl(), (url) => {
        const once = parseBaseUrl(url);
        return once === null || parseBaseUrl(once) === once;
      }),
      { numRuns: 50 },
    );
  }, 30_000);
});

it('asks for the one origin, port included', () => {
  expect(originPattern('https://api.fauxlens.com/base')).toBe('https://api.fauxlens.com/*');
  expect(originPattern('http://127.0.0.1:8787')).toBe('http://127.0.0.1:8787/*');
});

describe('isPublicHttps', () => {
  it.each([
    'https://example.com/photo.jpg',
    'https://cdn.example.co.uk/a?w=1200',
    'https://8.8.8.8/a.png',
    'https://172.32.0.1/a.png',
    'https://[2606:4700::6810:1]/a.png',
  ])('%s may be named', (url) => {
    expect(isPublicHttps(url)).toBe(true);
  });

  it.each([
    'http://example.com/photo.jpg',
    'data:image/png;base64,AAAA',
    'blob:https://example.com/1',
    'chrome-extension://abc/x.png',
    'file:///home/me/x.png',
    'https://user@example.com/a.jpg',
    'https://localhost/a.jpg',
    'https://intranet/a.jpg',
    'https://nas.local/a.jpg',
    'https://wiki.corp/a.jpg',
    'https://router.lan./a.jpg',
    'https://127.0.0.1/a.jpg',
    'https://0x7f.1/a.jpg',
    'https://2130706433/a.jpg',
    'https://10.0.0.8/a.jpg',
    'https://100.64.0.1/a.jpg',
    'https://169.254.169.254/latest/meta-data',
    'https://172.16.0.1/a.jpg',
    'https://192.168.0.1/a.jpg',
    'https://198.18.0.1/a.jpg',
    'https://224.0.0.1/a.jpg',
    'https://0.0.0.0/a.jpg',
    'https://[::1]/a.jpg',
    'https://[::ffff:10.0.0.1]/a.jpg',
    'https://[fe80::1]/a.jpg',
    'https://[fd00::1]/a.jpg',
    'https://[2001:db8::1]/a.jpg',
    'https://[2002:7f00:1::]/a.jpg',
    'https://[64:ff9b::7f00:1]/a.jpg',
    'not an address',
  ])('%s may not', (url) => {
    expect(isPublicHttps(url)).toBe(false);
  });
});
