import { useEffect, useRef, useState } from 'preact/hooks';
import { type Row, type RowFilter, type SortKey, VERDICT_ORDER } from '../../src/batch/table';
import { FilterChips, SearchBox } from '../../src/ui/controls';
import { formatDuration, formatNumber, formatPercent, wholePercent } from '../../src/ui/format';
import { Glyph, VerdictIcon } from '../../src/ui/icons';
import { MiniBand } from '../../src/ui/ProbabilityBand';
import { tame } from '../../src/ui/sentence';
import { say, t } from '../../src/ui/text';
import { scaleSummary, verdictShort } from '../../src/ui/verdict';
import type { Session } from './session';
import { Thumbnail } from './Thumbnail';

/** Rows in the document at a time, however long the list. */
const PAGE = 50;

const COLUMNS: readonly { sort: SortKey | null; name: string }[] = [
  { sort: 'sequence', name: 'sequence' },
  { sort: 'file', name: 'file' },
  { sort: 'verdict', name: 'verdict' },
  { sort: 'probability', name: 'probability' },
  { sort: 'generator', name: 'generator' },
  { sort: null, name: 'reasons' },
  { sort: 'ms', name: 'ms' },
];

interface TableProps {
  readonly session: Session;
  readonly opened: number | null;
  readonly onOpen: (sequence: number | null) => void;
}

export function Table({ session, opened, onOpen }: TableProps) {
  const [page, turn] = useState(0);
  const rows = session.shown.value;
  const last = Math.max(0, Math.ceil(rows.length / PAGE) - 1);
  const current = Math.min(page, last);
  const visible = rows.slice(current * PAGE, (current + 1) * PAGE);
  return (
    <div class="stack">
      <Filters session={session} />
      {rows.length === 0 ? (
        <p class="soft">{t('batch.noRows')}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keys.
        <section class="table-scroll card" tabIndex={0} aria-label={t('batch.table')}>
          <table>
            <thead>
              <tr>
                {COLUMNS.map(({ sort, name }) => (
                  <Heading key={name} session={session} sort={sort} name={name} />
                ))}
              </tr>
            </thead>
            <tbody>
              {visible.map((row) => (
                <TableRow
                  key={row.sequence}
                  row={row}
                  session={session}
                  isOpen={row.sequence === opened}
                  onOpen={onOpen}
                />
              ))}
            </tbody>
          </table>
        </section>
      )}
      {last > 0 && <Pager current={current} last={last} total={rows.length} onTurn={turn} />}
    </div>
  );
}

function Filters({ session }: { session: Session }) {
  const view = session.view.value;
  const counts = session.counts.value;
  const chips: { value: RowFilter; label: string; count?: number }[] = [
    { value: 'all', label: t('batch.all'), count: session.listed.value },
    ...VERDICT_ORDER.map((verdict) => ({
      value: verdict,
      label: verdictShort(verdict),
      count: counts[verdict] ?? 0,
    })).filter((chip) => chip.count > 0 || chip.value === view.filter),
    ...((counts.error ?? 0) > 0 || view.filter === 'error'
      ? [{ value: 'error' as const, label: t('batch.errorFilter'), count: counts.error ?? 0 }]
      : []),
  ];
  return (
    <div class="row spread">
      <FilterChips
        name="batch-filter"
        label={t('batch.filter')}
        chips={chips}
        chosen={view.filter}
        onChoose={(filter) => {
          session.view.value = { ...view, filter };
        }}
      />
      <div class="table-search">
        <SearchBox
          value={view.search}
          label={t('batch.search')}
          placeholder={t('batch.search')}
          onInput={(search) => {
            session.view.value = { ...view, search };
          }}
        />
      </div>
    </div>
  );
}

function Heading({ session, sort, name }: { session: Session; sort: SortKey | null; name: string }) {
  const view = session.view.value;
  const label = say(`batch.column.${name}`);
  if (sort === null) return <th scope="col">{label}</th>;
  const active = view.sort === sort;
  const direction = view.descending ? 'descending' : 'ascending';
  return (
    <th scope="col" aria-sort={active ? direction : 'none'} class={`column-${name}`}>
      <button
        type="button"
        class="plain"
        title={t('batch.sortBy', [label])}
        onClick={() => {
          session.view.value = { ...view, sort, descending: active ? !view.descending : false };
        }}
      >
        {label}
        <span class={active ? `sort ${direction}` : 'sort'} aria-hidden="true">
          <Glyph name="chevron" size={12} />
        </span>
      </button>
    </th>
  );
}

function TableRow({
  row,
  session,
  isOpen,
  onOpen,
}: {
  row: Row;
  session: Session;
  isOpen: boolean;
  onOpen: (sequence: number | null) => void;
}) {
  const opener = useRef<HTMLButtonElement>(null);
  const wasOpen = useRef(false);
  useEffect(() => {
    if (wasOpen.current && !isOpen) opener.current?.focus();
    wasOpen.current = isOpen;
  }, [isOpen]);
  const done = row.state === 'done';
  const name = tame(row.file);
  return (
    <tr
      data-state={row.state}
      data-verdict={done ? row.verdict : undefined}
      aria-current={isOpen ? 'true' : undefined}
    >
      <td class="figures column-sequence">{formatNumber(row.sequence + 1)}</td>
      <th scope="row" class="column-file">
        <div>
          <Thumbnail
            file={session.fileOf(row.sequence)}
            idle={!session.busy.value && row.state !== 'error'}
          />
          {done ? (
            <button
              ref={opener}
              type="button"
              class="link"
              aria-label={t('batch.row.open', [name])}
              onClick={() => onOpen(isOpen ? null : row.sequence)}
            >
              <bdi>{name}</bdi>
            </button>
          ) : (
            <bdi>{name}</bdi>
          )}
        </div>
      </th>
      {done ? <DoneCells row={row} /> : <OtherCells row={row} />}
    </tr>
  );
}

function DoneCells({ row }: { row: Extract<Row, { state: 'done' }> }) {
  return (
    <>
      <td class="column-verdict">
        <span class="cell-verdict">
          <VerdictIcon verdict={row.verdict} size={16} />
          {verdictShort(row.verdict)}
        </span>
      </td>
      <td class="column-probability" title={scaleSummary(row.probability, row.width)}>
        <span class="cell-band figures">
          <MiniBand probability={row.probability} width={row.width} />
          {formatPercent(wholePercent(row.probability))}
        </span>
      </td>
      <td>{row.generator === null ? <span class="soft">–</span> : <bdi>{tame(row.generator)}</bdi>}</td>
      <td class="column-reasons">
        <ul>
          {row.reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      </td>
      <td class="figures column-ms">{formatDuration(row.ms)}</td>
    </>
  );
}

function OtherCells({ row }: { row: Exclude<Row, { state: 'done' }> }) {
  if (row.state === 'error') {
    return (
      <td colSpan={5} class="cell-error">
        <Glyph name="stop" size={14} />
        <span>
          {row.message} <span class="soft">({row.code})</span>
        </span>
      </td>
    );
  }
  return (
    <td colSpan={5} class="soft">
      {say(`batch.row.${row.state}`)}
    </td>
  );
}

function Pager({
  current,
  last,
  total,
  onTurn,
}: {
  current: number;
  last: number;
  total: number;
  onTurn: (page: number) => void;
}) {
  const first = current * PAGE + 1;
  return (
    <nav class="row pager" aria-label={t('batch.pages')}>
      <button type="button" disabled={current === 0} onClick={() => onTurn(current - 1)}>
        {t('common.previous')}
      </button>
      <span class="figures small">
        {t('common.pageOf', [
          formatNumber(first),
          formatNumber(Math.min(total, first + PAGE - 1)),
          formatNumber(total),
        ])}
      </span>
      <button type="button" disabled={current === last} onClick={() => onTurn(current + 1)}>
        {t('common.next')}
      </button>
    </nav>
  );
}
