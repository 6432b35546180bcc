import type { AcquireAttempt } from '../acquire/types';
import type {
  EvidenceMap,
  EvidencePicture,
  EvidencePlot,
  EvidenceTree,
  LayerResult,
  Report,
} from '../forensics/report';
import type { RemoteResult } from '../remote/types';

/** One line of the history: the report, its thumbnail, and what search and filters need. */
export interface HistoryEntry {
  readonly id: string;
  /**
   * The report. In lists its layers carry no `map`, `picture`, `plots` and `tree`; `getEntry` brings them back.
   */
  readonly report: Report;
  readonly thumbnail: Blob | null;
  /** Host of the page it was met on, or `''`. */
  readonly site: string;
  readonly acquireAttempts: readonly AcquireAttempt[];
  /** A provider's own words beside ours; null for local checks. */
  readonly remote: RemoteWords | null;
}

/** What a provider said in its own terms. */
export type RemoteWords = Pick<RemoteResult, 'own' | 'hashMatches' | 'processingMs'>;

/** A history entry as stored. The upper fields repeat the report's, for the indexes. */
export interface HistoryRow {
  readonly id: string;
  readonly checkedAt: number;
  readonly sha256: string;
  readonly verdict: string;
  readonly site: string;
  readonly engine: string;
  /** Bytes it takes with its evidence and thumbnail, estimated; counted against the cap. */
  readonly size: number;
  readonly report: Report;
  readonly thumbnail: Blob | null;
  readonly acquireAttempts: readonly AcquireAttempt[];
  readonly remote: RemoteWords | null;
  /**
   * Version of our engine that made a local report: bytes seen before are answered from here only
   * while it is the same. Absent in rows of an older extension, which are never served again.
   */
  readonly engineVersion?: string;
}

/** What an entry shows only when it is opened: rasters quantised to 8 bits, trees and plots within their caps. */
export interface EvidenceRow {
  readonly id: string;
  readonly rasters: readonly StoredRaster[];
  /** Absent in entries made before layers had trees and plots. */
  readonly extras?: readonly StoredExtras[];
}

/** A layer's tree and plots. */
export interface StoredExtras {
  readonly layer: LayerResult['id'];
  readonly tree?: EvidenceTree;
  readonly plots?: readonly EvidencePlot[];
}

export type StoredRaster =
  | {
      readonly kind: 'map';
      readonly layer: LayerResult['id'];
      /** 0..1 as 0..255. */
      readonly data: Uint8Array;
      readonly frame: Omit<EvidenceMap, 'data'>;
    }
  | {
      readonly kind: 'picture';
      readonly layer: LayerResult['id'];
      readonly data: Uint8Array;
      readonly frame: Omit<EvidencePicture, 'data'>;
    };
