import { beforeEach, expect, it } from 'vitest';
import { countHistory } from '../history';
import { freshDatabase } from '../storage/fresh.fixture';
import { answeredMedia, clearEverything, exportEverything } from './everything';
import { createWorld, sourceAt, type World } from './world.fixture';

/** Uploads as `src/remote` keeps them: one answered, one of unknown fate, one taken from the list. */
const ANSWERED = {
  id: 'a',
  provider: 'veriplus',
  origin: 'https://api.veriplus.co.uk',
  kind: 'video',
  name: 'interview.mp4',
  sha256: 'ab'.repeat(32),
  sentAt: Date.UTC(2026, 10, 20, 9),
  state: 'completed',
  jobId: 'job_1',
  estimate: null,
  answer: {
    verdict: 'ai-generated',
    probability: 0.95,
    own: { verdict: 'isDeepfake: true', score: 0.95, scale: '0–1' },
    layers: [],
  },
};
const UPLOADS = [
  ANSWERED,
  { ...ANSWERED, id: 'b', state: 'unknown', name: 'call.wav', answer: null },
  { ...ANSWERED, id: 'c', name: '', answer: null, removed: true },
];

let world: World;

beforeEach(async () => {
  await freshDatabase();
  world = createWorld();
  await world.apis.chrome.storage.local.set({ 'remote.media': UPLOADS, 'remote.order': ['veriplus'] });
  const runner = world.runner();
  await runner.settled(await runner.start(sourceAt('https://cdn.example/1.png')));
});

it('answers about video and sound stand beside the history, and outlive the page', async () => {
  expect((await answeredMedia()).map(({ name }) => name)).toEqual(['interview.mp4']);
});

it('leaves as one file: images, video and sound; no receipts and no keys', async () => {
  const text = await (await exportEverything()).text();
  const file = JSON.parse(text);
  expect(file.entries).toHaveLength(1);
  expect(file.media).toEqual([
    {
      kind: 'video',
      name: 'interview.mp4',
      provider: 'veriplus',
      sha256: ANSWERED.sha256,
      sentAt: '2026-11-20T09:00:00.000Z',
      answer: ANSWERED.answer,
    },
  ]);
  expect(text).not.toContain('call.wav');
});

it('deleting everything takes what was sent of video and sound too, and no settings', async () => {
  await clearEverything();
  expect((await countHistory()).total).toBe(0);
  expect([...world.apis.stored.keys()]).not.toContain('remote.media');
  expect(world.apis.stored.get('remote.order')).toEqual(['veriplus']);
});
