import type { AcquireAttempt } from '../acquire/types';
import type { Report } from '../forensics/report';
import { evidenceSize, packEvidence, unpackEvidence } from './evidence';
import type { EvidenceRow, HistoryEntry, HistoryRow, RemoteWords } from './types';

/** All that a finished check leaves behind. */
export interface FinishedCheck {
  readonly report: Report;
  readonly thumbnail: Blob | null;
  readonly acquireAttempts: readonly AcquireAttempt[];
  readonly remote: RemoteWords | null;
  /** Of our engine, where it made the report. */
  readonly engineVersion?: string;
}

/** The two rows of one entry: what lists need, and the evidence that is read when it is opened. */
export function toRows(check: FinishedCheck): { row: HistoryRow; evidence: EvidenceRow } {
  const { report, thumbnail } = check;
  const { layers, evidence } = packEvidence(report.id, report.layers);
  const bare: Report = { ...report, layers };
  return {
    evidence,
    row: {
      id: report.id,
      checkedAt: report.checkedAt,
      sha256: report.image.sha256,
      verdict: report.verdict,
      site: siteOf(report.source.page ?? report.source.url),
      engine: report.engine,
      // Two bytes a character is what V8's serialiser takes at most.
      size: 2 * JSON.stringify(bare).length + (thumbnail?.size ?? 0) + evidenceSize(evidence),
      report: bare,
      thumbnail,
      acquireAttempts: check.acquireAttempts,
      remote: check.remote,
      ...(check.engineVersion === undefined ? {} : { engineVersion: check.engineVersion }),
    },
  };
}

/** A row as pages see it; with `evidence` its maps and pictures are back. */
export function toEntry(row: HistoryRow, evidence?: EvidenceRow): HistoryEntry {
  const { id, report, thumbnail, site, acquireAttempts, remote } = row;
  const layers = evidence ? unpackEvidence(report.layers, evidence) : report.layers;
  return { id, report: { ...report, layers }, thumbnail, site, acquireAttempts, remote };
}

/** Host of a web address, or `''` where there is none. */
export function siteOf(address: string | null): string {
  if (!address || !URL.canParse(address)) return '';
  return new URL(address).hostname;
}
