import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  DOCUMENTED_REPLY,
  type FauxLensServer,
  SAMPLE_KEY,
  startFauxLens,
} from '../../../../tests/providers/fauxlens-server';
import { CheckError } from '../../../failures';
import type { RemoteRequest } from '../../types';
import { fauxlens } from './index';

const PNG = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3, 4]);
const JPEG = Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, 9, 9, 9, 9, 9, 9, 9, 9]);
const WEBP = Uint8Array.from(Buffer.from('RIFF\x04\x00\x00\x00WEBPVP8 ', 'latin1'));
const GIF = Uint8Array.from(Buffer.from('GIF89a\x01\x00\x01\x00', 'latin1'));
const PUBLIC = 'https://images.example.com/photo.png';

let server: FauxLensServer;
const never = new AbortController().signal;

beforeAll(async () => {
  server = await startFauxLens({
    perMinute: 1_000_000,
    fetchImage: async (url) => (url === PUBLIC ? PNG : JPEG),
  });
});
afterAll(() => server.close());
beforeEach(() => server.misbehave());

function request(bytes: Uint8Array, url: string | null = null): RemoteRequest {
  return { bytes, url, mime: 'image/x-whatever', sha256: createHash('sha256').update(bytes).digest('hex') };
}

function detect(bytes: Uint8Array, url: string | null = null, apiKey = SAMPLE_KEY) {
  return fauxlens.detect(request(bytes, url), { baseUrl: server.origin, apiKey }, never);
}

async function failureOf(promise: Promise<unknown>) {
  const thrown: unknown = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(thrown instanceof CheckError)) throw new Error(`Expected a CheckError, received ${String(thrown)}`);
  return thrown.failure;
}

/** The documented reply with some fields changed. */
function reply(change: Record<string, unknown>): string {
  return JSON.stringify({ ...JSON.parse(DOCUMENTED_REPLY), ...change });
}

describe('the documented example', () => {
  it('becomes our report, byte for byte', async () => {
    server.misbehave({ kind: 'reply', body: DOCUMENTED_REPLY });
    const result = await detect(PNG);
    expect(result.analysis.verdict).toBe('ai-generated');
    expect(result.analysis.probability).toBe(0.94);
    expect(result.analysis.uncertainty).toEqual({ width: 0.15, reasons: [] });
    expect(result.analysis.manipulation).toEqual({ state: 'not-checked', score: null, regions: [] });
    expect(result.analysis.generator).toEqual({ name: 'Midjourney v6', confidence: 0.94 });
    expect(result.own).toEqual({ verdict: 'AI-Generated', score: 0.94, scale: '0–1', band: 'ai' });
    expect(result.processingMs).toBe(1847);
    // The page shortens the hash to "a3f8c2...": nothing to compare.
    expect(result.hashMatches).toBeNull();
    expect(result.analysis.layers.map((layer) => [layer.id, layer.status, layer.label])).toEqual([
      ['fauxlens.gan_fingerprint', 'flagged', { verbatim: 'GAN Fingerprint Detected' }],
      ['fauxlens.prnu_analysis', 'flagged', { verbatim: 'No Camera Sensor Pattern' }],
      ['fauxlens.ela', 'warning', { verbatim: 'Uniform ELA Distribution' }],
      ['fauxlens.frequency_domain', 'flagged', { verbatim: 'Unnatural Spectral Signature' }],
      ['fauxlens.shadow_physics', 'warning', { verbatim: 'Shadow Inconsistency' }],
      ['fauxlens.exif_metadata', 'flagged', { verbatim: 'No Camera EXIF' }],
    ]);
    expect(result.analysis.layers.every((layer) => layer.family === 'provider' && layer.score === null)).toBe(
      true,
    );
    expect(result.analysis.layers[0]?.explanation).toEqual({
      seen: [
        {
          verbatim:
            'Frequency-domain artifacts consistent with Midjourney v6 diffusion model denoising schedule detected at 0.89 confidence.',
        },
      ],
      means: [{ key: 'providers.fauxlens.layers.gan_fingerprint' }],
      otherwise: [{ key: 'providers.own_words', args: ['FauxLens'] }],
    });
  });
});

describe('what is sent', () => {
  it.each([
    ['JPEG', JPEG, 'image/jpeg', 'image.jpeg'],
    ['PNG', PNG, 'image/png', 'image.png'],
    ['WebP', WEBP, 'image/webp', 'image.webp'],
  ])('%s goes as the multipart field "image", under a neutral name', async (_name, bytes, type, name) => {
    const result = await detect(bytes);
    const seen = server.seen.at(-1);
    expect(result.hashMatches).toBe(true);
    expect(seen).toMatchObject({ method: 'POST', path: '/v1/detect', fields: ['image'] });
    expect(seen).toMatchObject({ fileName: name, fileType: type, sha256: request(bytes).sha256 });
    expect(seen?.headers.authorization).toBe(`Bearer ${SAMPLE_KEY}`);
    expect(seen?.headers).not.toHaveProperty('cookie');
    expect(seen?.headers).not.toHaveProperty('referer');
  });

  it('the address goes as JSON, without the bytes', async () => {
    const result = await detect(PNG, PUBLIC);
    expect(server.seen.at(-1)).toMatchObject({ imageUrl: PUBLIC, fields: [] });
    expect(result.hashMatches).toBe(true);
  });

  it('says so where the address led the provider to other bytes', async () => {
    expect((await detect(PNG, 'https://images.example.com/other')).hashMatches).toBe(false);
  });

  it.each([
    ['GIF', GIF],
    ['text', new TextEncoder().encode('<html>')],
    ['nothing', new Uint8Array()],
    ['25 MB and a byte', Buffer.concat([JPEG, Buffer.alloc(25 * 1024 * 1024 - JPEG.length + 1)])],
  ])('%s is refused here, before any upload', async (_name, bytes) => {
    const before = server.seen.length;
    expect(await failureOf(detect(bytes))).toMatchObject({ code: 'provider-rejected-image' });
    expect(server.seen.length).toBe(before);
  });

  it('25 MB exactly goes through', async () => {
    const bytes = Buffer.concat([JPEG, Buffer.alloc(25 * 1024 * 1024 - JPEG.length)]);
    expect((await detect(bytes)).hashMatches).toBe(true);
  });
});

describe('their verdicts in our words', () => {
  it.each([
    ['AI-Generated', 0.94, 'ai-generated', 0.94, 0.15],
    ['AI-Generated', 1, 'ai-generated', 0.99, 0.15],
    ['Likely AI-Generated', 0.7, 'likely-ai-generated', 0.7, 0.3],
    ['Likely AI-Generated', 0.5, 'likely-ai-generated', 0.5, 0.5],
    ['Likely AI-Generated', 0.49, 'inconclusive', 0.5, 0.5],
    ['Authentic', 0.9, 'likely-authentic', 0.1, 0.15],
    ['Authentic', 0.2, 'inconclusive', 0.5, 0.5],
  ])('%s at %f: %s', async (verdict, confidence, ours, probability, width) => {
    server.misbehave({ kind: 'reply', body: reply({ verdict, confidence }) });
    const { analysis } = await detect(PNG);
    expect(analysis.verdict).toBe(ours);
    expect(analysis.probability).toBeCloseTo(probability, 10);
    expect(analysis.uncertainty.width).toBeCloseTo(width, 10);
  });

  it('names no generator for an authentic image, nor where none is suspected', async () => {
    server.misbehave({ kind: 'reply', body: reply({ verdict: 'Authentic' }) });
    expect((await detect(PNG)).analysis.generator).toBeNull();
    server.misbehave({ kind: 'reply', body: reply({ suspected_model: null }) });
    expect((await detect(PNG)).analysis.generator).toBeNull();
  });

  it('shows a status it does not know as not run, never as clear', async () => {
    const evidence = [{ layer: 'ela', status: 'quantum', label: 'L', explanation: 'E' }];
    server.misbehave({ kind: 'reply', body: reply({ evidence }) });
    expect((await detect(PNG)).analysis.layers[0]).toMatchObject({
      status: 'unavailable',
      unavailable: { key: 'providers.unknown_status', args: ['FauxLens', 'quantum'] },
    });
  });

  it('tames hostile words and layer names, and keeps doubled layers apart', async () => {
    const hostile = {
      layer: '__proto__',
      status: 'flagged',
      label: '<img src=x>\u202e',
      explanation: 'x'.repeat(5000),
    };
    server.misbehave({ kind: 'reply', body: reply({ evidence: [hostile, hostile] }) });
    const { layers } = (await detect(PNG)).analysis;
    expect(layers.map((layer) => layer.id)).toEqual(['fauxlens.__proto__', 'fauxlens.__proto___2']);
    expect(layers[0]?.label).toEqual({ verbatim: '<img src=x>' });
    expect(layers[0]?.explanation.seen).toEqual([{ verbatim: `${'x'.repeat(999)}…` }]);
  });
});

describe('replies that are none', () => {
  it.each([
    ['HTML', '<!doctype html><h1>Sign in to Wi-Fi</h1>'],
    ['nothing', ''],
    ['cut off', DOCUMENTED_REPLY.slice(0, 300)],
    ['not UTF-8', Uint8Array.from([0x7b, 0x22, 0xff, 0xfe])],
    ['a list', '[]'],
    ['null', 'null'],
    ['an unknown verdict', reply({ verdict: 'Real' })],
    ['confidence in words', reply({ confidence: '0.94' })],
    ['confidence above 1', reply({ confidence: 94 })],
    ['confidence below 0', reply({ confidence: -0.1 })],
    ['evidence missing', reply({ evidence: undefined })],
    ['evidence as text', reply({ evidence: 'flagged' })],
    [
      'too much evidence',
      reply({ evidence: new Array(33).fill({ layer: 'a', status: 'b', label: '', explanation: '' }) }),
    ],
    ['__proto__', `{"__proto__": {"verdict": "Authentic"}, ${DOCUMENTED_REPLY.slice(1)}`],
    ['__proto__ deep inside', DOCUMENTED_REPLY.replace('"layer"', '"__proto__": {}, "layer"')],
    ['the hash of other bytes', reply({ image_hash: `sha256:${'0'.repeat(64)}` })],
  ])('%s', async (_name, body) => {
    server.misbehave({ kind: 'reply', body });
    expect(await failureOf(detect(PNG))).toMatchObject({ code: 'provider-bad-reply', args: ['FauxLens'] });
  });
});

describe('documented and usual refusals', () => {
  it('401 for a wrong key, without repeating it anywhere', async () => {
    const failure = await failureOf(detect(PNG, null, 'fl_wrong_key_42'));
    expect(failure).toMatchObject({
      code: 'provider-unauthorised',
      args: ['FauxLens', 'Invalid or missing API key'],
    });
    expect(JSON.stringify(failure)).not.toContain('fl_wrong_key_42');
  });

  it('takes the key out of an error that echoes it', async () => {
    server.misbehave({
      kind: 'status',
      status: 403,
      body: JSON.stringify({ error: `key ${SAMPLE_KEY} is bound` }),
    });
    expect(JSON.stringify(await failureOf(detect(PNG)))).not.toContain(SAMPLE_KEY);
  });

  it.each([
    [400, 'provider-rejected-image'],
    [402, 'provider-out-of-credit'],
    [403, 'provider-unauthorised'],
    [404, 'provider-error'],
    [413, 'provider-rejected-image'],
    [415, 'provider-rejected-image'],
    [422, 'provider-rejected-image'],
    [500, 'provider-error'],
    [502, 'provider-error'],
    [504, 'provider-error'],
  ])('%i: %s, asked once only', async (status, code) => {
    const before = server.seen.length;
    server.misbehave({ kind: 'status', status, body: '{"error": {"message": "no", "code": "x"}}' });
    expect(await failureOf(detect(PNG))).toMatchObject({ code, args: ['FauxLens', 'no'] });
    expect(server.seen.length).toBe(before + 1);
  });

  it('keeps the status where the error page is HTML', async () => {
    server.misbehave({
      kind: 'status',
      status: 502,
      body: '<h1>Bad gateway</h1>',
      headers: { 'content-type': 'text/html' },
    });
    expect(await failureOf(detect(PNG))).toMatchObject({ code: 'provider-error', args: ['FauxLens'] });
  });
});
