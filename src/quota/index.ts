import { database, type ReadWrite } from '../storage/database';
import { EMPTY_LEDGER, type QuotaState, release, stateOf, take } from './ledger';

export type { QuotaState } from './ledger';

/** How many free local checks are left today, and when they are whole again. */
export async function quotaState(now = Date.now()): Promise<QuotaState> {
  return stateOf((await (await database()).get('quota', 'ledger')) ?? EMPTY_LEDGER, now);
}

/**
 * Takes a place for a check inside the caller's transaction, so that place and job change together
 * and two checks at once cannot both take the last one.
 * @returns false where none is left
 */
export async function takePlace(tx: ReadWrite, jobId: string, now: number): Promise<boolean> {
  const store = tx.objectStore('quota');
  const { ledger, taken } = take((await store.get('ledger')) ?? EMPTY_LEDGER, jobId, now);
  await store.put(ledger, 'ledger');
  return taken;
}

/** Gives a check's place back inside the caller's transaction. */
export async function releasePlace(tx: ReadWrite, jobId: string): Promise<void> {
  const store = tx.objectStore('quota');
  const ledger = await store.get('ledger');
  if (ledger) await store.put(release(ledger, jobId), 'ledger');
}
