import type { ComponentChildren } from 'preact';
import type { Failure } from '../failures';
import type { LayerStatus } from '../forensics/report';
import type { Text } from '../forensics/text';
import { Progress } from './controls';
import { formatMoment, formatNumber } from './format';
import { Glyph, StatusIcon } from './icons';
import { Words } from './LayerList';
import { say, t, words } from './text';
import { layerName, statusWord } from './verdict';

/** Frame of a panel: picture, heading, sentence, then what can be done. */
function Panel({
  src,
  title,
  children,
  alert = false,
}: {
  src: string | null;
  title: string;
  children: ComponentChildren;
  alert?: boolean;
}) {
  return (
    <section class="panel" role={alert ? 'alert' : undefined} aria-labelledby="panel-title">
      <div class="panel-head">
        {src && <img src={src} alt={t('popup.image')} />}
        <div>
          <h2 id="panel-title" tabIndex={-1}>
            {title}
          </h2>
        </div>
      </div>
      {children}
    </section>
  );
}

interface WorkingPanelProps {
  readonly src: string | null;
  /** What is being done, in words: "Getting the image". */
  readonly doing: string;
  readonly finished: readonly { readonly id: string; readonly status: LayerStatus }[];
  readonly total: number;
  readonly onCancel: () => void;
}

/** A check at work: the layers appear as they end. No spinner; what is known stands there. */
export function WorkingPanel({ src, doing, finished, total, onCancel }: WorkingPanelProps) {
  return (
    <Panel src={src} title={doing}>
      <Progress value={finished.length} of={Math.max(total, 1)} label={doing} />
      <p class="visually-hidden" role="status">
        {doing}
        {total > 0 && `. ${t('popup.layersDone', [formatNumber(finished.length), formatNumber(total)])}`}
      </p>
      {finished.length > 0 && (
        <ul class="working-layers">
          {finished.map((layer) => (
            <li key={layer.id} data-status={layer.status}>
              <StatusIcon status={layer.status} />
              <span>{layerName(layer.id)}</span>
              <span class="soft">{statusWord(layer.status)}</span>
            </li>
          ))}
        </ul>
      )}
      <div class="row spread">
        <p class="small soft">{t('popup.progress.keep')}</p>
        <button type="button" onClick={onCancel}>
          {t('popup.progress.cancel')}
        </button>
      </div>
    </Panel>
  );
}

interface WaitingPanelProps {
  readonly src: string | null;
  readonly limit: number;
  /** Milliseconds since the epoch. */
  readonly resetsAt: number;
  /** Whether the check could run now: a new day has come, or a provider was added. */
  readonly canRun: boolean;
  readonly onRun: () => void;
  readonly onAddProvider: () => void;
  readonly onDrop: () => void;
}

/** Today's checks are used up: both ways out, the reset time and a provider. */
export function WaitingPanel(props: WaitingPanelProps) {
  const { src, limit, resetsAt, canRun } = props;
  return (
    <Panel src={src} title={t('popup.waiting.title')}>
      <p>
        {!canRun && `${t('popup.waiting.quota', [formatNumber(limit)])} `}
        {!canRun && `${t('popup.waiting.resets', [formatMoment(resetsAt, Date.now())])} `}
        {canRun && t('popup.waiting.ready')}
      </p>
      <p class="small soft">{t('popup.waiting.keptSafe')}</p>
      <div class="row">
        {canRun ? (
          <button type="button" class="primary" onClick={props.onRun}>
            {t('popup.waiting.now')}
          </button>
        ) : (
          <button type="button" class="primary" onClick={props.onAddProvider}>
            {t('popup.waiting.add')}
          </button>
        )}
        <button type="button" onClick={props.onDrop}>
          {t('popup.waiting.drop')}
        </button>
      </div>
      {!canRun && <p class="small soft">{t('popup.waiting.addWhy')}</p>}
    </Panel>
  );
}

interface ConsentPanelProps {
  readonly src: string | null;
  /** The provider's own name. */
  readonly name: string;
  /** What is sent, to whom, and what is not. */
  readonly sentence: Text;
  readonly rows: readonly { readonly name: Text; readonly value: Text }[];
  /** Why it is asked now; null where the person asked for it. */
  readonly why: string | null;
  /** Called inside the click, so that the browser may ask for its own permission. */
  readonly onAgree: () => void;
  readonly onRefuse: () => void;
}

/** Nothing is uploaded before this was agreed to. Refusing is as easy as agreeing. */
export function ConsentPanel({ src, name, sentence, rows, why, onAgree, onRefuse }: ConsentPanelProps) {
  return (
    <Panel src={src} title={t('popup.consent.title', [name])}>
      {why && <p>{why}</p>}
      <p>{words(sentence)}</p>
      <details class="choice">
        <summary>
          <Glyph name="chevron" size={12} />
          {t('popup.consent.more')}
        </summary>
        <dl class="ran">
          {rows.map((row) => (
            <div key={JSON.stringify(row)}>
              <dt>{words(row.name)}</dt>
              <dd>
                <Words text={row.value} />
              </dd>
            </div>
          ))}
        </dl>
      </details>
      <div class="row">
        <button type="button" onClick={onRefuse}>
          {t('popup.consent.never')}
        </button>
        <button type="button" onClick={onAgree}>
          {t('popup.consent.agree')}
        </button>
      </div>
    </Panel>
  );
}

interface FailurePanelProps {
  readonly src: string | null;
  readonly failure: Failure;
  /** Host whose access was refused; the panel then offers to allow it. */
  readonly host: string | null;
  readonly onAllow: () => void;
  readonly onRetry: () => void;
  readonly onSettings: () => void;
}

/** A check that failed: what happened, what to do next, and the way to do it. */
export function FailurePanel({ src, failure, host, onAllow, onRetry, onSettings }: FailurePanelProps) {
  const args = failure.args ?? [];
  return (
    <Panel src={src} title={t('popup.failure.title')} alert>
      <p>{say(`failures.${failure.code}.what`, ...args)}</p>
      <p>{say(`failures.${failure.code}.next`, ...args)}</p>
      {failure.retryAt !== undefined && failure.retryAt > Date.now() && (
        <p class="small">{t('popup.failure.retryAt', [formatMoment(failure.retryAt, Date.now())])}</p>
      )}
      <div class="row">
        {host && (
          <button type="button" class="primary" onClick={onAllow}>
            {t('popup.failure.access')}
          </button>
        )}
        <button type="button" class={host ? '' : 'primary'} onClick={onRetry}>
          {t('popup.failure.retry')}
        </button>
        {failure.code.startsWith('provider-') && (
          <button type="button" onClick={onSettings}>
            {t('common.openSettings')}
          </button>
        )}
      </div>
      <p class="small soft">{t('popup.failure.code', [failure.code])}</p>
    </Panel>
  );
}

interface AccessOfferProps {
  readonly host: string;
  /** Whether the browser has it already: then only the new check is left to do. */
  readonly allowed: boolean;
  /** Called inside the click. */
  readonly onAllow: (scope: 'site' | 'all') => void;
  readonly onRecheck: () => void;
  readonly refused: boolean;
}

/** Only pixels were had: what access would bring, for this site or for all. */
export function AccessOffer({ host, allowed, onAllow, onRecheck, refused }: AccessOfferProps) {
  return (
    <section class="panel" aria-labelledby="access-title">
      <div class="stack">
        <h3 id="access-title">{t('popup.access.title')}</h3>
        <p class="small">
          {allowed ? t('popup.access.allowed', [host]) : t('popup.access.body', [host])}{' '}
          {t('popup.access.again')}
        </p>
        {refused && (
          <p class="small" role="status">
            {t('popup.access.refused')}
          </p>
        )}
        <div class="row">
          {allowed ? (
            <button type="button" class="primary" onClick={onRecheck}>
              {t('popup.access.recheck')}
            </button>
          ) : (
            <>
              <button type="button" class="primary" onClick={() => onAllow('site')}>
                {t('popup.access.allowSite', [host])}
              </button>
              <button type="button" onClick={() => onAllow('all')}>
                {t('popup.access.allowAll')}
              </button>
            </>
          )}
        </div>
      </div>
    </section>
  );
}
