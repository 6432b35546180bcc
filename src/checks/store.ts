import type { AcquiredImage, ImageSource } from '../acquire/types';
import { CheckError, type Failure } from '../failures';
import type { LaterMap, Verdict } from '../forensics/report';
import { dropUnused, newestOf } from '../history';
import { withMap } from '../history/evidence';
import { dropKeptImages, keepWithinCaps } from '../history/keep';
import { type FinishedCheck, toRows } from '../history/rows';
import { releasePlace, takePlace } from '../quota';
import { EMPTY_LEDGER, stateOf } from '../quota/ledger';
import { database, type ReadWrite, write } from '../storage/database';
import type { JobRow } from '../storage/schema';
import { JobEnded } from './ended';
import type { CheckJob, JobState, TriedProvider, WaitReason } from './job';
import { pruneReceipts, receiptKey } from './receipts';

/** Starts of one step before a check is given up. */
export const MAX_ATTEMPTS = 3;

/** States in which a check is at work: what a new service worker takes up again. */
const AT_WORK: readonly JobState[] = ['acquiring', 'analysing', 'uploading'];

/** What admission said. */
export type Admission =
  | { readonly kind: 'served'; readonly job: JobRow; readonly verdict: Verdict }
  | { readonly kind: 'local'; readonly job: JobRow }
  | { readonly kind: 'used-up'; readonly resetsAt: number };

/** A new check, written before anything is done for it. */
export async function createJob(job: JobRow): Promise<void> {
  await write(['jobs'], (tx) =>
    tx
      .objectStore('jobs')
      .add(job)
      .then(() => undefined),
  );
}

export async function readJob(id: string): Promise<JobRow | undefined> {
  return (await database()).get('jobs', id);
}

/** Checks that were at work when the last service worker ended. */
export async function jobsAtWork(): Promise<JobRow[]> {
  const db = await database();
  const rows = await Promise.all(AT_WORK.map((state) => db.getAllFromIndex('jobs', 'state', state)));
  return rows.flat();
}

export async function readBytes(sha256: string): Promise<Blob | null> {
  return (await (await database()).get('images', sha256))?.blob ?? null;
}

/**
 * Writes that a step begins.
 * @throws CheckError `engine-crashed` where it was begun too often already
 */
export function beginStep(
  id: string,
  step: 'acquiring' | 'analysing' | 'uploading',
  now: number,
  engine?: string,
): Promise<JobRow> {
  return write(['jobs'], (tx) => change(tx, id, (job) => begun(job, step, now, engine)));
}

function begun(
  job: JobRow,
  step: 'acquiring' | 'analysing' | 'uploading',
  now: number,
  engine?: string,
): JobRow {
  const attempts = job.state === step ? job.attempts + 1 : 1;
  if (attempts > MAX_ATTEMPTS) {
    throw new CheckError({ code: 'engine-crashed', detail: `${step} was started ${MAX_ATTEMPTS} times` });
  }
  return { ...job, state: step, attempts, engine: engine ?? job.engine, updatedAt: now };
}

export function saveSource(id: string, source: ImageSource, now: number): Promise<JobRow> {
  return write(['jobs'], (tx) => change(tx, id, (job) => ({ ...job, source, updatedAt: now })));
}

/** Bytes and job together: there is never a job that believes in bytes that are not there. */
export function saveAcquired(id: string, image: AcquiredImage, sha256: string, now: number): Promise<JobRow> {
  const { how, url, pageUrl, ms, attempts } = image;
  const blob = new Blob([image.bytes], { type: image.mime });
  return write(['jobs', 'images'], async (tx) => {
    await tx.objectStore('images').put({ sha256, blob, bytes: blob.size, keptAt: now });
    return change(tx, id, (job) => ({
      ...job,
      acquired: { sha256, how, url, pageUrl, acquireMs: ms, attempts, thumbnail: null },
      updatedAt: now,
    }));
  });
}

export function saveThumbnail(id: string, thumbnail: Blob, now: number): Promise<JobRow> {
  return write(['jobs'], (tx) =>
    change(tx, id, (job) => ({
      ...job,
      acquired: job.acquired && { ...job.acquired, thumbnail },
      updatedAt: now,
    })),
  );
}

/**
 * Admits a check whose bytes are had: served from the history, or given a place for the local
 * engine. One transaction, so that two checks at once cannot take the same last place.
 * @param engineVersion of our engine: what an older one found is not served again
 */
export function admit(id: string, sha256: string, engineVersion: string, now: number): Promise<Admission> {
  return write(['jobs', 'history', 'quota'], async (tx): Promise<Admission> => {
    const { requestedEngine: wanted, countsAs } = await need(tx, id);
    const seen = newestOf(
      await tx.objectStore('history').index('sha256').getAll(sha256),
      wanted ?? undefined,
      engineVersion,
    );
    if (seen) {
      if (countsAs === id) await releasePlace(tx, id);
      const job = await change(tx, id, (row) => done(row, seen.id, seen.engine, now));
      return { kind: 'served', job, verdict: seen.report.verdict };
    }
    if ((wanted === null || wanted === 'local') && (await takePlace(tx, countsAs, now))) {
      return { kind: 'local', job: await change(tx, id, (row) => begun(row, 'analysing', now, 'local')) };
    }
    const ledger = (await tx.objectStore('quota').get('ledger')) ?? EMPTY_LEDGER;
    return { kind: 'used-up', resetsAt: stateOf(ledger, now).resetsAt };
  });
}

export function wait(id: string, waiting: WaitReason, now: number): Promise<JobRow> {
  return write(['jobs'], (tx) =>
    change(tx, id, (job) => ({
      ...job,
      state: 'waiting',
      waiting,
      rounds: waiting.kind === 'provider' ? (job.rounds ?? 0) + 1 : 0,
      engine: null,
      attempts: 0,
      updatedAt: now,
    })),
  );
}

/** The report, its evidence and the end of its check: all or nothing. */
export function record(id: string, check: FinishedCheck, now: number): Promise<JobRow> {
  const { row, evidence } = toRows(check);
  return write(['jobs', 'images', 'history', 'evidence', 'passing', 'receipts'], async (tx) => {
    const job = await change(tx, id, (running) => done(running, row.id, row.engine, now));
    if (job.incognito) {
      await tx.objectStore('passing').put({ id: row.id, row, evidence });
    } else {
      await tx.objectStore('history').put(row);
      await tx.objectStore('evidence').put(evidence);
    }
    await tx.objectStore('receipts').delete(receiptKey(row.engine, row.sha256));
    await keepWithinCaps(tx);
    return job;
  });
}

/** Puts a map with its layer in a kept report. @returns false where the report is gone */
export function addMap(reportId: string, later: LaterMap): Promise<boolean> {
  return write(['evidence', 'passing'], async (tx) => {
    const kept = await tx.objectStore('evidence').get(reportId);
    const passing = await tx.objectStore('passing').get(reportId);
    const evidence = kept ?? passing?.evidence;
    const changed = evidence && withMap(evidence, later);
    if (!changed) return false;
    if (kept) await tx.objectStore('evidence').put(changed);
    else if (passing) await tx.objectStore('passing').put({ ...passing, evidence: changed });
    return true;
  });
}

/** Ends a check with an answer that another one has got meanwhile; null where there is none. */
export function serve(
  id: string,
  sha256: string,
  engine: string,
  now: number,
): Promise<{ readonly job: JobRow; readonly verdict: Verdict } | null> {
  return write(['jobs', 'history'], async (tx) => {
    const seen = newestOf(await tx.objectStore('history').index('sha256').getAll(sha256), engine);
    if (!seen) return null;
    const job = await change(tx, id, (row) => done(row, seen.id, seen.engine, now));
    return { job, verdict: seen.report.verdict };
  });
}

/** Writes down which providers did not answer. */
export function saveTried(id: string, tried: readonly TriedProvider[], now: number): Promise<JobRow> {
  return write(['jobs'], (tx) => change(tx, id, (job) => ({ ...job, tried, updatedAt: now })));
}

/** Checks that wait, oldest first. */
export async function waitingRows(): Promise<JobRow[]> {
  const rows = await (await database()).getAllFromIndex('jobs', 'state', 'waiting');
  return rows.sort((a, b) => a.createdAt - b.createdAt);
}

/** Clears away what is too old to matter. */
export function tidy(now: number): Promise<void> {
  return write(['receipts'], (tx) => pruneReceipts(tx, now));
}

/** Ids of the checks that were started in incognito windows. */
export async function incognitoJobs(): Promise<string[]> {
  const rows = await (await database()).getAll('jobs');
  return rows.filter(({ incognito }) => incognito).map(({ id }) => id);
}

/** Erases all that incognito windows have left: checks, reports, bytes, receipts. */
export function eraseIncognito(): Promise<void> {
  return write(['jobs', 'images', 'history', 'passing', 'receipts'], async (tx) => {
    const gone = (await tx.objectStore('jobs').getAll()).filter(({ incognito }) => incognito);
    const ids = new Set(gone.map(({ id }) => id));
    await tx.objectStore('passing').clear();
    await Promise.all(gone.map(({ id }) => tx.objectStore('jobs').delete(id)));
    for (const { key, jobId } of await tx.objectStore('receipts').getAll()) {
      if (ids.has(jobId)) await tx.objectStore('receipts').delete(key);
    }
    await dropUnused(
      tx,
      gone.flatMap(({ acquired }) => (acquired ? [acquired.sha256] : [])),
    );
  });
}

/** Ends a check without a report and gives its place back. Answers undefined where it had ended already. */
export function fail(id: string, failure: Failure, now: number): Promise<JobRow | undefined> {
  return write(['jobs', 'images', 'history', 'evidence', 'quota'], async (tx) => {
    const job = await tx.objectStore('jobs').get(id);
    if (!job || job.state === 'done' || job.state === 'failed') return undefined;
    if (job.countsAs === id) await releasePlace(tx, id);
    const ended: JobRow = { ...job, state: 'failed', failure, waiting: null, updatedAt: now };
    await tx.objectStore('jobs').put(ended);
    await keepWithinCaps(tx);
    return ended;
  });
}

/** What a person says when a check is set to work again. */
export interface Restart {
  /** Forces an engine from now on. */
  readonly engine?: string | null;
  /** A provider that may be sent this one image. */
  readonly allow?: string;
  /** Sends an upload of unknown fate again. */
  readonly resend?: boolean;
}

/** Sets a waiting or failed check to work again; answers undefined where it is neither. */
export function restart(
  id: string,
  { engine, allow, resend }: Restart,
  now: number,
): Promise<JobRow | undefined> {
  return write(['jobs', 'images', 'receipts'], async (tx) => {
    const job = await tx.objectStore('jobs').get(id);
    if (!job || (job.state !== 'waiting' && job.state !== 'failed')) return undefined;
    if (resend && job.waiting?.kind === 'unknown-fate' && job.acquired) {
      await tx.objectStore('receipts').delete(receiptKey(job.waiting.provider, job.acquired.sha256));
    }
    const image = job.acquired && (await tx.objectStore('images').getKey(job.acquired.sha256));
    const again: JobRow = {
      ...job,
      state: 'acquiring',
      acquired: image ? job.acquired : null,
      requestedEngine: engine ?? job.requestedEngine,
      allowed: allow === undefined ? job.allowed : [...(job.allowed ?? []), allow],
      tried: [],
      engine: null,
      waiting: null,
      failure: null,
      attempts: 0,
      updatedAt: now,
    };
    await tx.objectStore('jobs').put(again);
    return again;
  });
}

/** Makes room on a full disk by dropping what can be fetched again. Deleting works on a full disk. */
export function makeRoom(): Promise<void> {
  return write(['jobs', 'images', 'history', 'evidence'], dropKeptImages);
}

/** Forgets a check that has ended without a report; answers undefined for any other. */
export function dismiss(id: string): Promise<JobRow | undefined> {
  return write(['jobs', 'images', 'history'], async (tx) => {
    const job = await tx.objectStore('jobs').get(id);
    if (job?.state !== 'failed') return undefined;
    await tx.objectStore('jobs').delete(id);
    if (job.acquired) await dropUnused(tx, [job.acquired.sha256]);
    return job;
  });
}

/** Forgets a check altogether: the last resort where the disk takes not even the word that it failed. */
export function forget(id: string): Promise<void> {
  return write(['jobs'], (tx) => tx.objectStore('jobs').delete(id));
}

function done(job: JobRow, reportId: string, engine: string, now: number): JobRow {
  return { ...job, state: 'done', reportId, engine, waiting: null, failure: null, updatedAt: now };
}

/** Reads, changes and writes a job that is still at work. */
async function change(tx: ReadWrite, id: string, how: (job: JobRow) => JobRow): Promise<JobRow> {
  const changed = how(await need(tx, id));
  await tx.objectStore('jobs').put(changed);
  return changed;
}

async function need(tx: ReadWrite, id: string): Promise<JobRow> {
  const job = await tx.objectStore('jobs').get(id);
  if (!job || !AT_WORK.includes(job.state)) throw new JobEnded(`${id} is ${job?.state ?? 'gone'}`);
  return job;
}

/** A row as the rest of the extension knows it. */
export function asJob(row: JobRow, blob: Blob | null = null): CheckJob {
  return { ...row, acquired: row.acquired && { ...row.acquired, blob } };
}
