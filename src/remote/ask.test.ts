import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ExtensionApis, extensionApis } from '../../tests/providers/extension-apis';
import { type FauxLensServer, SAMPLE_KEY, startFauxLens } from '../../tests/providers/fauxlens-server';
import {
  askProvider,
  ConfigError,
  chooseProvider,
  configuredProviders,
  consentFacts,
  getProvider,
  maskKey,
  providerConfig,
  readiness,
  removeProvider,
  type Sends,
  saveProvider,
  setConsent,
} from './index';

const PNG = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const PUBLIC = 'https://images.example.com/photo.png';
const never = new AbortController().signal;

let server: FauxLensServer;
let apis: ExtensionApis;
let count: number;

beforeAll(async () => {
  server = await startFauxLens({ fetchImage: async () => PNG });
});
afterAll(() => server.close());
beforeEach(() => {
  apis = extensionApis();
  vi.stubGlobal('chrome', apis.chrome);
  vi.stubGlobal('navigator', apis.navigator);
  count = server.seen.length;
});
afterEach(() => vi.unstubAllGlobals());

async function setUp(sends: Sends = 'bytes', { agreed = true, granted = true } = {}) {
  await saveProvider('fauxlens', { baseUrl: server.origin, apiKey: SAMPLE_KEY, sends });
  if (agreed) await setConsent('fauxlens', true);
  if (granted) apis.granted.add(`${server.origin}/*`);
}

function ask(url: string | null = null) {
  const sha256 = createHash('sha256').update(PNG).digest('hex');
  return askProvider('fauxlens', { bytes: PNG, mime: 'image/png', sha256, url }, never);
}

const sent = () => server.seen.slice(count);

describe('no upload without a yes', () => {
  it('sends once everything is there', async () => {
    await setUp();
    expect((await ask()).own.verdict).toBe('AI-Generated');
    expect(sent().length).toBe(1);
  });

  it.each([
    ['nothing set up', async () => undefined, 'not-configured', 'none'],
    ['no agreement', () => setUp('bytes', { agreed: false }), 'no-consent', 'consent'],
    ['no host permission', () => setUp('bytes', { granted: false }), 'no-permission', 'consent'],
    [
      'agreement withdrawn',
      async () => {
        await setUp();
        await setConsent('fauxlens', false);
      },
      'no-consent',
      'consent',
    ],
    [
      'agreed to another origin',
      async () => {
        await saveProvider('fauxlens', {
          baseUrl: 'https://api.fauxlens.com',
          apiKey: SAMPLE_KEY,
          sends: 'bytes',
        });
        await setConsent('fauxlens', true);
        await setUp('bytes', { agreed: false });
      },
      'no-consent',
      'consent',
    ],
    [
      'agreed to the address only, now it would be the bytes',
      async () => {
        await setUp('address');
        await setUp('bytes', { agreed: false });
      },
      'no-consent',
      'consent',
    ],
    [
      'removed and set up again',
      async () => {
        await setUp();
        await removeProvider('fauxlens');
        await setUp('bytes', { agreed: false });
      },
      'no-consent',
      'consent',
    ],
  ])('%s: 0 requests', async (_name, prepare, state, choice) => {
    await prepare();
    expect((await readiness('fauxlens')).state).toBe(state);
    expect((await chooseProvider()).kind).toBe(choice);
    await expect(ask()).rejects.toMatchObject({ failure: { code: 'permission-denied' } });
    expect(sent()).toEqual([]);
  });

  it('an agreement to a provider that is not set up is none', async () => {
    await setConsent('fauxlens', true);
    await setUp('bytes', { agreed: false });
    expect((await readiness('fauxlens')).state).toBe('no-consent');
  });
});

describe('bytes or address', () => {
  it('sends the address only where the person chose so', async () => {
    await setUp('bytes');
    await ask(PUBLIC);
    expect(sent()[0]).toMatchObject({ imageUrl: null, fields: ['image'] });
  });

  it('sends a public address in place of the bytes', async () => {
    await setUp('address');
    await ask(PUBLIC);
    expect(sent()[0]).toMatchObject({ imageUrl: PUBLIC, fields: [] });
  });

  it.each([
    'https://192.168.0.7/cam.jpg',
    'https://intranet/secret.png',
    'http://example.com/a.png',
    'blob:https://example.com/1',
    'https://user:pass@example.com/a.png',
    null,
  ])('never sends %s: the bytes go, as the sentence says', async (url) => {
    await setUp('address');
    await ask(url);
    expect(sent()[0]).toMatchObject({ imageUrl: null, fields: ['image'] });
    expect(JSON.stringify(sent()[0])).not.toContain(url ?? 'no address');
  });
});

describe('set-up', () => {
  it('closes the storage to content scripts before a key is in it', async () => {
    await setUp();
    expect(apis.accessLevel()).toBe('TRUSTED_CONTEXTS');
  });

  it.each([
    [{ baseUrl: 'http://api.fauxlens.com', apiKey: 'k' }, 'base-url'],
    [{ baseUrl: 'https://api.fauxlens.com', apiKey: '  ' }, 'key-missing'],
    [{ baseUrl: 'https://api.fauxlens.com', apiKey: 'a b' }, 'key-malformed'],
    [{ baseUrl: 'https://api.fauxlens.com', apiKey: 'a\r\nx-evil: 1' }, 'key-malformed'],
    [{ baseUrl: 'https://api.fauxlens.com', apiKey: 'schlüssel' }, 'key-malformed'],
  ])('refuses %o', async (input, problem) => {
    const refused = saveProvider('fauxlens', { ...input, sends: 'bytes' });
    await expect(refused).rejects.toBeInstanceOf(ConfigError);
    await expect(refused).rejects.toMatchObject({ problem });
    expect(apis.stored.size).toBe(0);
  });

  it('a broken entry counts as not set up', async () => {
    await setUp();
    apis.stored.set('remote.provider.fauxlens', {
      baseUrl: 'http://evil.example',
      apiKey: 'k',
      sends: 'bytes',
    });
    expect(await providerConfig('fauxlens')).toBeNull();
    expect(await configuredProviders()).toEqual([]);
  });

  it('removing forgets the key and hands the permission back', async () => {
    await setUp();
    await removeProvider('fauxlens');
    expect([...apis.stored.keys()]).toEqual([]);
    expect([...apis.granted]).toEqual([]);
  });

  it('moving to another origin hands the old permission back', async () => {
    await setUp();
    await saveProvider('fauxlens', {
      baseUrl: 'https://faux.example.org',
      apiKey: SAMPLE_KEY,
      sends: 'bytes',
    });
    expect([...apis.granted]).toEqual([]);
  });

  it('masks keys', () => {
    expect(maskKey('fl_live_0123456789')).toBe('••••••••6789');
    expect(maskKey('short')).toBe('••••••••');
  });
});

describe('consentFacts', () => {
  it('names what, whom, what never, how long and the cost', () => {
    const facts = consentFacts('fauxlens', { baseUrl: 'https://api.fauxlens.com', sends: 'address' });
    expect(facts.origin).toBe('https://api.fauxlens.com');
    expect(facts.sentence).toEqual({
      key: 'consent.sentence.address',
      args: ['FauxLens', 'https://api.fauxlens.com'],
    });
    expect(facts.rows.map((row) => row.value)).toEqual([
      { key: 'consent.what.address' },
      { verbatim: 'FauxLens (https://api.fauxlens.com)' },
      { key: 'consent.never' },
      { key: 'providers.fauxlens.retention' },
      { key: 'providers.fauxlens.cost' },
    ]);
  });

  it('claims nothing about the retention of a server that somebody else runs', () => {
    const facts = consentFacts('fauxlens', { baseUrl: 'http://127.0.0.1:8787', sends: 'bytes' });
    expect(facts.rows.map((row) => row.value)).toContainEqual({
      key: 'consent.retention.elsewhere',
      args: ['http://127.0.0.1:8787'],
    });
  });
});

it('knows its providers', () => {
  expect(getProvider('fauxlens').name).toBe('FauxLens');
  expect(() => getProvider('nobody')).toThrow(RangeError);
});
