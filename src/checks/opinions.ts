import { getEntry, type HistoryEntry } from '../history';
import { PROVIDERS } from '../remote';
import { database } from '../storage/database';
import type { JobRow } from '../storage/schema';
import type { CheckJob } from './job';
import { withBytes } from './read';

/**
 * Every answer about one image side by side. Nothing is averaged: each stands with its own verdict,
 * probability and words, and the page says where they disagree (`agreementOf` in src/ui/opinion.ts).
 */
export interface OpinionSet {
  /** The report that was asked about. */
  readonly base: HistoryEntry;
  /**
   * Second opinions, oldest question first, one a provider: its newest question, or its newest
   * answer about these bytes where none was asked for this report.
   */
  readonly opinions: readonly Opinion[];
}

export interface Opinion {
  /** `local` or a provider's id. */
  readonly engine: string;
  /** `CheckJob.state` says whether it still runs, waits (and for what) or failed (and why); null once forgotten. */
  readonly job: CheckJob | null;
  /** The answer, with `remote` (the provider's own words); null until there is one. */
  readonly entry: HistoryEntry | null;
}

/** @returns null where the report is gone */
export async function opinionsOf(reportId: string): Promise<OpinionSet | null> {
  const base = await getEntry(reportId);
  if (base === null) return null;
  const asked = await questionsAbout(reportId);
  const found = new Map<string, Opinion>();
  for (const job of asked) {
    const entry = job.reportId === null ? null : await getEntry(job.reportId);
    found.set(job.requestedEngine ?? job.engine ?? '', { engine: job.requestedEngine ?? '', job, entry });
  }
  for (const entry of await answersAbout(base.report.image.sha256)) {
    const { engine } = entry.report;
    if (engine === base.report.engine || found.has(engine)) continue;
    found.set(engine, { engine, job: null, entry: await getEntry(entry.id) });
  }
  return { base, opinions: [...found.values()] };
}

/** Checks that were started as second opinions on a report, oldest first. */
async function questionsAbout(reportId: string): Promise<CheckJob[]> {
  const jobs = await (await database()).getAll('jobs');
  const asked = jobs.filter((job) => job.opinionOf === reportId && job.failure?.code !== 'cancelled');
  asked.sort((a, b) => a.createdAt - b.createdAt || rank(a) - rank(b));
  return (await Promise.all(asked.map(withBytes))).filter((job) => job !== null);
}

/** Several asked at once stand in the order in which providers are offered. */
function rank({ requestedEngine }: JobRow): number {
  return PROVIDERS.findIndex(({ id }) => id === requestedEngine);
}

/** Finished checks of the same bytes, newest first. */
async function answersAbout(sha256: string) {
  const rows = await (await database()).getAllFromIndex('history', 'sha256', sha256);
  return rows.sort((a, b) => b.checkedAt - a.checkedAt);
}
