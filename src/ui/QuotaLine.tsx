import { formatClock, formatNumber } from './format';
import { t } from './text';

interface QuotaLineProps {
  /** Free local checks left today. */
  readonly left: number;
  readonly limit: number;
  /** Milliseconds since the epoch. */
  readonly resetsAt: number;
}

/** What is left of today's free checks, as dots and in words, and when they return. */
export function QuotaLine({ left, limit, resetsAt }: QuotaLineProps) {
  const words = left > 0 ? t('popup.quota.left', left, [formatNumber(left)]) : t('popup.quota.none');
  return (
    <p class="quota small" role="status">
      <span class="quota-dots" aria-hidden="true">
        {Array.from({ length: limit }, (_, index) => (
          <i key={index} class={index < left ? 'left' : ''} />
        ))}
      </span>
      <span>
        {words}
        {left < limit && <span class="soft"> · {t('popup.quota.resets', [formatClock(resetsAt)])}</span>}
      </span>
    </p>
  );
}
