import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ContractServer } from '../../tests/providers/contract-server';
import { type ExtensionApis, extensionApis } from '../../tests/providers/extension-apis';
import { LIVE_KEY, startFakeSec } from '../../tests/providers/fakesec-server';
import { SAMPLE_KEY as FAUXLENS_KEY, startFauxLens } from '../../tests/providers/fauxlens-server';
import { startVeriPlus, SAMPLE_KEY as VERIPLUS_KEY } from '../../tests/providers/veriplus-server';
import {
  fetchMediaJob,
  followMedia,
  listMediaJobs,
  lockVault,
  MaybeSentError,
  type MediaAnswer,
  type MediaJob,
  mediaConsentFacts,
  mediaHosts,
  mediaKindOf,
  mediaScope,
  mediaUploads,
  type ProviderId,
  providerConfig,
  removeMedia,
  type SendMedia,
  saveProvider,
  sendMedia,
  setUpVault,
} from './index';
import { MP4, WAV } from './providers/provider.fixture';

const never = new AbortController().signal;
const VIDEO = new File([MP4], 'my holiday.mp4', { type: 'video/mp4' });
const SOUND = new File([WAV], 'call.wav', { type: 'audio/wav' });

const ANSWER: MediaAnswer = {
  verdict: 'ai-generated',
  probability: 0.95,
  own: { verdict: 'isDeepfake: true', score: 0.95, scale: '0–1' },
  layers: [],
};

let apis: ExtensionApis;
let server: ContractServer;

beforeEach(() => {
  apis = extensionApis();
  vi.stubGlobal('chrome', apis.chrome);
  vi.stubGlobal('navigator', apis.navigator);
});
afterEach(async () => {
  vi.unstubAllGlobals();
  await server.close();
});

async function setUp(id: ProviderId, started: Promise<ContractServer>, apiKey: string) {
  server = await started;
  await saveProvider(id, { baseUrl: server.origin, apiKey, sends: 'bytes' });
  apis.granted.add(`${server.origin}/*`);
}
const setUpVeriPlus = (options = {}) => setUp('veriplus', startVeriPlus(options), VERIPLUS_KEY);

/** What a person agrees to who is asked about this file now. */
async function yes(id: ProviderId, file: File): Promise<string> {
  const config = await providerConfig(id);
  return mediaScope(id, config ?? { baseUrl: 'http://127.0.0.1' }, mediaKindOf(file) ?? 'video');
}

async function send(id: ProviderId, file: File, options: Partial<SendMedia> = {}, signal = never) {
  return sendMedia(id, { file, agreed: await yes(id, file), ...options }, signal);
}

describe('no upload without a yes to this very sending', () => {
  const refused = { failure: { code: 'permission-denied', fate: 'not-sent' } };

  it.each([
    ['no yes', async () => null],
    ['a yes to sound', async () => mediaScope('veriplus', { baseUrl: server.origin }, 'audio')],
    ['a yes to another server', async () => 'veriplus https://api.veriplus.co.uk video'],
    ['a yes to another provider', async () => mediaScope('fakesec', { baseUrl: server.origin }, 'video')],
  ])('%s: 0 requests', async (_name, agreement) => {
    await setUpVeriPlus();
    await expect(send('veriplus', VIDEO, { agreed: await agreement() })).rejects.toMatchObject(refused);
    expect(server.seen).toEqual([]);
    expect(await mediaUploads()).toEqual([]);
  });

  it('no host permission: 0 requests', async () => {
    await setUpVeriPlus();
    apis.granted.clear();
    await expect(send('veriplus', VIDEO)).rejects.toMatchObject(refused);
    await expect(fetchMediaJob('veriplus', 'job_1', never)).rejects.toMatchObject(refused);
    await expect(listMediaJobs('veriplus', never)).rejects.toMatchObject(refused);
    expect(server.seen).toEqual([]);
  });

  it('locked keys: 0 requests', async () => {
    await setUpVeriPlus();
    await setUpVault('correct horse battery staple');
    await lockVault();
    await expect(send('veriplus', VIDEO)).rejects.toMatchObject(refused);
    expect(server.seen).toEqual([]);
  });

  it('a file that the provider does not take: 0 requests', async () => {
    await setUpVeriPlus();
    const odd = new File([MP4], 'a.avi', { type: 'video/x-msvideo' });
    await expect(send('veriplus', odd)).rejects.toMatchObject({
      failure: { code: 'provider-rejected-image', fate: 'not-sent' },
    });
    expect(server.seen).toEqual([]);
  });
});

describe('one upload', () => {
  it('VeriPlus: a job, followed to its answer with the suspicious moments', async () => {
    await setUpVeriPlus({ steps: 3 });
    const sent = await send('veriplus', VIDEO);
    expect(sent).toMatchObject({ state: 'processing', estimate: '45 seconds', answer: null });
    const told: MediaJob['state'][] = [];
    const job = await followMedia('veriplus', sent.jobId ?? '', never, ({ state }) => told.push(state), {
      everyMs: 1,
    });
    expect(told).toEqual(['processing', 'processing', 'completed']);
    expect(job.answer?.own.score).toBeTypeOf('number');
    expect(job.answer?.layers.find(({ id }) => id === 'veriplus.frames')?.facts?.length).toBeGreaterThan(0);
    expect(await mediaUploads()).toMatchObject([{ id: sent.id, state: 'completed', answer: job.answer }]);
    const [upload] = server.seen;
    // The bytes as they are, under a neutral name.
    expect(upload).toMatchObject({
      path: '/api/v4/deepfake/analyse/video',
      fileName: 'video.mp4',
      sha256: createHash('sha256').update(MP4).digest('hex'),
    });
    expect(JSON.stringify(server.seen)).not.toContain('holiday');
    expect(JSON.stringify([...(apis.stored.get('remote.media') as object[])])).not.toContain(VERIPLUS_KEY);
  });

  it('VeriPlus: sound is answered at once', async () => {
    await setUpVeriPlus();
    const sent = await send('veriplus', SOUND);
    expect(sent).toMatchObject({ kind: 'audio', state: 'completed' });
    expect(sent.answer?.own.verdict).toBe('isSynthetic: true');
  });

  it.each([
    ['fauxlens', () => startFauxLens(), FAUXLENS_KEY],
    ['fakesec', () => startFakeSec(), LIVE_KEY],
  ] as const)('%s answers a video at once', async (id, start, key) => {
    await setUp(id, start(), key);
    const sent = await send(id, VIDEO);
    expect(sent.state).toBe('completed');
    expect(sent.answer?.own.verdict).toBeTypeOf('string');
    expect(await mediaUploads()).toEqual([sent]);
    expect(await listMediaJobs(id, never)).toBeNull();
  });

  it('a job that fails is told as such', async () => {
    await setUpVeriPlus({ steps: 1, fails: () => true });
    const { jobId } = await send('veriplus', VIDEO);
    expect(await followMedia('veriplus', jobId ?? '', never)).toMatchObject({
      state: 'failed',
      answer: null,
    });
  });

  it('a job is found in the list, and fetched by its id alone', async () => {
    await setUpVeriPlus({ steps: 1 });
    const { jobId } = await send('veriplus', VIDEO);
    expect(await listMediaJobs('veriplus', never)).toMatchObject([{ id: jobId, kind: 'video' }]);
    expect(await fetchMediaJob('veriplus', jobId ?? '', never)).toMatchObject({ state: 'completed' });
  });
});

describe('nobody pays twice', () => {
  const uploads = () => server.seen.filter(({ method }) => method === 'POST').length;

  it('an upload of unknown fate is not sent again without a word', async () => {
    await setUpVeriPlus();
    server.misbehave({ kind: 'reset-mid-body' });
    const failure = await send('veriplus', VIDEO).catch((thrown: unknown) => thrown);
    expect(JSON.stringify(failure)).not.toContain(VERIPLUS_KEY);
    expect(uploads()).toBe(1);
    expect(await mediaUploads()).toMatchObject([{ state: 'unknown' }]);
    server.misbehave(null);
    await expect(send('veriplus', VIDEO)).rejects.toBeInstanceOf(MaybeSentError);
    expect(uploads()).toBe(1);
    expect(await send('veriplus', VIDEO, { despiteEarlier: true })).toMatchObject({ state: 'processing' });
    expect(uploads()).toBe(2);
    expect(await mediaUploads()).toMatchObject([{ state: 'processing' }]);
  });

  it('a page that was closed while sending leaves a receipt that counts', async () => {
    await setUpVeriPlus();
    const sent = await send('veriplus', VIDEO);
    await apis.chrome.storage.local.set({ 'remote.media': [{ ...sent, state: 'sending', jobId: null }] });
    await expect(send('veriplus', VIDEO)).rejects.toBeInstanceOf(MaybeSentError);
    expect(uploads()).toBe(1);
  });

  it('cancelled while the server has it: unknown, and not sent again', async () => {
    await setUpVeriPlus();
    server.misbehave({ kind: 'silent' });
    const stop = new AbortController();
    const cancelled = send('veriplus', VIDEO, {}, stop.signal);
    await vi.waitFor(() => expect(uploads()).toBe(1));
    stop.abort();
    await expect(cancelled).rejects.toMatchObject({ failure: { code: 'cancelled' } });
    expect(await mediaUploads()).toMatchObject([{ state: 'unknown' }]);
  });

  it.each(['processing', 'completed', 'unknown'] as const)(
    'one that is %s and was taken from the list is still known to have been sent',
    async (state) => {
      await setUpVeriPlus();
      const sent = await send('veriplus', VIDEO);
      await apis.chrome.storage.local.set({ 'remote.media': [{ ...sent, state, answer: ANSWER }] });
      await removeMedia(sent.id);
      expect(await mediaUploads()).toEqual([]);
      const kept = JSON.stringify(apis.stored.get('remote.media'));
      expect(kept).not.toContain(VIDEO.name);
      expect(kept).not.toContain('isDeepfake');

      await expect(send('veriplus', VIDEO)).rejects.toBeInstanceOf(MaybeSentError);
      expect(uploads()).toBe(1);
      await send('veriplus', VIDEO, { despiteEarlier: true });
      expect(uploads()).toBe(2);
      expect(apis.stored.get('remote.media')).toHaveLength(1);
    },
  );

  it('one that has its answer is not sent again without a word, and its answer stays when it is', async () => {
    await setUpVeriPlus();
    const sent = await send('veriplus', VIDEO);
    await apis.chrome.storage.local.set({
      'remote.media': [{ ...sent, state: 'completed', answer: ANSWER }],
    });
    await expect(send('veriplus', VIDEO)).rejects.toMatchObject({ upload: { state: 'completed' } });
    expect(uploads()).toBe(1);
    await send('veriplus', VIDEO, { despiteEarlier: true });
    expect((await mediaUploads()).map(({ state }) => state)).toEqual(['processing', 'completed']);
  });

  it('one that failed there leaves no receipt when it is taken away', async () => {
    await setUpVeriPlus();
    const sent = await send('veriplus', VIDEO);
    await apis.chrome.storage.local.set({ 'remote.media': [{ ...sent, state: 'failed' }] });
    await removeMedia(sent.id);
    expect(apis.stored.get('remote.media')).toEqual([]);
  });

  it('a refusal leaves nothing behind', async () => {
    await setUpVeriPlus({ credits: 0 });
    await expect(send('veriplus', VIDEO)).rejects.toMatchObject({
      failure: { code: 'provider-out-of-credit', fate: 'refused' },
    });
    expect(await mediaUploads()).toEqual([]);
  });
});

it('offers what is set up and takes such files, and says what a yes means', async () => {
  await setUpVeriPlus();
  await saveProvider('truthlens', { baseUrl: server.origin, apiKey: 'tl_key', sends: 'bytes' });
  const hosts = await mediaHosts();
  expect(hosts.map(({ id }) => id)).toEqual(['veriplus']);
  const facts = mediaConsentFacts('veriplus', { baseUrl: 'https://api.veriplus.co.uk' }, 'audio');
  expect(facts.sentence).toEqual({
    key: 'media.consent.sentence.audio',
    args: ['VeriPlus', 'https://api.veriplus.co.uk'],
  });
  expect(facts.rows.map(({ value }) => value)).toEqual([
    { key: 'media.consent.what.audio' },
    { verbatim: 'VeriPlus (https://api.veriplus.co.uk)' },
    { key: 'media.consent.never' },
    { key: 'providers.veriplus.retention' },
    { key: 'providers.veriplus.cost_audio' },
  ]);
  expect(() => mediaConsentFacts('truthlens', { baseUrl: server.origin }, 'video')).toThrow(RangeError);
});
