import { useEffect, useState } from 'preact/hooks';
import type { CheckJob } from '../../src/checks/job';
import { isOriginalFile } from '../../src/forensics/report';
import type { HistoryEntry } from '../../src/history';
import { formatMoment } from '../../src/ui/format';
import { Glyph } from '../../src/ui/icons';
import { FailurePanel, WaitingPanel, WorkingPanel } from '../../src/ui/panels';
import { say, t } from '../../src/ui/text';
import { useBlobUrl } from '../../src/ui/useBlobUrl';
import { VerdictCard } from '../../src/ui/VerdictCard';
import { askForHosts, hostPatterns } from './access';
import type { Popup } from './model';
import { OfferAccess } from './OfferAccess';
import { providerName } from './provider-name';
import { AskProvider, SecondOpinion } from './SecondOpinion';

/** The check that this popup is about: at work, waiting, failed or done; or an entry of the history. */
export function Current({ popup }: { popup: Popup }) {
  const opened = popup.opened.value;
  if (opened) {
    return (
      <section class="stack" aria-label={t('popup.openedCheck')}>
        <div class="row spread">
          <p class="eyebrow">{t('popup.openedCheck')}</p>
          <button type="button" class="link small" onClick={popup.back}>
            {t('popup.backToCurrent')}
          </button>
        </div>
        <Result popup={popup} entry={opened} job={null} />
      </section>
    );
  }
  const job = popup.job.value;
  return (
    <>
      {job ? (
        <section class="stack" aria-label={t('popup.currentCheck')}>
          <p class="eyebrow">{eyebrow(popup, job)}</p>
          <JobState popup={popup} job={job} />
        </section>
      ) : (
        <p class="note">{t('popup.empty.body')}</p>
      )}
      <OtherWaiting popup={popup} />
    </>
  );
}

function eyebrow(popup: Popup, job: CheckJob): string {
  if (!popup.ofThisTab.value) return t('popup.elsewhere', [formatMoment(job.createdAt, Date.now())]);
  return job.state === 'done' ? t('popup.lastCheck') : t('popup.currentCheck');
}

function JobState({ popup, job }: { popup: Popup; job: CheckJob }) {
  const src = useBlobUrl(job.acquired?.thumbnail);
  switch (job.state) {
    case 'acquiring':
    case 'analysing':
    case 'uploading': {
      const progress = popup.progress.value;
      return (
        <WorkingPanel
          src={src}
          doing={doing(popup, job)}
          finished={job.state === 'analysing' ? (progress?.finished ?? []) : []}
          total={job.state === 'analysing' ? (progress?.total ?? 0) : 0}
          onCancel={() => void popup.cancel(job.id)}
        />
      );
    }
    case 'waiting':
      return <Waiting popup={popup} job={job} src={src} />;
    case 'failed':
      return <Failed popup={popup} job={job} src={src} />;
    case 'done':
      return popup.current.value ? (
        <Result popup={popup} entry={popup.current.value} job={job} />
      ) : (
        <p class="note">{t('popup.deleted')}</p>
      );
  }
}

function doing(popup: Popup, job: CheckJob): string {
  if (job.state === 'acquiring') return t('popup.progress.acquiring');
  if (job.state === 'uploading') return t('popup.progress.uploading', [providerName(job.engine ?? '')]);
  const step = popup.progress.value?.step;
  return step ? say(`popup.progress.${step}`) : t('popup.progress.analysing');
}

function Waiting({ popup, job, src }: { popup: Popup; job: CheckJob; src: string | null }) {
  const quota = popup.quota.value;
  const provider =
    job.waiting?.kind === 'consent'
      ? popup.providers.value.find(({ id }) => job.waiting?.kind === 'consent' && id === job.waiting.provider)
      : popup.providers.value[0];
  if (provider && !provider.ready && (quota?.left ?? 0) === 0) {
    return (
      <AskProvider
        popup={popup}
        provider={provider}
        src={src}
        why={t('popup.consent.fallback', [providerName(provider.id)])}
        then={() => popup.run(job.id)}
        onRefuse={() => void popup.cancel(job.id)}
      />
    );
  }
  return (
    <WaitingPanel
      src={src}
      limit={quota?.limit ?? 0}
      resetsAt={job.waiting?.kind === 'quota' ? job.waiting.resetsAt : (quota?.resetsAt ?? 0)}
      canRun={(quota?.left ?? 0) > 0 || provider?.ready === true}
      onRun={() => void popup.run(job.id)}
      onAddProvider={() => void chrome.runtime.openOptionsPage()}
      onDrop={() => void popup.cancel(job.id)}
    />
  );
}

function Failed({ popup, job, src }: { popup: Popup; job: CheckJob; src: string | null }) {
  if (!job.failure) return null;
  const denied =
    job.failure.code === 'permission-denied' || job.failure.code === 'page-not-readable'
      ? hostPatterns(job.source.url)
      : null;
  return (
    <FailurePanel
      src={src}
      failure={job.failure}
      host={denied?.host ?? null}
      onAllow={() => {
        if (!denied) return;
        void askForHosts(denied.origins).then((granted) => (granted ? popup.run(job.id) : undefined));
      }}
      onRetry={() => void popup.run(job.id)}
      onSettings={() => void chrome.runtime.openOptionsPage()}
    />
  );
}

function Result({ popup, entry, job }: { popup: Popup; entry: HistoryEntry; job: CheckJob | null }) {
  const { report } = entry;
  // The kept original shows maps sharper than the thumbnail does.
  const src = useBlobUrl(job?.acquired?.blob ?? entry.thumbnail);
  useNewVerdictFocus(report.id);
  return (
    <VerdictCard
      key={report.id}
      report={report}
      src={src}
      providerName={report.engine === 'local' ? undefined : providerName(report.engine)}
    >
      {!isOriginalFile(report.source.how) && <OfferAccess popup={popup} entry={entry} />}
      {entry.remote && (
        <p class="small soft">
          {t('popup.second.own', [
            providerName(report.engine),
            entry.remote.own.verdict,
            entry.remote.own.score === null ? '–' : `${entry.remote.own.score} (${entry.remote.own.scale})`,
          ])}
        </p>
      )}
      {report.engine === 'local' && <SecondOpinion popup={popup} entry={entry} src={src} />}
    </VerdictCard>
  );
}

/** Moves the focus to a verdict that has just come, but never away from something a person is using. */
function useNewVerdictFocus(reportId: string): void {
  useEffect(() => {
    if (document.activeElement && document.activeElement !== document.body) return;
    document.querySelector<HTMLElement>('[data-verdict-word]')?.focus({ preventScroll: true });
  }, [reportId]);
}

/** Further checks that wait, each with its way on. */
function OtherWaiting({ popup }: { popup: Popup }) {
  const waiting = popup.waiting.value;
  const [open, setOpen] = useState(false);
  if (waiting.length === 0) return null;
  const canRun = (popup.quota.value?.left ?? 0) > 0 || popup.providers.value.some(({ ready }) => ready);
  return (
    <details class="choice" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <Glyph name="chevron" size={12} />
        {t('popup.waiting.others', waiting.length, [String(waiting.length)])}
      </summary>
      <ul>
        {waiting.map((job) => (
          <li key={job.id} class="waiting-item">
            <WaitingThumb job={job} />
            <span class="small soft">{formatMoment(job.createdAt, Date.now())}</span>
            <span class="row">
              <button type="button" disabled={!canRun} onClick={() => void popup.run(job.id)}>
                {t('popup.waiting.now')}
              </button>
              <button type="button" class="plain" onClick={() => void popup.cancel(job.id)}>
                {t('popup.waiting.drop')}
              </button>
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}

function WaitingThumb({ job }: { job: CheckJob }) {
  const src = useBlobUrl(job.acquired?.thumbnail);
  return <span class="history-thumb">{src && <img src={src} alt={t('popup.image')} />}</span>;
}
