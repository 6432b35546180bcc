import type { DBSchema } from 'idb';
import type { Camera } from '../cameras/types';
import type { CheckJob, StoredImage } from '../checks/job';
import type { EvidenceRow, HistoryRow } from '../history/types';
import type { QuotaLedger } from '../quota/ledger';
import type { RemoteResult } from '../remote/types';

/**
 * What lies in IndexedDB. A check's bytes are kept apart from its job, so that a change of state
 * writes a few hundred bytes and not the picture again.
 */
export interface TruegrainSchema extends DBSchema {
  jobs: {
    key: string;
    value: JobRow;
    indexes: {
      /** `createdAt`, then `id`: order of the clicks. */
      createdAt: [number, string];
      state: string;
      /** Tab, then time: the last check of a tab is found without reading the rest. */
      tab: [number, number];
      reportId: string;
    };
  };
  /** Bytes by sha256: of unfinished checks, and of the last few finished ones. */
  images: { key: string; value: ImageRow; indexes: { keptAt: [number, number] } };
  history: {
    key: string;
    value: HistoryRow;
    indexes: {
      /** Time, id and size in one key: paging and the size cap read keys only. */
      checkedAt: [number, string, number];
      sha256: string;
      verdict: [string, number, string];
      site: [string, number, string];
    };
  };
  /** Heat maps and spectra, by the history entry's id: read only when an entry is opened. */
  evidence: { key: string; value: EvidenceRow };
  /** Uploads that left and whose report is not recorded, by provider and sha256. */
  receipts: { key: string; value: ReceiptRow };
  /** Reports of incognito windows: erased when the last one closes, never part of the history. */
  passing: { key: string; value: PassingRow };
  /** Sensor patterns of cameras that the person enrolled; without their photographs. */
  cameras: { key: string; value: Camera; indexes: { createdAt: number } };
  /** One row, `ledger`. */
  quota: { key: 'ledger'; value: QuotaLedger };
}

export type StoreName =
  | 'jobs'
  | 'images'
  | 'history'
  | 'evidence'
  | 'receipts'
  | 'passing'
  | 'quota'
  | 'cameras';

/** A job as stored: its bytes stand in `images` under the same sha256. */
export type JobRow = Omit<CheckJob, 'acquired'> & { readonly acquired: Omit<StoredImage, 'blob'> | null };

/** A history entry that is not in the history. */
export interface PassingRow {
  readonly id: string;
  readonly row: HistoryRow;
  readonly evidence: EvidenceRow;
}

/** What is known of one upload (src/checks/receipts.ts). */
export interface ReceiptRow {
  /** Provider and sha256. */
  readonly key: string;
  readonly jobId: string;
  readonly provider: string;
  readonly sha256: string;
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
  readonly state: 'sending' | 'answered' | 'unknown';
  /** Set exactly in state `answered`. */
  readonly result: RemoteResult | null;
}

export interface ImageRow {
  readonly sha256: string;
  readonly blob: Blob;
  readonly bytes: number;
  /** Milliseconds since the epoch of the last check that used it. */
  readonly keptAt: number;
}
