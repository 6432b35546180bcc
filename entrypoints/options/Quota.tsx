import { changeSettings } from '../../src/settings';
import { Progress } from '../../src/ui/controls';
import { formatMoment } from '../../src/ui/format';
import { t } from '../../src/ui/text';
import { quota, settings } from './state';

/** What is left today, and what happens on a check. */
export function Quota() {
  if (quota.value === null) return <p class="soft">{t('options.load')}</p>;
  const { left, limit, used, resetsAt } = quota.value;
  const words = t('options.quota.left', [String(left), String(limit)]);
  return (
    <>
      <p class="figures">{words}</p>
      <div class="bar">
        <Progress value={left} of={limit} label={words} />
      </div>
      {used > 0 && <p>{t('options.quota.resets', [formatMoment(resetsAt, Date.now())])}</p>}
      <p class="small soft measure">{t('options.quota.notCounted')}</p>
      {settings.value !== null && (
        <label class="check">
          <input
            type="checkbox"
            checked={settings.value.openPopup}
            onChange={(event) => void changeSettings({ openPopup: event.currentTarget.checked })}
          />
          <span>{t('options.quota.openPopup')}</span>
        </label>
      )}
    </>
  );
}
