import type { RemoteResult } from '../remote';
import { database, type ReadWrite, write } from '../storage/database';
import type { JobRow, ReceiptRow } from '../storage/schema';
import { JobEnded } from './ended';

/**
 * Receipts of uploads, so that nobody pays twice for one answer. One is written before an upload
 * leaves and again when its answer is there; it goes with the report. One that is found standing
 * tells the next service worker what its predecessor did:
 *
 * - `answered`: the answer is in the receipt and is recorded from there, without asking again
 * - `sending`, `unknown`: the upload left and its answer never came, or was of no use. It may have been
 *   charged: it is not sent again unless the person says so, or a repeat costs nothing
 */

/** Receipts older than this say nothing any more: nobody waits for their answer. */
const KEPT_MS = 30 * 24 * 3_600_000;

export function receiptKey(provider: string, sha256: string): string {
  return `${provider} ${sha256}`;
}

export async function readReceipt(provider: string, sha256: string): Promise<ReceiptRow | null> {
  return (await (await database()).get('receipts', receiptKey(provider, sha256))) ?? null;
}

/** Writes that an upload is about to leave. @throws JobEnded where its check was cancelled meanwhile */
export function beginUpload(job: JobRow, provider: string, sha256: string, now: number): Promise<void> {
  return write(['jobs', 'receipts'], async (tx) => {
    const row = await tx.objectStore('jobs').get(job.id);
    if (row?.state !== 'uploading') throw new JobEnded(`${job.id} is ${row?.state ?? 'gone'}`);
    const key = receiptKey(provider, sha256);
    const sending: ReceiptRow = {
      key,
      jobId: job.id,
      provider,
      sha256,
      sentAt: now,
      state: 'sending',
      result: null,
    };
    await tx.objectStore('receipts').put(sending);
  });
}

/** Writes down an answer, before anything is made of it. */
export function saveAnswer(provider: string, sha256: string, result: RemoteResult): Promise<void> {
  return change(provider, sha256, (receipt) => ({ ...receipt, state: 'answered', result }));
}

/** Writes that an upload left and that no answer of use came. */
export function markUnknown(provider: string, sha256: string): Promise<void> {
  return change(provider, sha256, (receipt) => ({ ...receipt, state: 'unknown' }));
}

/** The upload was not done: it may be sent again. */
export function dropReceipt(provider: string, sha256: string): Promise<void> {
  return write(['receipts'], (tx) => tx.objectStore('receipts').delete(receiptKey(provider, sha256)));
}

/** Removes what is too old to matter, inside the caller's transaction. */
export async function pruneReceipts(tx: ReadWrite, now: number): Promise<void> {
  let cursor = await tx.objectStore('receipts').openCursor();
  while (cursor) {
    if (cursor.value.sentAt < now - KEPT_MS) await cursor.delete();
    cursor = await cursor.continue();
  }
}

function change(provider: string, sha256: string, how: (receipt: ReceiptRow) => ReceiptRow): Promise<void> {
  return write(['receipts'], async (tx) => {
    const receipt = await tx.objectStore('receipts').get(receiptKey(provider, sha256));
    if (receipt) await tx.objectStore('receipts').put(how(receipt));
  });
}
