import type { ComponentChildren } from 'preact';
import type { WaitReason } from '../checks/job';
import { type Failure, wasStopped } from '../failures';
import type { LayerStatus } from '../forensics/report';
import { Progress } from './controls';
import { formatMoment, formatNumber } from './format';
import { StatusIcon } from './icons';
import { UnlockForm } from './Passphrase';
import { say, t } from './text';
import { layerName, statusWord } from './verdict';
import { goOnLabel, waitingWhen, waitingWhy } from './WaitingList';

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
  /** Lets it go on without this window; null where closing the window stops nothing. */
  readonly onRelease: (() => void) | null;
}

/** A check at work: the layers appear as they end. No spinner; what is known stands there. */
export function WorkingPanel({ src, doing, finished, total, onCancel, onRelease }: WorkingPanelProps) {
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
      <p class="small soft">{onRelease ? t('popup.progress.stops') : t('popup.progress.keep')}</p>
      <div class="row">
        <button type="button" onClick={onCancel}>
          {t('popup.progress.cancel')}
        </button>
        {onRelease && (
          <button type="button" onClick={onRelease}>
            {t('popup.progress.release')}
          </button>
        )}
      </div>
    </Panel>
  );
}

interface WaitingPanelProps {
  readonly src: string | null;
  readonly waiting: WaitReason;
  /** The own name of the provider that `waiting` speaks of. */
  readonly name: string;
  /** Whether an engine could take it now: a new day has come, or a provider was added. */
  readonly canRun: boolean;
  readonly hasProvider: boolean;
  /** Runs it, sends it again, or puts the question about sending. */
  readonly onGoOn: () => void;
  /** @returns whether it was the passphrase */
  readonly onUnlock: (passphrase: string) => Promise<boolean>;
  readonly onAddProvider: () => void;
  readonly onDrop: () => void;
}

/** A check that waits: why, until when, and every way on. */
export function WaitingPanel(props: WaitingPanelProps) {
  const { src, waiting, name, canRun, hasProvider, onGoOn } = props;
  const now = Date.now();
  const runs = waiting.kind === 'quota' && canRun;
  const add = waiting.kind === 'quota' && !canRun && !hasProvider;
  return (
    <Panel src={src} title={t('waiting.title')}>
      {runs ? (
        <p>{t('waiting.ready')}</p>
      ) : (
        <p>
          {waitingWhy(waiting, name)} {waitingWhen(waiting, now)}
        </p>
      )}
      <p class="small soft">{t('waiting.kept')}</p>
      {waiting.kind === 'locked' && <UnlockForm onUnlock={props.onUnlock} />}
      <div class="row">
        {add ? (
          <button type="button" class="primary" onClick={props.onAddProvider}>
            {t('waiting.add')}
          </button>
        ) : (
          (runs || (waiting.kind !== 'quota' && waiting.kind !== 'locked')) && (
            <button type="button" class="primary" onClick={onGoOn}>
              {t(goOnLabel(waiting))}
            </button>
          )
        )}
        <button type="button" onClick={props.onDrop}>
          {t('waiting.cancel')}
        </button>
      </div>
      {add && <p class="small soft">{t('waiting.addWhy')}</p>}
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
  const stopped = wasStopped(failure);
  return (
    <Panel src={src} title={t(stopped ? 'popup.failure.stopped' : 'popup.failure.title')} alert>
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
          {t(stopped ? 'popup.failure.again' : 'popup.failure.retry')}
        </button>
        {failure.code.startsWith('provider-') && (
          <button type="button" onClick={onSettings}>
            {t('common.openSettings')}
          </button>
        )}
      </div>
      {!stopped && <p class="small soft">{t('popup.failure.code', [failure.code])}</p>}
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
