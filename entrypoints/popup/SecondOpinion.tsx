import { useState } from 'preact/hooks';
import type { Opinion as Answer } from '../../src/checks/opinions';
import type { HistoryEntry } from '../../src/history';
import { isProviderId, type ProviderId } from '../../src/remote';
import { OpinionChooser } from '../../src/ui/OpinionChooser';
import { type MissingOpinion, type Opinion, Opinions } from '../../src/ui/Opinions';
import { say, t } from '../../src/ui/text';
import { waitingWhen, waitingWhy } from '../../src/ui/WaitingList';
import type { Popup } from './model';
import { goOn } from './Waiting';

/** The other answers about this image beside this one, and the way to ask for more. */
export function SecondOpinion({ popup, entry }: { popup: Popup; entry: HistoryEntry }) {
  const [opened, open] = useState(false);
  const others = popup.opinions.value?.opinions ?? [];
  const asked = new Set([entry.report.engine, ...others.map(({ engine }) => engine)]);
  const left = popup.providers.value.filter(({ id }) => !asked.has(id));
  if (others.length === 0 && left.length === 0) return null;
  const ask = (ids: readonly string[]) => {
    open(false);
    void popup.askSecondOpinions(entry.id, ids.filter(isProviderId) satisfies readonly ProviderId[]);
  };
  return (
    <>
      {others.length > 0 && (
        <Opinions
          opinions={[
            toOpinion(popup, entry, true),
            ...others.flatMap(({ entry: other }) => (other ? [toOpinion(popup, other, false)] : [])),
          ]}
          missing={others.flatMap((other) => (other.entry ? [] : [toMissing(popup, other)]))}
          onOpen={(id) => void popup.open(id)}
        />
      )}
      {left.length > 0 && (
        <OpinionChooser
          open={opened}
          onOpen={open}
          choices={left.map(({ id, definition, state }) => ({
            id,
            name: definition.name,
            asks: state !== 'ready',
          }))}
          onAsk={ask}
        />
      )}
    </>
  );
}

function toOpinion(popup: Popup, { id, report, remote }: HistoryEntry, shown: boolean): Opinion {
  return {
    id,
    name: report.engine === 'local' ? t('opinion.ours') : popup.nameOf(report.engine),
    verdict: report.verdict,
    probability: report.probability,
    width: report.uncertainty.width,
    own: remote?.own ?? null,
    shown,
  };
}

/** An answer that is not there (yet): what it waits for, or why it failed. */
function toMissing(popup: Popup, { engine, job }: Answer): MissingOpinion {
  const name = popup.nameOf(engine);
  const base = { id: job?.id ?? engine, name };
  if (!job) return { ...base, words: t('opinion.gone'), action: null };
  if (job.state === 'failed' && job.failure) {
    const { code, args = [] } = job.failure;
    const action = { words: t('opinion.retry'), run: () => void popup.run(job.id) };
    return { ...base, words: say(`failures.${code}.what`, ...args), action };
  }
  if (job.waiting) {
    const words = `${waitingWhy(job.waiting, name)} ${waitingWhen(job.waiting, Date.now())}`;
    const goes = job.waiting.kind === 'consent' ? t('waiting.decide') : t('waiting.run');
    const action = { words: goes, run: () => goOn(popup, job) };
    return { ...base, words, action: job.waiting.kind === 'locked' ? null : action };
  }
  const cancel = { words: t('waiting.cancel'), run: () => void popup.cancel(job.id) };
  return { ...base, words: t('popup.progress.uploading', [name]), action: cancel };
}
