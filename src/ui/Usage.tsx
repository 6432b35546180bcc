import type { UsageSnapshot } from '../remote/usage';
import { scarcest, shareLeft, type Window } from './allowance';
import { Progress } from './controls';
import { formatMoment, formatNumber } from './format';
import { tame } from './sentence';
import { say, t } from './text';

/** What is known of an account: each allowance as figures and a bar, and when it is whole again. */
export function Usage({ usage, now }: { usage: UsageSnapshot; now: number }) {
  return (
    <div class="usage stack">
      {usage.plan !== null && <p class="small">{t('options.usage.plan', [tame(usage.plan)])}</p>}
      {usage.blockedUntil !== null && (
        <p class="small">{t('options.usage.blocked', [formatMoment(usage.blockedUntil, now)])}</p>
      )}
      {usage.windows.length === 0 ? (
        <p class="small soft">{t('options.usage.unknown')}</p>
      ) : (
        <ul class="stack">
          {usage.windows.map((window) => (
            <li key={window.id}>
              <UsageOf window={window} now={now} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function UsageOf({ window, now }: { window: Window; now: number }) {
  const share = shareLeft(window);
  const figures = usageWords(window);
  return (
    <>
      <p class="row spread small figures">
        <span>{figures}</span>
        {window.resetsAt !== null && (
          <span class="soft">{t('options.usage.resets', [formatMoment(window.resetsAt, now)])}</span>
        )}
      </p>
      {share !== null && <Progress value={Math.round(share * 100)} of={100} label={figures} />}
      {window.source === 'counted' && <p class="small soft">{t('options.usage.counted')}</p>}
    </>
  );
}

/** The allowance that ends first, in one line; nothing where nothing is known. */
export function UsageLine({ name, usage, now }: { name: string; usage: UsageSnapshot; now: number }) {
  const window = scarcest(usage.windows);
  if (window === null && usage.blockedUntil === null) return null;
  const share = window && shareLeft(window);
  return (
    <p class="usage-line small">
      <span class="usage-name">{name}</span>
      <span class="figures">
        {usage.blockedUntil !== null
          ? t('options.usage.blocked', [formatMoment(usage.blockedUntil, now)])
          : window && usageWords(window)}
      </span>
      {window && share !== null && (
        <Progress value={Math.round(share * 100)} of={100} label={`${name}: ${usageWords(window)}`} />
      )}
    </p>
  );
}

/** The same in words alone, for a line of a list; empty where nothing is known. */
export function usageSummary(usage: UsageSnapshot): string {
  const window = scarcest(usage.windows);
  return window === null ? '' : usageWords(window);
}

/** "4,998 of 5,000 tokens left this month", with as much of it as is known. */
function usageWords(window: Window): string {
  const unit = say(`options.usage.unit.${window.unit}`);
  const span = say(`options.usage.span.${window.id}`);
  const { limit, left, used } = window;
  const remaining = left ?? (limit !== null && used !== null ? limit - used : null);
  if (remaining !== null && limit !== null) {
    return t('options.usage.leftOf', [formatNumber(remaining), formatNumber(limit), unit, span]);
  }
  if (remaining !== null) return t('options.usage.left', [formatNumber(remaining), unit, span]);
  if (used !== null) return t('options.usage.used', [formatNumber(used), unit, span]);
  return t('options.usage.limit', [limit === null ? '–' : formatNumber(limit), unit, span]);
}
