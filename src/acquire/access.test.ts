import { afterEach, describe, expect, it, vi } from 'vitest';
import { addressToAsk, askAccess, hostOf, hostPattern, mayFetch } from './access';
import { menuId, refusalsIn } from './menu-id';

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('which addresses the worker may fetch', () => {
  it.each(['https://cdn.example/a.jpg', 'http://8.8.8.8/a.jpg', 'https://[2606:4700::1111]/a.jpg'])(
    '%s, from anywhere',
    (address) => {
      expect(mayFetch(address, null)).toBe(true);
      expect(mayFetch(address, 'https://page.example/')).toBe(true);
    },
  );

  it.each([
    'http://127.0.0.1/a.jpg',
    'http://2130706433/a.jpg',
    'http://0x7f.1/a.jpg',
    'http://0177.0.0.1/a.jpg',
    'http://localhost./a.jpg',
    'http://router/a.jpg',
    'http://nas.local/a.jpg',
    'http://192.168.1.1/a.jpg',
    'http://[::1]/a.jpg',
    'http://[::ffff:127.0.0.1]/a.jpg',
    'http://[fd12::1]/a.jpg',
    'http://[fe80::1]/a.jpg',
  ])('%s, only from a page on the same host', (address) => {
    const { origin } = new URL(address);
    expect(mayFetch(address, null)).toBe(false);
    expect(mayFetch(address, 'https://page.example/')).toBe(false);
    expect(mayFetch(address, 'http://10.0.0.1/')).toBe(false);
    expect(mayFetch(address, `${origin}/page`)).toBe(true);
  });

  it('another port of the same private host is the same machine, as it is for a host permission', () => {
    expect(mayFetch('http://127.0.0.1:9000/a.jpg', 'http://127.0.0.1:3000/')).toBe(true);
  });

  it.each([
    'file:///etc/passwd',
    'ftp://a.example/a.jpg',
    'chrome://settings',
    'javascript:1',
    'data:image/png;base64,',
    'https://user:secret@a.example/a.jpg',
    'not an address',
  ])('%s, never', (address) => {
    expect(mayFetch(address, address)).toBe(false);
  });
});

describe('what a click asks for', () => {
  const pageUrl = 'https://page.example/story';
  it.each([
    ['the page’s own picture', { srcUrl: 'https://page.example/a.jpg' }, null],
    ['another site’s picture', { srcUrl: 'https://cdn.example/a.jpg' }, 'https://cdn.example/a.jpg'],
    ['a data: address', { srcUrl: 'data:image/png;base64,AA==' }, null],
    ['a blob: address', { srcUrl: 'blob:https://page.example/1' }, null],
    ['the page itself', { frameId: 0, frameUrl: pageUrl }, null],
    ['a frame of another site', { frameId: 5, frameUrl: 'https://embed.example/' }, 'https://embed.example/'],
    ['a frame of the same site', { frameId: 5, frameUrl: 'https://page.example/f' }, null],
  ])('%s', (_, click, wanted) => {
    expect(addressToAsk({ ...click, pageUrl })).toBe(wanted);
  });

  it('patterns and hosts leave the port and the path out', () => {
    expect(hostPattern('http://cdn.example:8080/a.jpg?b')).toBe('http://cdn.example/*');
    expect(hostOf('http://cdn.example:8080/a.jpg')).toBe('cdn.example');
    expect(hostPattern('blob:https://page.example/1')).toBeNull();
    expect(hostOf(null)).toBeNull();
  });
});

describe('asking', () => {
  function browser(answer: boolean | Error) {
    const request = vi.fn(async (_: { origins: string[] }) => {
      if (answer instanceof Error) throw answer;
      return answer;
    });
    const kept: Record<string, unknown> = {};
    vi.stubGlobal('chrome', {
      permissions: { request },
      storage: {
        session: {
          get: async (key: string) => ({ [key]: kept[key] }),
          set: async (values: object) => void Object.assign(kept, values),
        },
      },
    });
    return { request, kept };
  }
  const url = 'https://cdn.example/a.jpg';
  const page = 'https://page.example/';

  it('starts before anything is awaited, for the one host', async () => {
    const { request } = browser(true);
    const asked = askAccess(url, page, new Set());
    expect(request).toHaveBeenCalledExactlyOnceWith({ origins: ['https://cdn.example/*'] });
    expect(await asked).toBe(true);
  });

  it('a refusal is kept for the session and travels in the menu item’s id', async () => {
    const { request, kept } = browser(false);
    expect(await askAccess(url, page, new Set())).toBe(false);
    expect(kept).toEqual({ refusedHosts: ['https://cdn.example/*'] });
    const known = refusalsIn(menuId(['https://cdn.example/*', 'http://b.example/*']));
    expect(known).toEqual(new Set(['https://cdn.example/*', 'http://b.example/*']));
    expect(await askAccess(url, page, known)).toBe(false);
    expect(request).toHaveBeenCalledTimes(1);
  });

  it('two askers at once share one question', async () => {
    const { request } = browser(true);
    expect(
      await Promise.all([askAccess(url, page, new Set()), askAccess(`${url}?b`, page, new Set())]),
    ).toEqual([true, true]);
    expect(request).toHaveBeenCalledTimes(1);
    await askAccess(url, page, new Set());
    expect(request).toHaveBeenCalledTimes(2);
  });

  it('without a click nothing is remembered against the host', async () => {
    const { kept } = browser(new Error('This function must be called during a user gesture'));
    expect(await askAccess(url, page, new Set())).toBe(false);
    expect(kept).toEqual({});
  });

  it('an address that may not be fetched is not asked for', async () => {
    const { request } = browser(true);
    expect(await askAccess('http://192.168.0.1/a.jpg', page, new Set())).toBe(false);
    expect(request).not.toHaveBeenCalled();
  });
});
