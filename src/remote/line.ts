import type { UsageReport } from './usage';

/** A key's line to its provider: who may speak when, and what the provider says of the account. */
export interface Line {
  /**
   * Takes one place in the key's bucket, waiting for it where the wait is short.
   * @throws CheckError `provider-rate-limited` with `retryAt` where the wait would be long
   */
  admit(signal: AbortSignal): Promise<void>;
  /** Called for every reply, refusals included, with what its headers told. */
  heard(report: UsageReport): void;
}
