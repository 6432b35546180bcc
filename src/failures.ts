/**
 * Every way in which a check can fail, in one list. Each code has a sentence and a next step in
 * `locales/en.yml` (`failures.<code>.what` and `failures.<code>.next`); a test holds the two together.
 */
export const FAILURE_CODES = [
  // the image
  'empty-file',
  'not-an-image',
  'unsupported-format',
  'file-too-large',
  'too-many-pixels',
  'undecodable',
  'no-image-here',
  // getting it
  'fetch-refused',
  'offline',
  'fetch-timeout',
  'address-not-allowed',
  'permission-denied',
  'page-not-readable',
  // analysing it
  'analysis-timeout',
  'model-failed',
  'engine-crashed',
  'cancelled',
  'window-closed',
  'asked-again',
  // keeping it
  'storage-full',
  // asking a provider
  'provider-unauthorised',
  'provider-rate-limited',
  'provider-out-of-credit',
  'provider-rejected-image',
  'provider-error',
  'provider-bad-reply',
  'provider-timeout',
  'provider-unreachable',
  // us
  'unexpected',
] as const;

export type FailureCode = (typeof FAILURE_CODES)[number];

/** Why a check was stopped that nothing was wrong with: its window was closed, or another image asked for. */
export type StopCode = Extract<FailureCode, 'window-closed' | 'asked-again'>;

/** Whether a check was ended before its time by somebody's doing, and has failed at nothing. */
export function wasStopped({ code }: Failure): boolean {
  return code === 'cancelled' || code === 'window-closed' || code === 'asked-again';
}

/** A failure as stored and shown. `args` fill the sentence; `detail` is for developers, never shown as markup. */
export interface Failure {
  readonly code: FailureCode;
  readonly args?: readonly (string | number)[];
  readonly detail?: string;
  /** Milliseconds since the epoch, where a retry makes sense only later (Retry-After). */
  readonly retryAt?: number;
  /** What became of an upload, where there was one. */
  readonly fate?: UploadFate;
}

/**
 * What is known of an upload that brought no verdict:
 * - `not-sent`: it never left
 * - `refused`: the server answered that it did not do the work
 * - `failed`: the server answered that it tried and failed
 * - `unknown`: the connection ended without an answer; the work may have been done, and charged
 * - `answered`: the server answered with success, but what came is of no use
 */
export type UploadFate = 'not-sent' | 'refused' | 'failed' | 'unknown' | 'answered';

export class CheckError extends Error {
  override readonly name = 'CheckError';
  constructor(
    readonly failure: Failure,
    options?: { cause?: unknown },
  ) {
    super(failure.detail ?? failure.code, options);
  }
}

/** Narrows anything thrown to a failure; `unexpected` keeps its message for the log. */
export function toFailure(thrown: unknown): Failure {
  if (thrown instanceof CheckError) return thrown.failure;
  if (thrown instanceof Error && 'code' in thrown && isFailureCode(thrown.code)) {
    const args = 'args' in thrown && Array.isArray(thrown.args) ? thrown.args : undefined;
    return { code: thrown.code, args, detail: thrown.message };
  }
  return { code: 'unexpected', detail: thrown instanceof Error ? thrown.message : String(thrown) };
}

function isFailureCode(value: unknown): value is FailureCode {
  return typeof value === 'string' && (FAILURE_CODES as readonly string[]).includes(value);
}
