import { useEffect, useRef, useState } from 'preact/hooks';
import type { Report } from '../forensics/report';
import { formatMoment } from './format';
import { Glyph, VerdictIcon } from './icons';
import { reportAddress } from './report/address';
import { tame } from './sentence';
import { t } from './text';
import { useBlobUrl } from './useBlobUrl';
import { verdictShort } from './verdict';

/** What a line of the history needs. */
export interface HistoryItem {
  readonly id: string;
  readonly report: Report;
  readonly thumbnail: Blob | null;
  readonly site: string;
}

interface HistoryListProps {
  readonly items: readonly HistoryItem[];
  /** The entry that is shown above, or null. */
  readonly opened: string | null;
  /** A provider's own name by its id; our own checks are not marked. */
  readonly nameOf: (engine: string) => string;
  readonly onOpen: (id: string) => void;
  readonly onDelete: (id: string) => void;
}

/** Past checks, newest first. Deleting asks in place; focus then moves to the neighbour. */
export function HistoryList({ items, opened, nameOf, onOpen, onDelete }: HistoryListProps) {
  const [asking, ask] = useState<string | null>(null);
  const list = useRef<HTMLUListElement>(null);
  const remove = (id: string, index: number) => {
    ask(null);
    onDelete(id);
    const openers = list.current?.querySelectorAll<HTMLButtonElement>('.history-open');
    openers?.[index + 1 < items.length ? index + 1 : index - 1]?.focus();
  };
  return (
    <ul class="history-list" ref={list}>
      {items.map((item, index) => (
        <li
          key={item.id}
          class="history-item"
          data-verdict={item.report.verdict}
          data-opened={item.id === opened ? '' : undefined}
        >
          <Opener
            item={item}
            engine={item.report.engine === 'local' ? null : nameOf(item.report.engine)}
            isOpened={item.id === opened}
            onOpen={() => onOpen(item.id)}
          />
          {asking === item.id ? (
            <AskDelete
              label={t('history.deleteOne', labelOf(item))}
              onYes={() => remove(item.id, index)}
              onNo={() => ask(null)}
            />
          ) : (
            <span class="history-actions">
              <a
                class="button icon plain"
                href={reportAddress(item.id)}
                target="_blank"
                rel="noopener"
                title={t('report.open')}
                aria-label={t('report.openOf', labelOf(item))}
              >
                <Glyph name="report" />
              </a>
              <button
                type="button"
                class="icon plain"
                aria-label={t('history.deleteOne', labelOf(item))}
                onClick={() => ask(item.id)}
              >
                <Glyph name="trash" />
              </button>
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}

function Opener({
  item,
  engine,
  isOpened,
  onOpen,
}: {
  item: HistoryItem;
  /** Name of the provider that answered, or null for our own check. */
  engine: string | null;
  isOpened: boolean;
  onOpen: () => void;
}) {
  const src = useBlobUrl(item.thumbnail);
  const [verdict, when] = labelOf(item);
  return (
    <button type="button" class="history-open" aria-current={isOpened ? 'true' : undefined} onClick={onOpen}>
      <span class="visually-hidden">{t('history.open')}</span>
      <span class="history-thumb">{src ? <img src={src} alt="" /> : <Glyph name="unlinked" />}</span>
      <span class="history-words">
        <span class="history-verdict">
          <VerdictIcon verdict={item.report.verdict} size={14} />
          {verdict}
        </span>
        <span class="history-where">
          {engine !== null && `${engine} · `}
          <bdi>{siteOf(item)}</bdi> · {when}
        </span>
      </span>
    </button>
  );
}

/** Asks before one thing is deleted; Esc and the focus stand on the way out. */
export function AskDelete({ label, onYes, onNo }: { label: string; onYes: () => void; onNo: () => void }) {
  const wayOut = useRef<HTMLButtonElement>(null);
  useEffect(() => wayOut.current?.focus(), []);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would announce itself as form content.
    <span
      class="history-ask"
      role="group"
      aria-label={label}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onNo();
      }}
    >
      <button type="button" class="primary" onClick={onYes}>
        {t('history.delete')}
      </button>
      <button type="button" ref={wayOut} onClick={onNo}>
        {t('common.cancel')}
      </button>
    </span>
  );
}

function labelOf(item: HistoryItem): [string, string] {
  return [verdictShort(item.report.verdict), formatMoment(item.report.checkedAt, Date.now())];
}

function siteOf(item: HistoryItem): string {
  if (item.site !== '') return tame(item.site);
  return item.report.source.how === 'file' ? t('history.fileSource') : t('history.noSite');
}
