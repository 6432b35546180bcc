import { fetchResult } from '../../src/batch/handover';
import { type OpinionSet, opinionsOf } from '../../src/checks/opinions';
import { readBytes } from '../../src/checks/store';
import type { HistoryEntry } from '../../src/history';
import { t } from '../../src/ui/text';

/** What the page shows. */
export interface Shown {
  /** The entry with its maps. Results of the batch page are no part of the history and carry no id. */
  readonly entry: HistoryEntry;
  readonly picture: Picture;
  /** Where the image was met, or the file's name; null where neither is known. */
  readonly where: string | null;
  /** All answers about the same image; null where nobody else can have been asked. */
  readonly opinions: OpinionSet | null;
}

export interface Picture {
  readonly blob: Blob | null;
  /** `full`: the very bytes that were checked. `preview`: the thumbnail of the history. */
  readonly kind: 'full' | 'preview' | 'missing';
}

/** Why there is nothing to show: removed from the history, or its batch page is closed. */
export type Gone = 'history' | 'batch';

/** Reads what the page's address names: `?id=` an entry of the history, `?batch=&row=` a row of a batch page. */
export async function load(address: URL): Promise<Shown | Gone> {
  const page = address.searchParams.get('batch');
  if (page !== null) return loadRow(page, Number(address.searchParams.get('row')));
  return loadEntry(address.searchParams.get('id') ?? '');
}

async function loadEntry(id: string): Promise<Shown | Gone> {
  const opinions = await opinionsOf(id);
  if (!opinions) return 'history';
  const entry = opinions.base;
  const { source, image } = entry.report;
  const kept = await readBytes(image.sha256);
  const place = source.page ?? source.url;
  return {
    entry,
    opinions,
    where: place === null ? null : t('report.fromPage', [place]),
    picture: kept
      ? { blob: kept, kind: 'full' }
      : { blob: entry.thumbnail, kind: entry.thumbnail ? 'preview' : 'missing' },
  };
}

async function loadRow(page: string, row: number): Promise<Shown | Gone> {
  const found = await fetchResult(page, row);
  if (!found) return 'batch';
  const { file, analysis, checkedAt } = found;
  return {
    opinions: null,
    where: t('report.fromFile', [file.name]),
    picture: { blob: file, kind: 'full' },
    entry: {
      id: '',
      report: {
        ...analysis,
        id: '',
        checkedAt,
        source: { url: null, page: null, how: 'file' },
        engine: 'local',
      },
      thumbnail: null,
      site: '',
      acquireAttempts: [],
      remote: null,
    },
  };
}

/** Whether a file is the very one that was checked. */
export async function isSameFile(file: Blob, sha256: string): Promise<boolean> {
  const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer());
  const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex === sha256;
}
