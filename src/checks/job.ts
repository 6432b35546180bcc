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
  /** The report that this check is a second opinion on; absent or null for all others. */
  readonly opinionOf?: string | null;
  /** Providers that were asked in this run and did not answer, in order: why another one did. */
  readonly tried?: readonly TriedProvider[];
  /** Providers to which the person said yes for this one check (`ChecksApi.allowOnce`). */
  readonly allowed?: readonly string[];
  /** Met in an incognito window: shown while it is open, never in the history, erased after. */
  readonly incognito?: boolean;
  /** How often it has waited for providers in a row: each wait without a stated end is longer. */
  readonly rounds?: number;
}

export interface TriedProvider {
  readonly provider: string;
  readonly failure: Failure;
}

export type JobState = 'acquiring' | 'analysing' | 'uploading' | 'waiting' | 'done' | 'failed';

export type WaitReason =
  /** Quota used up and no provider configured. */
  | { readonly kind: 'quota'; readonly resetsAt: number }
  /**
   * A provider is configured but the person has not agreed to uploads to it, or (`everyTime`) wants
   * to be asked each time. The question is open until `setConsent` and `run`, `allowOnce`, or `cancel`.
   */
  | { readonly kind: 'consent'; readonly provider: string; readonly everyTime?: true }
  /** The keys are locked by the passphrase: `unlockVault` runs these checks by itself. */
  | { readonly kind: 'locked'; readonly provider: string }
  /** Every provider that could answer is at a limit or down; `failure` is the first one's. */
  | {
      readonly kind: 'provider';
      readonly provider: string;
      readonly failure: Failure;
      readonly resumesAt: number;
    }
  /** No connection. It runs by itself when there is one again. */
  | { readonly kind: 'offline'; readonly resumesAt: number }
  /**
   * An upload was cut off, and whether the provider has charged for it cannot be known. It is sent
   * again only when the person says so (`ChecksApi.sendAgain`); another engine may answer instead
   * (`run`), and at `resumesAt` a free local check does.
   */
  | {
      readonly kind: 'unknown-fate';
      readonly provider: string;
      /** Milliseconds since the epoch when the upload began. */
      readonly sentAt: number;
      /** Null where only this provider was asked for. */
      readonly resumesAt: number | null;
    };

/** When a waiting check runs by itself, in ms since the epoch, or null where it waits for a person. */
export function resumesAt(waiting: WaitReason | null): number | null {
  if (waiting === null) return null;
  if (waiting.kind === 'quota') return waiting.resetsAt;
  return 'resumesAt' in waiting ? waiting.resumesAt : null;
}

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
