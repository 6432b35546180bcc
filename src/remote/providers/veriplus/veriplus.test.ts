import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ContractServer } from '../../../../tests/providers/contract-server';
import {
  VERIPLUS_AUDIO,
  VERIPLUS_IMAGE,
  VERIPLUS_JOB_COMPLETED,
  VERIPLUS_JOB_CREATED,
} from '../../../../tests/providers/documented';
import {
  SAMPLE_KEY,
  SPENT_KEY,
  startVeriPlus,
  VERIPLUS_ERRORS,
  veriPlusError,
} from '../../../../tests/providers/veriplus-server';
import { failureOf, HEIC, JPEG, MP4, never, PNG, request, WAV } from '../provider.fixture';
import { veriplus } from './index';
import { pollUntil } from './poll';
import { readReply } from './reply';

const PARTY = { name: 'VeriPlus', secret: SAMPLE_KEY };
const SIZE = { width: 1920, height: 1080 };

let server: ContractServer;

beforeAll(async () => {
  server = await startVeriPlus({ steps: 2 });
});
afterAll(() => server.close());
beforeEach(() => server.misbehave());

function config(options: Record<string, string> = {}, apiKey = SAMPLE_KEY) {
  return { baseUrl: server.origin, apiKey, options };
}

function detect(bytes: Uint8Array = PNG, options: Record<string, string> = {}) {
  return veriplus.detect(request(bytes), config(options), never);
}

/** The documented image reply with some fields of `data` changed, as JSON. */
function reply(change: Record<string, unknown>) {
  const whole = JSON.parse(VERIPLUS_IMAGE);
  return { ...whole, data: { ...whole.data, ...change } };
}

describe('the documented examples', () => {
  it('an image becomes our report, byte for byte', async () => {
    server.misbehave({ kind: 'reply', body: VERIPLUS_IMAGE });
    const result = await detect();
    const region = { x: 120, y: 80, width: 280, height: 320, score: 0.89 };
    expect(result.analysis).toMatchObject({
      verdict: 'likely-ai-generated',
      probability: 0.87,
      uncertainty: { width: 0.15, reasons: [] },
      manipulation: { state: 'likely', score: 0.87, regions: [region] },
    });
    expect(result.analysis.layers).toEqual([
      {
        id: 'veriplus.face_1',
        family: 'provider',
        status: 'flagged',
        score: null,
        features: { score: 89 },
        label: { key: 'providers.veriplus.labels.face', args: [1] },
        explanation: {
          seen: [
            { key: 'providers.veriplus.seen.face', args: [89] },
            { verbatim: 'Inconsistent lighting on face' },
            { verbatim: 'Blending artifacts around jawline' },
            { verbatim: 'GAN fingerprint detected' },
          ],
          means: [{ key: 'providers.veriplus.layers.face' }],
          otherwise: [{ key: 'providers.own_words', args: ['VeriPlus'] }],
        },
        regions: [region],
      },
    ]);
    expect(result.own).toEqual({
      verdict: 'isDeepfake: true',
      score: 87,
      scale: '0–100',
      band: 'likely',
      more: [
        {
          name: { key: 'providers.more.manipulation' },
          value: { key: 'providers.veriplus.types.face_swap' },
        },
        { name: { key: 'providers.more.recommendation' }, value: { verbatim: 'reject' } },
        { name: { key: 'providers.more.risk' }, value: { key: 'providers.more.of_100', args: [82] } },
        { name: { key: 'providers.more.resolution' }, value: { verbatim: '1920x1080' } },
        { name: { key: 'providers.more.format' }, value: { verbatim: 'JPEG' } },
        { name: { key: 'providers.more.exif' }, value: { key: 'providers.veriplus.exif.stripped' } },
        { name: { key: 'providers.more.credits' }, value: { verbatim: '2' } },
      ],
    });
  });

  it('a video’s job is made, and its verdict read when it is done', async () => {
    const file = new Blob([MP4], { type: 'video/mp4' });
    server.misbehave({ kind: 'reply', body: VERIPLUS_JOB_CREATED });
    const made = await veriplus.media?.submit({ kind: 'video', file }, config(), never);
    const expected = { id: 'job_vid_xyz789', state: 'processing', kind: 'video', estimate: '45 seconds' };
    expect(made).toEqual({ ...expected, answer: null });
    server.misbehave({ kind: 'reply', body: VERIPLUS_JOB_COMPLETED });
    const done = await veriplus.media?.job?.('job_vid_xyz789', config(), never);
    expect(done).toMatchObject({ id: 'job_vid_xyz789', state: 'completed' });
    expect(done?.answer).toMatchObject({ verdict: 'likely-ai-generated', probability: 0.89 });
    expect(done?.answer?.own).toMatchObject({ verdict: 'isDeepfake: true', score: 89, band: 'likely' });
    expect(done?.answer?.layers.map(({ id, status }) => [id, status])).toEqual([
      ['veriplus.temporal', 'warning'],
      ['veriplus.face_detection', 'warning'],
      ['veriplus.lip_sync', 'warning'],
      ['veriplus.screen_replay', 'clear'],
      ['veriplus.liveness', 'flagged'],
      ['veriplus.frames', 'warning'],
    ]);
    expect(done?.answer?.layers.at(-1)?.facts).toEqual([
      {
        name: { key: 'providers.veriplus.frame', args: [45] },
        value: { verbatim: '1.5s, Face detection dropped, 42' },
      },
    ]);
  });

  it('sound is answered at once', async () => {
    server.misbehave({ kind: 'reply', body: VERIPLUS_AUDIO });
    const file = new Blob([WAV], { type: 'audio/wav' });
    const done = await veriplus.media?.submit({ kind: 'audio', file }, config(), never);
    expect(done).toMatchObject({ id: 'job_aud_abc123', state: 'completed', kind: 'audio' });
    expect(done?.answer).toMatchObject({ verdict: 'ai-generated', probability: 0.94 });
    expect(done?.answer?.layers.map(({ id, status }) => [id, status])).toEqual([
      ['veriplus.spectrum', 'flagged'],
      ['veriplus.prosody', 'flagged'],
      ['veriplus.fingerprint', 'flagged'],
    ]);
    expect(done?.answer?.own.more).toContainEqual({
      name: { key: 'providers.more.manipulation' },
      value: { key: 'providers.veriplus.types.tts_engine' },
    });
  });
});

describe('what is sent', () => {
  it('the image with analysisType and returnDetails', async () => {
    await detect(JPEG);
    expect(server.seen.at(-1)).toMatchObject({
      method: 'POST',
      path: '/api/v4/deepfake/analyse/image',
      fields: ['image', 'analysisType', 'returnDetails'],
      texts: { analysisType: 'GENERAL', returnDetails: 'true' },
      fileName: 'image.jpeg',
    });
    expect(server.seen.at(-1)?.headers.authorization).toBe(`Bearer ${SAMPLE_KEY}`);
    await detect(JPEG, { analysisType: 'FACE' });
    expect(server.seen.at(-1)?.texts.analysisType).toBe('FACE');
    await detect(JPEG, { analysisType: 'anything else' });
    expect(server.seen.at(-1)?.texts.analysisType).toBe('GENERAL');
  });

  it('a video with the fields of its own, asked about until it is done, and listed', async () => {
    const file = new Blob([MP4], { type: 'video/mp4' });
    const { media } = veriplus;
    const made = await media?.submit({ kind: 'video', file }, config(), never);
    expect(server.seen.at(-1)).toMatchObject({ fields: ['video', 'analysisType', 'returnSuspiciousFrames'] });
    const ask = () => media?.job?.(made?.id ?? '', config(), never);
    expect([(await ask())?.state, (await ask())?.state]).toEqual(['processing', 'completed']);
    const listed = await media?.list?.({ state: 'completed', kind: 'video', limit: 5 }, config(), never);
    expect(server.seen.at(-1)?.query).toEqual({ status: 'COMPLETED', mediaType: 'VIDEO', limit: '5' });
    expect(listed).toContainEqual(
      expect.objectContaining({ id: made?.id, state: 'completed', kind: 'video' }),
    );
  });

  it.each([
    ['HEIC', () => detect(HEIC)],
    ['a video of another type', () => submit('video', 'video/x-msvideo')],
    ['sound of another type', () => submit('audio', 'audio/flac')],
  ])('%s is refused here, before any upload', async (_name, send) => {
    const before = server.seen.length;
    expect(await failureOf(Promise.resolve(send()))).toMatchObject({ code: 'provider-rejected-image' });
    expect(server.seen.length).toBe(before);
  });

  it('a key is tested by the list of jobs, which costs 0 credits', async () => {
    await veriplus.testKey?.(config(), never);
    expect(server.seen.at(-1)).toMatchObject({
      method: 'GET',
      path: '/api/v4/deepfake/jobs',
      query: { limit: '1' },
    });
  });

  it('as many at a time as the plan allows', () => {
    const at = (plan: string) => veriplus.pace(config({ plan })).concurrency;
    expect([at('FREE'), at('BASIC'), at('PROFESSIONAL'), at('ENTERPRISE'), at('?')]).toEqual([
      1, 3, 10, 50, 1,
    ]);
    expect(veriplus.pace({ baseUrl: '', apiKey: '' }).concurrency).toBe(1);
  });
});

async function submit(kind: 'video' | 'audio', type: string) {
  return veriplus.media?.submit({ kind, file: new Blob([MP4], { type }) }, config(), never);
}

describe('an image that waits for a slot', () => {
  it('is asked about until it is done', async () => {
    const created = VERIPLUS_JOB_CREATED.replace('PROCESSING', 'QUEUED');
    const done = { ...reply({ status: 'COMPLETED' }) };
    server.misbehave(
      { kind: 'reply', body: created },
      { kind: 'reply', body: VERIPLUS_JOB_CREATED },
      { kind: 'reply', body: JSON.stringify(done) },
    );
    const before = server.seen.length;
    expect((await detect()).own.score).toBe(87);
    expect(server.seen.slice(before).map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /api/v4/deepfake/analyse/image',
      'GET /api/v4/deepfake/jobs/job_vid_xyz789',
      'GET /api/v4/deepfake/jobs/job_vid_xyz789',
    ]);
  });

  it('is a failure where the job failed', async () => {
    server.misbehave({ kind: 'reply', body: VERIPLUS_JOB_CREATED.replace('PROCESSING', 'FAILED') });
    expect(await failureOf(detect())).toMatchObject({ code: 'provider-error' });
  });

  it('is given up in time, and where the person cancels', async () => {
    const wait = { everyMs: 5, patienceMs: 20 };
    const waiting = pollUntil(async () => null, PARTY, never, wait);
    expect(await failureOf(waiting)).toMatchObject({ code: 'provider-timeout', args: ['VeriPlus'] });
    const cancelled = pollUntil(async () => null, PARTY, AbortSignal.abort(), wait);
    expect(await failureOf(cancelled)).toMatchObject({ code: 'cancelled' });
  });
});

describe('their score in our words', () => {
  it.each([
    [true, 100, 'GAN_GENERATED', 'ai-generated', 0.99, 'not-checked'],
    [true, 90, 'GAN_GENERATED', 'ai-generated', 0.9, 'not-checked'],
    [true, 89, null, 'likely-ai-generated', 0.89, 'not-checked'],
    // A swapped face is AI's, the picture around it is not.
    [true, 95, 'FACE_SWAP', 'likely-ai-generated', 0.95, 'likely'],
    // Cut and paste needs no AI.
    [true, 95, 'PHOTO_MANIPULATION', 'inconclusive', 0.5, 'likely'],
    [true, 95, 'DOCUMENT_FORGERY', 'inconclusive', 0.5, 'likely'],
    [true, 55, 'PHOTO_MANIPULATION', 'inconclusive', 0.5, 'possible'],
    [false, 55, null, 'inconclusive', 0.55, 'not-checked'],
    [false, 12, null, 'likely-authentic', 0.12, 'not-checked'],
    // A yes or no against its own score claims nothing.
    [true, 12, 'GAN_GENERATED', 'inconclusive', 0.12, 'not-checked'],
    [false, 88, null, 'inconclusive', 0.88, 'not-checked'],
  ])('%s at %i, %s: %s', (isDeepfake, confidence, manipulationType, verdict, probability, altered) => {
    const json = reply({ isDeepfake, confidence, manipulationType });
    const { analysis } = readReply(json, SIZE, PARTY);
    expect(analysis.verdict).toBe(verdict);
    expect(analysis.probability).toBeCloseTo(probability, 10);
    expect(analysis.manipulation.state).toBe(altered);
  });

  it.each([
    ['x, y, width, height', [120, 80, 280, 320], SIZE, { x: 120, y: 80, width: 280, height: 320 }],
    [
      'two corners where only they fit',
      [1500, 700, 1900, 1000],
      SIZE,
      { x: 1500, y: 700, width: 400, height: 300 },
    ],
    ['neither', [1500, 700, 5000, 5000], SIZE, null],
    ['no area', [10, 10, 0, 5], SIZE, null],
    ['a size that is not known', [120, 80, 280, 320], null, null],
  ])('a face’s box: %s', (_name, bbox, size, expected) => {
    const analysis = { faceRegions: [{ bbox, deepfakeScore: 89 }] };
    const [layer] = readReply(reply({ analysis }), size, PARTY).analysis.layers;
    expect(layer?.regions).toEqual(expected === null ? undefined : [{ ...expected, score: 0.89 }]);
  });
});

describe('replies that are none', () => {
  it.each([
    ['success: false', JSON.stringify({ ...reply({}), success: false })],
    ['a confidence of 101', JSON.stringify(reply({ confidence: 101 }))],
    ['yes in words', JSON.stringify(reply({ isDeepfake: 'true' }))],
    [
      'a box of three',
      JSON.stringify(reply({ analysis: { faceRegions: [{ bbox: [1, 2, 3], deepfakeScore: 1 }] } })),
    ],
    ['a job number that is a path', VERIPLUS_JOB_CREATED.replace('job_vid_xyz789', '../../keys')],
  ])('%s', async (_name, body) => {
    server.misbehave({ kind: 'reply', body });
    expect(await failureOf(detect())).toMatchObject({ code: 'provider-bad-reply', args: ['VeriPlus'] });
  });
});

describe('the five documented errors', () => {
  const OURS = {
    INVALID_FILE_FORMAT: 'provider-rejected-image',
    FILE_TOO_LARGE: 'provider-rejected-image',
    INSUFFICIENT_CREDITS: 'provider-out-of-credit',
    ANALYSIS_FAILED: 'provider-error',
    NO_FACE_DETECTED: 'provider-rejected-image',
  };

  it.each(VERIPLUS_ERRORS)('%s', async (code) => {
    server.misbehave({ kind: 'status', ...veriPlusError(code) });
    const { message } = JSON.parse(veriPlusError(code).body).error;
    expect(await failureOf(detect())).toMatchObject({ code: OURS[code], args: ['VeriPlus', message] });
  });

  it('as a bare code too', async () => {
    server.misbehave({ kind: 'status', status: 400, body: '{"error": "NO_FACE_DETECTED"}' });
    expect(await failureOf(detect())).toMatchObject({ args: ['VeriPlus', 'no face detected'] });
  });

  it('from the server itself', async () => {
    const spent = veriplus.detect(request(PNG), config({}, SPENT_KEY), never);
    expect(await failureOf(spent)).toMatchObject({ code: 'provider-out-of-credit' });
  });
});
