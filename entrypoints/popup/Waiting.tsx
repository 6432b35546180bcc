import { useState } from 'preact/hooks';
import type { CheckJob } from '../../src/checks/job';
import { Glyph } from '../../src/ui/icons';
import { WaitingPanel } from '../../src/ui/panels';
import { t } from '../../src/ui/text';
import { StoppedList, WaitingList } from '../../src/ui/WaitingList';
import type { Popup } from './model';

/** What "run now" means for a check that waits: a question, another sending, or simply that. */
export function goOn(popup: Popup, job: CheckJob): void {
  if (job.waiting?.kind === 'consent') popup.ask(job);
  else if (job.waiting?.kind === 'unknown-fate') void popup.sendAgain(job.id);
  else void popup.run(job.id);
}

/** The check that this popup is about, where it waits. */
export function Waiting({ popup, job, src }: { popup: Popup; job: CheckJob; src: string | null }) {
  const { waiting } = job;
  if (waiting === null) return null;
  const left = popup.quota.value?.left ?? 0;
  const providers = popup.providers.value;
  return (
    <WaitingPanel
      src={src}
      waiting={waiting}
      name={'provider' in waiting ? popup.nameOf(waiting.provider) : ''}
      canRun={left > 0 || providers.some(({ state }) => state === 'ready' || state === 'ask-each-time')}
      hasProvider={providers.length > 0}
      onGoOn={() => goOn(popup, job)}
      onUnlock={popup.unlock}
      onAddProvider={() => void chrome.runtime.openOptionsPage()}
      onDrop={() => void popup.cancel(job.id)}
    />
  );
}

/** Further checks that wait, each with its reason and its ways on. */
export function OtherWaiting({ popup }: { popup: Popup }) {
  const waiting = popup.waiting.value;
  const [open, setOpen] = useState(true);
  if (waiting.length === 0) return null;
  return (
    <details class="choice" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <Glyph name="chevron" size={12} />
        {t('waiting.others', waiting.length, [String(waiting.length)])}
      </summary>
      <WaitingList
        jobs={waiting}
        nameOf={popup.nameOf}
        onRun={(job) => goOn(popup, job)}
        onCancel={(job) => void popup.cancel(job.id)}
      />
    </details>
  );
}

/** Checks that were stopped because their window was closed or another image asked for. */
export function Stopped({ popup }: { popup: Popup }) {
  const stopped = popup.stopped.value;
  const [open, setOpen] = useState(true);
  if (stopped.length === 0) return null;
  return (
    <details class="choice" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <Glyph name="chevron" size={12} />
        {t('stopped.title', stopped.length, [String(stopped.length)])}
      </summary>
      <StoppedList
        jobs={stopped}
        onRun={(job) => void popup.runHere(job.id)}
        onDrop={(job) => void popup.dismiss(job.id)}
      />
    </details>
  );
}
