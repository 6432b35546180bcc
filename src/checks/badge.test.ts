import { describe, expect, it } from 'vitest';
import type { Verdict } from '../forensics/report';
import { badgeOf } from './badge';
import type { CheckJob } from './job';
import { sourceAt } from './world.fixture';

const VERDICTS: readonly Verdict[] = [
  'ai-generated',
  'likely-ai-generated',
  'inconclusive',
  'likely-authentic',
  'authentic',
];

function job(changes: Partial<CheckJob>): CheckJob {
  return {
    id: 'job',
    createdAt: 1,
    updatedAt: 1,
    state: 'done',
    source: sourceAt(null),
    acquired: null,
    engine: null,
    requestedEngine: null,
    countsAs: 'job',
    waiting: null,
    reportId: null,
    failure: null,
    attempts: 1,
    ...changes,
  };
}

const all = [
  ...VERDICTS.map((verdict) => badgeOf(job({}), verdict)),
  badgeOf(job({ state: 'acquiring' }), null),
  badgeOf(job({ state: 'uploading' }), null),
  badgeOf(job({ state: 'waiting', waiting: { kind: 'quota', resetsAt: 1 } }), null),
  badgeOf(job({ state: 'waiting', waiting: { kind: 'consent', provider: 'fauxlens' } }), null),
  badgeOf(job({ state: 'waiting', waiting: { kind: 'locked', provider: 'fauxlens' } }), null),
  badgeOf(job({ state: 'waiting', waiting: { kind: 'offline', resumesAt: 1 } }), null),
  badgeOf(
    job({
      state: 'waiting',
      waiting: { kind: 'provider', provider: 'fauxlens', failure: { code: 'provider-error' }, resumesAt: 1 },
    }),
    null,
  ),
  badgeOf(
    job({
      state: 'waiting',
      waiting: { kind: 'unknown-fate', provider: 'fauxlens', sentAt: 1, resumesAt: null },
    }),
    null,
  ),
  badgeOf(job({ state: 'failed', failure: { code: 'offline' } }), null),
  badgeOf(job({ state: 'failed', failure: { code: 'cancelled' } }), null),
  badgeOf(job({ state: 'failed', failure: { code: 'window-closed' } }), null),
  badgeOf(job({ state: 'failed', failure: { code: 'asked-again' } }), null),
];

/** Contrast of a colour with white, by WCAG 2.2. */
function contrastWithWhite(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 1.05 / (0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05);
}

describe('the badge', () => {
  it('tells every verdict by its text alone, in four characters at most', () => {
    const texts = VERDICTS.map((verdict) => badgeOf(job({}), verdict).text);
    expect(texts).toEqual(['AI', 'AI?', '?', 'OK?', 'OK']);
  });

  it('tells a check that was stopped from one that failed', () => {
    const text = (code: 'offline' | 'window-closed') =>
      badgeOf(job({ state: 'failed', failure: { code } }), null).text;
    expect([text('offline'), text('window-closed')]).toEqual(['!', '■']);
  });

  it('is readable: white stands on every colour with 4.5 : 1 or more', () => {
    for (const { colour } of all) expect(contrastWithWhite(colour)).toBeGreaterThanOrEqual(4.5);
  });

  it('has a title of its own for every state', () => {
    expect(new Set(all.map(({ title }) => JSON.stringify(title))).size).toBe(all.length);
  });

  it('names the failure, with its figures', () => {
    const failed = job({ state: 'failed', failure: { code: 'file-too-large', args: [30, 25] } });
    expect(badgeOf(failed, null)).toMatchObject({
      text: '!',
      title: { key: 'failures.file-too-large.what', args: [30, 25] },
    });
  });
});
