import { useState } from 'preact/hooks';
import type { Verdict } from '../forensics/report';
import { formatMoment } from './format';
import { AskDelete } from './HistoryList';
import { Glyph, VerdictIcon } from './icons';
import { tame } from './sentence';
import { say, t } from './text';
import { verdictShort } from './verdict';

/** A video or sound file that a service has judged. */
export interface MediaItem {
  readonly id: string;
  readonly kind: 'video' | 'audio';
  readonly name: string;
  readonly provider: string;
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
  readonly answer: { readonly verdict: Verdict };
}

interface MediaHistoryProps {
  readonly items: readonly MediaItem[];
  /** A provider's own name by its id. */
  readonly nameOf: (provider: string) => string;
  readonly onDelete: (id: string) => void;
}

/** What services said of video and sound, newest first. Each opens on the page that such files are sent from. */
export function MediaHistory({ items, nameOf, onDelete }: MediaHistoryProps) {
  const [asking, ask] = useState<string | null>(null);
  return (
    <section class="media-history" aria-labelledby="media-history">
      <h3 id="media-history">{t('media.title')}</h3>
      <ul class="history-list">
        {items.map((item) => {
          const { id, kind, name, provider, sentAt, answer } = item;
          const when = formatMoment(sentAt, Date.now());
          const label = `${verdictShort(answer.verdict)}, ${tame(name)}, ${when}`;
          return (
            <li key={id} class="history-item" data-verdict={answer.verdict}>
              <a
                class="history-open"
                href={`/batch.html?media=${encodeURIComponent(id)}`}
                target="_blank"
                rel="noopener"
              >
                <span class="visually-hidden">{t('media.history.open')}</span>
                <span class="history-thumb">
                  <Glyph name={kind === 'video' ? 'video' : 'sound'} />
                </span>
                <span class="history-words">
                  <span class="history-verdict">
                    <VerdictIcon verdict={answer.verdict} size={14} />
                    {verdictShort(answer.verdict)}
                  </span>
                  <span class="history-where">
                    {nameOf(provider)} · {say(`media.kind.${kind}`)} · {when} · <bdi>{tame(name)}</bdi>
                  </span>
                </span>
              </a>
              {asking === id ? (
                <AskDelete
                  label={t('media.history.delete', [label])}
                  onYes={() => {
                    ask(null);
                    onDelete(id);
                  }}
                  onNo={() => ask(null)}
                />
              ) : (
                <span class="history-actions">
                  <button
                    type="button"
                    class="icon plain"
                    aria-label={t('media.history.delete', [label])}
                    onClick={() => ask(id)}
                  >
                    <Glyph name="trash" />
                  </button>
                </span>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
