import type { CheckJob, WaitReason } from '../checks/job';
import { formatMoment } from './format';
import { Glyph } from './icons';
import { say, t } from './text';
import { useBlobUrl } from './useBlobUrl';

/** Why a check waits, in a sentence. @param name of the provider that it speaks of */
export function waitingWhy(waiting: WaitReason, name: string): string {
  switch (waiting.kind) {
    case 'quota':
      return t('waiting.why.quota');
    case 'consent':
      return waiting.everyTime ? t('waiting.why.everyTime', [name]) : t('waiting.why.consent', [name]);
    case 'locked':
      return t('waiting.why.locked', [name]);
    case 'provider':
      return say(`failures.${waiting.failure.code}.what`, ...(waiting.failure.args ?? []));
    case 'offline':
      return t('waiting.why.offline');
    case 'unknown-fate':
      return t('waiting.why.unknown_fate', [name]);
  }
}

/** When it goes on, and by whose doing. */
export function waitingWhen(waiting: WaitReason, now: number): string {
  switch (waiting.kind) {
    case 'quota':
      return at(waiting.resetsAt, now);
    case 'provider':
      return at(waiting.resumesAt, now);
    case 'offline':
      return t('waiting.when.online');
    case 'unknown-fate':
      return waiting.resumesAt === null
        ? t('waiting.when.person')
        : t('waiting.when.local', [formatMoment(waiting.resumesAt, now)]);
    case 'consent':
      return t('waiting.when.consent');
    case 'locked':
      return t('waiting.when.locked');
  }
}

/** A limit of which nobody knows when it ends has no time. */
function at(time: number, now: number): string {
  return Number.isFinite(time) ? t('waiting.when.at', [formatMoment(time, now)]) : t('waiting.when.person');
}

interface WaitingListProps {
  readonly jobs: readonly CheckJob[];
  /** A provider's own name by its id. */
  readonly nameOf: (provider: string) => string;
  readonly onRun: (job: CheckJob) => void;
  readonly onCancel: (job: CheckJob) => void;
}

/** Checks that wait: why, until when, and the ways on. */
export function WaitingList({ jobs, nameOf, onRun, onCancel }: WaitingListProps) {
  return (
    <ul class="waiting-list">
      {jobs.map((job) => (
        <WaitingItem key={job.id} job={job} nameOf={nameOf} onRun={onRun} onCancel={onCancel} />
      ))}
    </ul>
  );
}

function WaitingItem({ job, nameOf, onRun, onCancel }: Omit<WaitingListProps, 'jobs'> & { job: CheckJob }) {
  const { waiting } = job;
  if (waiting === null) return null;
  const name = 'provider' in waiting ? nameOf(waiting.provider) : '';
  return (
    <Item
      job={job}
      why={waitingWhy(waiting, name)}
      when={waitingWhen(waiting, Date.now())}
      go={waiting.kind === 'locked' ? null : t(goOnLabel(waiting))}
      drop={t('waiting.cancel')}
      onRun={onRun}
      onDrop={onCancel}
    />
  );
}

interface StoppedListProps {
  readonly jobs: readonly CheckJob[];
  readonly onRun: (job: CheckJob) => void;
  readonly onDrop: (job: CheckJob) => void;
}

/** Checks that were stopped before their end: why, and the way to run them again. */
export function StoppedList({ jobs, onRun, onDrop }: StoppedListProps) {
  return (
    <ul class="waiting-list">
      {jobs.map((job) => (
        <Item
          key={job.id}
          job={job}
          why={say(`failures.${job.failure?.code ?? 'cancelled'}.what`)}
          when={null}
          go={t('popup.failure.again')}
          drop={t('stopped.remove')}
          onRun={onRun}
          onDrop={onDrop}
        />
      ))}
    </ul>
  );
}

interface ItemProps {
  readonly job: CheckJob;
  readonly why: string;
  /** When it goes on, where there is something to say. */
  readonly when: string | null;
  /** Words of the button that sets it going; null where another one does that. */
  readonly go: string | null;
  readonly drop: string;
  readonly onRun: (job: CheckJob) => void;
  readonly onDrop: (job: CheckJob) => void;
}

function Item({ job, why, when, go, drop, onRun, onDrop }: ItemProps) {
  const src = useBlobUrl(job.acquired?.thumbnail);
  const started = formatMoment(job.createdAt, Date.now());
  return (
    <li class="waiting-item">
      <span class="history-thumb">
        {src ? <img src={src} alt={t('popup.image')} /> : <Glyph name="clock" />}
      </span>
      <div class="waiting-words">
        <p class="small">{why}</p>
        {when !== null && <p class="small soft">{when}</p>}
        <p class="small soft">{t('waiting.since', [started])}</p>
      </div>
      <div class="row">
        {go !== null && (
          <button type="button" aria-label={t('waiting.of', [go, started])} onClick={() => onRun(job)}>
            {go}
          </button>
        )}
        <button
          type="button"
          class="plain"
          aria-label={t('waiting.of', [drop, started])}
          onClick={() => onDrop(job)}
        >
          {drop}
        </button>
      </div>
    </li>
  );
}

/** Words of the button that sets a waiting check going. */
export function goOnLabel(waiting: WaitReason): 'waiting.decide' | 'waiting.sendAgain' | 'waiting.run' {
  if (waiting.kind === 'consent') return 'waiting.decide';
  return waiting.kind === 'unknown-fate' ? 'waiting.sendAgain' : 'waiting.run';
}
