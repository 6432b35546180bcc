import { VERDICT_ORDER } from '../../src/batch/table';
import { ConfirmButton, FilterChips, SearchBox } from '../../src/ui/controls';
import { formatNumber } from '../../src/ui/format';
import { HistoryList } from '../../src/ui/HistoryList';
import { MediaHistory } from '../../src/ui/MediaHistory';
import { saveBlob } from '../../src/ui/save';
import { t } from '../../src/ui/text';
import { verdictShort } from '../../src/ui/verdict';
import type { Popup, VerdictFilter } from './model';

export function History({ popup }: { popup: Popup }) {
  const counts = popup.byVerdict.value;
  const total = popup.total.value;
  const filter = popup.filter.value;
  const items = popup.history.value;
  const media = popup.media.value;
  const shown = items.length + media.length;
  const chips: { value: VerdictFilter; label: string; count?: number }[] = [
    { value: 'all', label: t('history.filter.all'), count: total },
    ...VERDICT_ORDER.filter((verdict) => (counts[verdict] ?? 0) > 0 || verdict === filter).map((verdict) => ({
      value: verdict,
      label: verdictShort(verdict),
      count: counts[verdict] ?? 0,
    })),
  ];
  return (
    <section class="history stack" aria-labelledby="history-title">
      <h2 id="history-title">{t('history.title')}</h2>
      <SearchBox
        value={popup.search.value}
        label={t('history.searchLabel')}
        placeholder={t('history.search')}
        onInput={popup.find}
      />
      {chips.length > 2 && (
        <FilterChips
          name="history-filter"
          label={t('history.filter.label')}
          chips={chips}
          chosen={filter}
          onChoose={popup.choose}
        />
      )}
      <p class="visually-hidden" role="status">
        {shown === 0 ? t('history.noMatch') : t('history.shown', [formatNumber(shown), formatNumber(total)])}
      </p>
      {shown === 0 && <p class="soft">{t('history.noMatch')}</p>}
      {items.length > 0 && (
        <HistoryList
          items={items}
          opened={popup.opened.value?.id ?? null}
          nameOf={popup.nameOf}
          onOpen={(id) => {
            void popup.open(id).then(() => {
              document.querySelector<HTMLElement>('[data-verdict-word]')?.focus({ preventScroll: true });
              window.scrollTo({ top: 0 });
            });
          }}
          onDelete={(id) => void popup.remove(id)}
        />
      )}
      {popup.more.value && (
        <button type="button" onClick={popup.showMore}>
          {t('history.more')}
        </button>
      )}
      {media.length > 0 && (
        <MediaHistory items={media} nameOf={popup.nameOf} onDelete={(id) => void popup.removeMedia(id)} />
      )}
      <div class="row">
        <button
          type="button"
          onClick={() => void popup.exportAll().then((blob) => saveBlob(blob, 'truegrain-history', 'json'))}
        >
          {t('history.export')}
        </button>
        <ConfirmButton
          question={t('history.clearAsk', total, [formatNumber(total)])}
          yes={t('history.clearYes')}
          onConfirm={() => void popup.clear()}
        >
          {t('history.clear')}
        </ConfirmButton>
      </div>
    </section>
  );
}
