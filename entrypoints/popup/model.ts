import { computed, effect, signal } from '@preact/signals';
import {
  type AnsweredMedia,
  answeredMedia,
  clearEverything,
  exportEverything,
} from '../../src/checks/everything';
import type { CheckJob } from '../../src/checks/job';
import { type OpinionSet, opinionsOf } from '../../src/checks/opinions';
import { getJob, jobOfTab, latestJob, stoppedJobs, subscribe, waitingJobs } from '../../src/checks/read';
import { type Failure, toFailure } from '../../src/failures';
import type { Verdict } from '../../src/forensics/report';
import { countHistory, getEntry, type HistoryEntry, listHistory, removeEntry } from '../../src/history';
import { type QuotaState, quotaState } from '../../src/quota';
import {
  type Consent,
  type ConsentMode,
  configuredProviders,
  consentFor,
  definitionFor,
  type ProviderDefinition,
  type ProviderId,
  type Readiness,
  readiness,
  removeMedia,
  type StoredProvider,
  type UsageSnapshot,
  unlockVault,
  usageOf,
  VaultError,
  type VaultStatus,
  vaultStatus,
  watchMedia,
  watchProviders,
  watchVault,
} from '../../src/remote';
import { channelAnnouncer } from '../../src/rpc/announcements';
import type { Announcement, ChecksApi, ProgressEvent } from '../../src/rpc/contracts';
import type { Watching } from '../../src/rpc/watching';
import { providerName } from './provider-name';

const PAGE = 30;

export type Popup = ReturnType<typeof createPopup>;
export type VerdictFilter = 'all' | Verdict;

export interface ConfiguredProvider {
  readonly id: ProviderId;
  readonly definition: ProviderDefinition;
  readonly config: StoredProvider;
  /** What is missing before it can be asked. */
  readonly state: Readiness['state'];
  /** How the person agreed, or null. */
  readonly consent: ConsentMode | null;
  readonly usage: UsageSnapshot;
}

/**
 * What the popup knows. IndexedDB holds the truth; announcements only say when to read it again, so
 * a popup opened at any moment shows the same as one that was open all along.
 */
export function createPopup(checks: ChecksApi, watching: Watching) {
  const announcer = channelAnnouncer();
  const loaded = signal(false);
  /** The check of this tab, or the last one anywhere. */
  const job = signal<CheckJob | null>(null);
  const ofThisTab = signal(false);
  /** Its report, once done. */
  const current = signal<HistoryEntry | null>(null);
  /** An entry opened from the history; shown instead of the current check. */
  const opened = signal<HistoryEntry | null>(null);
  const progress = signal<ProgressEvent | null>(null);
  /** Further answers about the shown check, and those that are still asked for. */
  const opinions = signal<OpinionSet | null>(null);
  /** The check whose question about sending stands before the page. */
  const asking = signal<CheckJob | null>(null);
  const waiting = signal<readonly CheckJob[]>([]);
  /** Checks that were stopped before their end, to be run again. */
  const stopped = signal<readonly CheckJob[]>([]);
  const vault = signal<VaultStatus>('off');
  const quota = signal<QuotaState | null>(null);
  const providers = signal<readonly ConfiguredProvider[]>([]);
  const history = signal<readonly HistoryEntry[]>([]);
  const more = signal(false);
  /** Video and sound that services have judged, as far as they match search and filter. */
  const media = signal<readonly AnsweredMedia[]>([]);
  const total = signal(0);
  const byVerdict = signal<Partial<Record<Verdict, number>>>({});
  const search = signal('');
  const filter = signal<VerdictFilter>('all');
  /** A call to the worker that failed; shown until the next one. */
  const problem = signal<Failure | null>(null);
  /** The job that this popup follows by its id (a second opinion, a recheck), before any other. */
  const followed = signal<string | null>(null);
  /** The check that is to go on without this window. */
  const released = signal<string | null>(null);
  /** Questions that were closed without an answer: not asked again by themselves. */
  const closed = new Set<string>();
  let limit = PAGE;
  let tabId: number | null = null;

  const shown = computed(() => opened.value ?? current.value);
  /** The check that closing this window stops: it is at work on this computer, for this place, and seen. */
  const stopsWithWindow = computed(() => {
    const { value } = job;
    if (value === null || opened.value !== null || released.value === value.id) return null;
    const atWork = value.state === 'analysing' || value.state === 'acquiring';
    return atWork && (ofThisTab.value || value.id === followed.value) ? value.id : null;
  });

  async function begin(): Promise<void> {
    const [tab] = await chrome.tabs.query({ active: true, currentWindow: true });
    tabId = tab?.id ?? null;
    subscribe((announcement) => void hear(announcement));
    watchProviders(() => void readProviders());
    watchVault(() => void readProviders());
    watchMedia(() => void guard(readHistory()));
    // Chrome tells pages of a connection that is back, and service workers nothing: those look once a minute.
    globalThis.addEventListener('online', runOffline);
    await guard(Promise.all([readJob(), readHistory(), readQuota(), readProviders()]));
    effect(() => watching.show(stopsWithWindow.value));
    loaded.value = true;
  }

  function runOffline(): void {
    for (const one of [job.value, ...waiting.value]) {
      if (one?.waiting?.kind === 'offline') void act(checks.run(one.id));
    }
  }

  async function hear(announcement: Announcement): Promise<void> {
    switch (announcement.type) {
      case 'job-progress':
        if (announcement.jobId === job.value?.id) progress.value = announcement.progress;
        return;
      case 'job-changed':
        return guard(readJob());
      case 'history-changed':
        return guard(Promise.all([readHistory(), readJob()]));
      case 'evidence-changed':
        return guard(readEvidence(announcement.reportId));
      case 'quota-changed':
        return guard(readQuota());
      case 'settings-changed':
        return guard(readProviders());
    }
  }

  async function readJob(): Promise<void> {
    const byTab = tabId === null ? null : await jobOfTab(tabId);
    const found =
      (followed.value === null ? null : await getJob(followed.value)) ?? byTab ?? (await latestJob());
    // A second opinion is shown beside the answer that it was asked about.
    const about = found?.opinionOf ? await getEntry(found.opinionOf) : null;
    const shownJob = about && found ? ((await getJob(about.id)) ?? found) : found;
    const entry = about ?? (found?.reportId ? await getEntry(found.reportId) : null);
    if (shownJob?.id !== job.value?.id) progress.value = null;
    ofThisTab.value = found !== null && found.id === byTab?.id;
    job.value = shownJob;
    // Reading a blob anew makes the picture blink: the same report stays as it is.
    if (entry?.id !== current.value?.id) current.value = entry;
    const others = ({ id }: CheckJob) => id !== shownJob?.id;
    waiting.value = (await waitingJobs()).filter(others);
    stopped.value = (await stoppedJobs()).filter(others);
    await readOpinions();
  }

  /** A shown report's maps anew. Its picture is the same: read anew it would blink. */
  async function readEvidence(reportId: string): Promise<void> {
    for (const entry of [current, opened]) {
      if (entry.value?.id !== reportId) continue;
      const anew = await getEntry(reportId);
      const { value } = entry;
      if (anew && value?.id === reportId) entry.value = { ...anew, thumbnail: value.thumbnail };
    }
  }

  async function readOpinions(): Promise<void> {
    const { value } = shown;
    opinions.value = value === null ? null : await opinionsOf(value.id);
    askNext();
  }

  /** The next question about sending that nobody answered: the shown check's own, then its opinions'. */
  function askNext(): void {
    const asked = (opinions.value?.opinions ?? []).map((opinion) => opinion.job);
    const open = [opened.value === null ? job.value : null, ...asked].filter(
      (one) => one?.waiting?.kind === 'consent' && !closed.has(question(one)),
    );
    // A question that a person is reading is not taken away for another one.
    const read = open.find((one) => one && asking.value && question(one) === question(asking.value));
    asking.value = read ?? open[0] ?? null;
  }

  async function readHistory(): Promise<void> {
    const verdicts = filter.value === 'all' ? undefined : [filter.value];
    const [page, counts, answered] = await Promise.all([
      listHistory({ search: search.value, verdicts, limit }),
      countHistory(),
      answeredMedia(),
    ]);
    history.value = page.entries;
    more.value = page.next !== null;
    media.value = matchingMedia(answered, search.value, filter.value);
    total.value = counts.total + answered.length;
    const both = { ...counts.byVerdict };
    for (const { answer } of answered) both[answer.verdict] = (both[answer.verdict] ?? 0) + 1;
    byVerdict.value = both;
    if (opened.value && !(await getEntry(opened.value.id))) opened.value = null;
  }

  async function readQuota(): Promise<void> {
    quota.value = await quotaState();
  }

  async function readProviders(): Promise<void> {
    const found = await configuredProviders();
    vault.value = await vaultStatus();
    providers.value = await Promise.all(
      found.map(async ({ id, config }) => ({
        id,
        config,
        definition: definitionFor(id, config),
        state: (await readiness(id)).state,
        consent: modeOf(await consentFor(id, config)),
        usage: await usageOf(id),
      })),
    );
  }

  /** Shows what went wrong instead of losing it. */
  async function guard(work: Promise<unknown>): Promise<void> {
    try {
      await work;
    } catch (thrown) {
      problem.value = toFailure(thrown);
    }
  }

  function follow(work: Promise<string>): Promise<void> {
    problem.value = null;
    return guard(
      work.then((jobId) => {
        followed.value = jobId;
        opened.value = null;
        return readJob();
      }),
    );
  }

  function act(work: Promise<unknown>): Promise<void> {
    problem.value = null;
    return guard(work);
  }

  return {
    loaded,
    job,
    ofThisTab,
    current,
    opened,
    shown,
    progress,
    opinions,
    asking,
    waiting,
    stopped,
    stopsWithWindow,
    vault,
    quota,
    providers,
    history,
    more,
    media,
    total,
    byVerdict,
    search,
    filter,
    problem,
    begin,
    /** A provider's own name; that of a server of one's own depends on how it is set up. */
    nameOf: (id: string) => providers.value.find((one) => one.id === id)?.definition.name ?? providerName(id),
    run: (jobId: string) => act(checks.run(jobId)),
    /** Runs a check again as the one that this popup shows. */
    runHere(jobId: string) {
      followed.value = jobId;
      opened.value = null;
      return act(checks.run(jobId));
    },
    cancel: (jobId: string) => act(checks.cancel(jobId)),
    dismiss: (jobId: string) => act(checks.dismiss(jobId)),
    /** Lets the check go on when this window is closed. */
    release(jobId: string) {
      released.value = jobId;
    },
    recheck: (reportId: string) => follow(checks.recheck(reportId)),
    sendAgain: (jobId: string) => act(checks.sendAgain(jobId)),
    askSecondOpinions: (reportId: string, asked: readonly ProviderId[]) =>
      act(checks.askSecondOpinions(reportId, asked).then(() => readOpinions())),
    setConsent: (provider: string, agreed: boolean, mode: ConsentMode) =>
      act(checks.setConsent(provider, agreed, mode)),
    allowOnce: (jobId: string, provider: string) => act(checks.allowOnce(jobId, provider)),
    /** Puts the question about sending before the page (again). */
    ask(waitingJob: CheckJob) {
      closed.delete(question(waitingJob));
      asking.value = waitingJob;
    },
    /** Takes it away. It is not asked again by itself while this window is open. */
    closeQuestion() {
      if (asking.value) closed.add(question(asking.value));
      askNext();
    },
    /** @returns whether it was the passphrase */
    async unlock(passphrase: string): Promise<boolean> {
      try {
        await unlockVault(passphrase);
        announcer.announce({ type: 'settings-changed' });
        return true;
      } catch (error) {
        if (error instanceof VaultError && error.problem === 'passphrase-wrong') return false;
        throw error;
      }
    },
    open: (id: string) =>
      act(
        getEntry(id).then((entry) => {
          opened.value = entry;
          return readOpinions();
        }),
      ),
    back() {
      opened.value = null;
      void guard(readOpinions());
    },
    find(words: string) {
      search.value = words;
      limit = PAGE;
      void guard(readHistory());
    },
    choose(verdict: VerdictFilter) {
      filter.value = verdict;
      limit = PAGE;
      void guard(readHistory());
    },
    showMore() {
      limit += PAGE;
      void guard(readHistory());
    },
    remove: (id: string) => act(removeEntry(id).then(() => announcer.announce({ type: 'history-changed' }))),
    removeMedia: (id: string) => act(removeMedia(id)),
    clear: () => act(clearEverything().then(() => announcer.announce({ type: 'history-changed' }))),
    exportAll: () => exportEverything(),
  };
}

/** Those whose file, service or verdict is looked for, as the history does it for images. */
function matchingMedia(
  all: readonly AnsweredMedia[],
  search: string,
  verdict: VerdictFilter,
): readonly AnsweredMedia[] {
  const words = search.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return all.filter(({ name, provider, answer }) => {
    if (verdict !== 'all' && answer.verdict !== verdict) return false;
    const text = `${name}\n${provider}\n${providerName(provider)}`.toLocaleLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** A question about sending: a check may ask about one provider after another. */
function question({ id, waiting }: CheckJob): string {
  return `${id} ${waiting?.kind === 'consent' ? waiting.provider : ''}`;
}

/** Agreements of an older version do not say how: they were for always. */
function modeOf(given: Consent | null): ConsentMode | null {
  return given === null ? null : (given.mode ?? 'always');
}
