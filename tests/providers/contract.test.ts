import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { ContractServer } from './contract-server';
import * as detectiks from './detectiks-server';
import * as documented from './documented';
import * as fakesec from './fakesec-server';
import * as fauxlens from './fauxlens-server';
import { STAND_INS } from './stand-ins';
import * as truthlens from './truthlens-server';
import type { WebhookPayload } from './veriplus-jobs';
import * as veriplus from './veriplus-server';

/** The stand-ins against the pages that they follow, by plain requests. */

const PNG = Buffer.from('89504e470d0a1a0a0001', 'hex');
const HEIC = Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1');
const MP4 = Buffer.from('\0\0\0\x18ftypisom\0\0\0\0isomiso2', 'latin1');
const WAV = Buffer.from('RIFF\x24\0\0\0WAVEfmt ', 'latin1');

const open: ContractServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function using(starting: Promise<ContractServer>): Promise<ContractServer> {
  const server = await starting;
  open.push(server);
  return server;
}

function upload(field: string, bytes: Uint8Array, more: Record<string, string> = {}): FormData {
  const form = new FormData();
  form.set(field, new File([new Uint8Array(bytes)], 'x'));
  for (const [name, value] of Object.entries(more)) form.set(name, value);
  return form;
}

async function ask(url: string, key: string | null, body?: FormData | string) {
  const headers: Record<string, string> = key === null ? {} : { authorization: `Bearer ${key}` };
  if (key?.startsWith('imag_')) headers['x-api-key'] = key;
  const response = await fetch(url, { method: body === undefined ? 'GET' : 'POST', headers, body });
  return { status: response.status, headers: response.headers, json: await response.json() };
}

describe('FauxLens', () => {
  const PATH = '/v1/detect';

  it('answers an image with the documented reply and its hash', async () => {
    const { origin } = await using(fauxlens.startFauxLens());
    const { status, json } = await ask(origin + PATH, fauxlens.SAMPLE_KEY, upload('image', PNG));
    const hash = createHash('sha256').update(PNG).digest('hex');
    expect(status).toBe(200);
    expect(json).toEqual({ ...JSON.parse(documented.FAUXLENS_REPLY), image_hash: `sha256:${hash}` });
  });

  it('takes videos of up to 100 MB, but not by address', async () => {
    const { origin } = await using(fauxlens.startFauxLens({ fetchImage: async () => MP4 }));
    const big = Buffer.concat([MP4, Buffer.alloc(30 * 1024 * 1024)]);
    expect((await ask(origin + PATH, fauxlens.SAMPLE_KEY, upload('image', big))).status).toBe(200);
    const response = await fetch(origin + PATH, {
      method: 'POST',
      headers: { authorization: `Bearer ${fauxlens.SAMPLE_KEY}`, 'content-type': 'application/json' },
      body: '{"image_url": "https://example.com/clip.mp4"}',
    });
    expect(response.status).toBe(415);
  });

  it('refuses other fields, formats, sizes and keys', async () => {
    const { origin } = await using(fauxlens.startFauxLens());
    const status = async (body: FormData, key = fauxlens.SAMPLE_KEY) =>
      (await ask(origin + PATH, key, body)).status;
    expect(await status(upload('file', PNG))).toBe(400);
    expect(await status(upload('image', HEIC))).toBe(415);
    expect(await status(upload('image', Buffer.concat([PNG, Buffer.alloc(25 * 1024 * 1024)])))).toBe(413);
    expect(await status(upload('image', PNG), 'nonsense')).toBe(401);
  });

  it('says in Retry-After when the minute is over, after 60 requests', async () => {
    const { origin } = await using(fauxlens.startFauxLens({ now: () => 1_000_000 }));
    const statuses: number[] = [];
    for (let n = 0; n < 61; n += 1) {
      const { status, headers } = await ask(origin + PATH, fauxlens.SAMPLE_KEY, upload('image', PNG));
      statuses.push(status);
      if (n === 60) expect(headers.get('retry-after')).toBe('20');
    }
    expect(statuses).toEqual([...new Array(60).fill(200), 429]);
  });
});

describe('FakeSec', () => {
  const DETECT = '/api/v1/detect';

  it('answers the first photo of a live key with the documented reply', async () => {
    const { origin } = await using(fakesec.startFakeSec());
    const first = await ask(origin + DETECT, fakesec.LIVE_KEY, upload('file', PNG));
    expect(first.json).toEqual(JSON.parse(documented.FAKESEC_REPLY));
    const video = await ask(origin + DETECT, fakesec.LIVE_KEY, upload('file', MP4));
    expect(video.json.data).toMatchObject({ media_type: 'video', tokens_used: 3, tokens_remaining: 4996 });
  });

  it('answers a test key with the documented mock, and charges nothing', async () => {
    const { origin } = await using(fakesec.startFakeSec());
    const shown = JSON.parse(documented.FAKESEC_TEST_REPLY_SHOWN.replace('{ ... }', 'null'));
    const { json } = await ask(origin + DETECT, fakesec.TEST_KEY, upload('file', PNG));
    expect(json).toMatchObject({ success: true, test: true });
    expect(json.data).toMatchObject({ ai_score: shown.data.ai_score, verdict: shown.data.verdict });
    expect(json.data).toMatchObject({ confidence: 72, tokens_used: 0, tokens_remaining: 5000 });
    expect(json.data.id).toMatch(/^test_[0-9a-f]{12}$/);
  });

  it('tells the usage in the documented fields, with every rate header', async () => {
    const tokens = { limit: 5000, used: 1234 };
    const now = () => Date.UTC(2026, 1, 10);
    const { origin } = await using(fakesec.startFakeSec({ tokens, now }));
    const { json, headers } = await ask(`${origin}/api/v1/usage`, fakesec.LIVE_KEY);
    const shown = JSON.parse(documented.FAKESEC_USAGE);
    expect(json).toEqual({ ...shown, data: { ...shown.data, billing_reset: '2026-03-01T00:00:00' } });
    expect(headers.get('x-ratelimit-limit')).toBe('150');
    expect(headers.get('x-ratelimit-remaining')).toBe('149');
    expect(headers.get('x-ratelimit-reset')).toBe(String(now() / 1000 + 60));
  });

  it('slides its window: 30 a minute for a test key, whole again 60 s later', async () => {
    let time = 0;
    const { origin } = await using(fakesec.startFakeSec({ now: () => time }));
    const status = async () => (await ask(`${origin}/api/v1/keys`, fakesec.TEST_KEY)).status;
    for (let n = 0; n < 30; n += 1) expect(await status()).toBe(200);
    time = 59_999;
    expect(await status()).toBe(429);
    time = 60_000;
    expect(await status()).toBe(200);
  });

  it('gives every one of the nine errors its status and its envelope', async () => {
    const { origin } = await using(fakesec.startFakeSec());
    const errorOf = async (key: string | null, body: FormData | string) => {
      const { status, json } = await ask(origin + DETECT, key, body);
      return [status, json.success, json.error.code];
    };
    const { LIVE_KEY, SPENT_KEY, BLOCKED_KEY } = fakesec;
    const big = Buffer.concat([PNG, Buffer.alloc(15 * 1024 * 1024)]);
    expect(await errorOf(LIVE_KEY, '{}')).toEqual([400, false, 'invalid_request']);
    expect(await errorOf(LIVE_KEY, upload('image', PNG))).toEqual([400, false, 'no_file']);
    expect(await errorOf(LIVE_KEY, upload('file', HEIC))).toEqual([400, false, 'invalid_file']);
    expect(await errorOf(null, upload('file', PNG))).toEqual([401, false, 'invalid_api_key']);
    expect(await errorOf(BLOCKED_KEY, upload('file', PNG))).toEqual([403, false, 'account_blocked']);
    expect(await errorOf(LIVE_KEY, upload('file', big))).toEqual([413, false, 'file_too_large']);
    expect(await errorOf(SPENT_KEY, upload('file', PNG))).toEqual([429, false, 'token_limit']);
    expect(JSON.parse(fakesec.fakeSecError('invalid_api_key').body)).toEqual(
      JSON.parse(documented.FAKESEC_ERROR),
    );
    expect(fakesec.FAKESEC_ERRORS.length).toBe(9);
  });
});

describe('VeriPlus', () => {
  const ROOT = '/api/v4/deepfake';
  const key = veriplus.SAMPLE_KEY;

  it('answers an image with the documented reply where details were asked for', async () => {
    const { origin } = await using(veriplus.startVeriPlus());
    const details = upload('image', PNG, { analysisType: 'FACE', returnDetails: 'true' });
    const shown = JSON.parse(documented.VERIPLUS_IMAGE);
    const { json } = await ask(`${origin}${ROOT}/analyse/image`, key, details);
    expect(json).toEqual({ ...shown, data: { ...shown.data, jobId: json.data.jobId } });
    const bare = await ask(`${origin}${ROOT}/analyse/image`, key, upload('image', PNG));
    expect(bare.json.data).not.toHaveProperty('analysis');
  });

  it('takes a video as a job: processing, then the documented reply, with a webhook', async () => {
    const sent: WebhookPayload[] = [];
    const { origin } = await using(veriplus.startVeriPlus({ notify: (payload) => sent.push(payload) }));
    const more = { analysisType: 'VERIFICATION', includeLiveness: 'true', returnSuspiciousFrames: 'true' };
    const made = await ask(`${origin}${ROOT}/analyse/video`, key, upload('video', MP4, more));
    const { jobId } = made.json.data;
    expect(made.json).toEqual({
      success: true,
      data: { ...JSON.parse(documented.VERIPLUS_JOB_CREATED).data, jobId },
    });
    const poll = () => ask(`${origin}${ROOT}/jobs/${jobId}`, key);
    expect((await poll()).json.data.status).toBe('PROCESSING');
    const { json } = await poll();
    const shown = JSON.parse(documented.VERIPLUS_JOB_COMPLETED);
    expect(json).toEqual({ ...shown, data: { ...shown.data, jobId, mediaType: 'VIDEO' } });
    const hook = JSON.parse(documented.VERIPLUS_WEBHOOK);
    expect(sent).toEqual([{ ...hook, timestamp: sent[0]?.timestamp, data: { ...hook.data, jobId } }]);
  });

  it('queues what exceeds the concurrent jobs, and lists by status, medium and limit', async () => {
    const { origin } = await using(veriplus.startVeriPlus({ concurrent: 1, steps: 1 }));
    const submit = () => ask(`${origin}${ROOT}/analyse/video`, key, upload('video', MP4));
    const [first, second] = [await submit(), await submit()];
    expect([first.json.data.status, second.json.data.status]).toEqual(['PROCESSING', 'QUEUED']);
    await ask(`${origin}${ROOT}/jobs/${first.json.data.jobId}`, key);
    const audio = await ask(`${origin}${ROOT}/analyse/audio`, key, upload('audio', WAV));
    const shown = JSON.parse(documented.VERIPLUS_AUDIO);
    expect(audio.json).toEqual({ ...shown, data: { ...shown.data, jobId: audio.json.data.jobId } });
    const list = async (query: string) => (await ask(`${origin}${ROOT}/jobs?${query}`, key)).json.data;
    expect((await list('limit=50')).map((job: { jobId: string }) => job.jobId)).toEqual([
      audio.json.data.jobId,
      second.json.data.jobId,
      first.json.data.jobId,
    ]);
    expect(await list('status=PROCESSING')).toEqual([
      { jobId: second.json.data.jobId, status: 'PROCESSING', mediaType: 'VIDEO' },
    ]);
    expect((await list('mediaType=VIDEO&limit=1')).length).toBe(1);
  });

  it('ends a job that fails with FAILED and its webhook', async () => {
    const sent: WebhookPayload[] = [];
    const notify = (payload: WebhookPayload) => sent.push(payload);
    const { origin } = await using(veriplus.startVeriPlus({ steps: 1, fails: () => true, notify }));
    const { json } = await ask(`${origin}${ROOT}/analyse/video`, key, upload('video', MP4));
    const { jobId } = json.data;
    expect((await ask(`${origin}${ROOT}/jobs/${jobId}`, key)).json.data.status).toBe('FAILED');
    expect(sent).toMatchObject([{ event: 'deepfake.job_failed', data: { jobId, mediaType: 'VIDEO' } }]);
  });

  it('gives every one of the five errors its status and code', async () => {
    const { origin } = await using(veriplus.startVeriPlus({ face: () => false }));
    const errorOf = async (body: FormData, bearer = key) => {
      const { status, json } = await ask(`${origin}${ROOT}/analyse/image`, bearer, body);
      return [status, json.error.code];
    };
    const big = Buffer.concat([PNG, Buffer.alloc(10 * 1024 * 1024)]);
    expect(await errorOf(upload('image', HEIC))).toEqual([400, 'INVALID_FILE_FORMAT']);
    expect(await errorOf(upload('image', big))).toEqual([413, 'FILE_TOO_LARGE']);
    expect(await errorOf(upload('image', PNG), veriplus.SPENT_KEY)).toEqual([402, 'INSUFFICIENT_CREDITS']);
    expect(await errorOf(upload('image', PNG, { analysisType: 'FACE' }))).toEqual([400, 'NO_FACE_DETECTED']);
    expect(veriplus.veriPlusError('ANALYSIS_FAILED').status).toBe(500);
    expect(veriplus.VERIPLUS_ERRORS.length).toBe(5);
  });
});

describe('TruthLens', () => {
  it('answers with the two fields that the article reads, 50 times a month', async () => {
    const { origin } = await using(truthlens.startTruthLens({ perMonth: 1 }));
    const send = () => ask(`${origin}/api/detect`, truthlens.SAMPLE_KEY, upload('image', PNG));
    expect((await send()).json).toEqual({ is_ai_generated: false, confidence: 0.83 });
    expect((await send()).status).toBe(429);
  });
});

describe('Detectiks', () => {
  const key = detectiks.SAMPLE_KEY;

  it('answers with the documented reply and the hash of what came, HEIC too', async () => {
    const { origin } = await using(detectiks.startDetectiks());
    for (const bytes of [PNG, HEIC]) {
      const { json, headers } = await ask(`${origin}/api/detect`, key, upload('file', bytes));
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      expect(json).toEqual({ ...JSON.parse(documented.DETECTIKS_REPLY), hashes: { sha256 } });
      expect(headers.get('x-ratelimit-limit')).toBe('30');
    }
    const { json } = await ask(`${origin}/api/usage/status`, key);
    expect(json.daily).toEqual({ used: 2, limit: 1000, remaining: 998 });
  });

  it('refuses as documented: 401, 413, 415, 429 with Retry-After', async () => {
    const { origin } = await using(detectiks.startDetectiks({ tier: 'free', now: () => 1_000_000 }));
    const status = async (bytes: Uint8Array, bearer: string | null = key) =>
      (await ask(`${origin}/api/detect`, bearer, upload('file', bytes))).status;
    expect(await status(PNG, null)).toBe(401);
    expect(await status(Buffer.concat([PNG, Buffer.alloc(10 * 1024 * 1024)]))).toBe(413);
    expect(await status(MP4)).toBe(415);
    for (let n = 0; n < 8; n += 1) expect(await status(PNG)).toBe(200);
    const { status: last, headers } = await ask(`${origin}/api/detect`, key, upload('file', PNG));
    expect(last).toBe(429);
    expect(headers.get('retry-after')).toBe('20');
    expect(headers.get('x-ratelimit-reset')).toBe('1020');
  });
});

describe('every stand-in', () => {
  it.each(STAND_INS)('$name keeps what it was sent, and misbehaves on demand', async (given) => {
    const { start, path, field } = given;
    const key = given.keys[0]?.key ?? '';
    const server = await using(start());
    server.misbehave({ kind: 'status', status: 503, body: '{}' }, null);
    expect((await ask(server.origin + path, key, upload(field, PNG))).status).toBe(503);
    expect((await ask(server.origin + path, key, upload(field, PNG))).status).toBe(200);
    expect(server.seen.map((request) => [request.path, request.fields])).toEqual([
      [path, [field]],
      [path, [field]],
    ]);
    expect((await ask(`${server.origin}/elsewhere`, key)).status).toBe(404);
  });
});
