import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ContractServer } from '../../../../tests/providers/contract-server';
import {
  FAKESEC_ERROR,
  FAKESEC_REPLY,
  FAKESEC_TEST_REPLY_SHOWN,
  FAKESEC_USAGE,
} from '../../../../tests/providers/documented';
import {
  BLOCKED_KEY,
  FAKESEC_ERRORS,
  fakeSecError,
  LIVE_KEY,
  SPENT_KEY,
  startFakeSec,
  TEST_KEY,
} from '../../../../tests/providers/fakesec-server';
import { failureOf, GIF, HEIC, JPEG, MP4, never, ofSize, PNG, request, WEBP } from '../provider.fixture';
import { fakesec } from './index';

let server: ContractServer;

beforeAll(async () => {
  server = await startFakeSec({ plan: 'business' });
});
afterAll(() => server.close());
beforeEach(() => server.misbehave());

function config(apiKey = LIVE_KEY) {
  return { baseUrl: server.origin, apiKey };
}

function detect(bytes: Uint8Array = PNG, apiKey = LIVE_KEY) {
  return fakesec.detect(request(bytes), config(apiKey), never);
}

/** The documented reply with some fields of `data` changed. */
function reply(change: Record<string, unknown>): string {
  const whole = JSON.parse(FAKESEC_REPLY);
  return JSON.stringify({ ...whole, data: { ...whole.data, ...change } });
}

describe('the documented examples', () => {
  it('a photo becomes our report, byte for byte', async () => {
    server.misbehave({ kind: 'reply', body: FAKESEC_REPLY });
    const result = await detect();
    expect(result.analysis).toMatchObject({
      verdict: 'likely-ai-generated',
      probability: 0.85,
      manipulation: { state: 'not-checked', score: null, regions: [] },
      generator: null,
    });
    expect(result.analysis.uncertainty.width).toBeCloseTo(0.15, 10);
    expect(result.own).toMatchObject({ verdict: 'AI', score: 0.85, scale: '0–1', band: 'ai' });
    expect(result.own.more).toContainEqual({
      name: { key: 'providers.more.confidence' },
      value: { key: 'providers.more.of_100', args: [85] },
    });
    expect(result.own).not.toHaveProperty('test');
    expect(result.hashMatches).toBeNull();
    expect(result.usage?.windows).toMatchObject([{ id: 'month', unit: 'tokens', left: 4999 }]);
    const layers = result.analysis.layers.map(({ id, status, features }) => [id, status, features]);
    expect(layers).toEqual([
      ['fakesec.ai_model_1', 'flagged', { score: 0.92 }],
      ['fakesec.ai_model_2', 'flagged', { score: 0.88 }],
      ['fakesec.ai_model_3', 'flagged', { score: 0.79 }],
      ['fakesec.fft', 'flagged', { score: 0.65 }],
      ['fakesec.noise', 'flagged', { score: 0.71 }],
      ['fakesec.pixel', 'flagged', { score: 0.58 }],
      ['fakesec.exif', 'unavailable', {}],
      ['fakesec.ela', 'flagged', { score: 0.73 }],
      ['fakesec.texture', 'flagged', { score: 0.62 }],
      ['fakesec.color', 'warning', { score: 0.45 }],
      ['fakesec.benford', 'warning', { score: 0.38 }],
      ['fakesec.edge', 'flagged', { score: 0.55 }],
    ]);
    expect(result.analysis.layers[6]?.unavailable).toEqual({ key: 'providers.fakesec.unavailable.skipped' });
  });

  it('a test key’s figures are told as made up, never as a judgement', async () => {
    const { breakdown } = JSON.parse(FAKESEC_REPLY).data;
    const body = FAKESEC_TEST_REPLY_SHOWN.replace('{ ... }', JSON.stringify(breakdown));
    server.misbehave({ kind: 'reply', body });
    // Whichever side says so: the reply to a live key, or the key's own prefix.
    const [told, prefixed] = [await detect(), await detect(PNG, TEST_KEY)];
    for (const result of [told, prefixed]) {
      expect(result.analysis).toMatchObject({
        verdict: 'inconclusive',
        probability: 0.5,
        uncertainty: { width: 0.5 },
      });
      expect(result.own).toMatchObject({ verdict: 'AI', score: 0.72, test: true });
      expect(result.analysis.layers.every(({ status }) => status === 'unavailable')).toBe(true);
      expect(result).not.toHaveProperty('usage');
    }
  });

  it('the usage', async () => {
    server.misbehave({ kind: 'reply', body: FAKESEC_USAGE });
    expect(await fakesec.usage?.(config(), never)).toEqual({
      plan: 'pro',
      windows: [
        {
          id: 'month',
          unit: 'tokens',
          limit: 5000,
          used: 1234,
          left: 3766,
          resetsAt: Date.UTC(2026, 2, 22),
          source: 'provider',
        },
      ],
    });
    expect(await fakesec.usage?.(config(TEST_KEY), never)).toEqual({ plan: 'pro', windows: [] });
    expect(server.seen.at(-1)).toMatchObject({ method: 'GET', path: '/api/v1/usage' });
  });

  it('an error', async () => {
    server.misbehave({ kind: 'status', status: 401, body: FAKESEC_ERROR });
    const failure = await failureOf(detect());
    expect(failure).toMatchObject({ code: 'provider-unauthorised', args: ['FakeSec', 'Invalid API key'] });
  });
});

describe('what is sent', () => {
  it.each([
    ['JPEG', JPEG, 'image/jpeg', 'image.jpeg'],
    ['PNG', PNG, 'image/png', 'image.png'],
    ['WebP', WEBP, 'image/webp', 'image.webp'],
  ])('%s goes as the multipart field "file", under a neutral name', async (_name, bytes, type, name) => {
    await detect(bytes);
    expect(server.seen.at(-1)).toMatchObject({
      method: 'POST',
      path: '/api/v1/detect',
      fields: ['file'],
      fileName: name,
      fileType: type,
      sha256: request(bytes).sha256,
    });
    expect(server.seen.at(-1)?.headers.authorization).toBe(`Bearer ${LIVE_KEY}`);
  });

  it.each(['', '/', '/api', '/api/v1', '/api/v1/detect'])(
    'to the same address from base %s',
    async (path) => {
      const baseUrl = (server.origin + path).replace(/\/$/, '');
      await fakesec.detect(request(PNG), { baseUrl, apiKey: LIVE_KEY }, never);
      expect(server.seen.at(-1)?.path).toBe('/api/v1/detect');
    },
  );

  it.each([
    ['GIF', GIF],
    ['HEIC', HEIC],
    ['15 MB and a byte', ofSize(JPEG, 15 * 1024 * 1024 + 1)],
  ])('%s is refused here, before any upload', async (_name, bytes) => {
    const before = server.seen.length;
    expect(await failureOf(detect(bytes))).toMatchObject({ code: 'provider-rejected-image' });
    expect(server.seen.length).toBe(before);
  });

  it('a key is tested by the list of keys, which costs nothing', async () => {
    await fakesec.testKey?.(config(TEST_KEY), never);
    expect(server.seen.at(-1)).toMatchObject({ method: 'GET', path: '/api/v1/keys' });
    expect(await failureOf(fakesec.testKey?.(config('fsec_live_wrong'), never) ?? detect())).toMatchObject({
      code: 'provider-unauthorised',
    });
  });

  it('a video goes the same way and comes back at once', async () => {
    const file = new Blob([MP4], { type: 'video/mp4' });
    const job = await fakesec.media?.submit({ kind: 'video', file }, config(), never);
    expect(server.seen.at(-1)).toMatchObject({ fields: ['file'], fileName: 'video.mp4' });
    expect(job).toMatchObject({
      state: 'completed',
      kind: 'video',
      answer: { verdict: 'likely-ai-generated' },
    });
  });
});

describe('test and live keys', () => {
  it('are told apart by their prefix', () => {
    expect([TEST_KEY, LIVE_KEY, 'fl_key'].map((key) => fakesec.keyKind(key))).toEqual([
      'test',
      'live',
      'plain',
    ]);
    expect(fakesec.pace(config(TEST_KEY)).requests).toBe(30);
    expect(fakesec.pace(config(LIVE_KEY)).requests).toBe(60);
    expect(fakesec.repeatsAreFree(config(TEST_KEY))).toBe(true);
    expect(fakesec.repeatsAreFree(config(LIVE_KEY))).toBe(false);
  });
});

describe('their verdicts in our words, by the documented thresholds', () => {
  it.each([
    ['AI', 1, 'likely-ai-generated', 0.99, 0.15],
    ['AI', 0.55, 'likely-ai-generated', 0.55, 0.45],
    ['Uncertain', 0.54, 'inconclusive', 0.54, 0.5],
    ['Uncertain', 0.35, 'inconclusive', 0.35, 0.5],
    ['Real', 0.34, 'likely-authentic', 0.34, 0.34],
    ['Real', 0, 'likely-authentic', 0.01, 0.15],
    // Rounded to two decimals: not a contradiction.
    ['Uncertain', 0.55, 'inconclusive', 0.55, 0.5],
    // A word against its own score claims nothing.
    ['AI', 0.1, 'inconclusive', 0.1, 0.5],
    ['Real', 0.9, 'inconclusive', 0.9, 0.5],
  ])('%s at %f: %s', async (verdict, score, ours, probability, width) => {
    server.misbehave({ kind: 'reply', body: reply({ verdict, ai_score: score }) });
    const { analysis } = await detect();
    expect(analysis.verdict).toBe(ours);
    expect(analysis.probability).toBeCloseTo(probability, 10);
    expect(analysis.uncertainty.width).toBeCloseTo(width, 10);
  });

  it('keeps an analyzer that it does not know, and says which one is missing', async () => {
    server.misbehave({ kind: 'reply', body: reply({ breakdown: { fft: 0.2, 'x<b>': 0.7 } }) });
    const { layers } = (await detect()).analysis;
    expect(layers.length).toBe(13);
    expect(layers.find(({ id }) => id === 'fakesec.fft')?.status).toBe('clear');
    expect(layers.find(({ id }) => id === 'fakesec.noise')?.unavailable).toEqual({
      key: 'providers.fakesec.unavailable.absent',
    });
    expect(layers.at(-1)).toMatchObject({ id: 'fakesec.x_b_', label: { verbatim: 'x<b>' } });
  });
});

describe('replies that are none', () => {
  it.each([
    ['HTML', '<!doctype html><h1>Sign in</h1>'],
    ['cut off', FAKESEC_REPLY.slice(0, 200)],
    ['success: false', FAKESEC_REPLY.replace('true', 'false')],
    ['an unknown verdict', reply({ verdict: 'Fake' })],
    ['a score of 85', reply({ ai_score: 85 })],
    ['an analyzer at −2', reply({ breakdown: { fft: -2 } })],
    ['an analyzer in words', reply({ breakdown: { fft: '0.5' } })],
    ['a video for a photo', reply({ media_type: 'video' })],
    ['__proto__', FAKESEC_REPLY.replace('"fft"', '"__proto__": {}, "fft"')],
  ])('%s', async (_name, body) => {
    server.misbehave({ kind: 'reply', body });
    expect(await failureOf(detect())).toMatchObject({ code: 'provider-bad-reply', args: ['FakeSec'] });
  });
});

describe('the nine documented errors', () => {
  const OURS = {
    invalid_request: 'provider-error',
    no_file: 'provider-error',
    invalid_file: 'provider-rejected-image',
    invalid_api_key: 'provider-unauthorised',
    account_blocked: 'provider-unauthorised',
    file_too_large: 'provider-rejected-image',
    rate_limit: 'provider-rate-limited',
    token_limit: 'provider-out-of-credit',
    analysis_failed: 'provider-error',
  };

  it.each(FAKESEC_ERRORS)('%s', async (code) => {
    // A long wait keeps the client from trying a 429 again while the test looks on.
    server.misbehave({ kind: 'status', ...fakeSecError(code), headers: { 'retry-after': '3600' } });
    const { message } = JSON.parse(fakeSecError(code).body).error;
    expect(await failureOf(detect())).toMatchObject({ code: OURS[code], args: ['FakeSec', message] });
  });

  it('come from the server itself too', async () => {
    expect(await failureOf(detect(PNG, BLOCKED_KEY))).toMatchObject({ code: 'provider-unauthorised' });
    expect(await failureOf(detect(PNG, SPENT_KEY))).toMatchObject({ code: 'provider-out-of-credit' });
  });
});
