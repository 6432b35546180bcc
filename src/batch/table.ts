import type { UncertaintyReason, Verdict } from '../forensics/report';

/** What the table keeps of a file: a few hundred bytes, so that thousands cost next to nothing. */
export type Row = DoneRow | ErrorRow | OpenRow;

interface RowBase {
  readonly sequence: number;
  readonly file: string;
}

export interface OpenRow extends RowBase {
  readonly state: 'waiting' | 'running' | 'stopped';
}

export interface DoneRow extends RowBase {
  readonly state: 'done';
  readonly verdict: Verdict;
  readonly probability: number;
  readonly width: number;
  readonly uncertain: readonly UncertaintyReason[];
  readonly generator: string | null;
  readonly reasons: readonly string[];
  readonly ms: number;
}

export interface ErrorRow extends RowBase {
  readonly state: 'error';
  readonly code: string;
  readonly message: string;
}

export type RowFilter = 'all' | Verdict | 'error';
export type SortKey = 'sequence' | 'file' | 'verdict' | 'probability' | 'generator' | 'ms';

export interface TableView {
  readonly filter: RowFilter;
  readonly search: string;
  readonly sort: SortKey;
  readonly descending: boolean;
}

/** From "made by AI" to "proven real": the order in which the verdict column sorts. */
export const VERDICT_ORDER: readonly Verdict[] = [
  'ai-generated',
  'likely-ai-generated',
  'inconclusive',
  'likely-authentic',
  'authentic',
];

/** Rows that pass filter and search, sorted; rows without the sorted value come last either way. */
export function selectRows(rows: readonly Row[], view: TableView): Row[] {
  const needle = view.search.trim().toLocaleLowerCase();
  const kept = rows.filter((row) => passes(row, view.filter) && matches(row, needle));
  const sign = view.descending ? -1 : 1;
  return kept.sort((a, b) => {
    const left = sortValue(a, view.sort);
    const right = sortValue(b, view.sort);
    if (left === null || right === null) {
      return Number(left === null) - Number(right === null) || a.sequence - b.sequence;
    }
    const order =
      typeof left === 'string' && typeof right === 'string'
        ? left.localeCompare(right, undefined, { numeric: true })
        : Number(left) - Number(right);
    return sign * order || a.sequence - b.sequence;
  });
}

function passes(row: Row, filter: RowFilter): boolean {
  if (filter === 'all') return true;
  if (filter === 'error') return row.state === 'error';
  return row.state === 'done' && row.verdict === filter;
}

function matches(row: Row, needle: string): boolean {
  if (needle === '') return true;
  const haystack = row.state === 'done' ? `${row.file}\n${row.generator ?? ''}` : row.file;
  return haystack.toLocaleLowerCase().includes(needle);
}

function sortValue(row: Row, key: SortKey): string | number | null {
  if (key === 'sequence') return row.sequence;
  if (key === 'file') return row.file;
  if (row.state !== 'done') return null;
  if (key === 'verdict') return VERDICT_ORDER.indexOf(row.verdict);
  return row[key];
}
