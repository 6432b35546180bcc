import { useEffect } from 'preact/hooks';
import type { CheckJob } from '../../src/checks/job';
import { isOriginalFile } from '../../src/forensics/report';
import type { HistoryEntry } from '../../src/history';
import { getProvider, isProviderId, type ProviderId } from '../../src/remote';
import { formatMoment } from '../../src/ui/format';
import { Glyph } from '../../src/ui/icons';
import { ProviderWords } from '../../src/ui/ProviderWords';
import { FailurePanel, WorkingPanel } from '../../src/ui/panels';
import { reportAddress } from '../../src/ui/report/address';
import { say, t } from '../../src/ui/text';
import { useBlobUrl } from '../../src/ui/useBlobUrl';
import { VerdictCard } from '../../src/ui/VerdictCard';
import { askForHosts, hostPatterns } from './access';
import type { Popup } from './model';
import { OfferAccess } from './OfferAccess';
import { SecondOpinion } from './SecondOpinion';
import { OtherWaiting, Stopped, Waiting } from './Waiting';

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
      <Stopped popup={popup} />
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
          onRelease={
            popup.stopsWithWindow.value === job.id
              ? () => {
                  popup.release(job.id);
                  window.close();
                }
              : null
          }
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
  if (job.state === 'uploading') return t('popup.progress.uploading', [popup.nameOf(job.engine ?? '')]);
  const step = popup.progress.value?.step;
  return step ? say(`popup.progress.${step}`) : t('popup.progress.analysing');
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
      onRetry={() => void popup.runHere(job.id)}
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
      providerName={report.engine === 'local' ? undefined : popup.nameOf(report.engine)}
    >
      <p>
        <a class="button" href={reportAddress(report.id)} target="_blank" rel="noopener">
          <Glyph name="report" />
          {t('report.open')}
        </a>
      </p>
      {!isOriginalFile(report.source.how) && <OfferAccess popup={popup} entry={entry} />}
      {entry.remote && isProviderId(report.engine) && (
        <OwnWords popup={popup} provider={report.engine} remote={entry.remote} />
      )}
      <SecondOpinion popup={popup} entry={entry} />
    </VerdictCard>
  );
}

function OwnWords({
  popup,
  provider,
  remote,
}: {
  popup: Popup;
  provider: ProviderId;
  remote: NonNullable<HistoryEntry['remote']>;
}) {
  const setUp = popup.providers.value.find(({ id }) => id === provider);
  const { name, bands, scaleKey } = setUp?.definition ?? getProvider(provider);
  return (
    <ProviderWords
      name={name}
      own={remote.own}
      bands={bands}
      scaleKey={scaleKey}
      hashMatches={remote.hashMatches}
    />
  );
}

/** Moves the focus to a verdict that has just come, but never away from something a person is using. */
function useNewVerdictFocus(reportId: string): void {
  useEffect(() => {
    if (document.activeElement && document.activeElement !== document.body) return;
    document.querySelector<HTMLElement>('[data-verdict-word]')?.focus({ preventScroll: true });
  }, [reportId]);
}
