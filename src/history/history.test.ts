import { beforeEach, describe, expect, it } from 'vitest';
import type { Report } from '../forensics/report';
import { message } from '../forensics/text';
import { database, write } from '../storage/database';
import { freshDatabase } from '../storage/fresh.fixture';
import type { JobRow } from '../storage/schema';
import {
  clearHistory,
  countHistory,
  exportHistory,
  findBySha256,
  getEntry,
  listHistory,
  removeEntry,
} from '.';
import { keepWithinCaps } from './keep';
import { layerOf, reportOf } from './report.fixture';
import { toRows } from './rows';
import { FINISHED_JOBS_MAX, HISTORY_MAX_BYTES, HISTORY_MAX_ENTRIES, KEPT_IMAGES_MAX } from './settings';

beforeEach(freshDatabase);

async function put(report: Report, thumbnail: Blob | null = null): Promise<void> {
  const { row, evidence } = toRows({ report, thumbnail, acquireAttempts: [], remote: null });
  await write(['history', 'evidence'], async (tx) => {
    await tx.objectStore('history').put(row);
    await tx.objectStore('evidence').put(evidence);
  });
}

const source = (page: string, url = 'https://cdn.example/i.jpg') => ({ page, url, how: 'original' as const });

describe('the list', () => {
  it('is newest first and comes in pages that neither overlap nor leave gaps', async () => {
    // Pairs of the same millisecond: the id decides between them.
    for (let i = 0; i < 25; i++)
      await put(reportOf({ id: `r${String(i).padStart(2, '0')}`, checkedAt: Math.floor(i / 2) }));
    const seen: string[] = [];
    let after: Awaited<ReturnType<typeof listHistory>>['next'] = null;
    let pages = 0;
    do {
      const page = await listHistory({ limit: 10, after: after ?? undefined });
      seen.push(...page.entries.map(({ id }) => id));
      after = page.next;
      pages += 1;
    } while (after);
    expect(pages).toBe(3);
    expect(seen).toEqual(Array.from({ length: 25 }, (_, i) => `r${String(24 - i).padStart(2, '0')}`));
  });

  it('ends where the last page is exactly full', async () => {
    for (let i = 0; i < 3; i++) await put(reportOf({ id: `r${i}`, checkedAt: i }));
    expect((await listHistory({ limit: 3 })).next).toBeNull();
  });

  it('filters by one verdict, by several, and by site, page by page', async () => {
    await put(
      reportOf({ id: 'a', checkedAt: 1, verdict: 'ai-generated', source: source('https://x.example/1') }),
    );
    await put(
      reportOf({ id: 'b', checkedAt: 2, verdict: 'inconclusive', source: source('https://y.example/1') }),
    );
    await put(
      reportOf({ id: 'c', checkedAt: 3, verdict: 'ai-generated', source: source('https://y.example/2') }),
    );
    await put(
      reportOf({ id: 'd', checkedAt: 4, verdict: 'authentic', source: source('https://x.example/3') }),
    );
    const ids = async (query: Parameters<typeof listHistory>[0]) =>
      (await listHistory(query)).entries.map((e) => e.id);
    expect(await ids({ verdicts: ['ai-generated'] })).toEqual(['c', 'a']);
    expect(await ids({ verdicts: ['ai-generated', 'authentic'] })).toEqual(['d', 'c', 'a']);
    expect(await ids({ site: 'x.example' })).toEqual(['d', 'a']);
    expect(await ids({ site: 'x.example', verdicts: ['authentic'] })).toEqual(['d']);
    const first = await listHistory({ verdicts: ['ai-generated'], limit: 1 });
    expect(first.entries[0]?.id).toBe('c');
    expect(await ids({ verdicts: ['ai-generated'], after: first.next ?? undefined })).toEqual(['a']);
    expect(await countHistory()).toEqual({
      total: 4,
      byVerdict: { 'ai-generated': 2, inconclusive: 1, authentic: 1 },
    });
  });

  it('finds words in site, addresses and generator, in any case and order', async () => {
    await put(
      reportOf({
        id: 'a',
        source: source('https://Zeitung.example/kultur', 'https://cdn.example/Katze.png'),
      }),
    );
    await put(reportOf({ id: 'b', generator: { name: 'Midjourney', confidence: 0.9 } }));
    const ids = async (search: string) => (await listHistory({ search })).entries.map((e) => e.id);
    expect(await ids('katze ZEITUNG')).toEqual(['a']);
    expect(await ids('midj')).toEqual(['b']);
    expect(await ids('midj katze')).toEqual([]);
    expect(await ids('  ')).toEqual(['b', 'a']);
  });
});

describe('an entry', () => {
  const map = { width: 2, height: 1, data: Float32Array.of(0, 1), shows: message('x'), cell: 8 };

  it('carries its maps when it is opened, and not in lists', async () => {
    await put(reportOf({ layers: [layerOf({ map })] }));
    expect((await listHistory()).entries[0]?.report.layers[0]).not.toHaveProperty('map');
    expect((await getEntry('report'))?.report.layers[0]?.map).toEqual(map);
    expect(await getEntry('another')).toBeNull();
  });

  it('is found by its bytes: the local one first, then the newest', async () => {
    await put(reportOf({ id: 'remote', checkedAt: 9, engine: 'fauxlens' }));
    await put(reportOf({ id: 'old', checkedAt: 1 }));
    await put(reportOf({ id: 'new', checkedAt: 2 }));
    const sha256 = reportOf().image.sha256;
    expect((await findBySha256(sha256))?.id).toBe('new');
    expect((await findBySha256(sha256, 'fauxlens'))?.id).toBe('remote');
    expect(await findBySha256(sha256, 'truthlens')).toBeNull();
    expect(await findBySha256('00'.repeat(32))).toBeNull();
  });
});

const job = (id: string, createdAt: number, changes: Partial<JobRow> = {}): JobRow => ({
  id,
  createdAt,
  updatedAt: createdAt,
  state: 'done',
  source: {
    kind: 'image',
    url: null,
    pageUrl: null,
    tabId: 1,
    frameId: 0,
    windowId: 1,
    box: null,
    elementToken: null,
  },
  acquired: null,
  engine: 'local',
  requestedEngine: null,
  countsAs: id,
  waiting: null,
  reportId: null,
  failure: null,
  attempts: 1,
  ...changes,
});

const had = (sha256: string) =>
  ({
    sha256,
    how: 'original',
    url: null,
    pageUrl: null,
    acquireMs: 1,
    attempts: [],
    thumbnail: null,
  }) as const;

async function keep(sha256: string, keptAt: number, bytes = 3): Promise<void> {
  await (await database()).put('images', { sha256, keptAt, bytes, blob: new Blob(['abc']) });
}

describe('removing', () => {
  it('takes one entry away with its evidence, its check and its bytes, and nothing else', async () => {
    const db = await database();
    await put(reportOf({ id: 'a', image: { ...reportOf().image, sha256: 'aa' } }));
    await put(reportOf({ id: 'b', image: { ...reportOf().image, sha256: 'bb' } }));
    await db.put('jobs', job('ja', 1, { reportId: 'a', acquired: had('aa') }));
    await db.put('jobs', job('jb', 2, { reportId: 'b', acquired: had('bb') }));
    await keep('aa', 1);
    await keep('bb', 2);
    await removeEntry('a');
    expect(await db.getAllKeys('history')).toEqual(['b']);
    expect(await db.getAllKeys('evidence')).toEqual(['b']);
    expect(await db.getAllKeys('jobs')).toEqual(['jb']);
    expect(await db.getAllKeys('images')).toEqual(['bb']);
  });

  it('of everything leaves the checks that still run or wait, with their bytes', async () => {
    const db = await database();
    await put(reportOf({ id: 'a', image: { ...reportOf().image, sha256: 'aa' } }));
    await db.put('jobs', job('ja', 1, { reportId: 'a', acquired: had('aa') }));
    await db.put('jobs', job('failed', 2, { state: 'failed' }));
    await db.put('jobs', job('waits', 3, { state: 'waiting', acquired: had('cc') }));
    await keep('aa', 1);
    await keep('cc', 2);
    await clearHistory();
    expect(await db.count('history')).toBe(0);
    expect(await db.count('evidence')).toBe(0);
    expect(await db.getAllKeys('jobs')).toEqual(['waits']);
    expect(await db.getAllKeys('images')).toEqual(['cc']);
  });
});

describe('the caps', () => {
  const prune = () => write(['jobs', 'images', 'history', 'evidence'], keepWithinCaps);

  it('remove the oldest entries beyond the number, with their evidence', async () => {
    const { row, evidence } = toRows({
      report: reportOf(),
      thumbnail: null,
      acquireAttempts: [],
      remote: null,
    });
    await write(['history', 'evidence'], async (tx) => {
      for (let i = 0; i < HISTORY_MAX_ENTRIES + 3; i++) {
        await tx.objectStore('history').put({ ...row, id: `r${i}`, checkedAt: i });
        await tx.objectStore('evidence').put({ ...evidence, id: `r${i}` });
      }
    });
    await prune();
    const { entries } = await listHistory({ limit: 1000 });
    expect(entries).toHaveLength(HISTORY_MAX_ENTRIES);
    expect(entries.at(-1)?.id).toBe('r3');
    expect(await (await database()).count('evidence')).toBe(HISTORY_MAX_ENTRIES);
  });

  it('remove the oldest entries beyond the bytes, but never the newest', async () => {
    const { row } = toRows({ report: reportOf(), thumbnail: null, acquireAttempts: [], remote: null });
    const db = await database();
    const half = HISTORY_MAX_BYTES / 2;
    for (const [i, size] of [half, half, half].entries())
      await db.put('history', { ...row, id: `r${i}`, checkedAt: i, size });
    await prune();
    expect(await db.getAllKeys('history')).toEqual(['r1', 'r2']);
    await db.put('history', { ...row, id: 'huge', checkedAt: 9, size: 3 * HISTORY_MAX_BYTES });
    await prune();
    expect(await db.getAllKeys('history')).toEqual(['huge']);
  });

  it('remove the oldest finished checks, and never one that runs or waits', async () => {
    const db = await database();
    for (let i = 0; i < FINISHED_JOBS_MAX + 2; i++) await db.put('jobs', job(`j${i}`, 10 + i));
    await db.put('jobs', job('waits', 1, { state: 'waiting' }));
    await prune();
    const kept = await db.getAllKeys('jobs');
    expect(kept).toHaveLength(FINISHED_JOBS_MAX + 1);
    expect(kept).toContain('waits');
    expect(kept).not.toContain('j1');
  });

  it('drop the oldest bytes, and never those of a check that needs them', async () => {
    const db = await database();
    await db.put('jobs', job('waits', 1, { state: 'waiting', acquired: had('needed') }));
    await keep('needed', 0);
    for (let i = 1; i <= KEPT_IMAGES_MAX + 2; i++) await keep(`i${String(i).padStart(2, '0')}`, i);
    await prune();
    const kept = await db.getAllKeys('images');
    expect(kept).toHaveLength(KEPT_IMAGES_MAX + 1);
    expect(kept).toContain('needed');
    expect(kept).not.toContain('i02');
  });
});

it('is exported as JSON with addresses and figures, without bytes or rasters', async () => {
  const map = { width: 2, height: 1, data: Float32Array.of(0, 1), shows: message('x'), cell: 8 };
  await put(reportOf({ id: 'a', checkedAt: 1, layers: [layerOf({ map })] }), new Blob(['thumbnail bytes']));
  await put(reportOf({ id: 'b', checkedAt: 2 }));
  const file = await exportHistory(Date.UTC(2026, 10, 21));
  expect(file.type).toBe('application/json');
  const text = await file.text();
  const read: unknown = JSON.parse(text);
  expect(read).toMatchObject({
    product: 'Truegrain',
    exportedAt: '2026-11-21T00:00:00.000Z',
    entries: [{ report: { id: 'b' } }, { report: { id: 'a' }, site: 'news.example' }],
  });
  expect(text).not.toMatch(/thumbnail|"map"|"picture"|"data"/);
  await clearHistory();
  expect(JSON.parse(await (await exportHistory()).text())).toMatchObject({ entries: [] });
});
