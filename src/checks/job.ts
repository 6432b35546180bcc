import type { AcquireAttempt, ImageSource } from '../acquire/types';
import type { Failure } from '../failures';
import type { AcquiredBy } from '../forensics/report';

/**
 * A check from click to report. It is written to IndexedDB before each step, so that a service
 * worker killed at any moment resumes or reports it and never forgets it.
 */
export interface CheckJob {
  readonly id: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly state: JobState;
  readonly source: ImageSource;
  /** Set once the bytes are had. */
  readonly acquired: StoredImage | null;
  /** Which engine is to answer: `local`, a provider id, or null while undecided. */
  readonly engine: string | null;
  /** The engine that the person asked for, or null where the check may decide by itself. */
  readonly requestedEngine: string | null;
  /**
   * The check whose place in the quota this one shares: its own id, or that of the check that it
   * repeats with better bytes.
   */
  readonly countsAs: string;
  /** Why the check waits; set exactly in state `waiting`. */
  readonly waiting: WaitReason | null;
  /** Set exactly in state `done`. */
  readonly reportId: string | null;
  /** Set exactly in state `failed`. */
  readonly failure: Failure | null;
  /** How often its present step was started; a job that kills its worker again and again is given up. */
  readonly attempts: number;
}

export type JobState = 'acquiring' | 'analysing' | 'uploading' | 'waiting' | 'done' | 'failed';

export type WaitReason =
  /** Quota used up and no provider configured. */
  | { readonly kind: 'quota'; readonly resetsAt: number }
  /** A provider is configured but the person has not agreed to uploads to it. */
  | { readonly kind: 'consent'; readonly provider: string };

export interface StoredImage {
  /** The bytes; kept until the job ends and a while longer (src/history/settings.ts), then null. */
  readonly blob: Blob | null;
  readonly sha256: string;
  readonly how: AcquiredBy;
  readonly url: string | null;
  readonly pageUrl: string | null;
  readonly acquireMs: number;
  readonly attempts: readonly AcquireAttempt[];
  /** Small PNG or WebP for the popup; null if it could not be drawn. */
  readonly thumbnail: Blob | null;
}
