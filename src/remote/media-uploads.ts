import * as v from 'valibot';
import { restrictStorage } from './config';
import { isProviderId } from './registry';
import type { MediaAnswer, MediaJob, ProviderId } from './types';

/**
 * Videos and sound files that were sent: their receipts, so that nobody pays twice for one answer,
 * and the ids of their jobs, so that an answer can be fetched after the page was closed.
 */

/** One upload. */
export interface MediaUpload {
  readonly id: string;
  readonly provider: ProviderId;
  /** Where it went; a job of one server means nothing to another. */
  readonly origin: string;
  readonly kind: 'video' | 'audio';
  /** The file's own name. It stays here: the provider gets a neutral one. */
  readonly name: string;
  readonly sha256: string;
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
  /**
   * `sending`: it left, or its page was closed before the answer. `unknown`: it left, and no answer of
   * use came; it may have been charged.
   */
  readonly state: 'sending' | 'unknown' | MediaJob['state'];
  /** The provider's id of the job, once it is known. */
  readonly jobId: string | null;
  /** Its estimate in its own words. */
  readonly estimate: string | null;
  readonly answer: MediaAnswer | null;
  /** Taken from the lists by the person: only the receipt is left, without the file's name and the answer. */
  readonly removed?: true;
}

const KEY = 'remote.media';

/** The newest so many are kept. */
const MOST = 200;

const isAnswer = (value: unknown): value is MediaAnswer =>
  typeof value === 'object' && value !== null && 'verdict' in value && 'own' in value && 'layers' in value;

const stored = v.object({
  id: v.string(),
  provider: v.custom<ProviderId>((value) => typeof value === 'string' && isProviderId(value)),
  origin: v.string(),
  kind: v.picklist(['video', 'audio']),
  name: v.string(),
  sha256: v.string(),
  sentAt: v.number(),
  state: v.picklist(['sending', 'unknown', 'processing', 'completed', 'failed']),
  jobId: v.nullable(v.string()),
  estimate: v.nullable(v.string()),
  answer: v.nullable(v.custom<MediaAnswer>(isAnswer)),
  removed: v.exactOptional(v.literal(true)),
});

/** Uploads that the person has not taken away, newest first. */
export async function mediaUploads(): Promise<readonly MediaUpload[]> {
  return (await mediaReceipts()).filter(({ removed }) => !removed);
}

/** Every upload that is known, newest first. An entry of a broken shape is left out. */
export async function mediaReceipts(): Promise<readonly MediaUpload[]> {
  const kept: unknown = (await chrome.storage.local.get(KEY))[KEY];
  return (Array.isArray(kept) ? kept : []).flatMap((entry) => {
    const read = v.safeParse(stored, entry);
    return read.success ? [read.output] : [];
  });
}

/** An earlier upload of the same bytes to the same server that has been or may have been charged, or null. */
export function earlierUpload(
  uploads: readonly MediaUpload[],
  { id, provider, origin, sha256 }: Pick<MediaUpload, 'id' | 'provider' | 'origin' | 'sha256'>,
): MediaUpload | null {
  const found = uploads.find(
    (one) =>
      one.id !== id &&
      one.provider === provider &&
      one.origin === origin &&
      one.sha256 === sha256 &&
      one.state !== 'failed',
  );
  return found ?? null;
}

/** Changes the list as one step, so that two pages do not undo each other's entries. */
export async function changeMedia(
  how: (uploads: readonly MediaUpload[]) => readonly MediaUpload[],
): Promise<void> {
  await restrictStorage();
  await navigator.locks.request('truegrain-media', async () => {
    await chrome.storage.local.set({ [KEY]: how(await mediaReceipts()).slice(0, MOST) });
  });
}

/** Adds an upload, or puts it in the place of what was known of it. */
export function keepMedia(upload: MediaUpload): Promise<void> {
  return changeMedia((uploads) => [upload, ...uploads.filter(({ id }) => id !== upload.id)]);
}

/** Writes down how a job stands. */
export function noteJob(
  provider: ProviderId,
  origin: string,
  { id, state, estimate, answer }: MediaJob,
): Promise<void> {
  return changeMedia((uploads) =>
    uploads.map((one) =>
      one.provider === provider && one.origin === origin && one.jobId === id
        ? { ...one, state, estimate, answer: answer ?? one.answer }
        : one,
    ),
  );
}

/** Forgets that an upload was ever begun: nothing left, or the server has refused it. */
export function forgetMedia(id: string): Promise<void> {
  return changeMedia((uploads) => uploads.filter((one) => one.id !== id));
}

/**
 * Takes an upload from the lists, with the file's name and the answer. Its receipt stays, so that the
 * same file is not paid for twice without a word; what the provider keeps is not touched.
 */
export function removeMedia(id: string): Promise<void> {
  return changeMedia((uploads) =>
    uploads.flatMap((one) => {
      if (one.id !== id) return [one];
      return one.state === 'failed' ? [] : [receiptOf(one)];
    }),
  );
}

function receiptOf(upload: MediaUpload): MediaUpload {
  return { ...upload, name: '', estimate: null, answer: null, removed: true };
}

/** Forgets every upload, receipts too. */
export async function clearMedia(): Promise<void> {
  await navigator.locks.request('truegrain-media', () => chrome.storage.local.remove(KEY));
}

/** Calls back when the list changed, whichever page changed it. */
export function watchMedia(changed: () => void): () => void {
  const listener = (changes: Record<string, unknown>, area: string) => {
    if (area === 'local' && KEY in changes) changed();
  };
  chrome.storage.onChanged.addListener(listener);
  return () => chrome.storage.onChanged.removeListener(listener);
}
