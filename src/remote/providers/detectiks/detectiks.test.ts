import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ContractServer } from '../../../../tests/providers/contract-server';
import { SAMPLE_KEY, SPENT_KEY, startDetectiks } from '../../../../tests/providers/detectiks-server';
import { DETECTIKS_REPLY } from '../../../../tests/providers/documented';
import { failureOf, GIF, HEIC, JPEG, never, ofSize, PNG, request } from '../provider.fixture';
import { detectiks } from './index';
import { readUsage } from './reply';

const DOCUMENTED_SHA = '171f290b04b6ca5705e6f6b2c4a0c796edc4a1d7efb2a7a7ae357c4b5d314e74';

let server: ContractServer;

beforeAll(async () => {
  server = await startDetectiks({ tier: 'enterprise' });
});
afterAll(() => server.close());
beforeEach(() => server.misbehave());

function config(apiKey = SAMPLE_KEY, model?: string) {
  return { baseUrl: server.origin, apiKey, ...(model === undefined ? {} : { options: { model } }) };
}

function detect(bytes: Uint8Array = PNG, apiKey = SAMPLE_KEY, model?: string) {
  return detectiks.detect(request(bytes), config(apiKey, model), never);
}

/** The documented reply without its hash, with some fields changed. */
function reply(change: Record<string, unknown>): string {
  return JSON.stringify({ ...JSON.parse(DETECTIKS_REPLY), hashes: undefined, ...change });
}

describe('the documented example', () => {
  it('becomes our report, byte for byte', async () => {
    server.misbehave({ kind: 'reply', body: DETECTIKS_REPLY });
    const sent = { ...request(PNG), sha256: DOCUMENTED_SHA };
    const result = await detectiks.detect(sent, config(), never);
    expect(result.hashMatches).toBe(true);
    expect(result.analysis).toMatchObject({ verdict: 'ai-generated', generator: null });
    expect(result.analysis.probability).toBeCloseTo(0.873, 10);
    expect(result.analysis.uncertainty).toEqual({ width: 0.15, reasons: [] });
    expect(result.own).toEqual({
      verdict: 'AI generated',
      score: 87.3,
      scale: '0–100',
      band: 'ai',
      more: [
        {
          name: { key: 'providers.more.presentation' },
          value: { verbatim: 'AI generation detected with high confidence' },
        },
        {
          name: { key: 'providers.more.explanation' },
          value: { verbatim: 'Metadata mentions Adobe Firefly' },
        },
        {
          name: { key: 'providers.more.explanation' },
          value: { verbatim: 'Frequency grid detected near reflections' },
        },
        { name: { key: 'providers.more.confidence' }, value: { verbatim: '0.97' } },
        { name: { key: 'providers.more.uncertainty' }, value: { verbatim: '0.02' } },
      ],
    });
    const layers = result.analysis.layers.map(({ id, status, features, explanation }) => [
      id,
      status,
      features.score,
      explanation.seen.slice(1),
    ]);
    expect(layers).toEqual([
      ['detectiks.visual', 'flagged', 0.92, [{ verbatim: 'skin smoothing' }, { verbatim: 'melting edges' }]],
      ['detectiks.metadata', 'flagged', 0.78, [{ verbatim: 'firefly signature' }]],
      ['detectiks.physics', 'flagged', 0.65, []],
      ['detectiks.frequency', 'flagged', 0.88, [{ verbatim: 'grid artifact' }]],
      ['detectiks.ml', 'flagged', 0.93, []],
      ['detectiks.provenance', 'warning', 0.4, []],
      ['detectiks.fusion', 'flagged', 0.87, []],
    ]);
  });
});

describe('what is sent', () => {
  it.each([
    ['JPEG', JPEG, 'image/jpeg'],
    ['PNG', PNG, 'image/png'],
    ['HEIC', HEIC, 'image/heic'],
  ])(
    '%s goes as the multipart field "file", with the key and the tag of extensions',
    async (_n, bytes, type) => {
      expect((await detect(bytes)).hashMatches).toBe(true);
      const seen = server.seen.at(-1);
      expect(seen).toMatchObject({ method: 'POST', path: '/api/detect', fields: ['file'], fileType: type });
      expect(seen?.headers).toMatchObject({ 'x-api-key': SAMPLE_KEY, 'x-detection-source': 'extension' });
      expect(seen?.headers).not.toHaveProperty('authorization');
    },
  );

  it('a model goes along where the person named one that can be a name', async () => {
    await detect(PNG, SAMPLE_KEY, 'flux-v1');
    expect(server.seen.at(-1)?.texts).toEqual({ model: 'flux-v1' });
    await detect(PNG, SAMPLE_KEY, 'a b\r\n');
    expect(server.seen.at(-1)?.texts).toEqual({});
  });

  it.each([
    ['GIF', GIF],
    ['10 MB and a byte', ofSize(JPEG, 10 * 1024 * 1024 + 1)],
  ])('%s is refused here, before any upload', async (_name, bytes) => {
    const before = server.seen.length;
    expect(await failureOf(detect(bytes))).toMatchObject({ code: 'provider-rejected-image' });
    expect(server.seen.length).toBe(before);
  });

  it('a key is tested by the usage, which costs nothing', async () => {
    await detectiks.testKey?.(config(), never);
    expect(server.seen.at(-1)).toMatchObject({ method: 'GET', path: '/api/usage/status' });
    const { windows } = (await detectiks.usage?.(config(), never)) ?? { windows: [] };
    expect(windows.map(({ id, limit }) => [id, limit])).toEqual([
      ['day', 10_000],
      ['month', 300_000],
    ]);
  });
});

describe('usage, whose reply is not documented', () => {
  it.each([
    ['nothing that it knows', { hello: 'world' }, []],
    ['no object', [1, 2], []],
    ['counters inside data', { data: { daily: { used: 3, limit: 50 } } }, [{ used: 3, limit: 50, left: 47 }]],
    ['figures that are none', { daily: { used: '3', limit: -1, remaining: null } }, []],
  ])('%s', (_name, json, windows) => {
    expect(readUsage(json).windows).toMatchObject(windows);
    expect(readUsage(json).windows.length).toBe(windows.length);
  });
});

describe('their score in our words', () => {
  it.each([
    [100, 0, 'ai-generated', 0.99, 0.15, 'ai'],
    [85, 0.02, 'ai-generated', 0.85, 0.15, 'ai'],
    [84.9, 0.2, 'likely-ai-generated', 0.849, 0.2, 'likely_ai'],
    [64.9, 0, 'inconclusive', 0.649, 0.5, 'inconclusive'],
    [34.9, 0, 'likely-authentic', 0.349, 0.349, 'authentic'],
    [0, 0, 'likely-authentic', 0.01, 0.15, 'authentic'],
    // Its own uncertainty reaches over the middle.
    [90, 0.45, 'inconclusive', 0.9, 0.5, 'ai'],
  ])('%f with uncertainty %f: %s', async (score, uncertainty, verdict, probability, width, band) => {
    server.misbehave({ kind: 'reply', body: reply({ score, uncertainty }) });
    const { analysis, own } = await detect();
    expect(analysis.verdict).toBe(verdict);
    expect(analysis.probability).toBeCloseTo(probability, 10);
    expect(analysis.uncertainty.width).toBeCloseTo(width, 10);
    expect(own.band).toBe(band);
  });

  it('a module that did not run is not clear, and one with a mark is not clear either', async () => {
    const modules = {
      ml: null,
      visual: { flags: [] },
      physics: { score: 0.1, flags: ['odd_light'] },
      new_one: { score: 0.1 },
    };
    server.misbehave({ kind: 'reply', body: reply({ modules }) });
    const { layers } = (await detect()).analysis;
    expect(layers.map(({ id, status }) => [id, status])).toEqual([
      ['detectiks.visual', 'unavailable'],
      ['detectiks.physics', 'warning'],
      ['detectiks.ml', 'unavailable'],
      ['detectiks.new_one', 'clear'],
    ]);
  });
});

describe('replies that are none', () => {
  it.each([
    ['HTML', '<h1>Sign in</h1>'],
    ['the hash of other bytes', DETECTIKS_REPLY],
    ['a score of 101', reply({ score: 101 })],
    ['a score in words', reply({ score: '87.3' })],
    ['no verdict', reply({ verdict: '' })],
    ['modules as a list', reply({ modules: [{ score: 2 }] })],
    ['flags as text', reply({ modules: { ml: { score: 0.5, flags: 'x' } } })],
  ])('%s', async (_name, body) => {
    server.misbehave({ kind: 'reply', body });
    expect(await failureOf(detect())).toMatchObject({ code: 'provider-bad-reply', args: ['Detectiks'] });
  });
});

it.each([
  [401, 'provider-unauthorised'],
  [413, 'provider-rejected-image'],
  [415, 'provider-rejected-image'],
])('%i: %s', async (status, code) => {
  server.misbehave({ kind: 'status', status, body: '{"error": "no"}' });
  expect(await failureOf(detect())).toMatchObject({ code, args: ['Detectiks', 'no'] });
});

it('429 for a used-up day tells when it can be asked again', async () => {
  const failure = await failureOf(detect(PNG, SPENT_KEY));
  expect(failure.code).toBe('provider-rate-limited');
  const midnight = Math.ceil(Date.now() / 86_400_000) * 86_400_000;
  expect(Math.abs((failure.retryAt ?? 0) - midnight)).toBeLessThan(60_000);
});
