import type { AcquireAttempt } from '../acquire/types';
import type { Report } from '../forensics/report';

/** One line of the history: the report, its thumbnail, and what search and filters need. */
export interface HistoryEntry {
  readonly id: string;
  readonly report: Report;
  readonly thumbnail: Blob | null;
  /** Host of the page it was met on, or `''`. */
  readonly site: string;
  readonly acquireAttempts: readonly AcquireAttempt[];
}
