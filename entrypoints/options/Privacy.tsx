import { clearEverything, exportEverything } from '../../src/checks/everything';
import { HISTORY_MAX_BYTES, HISTORY_MAX_ENTRIES } from '../../src/history/settings';
import { ConfirmButton } from '../../src/ui/controls';
import { formatBytes, formatNumber } from '../../src/ui/format';
import { saveBlob } from '../../src/ui/save';
import { t } from '../../src/ui/text';
import { Outcome, useOutcome } from './Outcome';
import { announceHistory, history, loadHistory } from './state';
import { megabytes } from './units';

/** How much is kept, and the two things to do with it. */
export function Privacy() {
  const outcome = useOutcome();
  if (history.value === null) return <p class="soft">{t('options.load')}</p>;
  const { checks, media, bytes } = history.value;
  const nothing = checks === 0 && media === 0;

  const save = async () => saveBlob(await exportEverything(), 'truegrain-history', 'json');
  const clear = async () => {
    await clearEverything();
    announceHistory();
    await loadHistory();
    outcome.good(t('options.privacy.cleared'));
  };

  return (
    <>
      <p class="figures">{t('options.privacy.checks', checks, [formatNumber(checks)])}</p>
      {media > 0 && <p class="figures">{t('options.privacy.media', media, [formatNumber(media)])}</p>}
      {bytes !== null && checks > 0 && (
        <p class="figures">{t('options.privacy.size', [formatBytes(bytes)])}</p>
      )}
      <p class="small soft measure">
        {t('options.privacy.cap', [formatNumber(HISTORY_MAX_ENTRIES), megabytes(HISTORY_MAX_BYTES)])}
      </p>
      <div class="row">
        <button type="button" disabled={nothing} onClick={() => void save()}>
          {t('options.privacy.export')}
        </button>
        <ConfirmButton
          question={t('options.privacy.clearAsk')}
          yes={t('options.privacy.clearYes')}
          disabled={nothing}
          onConfirm={() => void clear()}
        >
          {t('options.privacy.clear')}
        </ConfirmButton>
      </div>
      <p class="small soft">{t('options.privacy.exportHint')}</p>
      <Outcome said={outcome.said} />
    </>
  );
}
