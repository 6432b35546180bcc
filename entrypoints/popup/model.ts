import { computed, signal } from '@preact/signals';
import type { CheckJob } from '../../src/checks/job';
import { getJob, jobOfTab, latestJob, subscribe, waitingJobs } from '../../src/checks/read';
import { type Failure, toFailure } from '../../src/failures';
import type { Verdict } from '../../src/forensics/report';
import {
  clearHistory,
  countHistory,
  exportHistory,
  getEntry,
  type HistoryEntry,
  listHistory,
  removeEntry,
} from '../../src/history';
import { type QuotaState, quotaState } from '../../src/quota';
import {
  configuredProviders,
  type ProviderId,
  readiness,
  type StoredProvider,
  watchProviders,
} from '../../src/remote';
import { channelAnnouncer } from '../../src/rpc/announcements';
import type { Announcement, ChecksApi, ProgressEvent } from '../../src/rpc/contracts';

const PAGE = 30;

export type Popup = ReturnType<typeof createPopup>;
export type VerdictFilter = 'all' | Verdict;

export interface ConfiguredProvider {
  readonly id: ProviderId;
  readonly config: StoredProvider;
  /** Agreed to and permitted: it can be asked at once. */
  readonly ready: boolean;
}

/**
 * What the popup knows. IndexedDB holds the truth; announcements only say when to read it again, so
 * a popup opened at any moment shows the same as one that was open all along.
 */
export function createPopup(checks: ChecksApi) {
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
  const waiting = signal<readonly CheckJob[]>([]);
  const quota = signal<QuotaState | null>(null);
  const providers = signal<readonly ConfiguredProvider[]>([]);
  const history = signal<readonly HistoryEntry[]>([]);
  const more = signal(false);
  const total = signal(0);
  const byVerdict = signal<Partial<Record<Verdict, number>>>({});
  const search = signal('');
  const filter = signal<VerdictFilter>('all');
  /** A call to the worker that failed; shown until the next one. */
  const problem = signal<Failure | null>(null);
  /** The job that this popup follows by its id (a second opinion, a recheck), before any other. */
  let followed: string | null = null;
  let limit = PAGE;
  let tabId: number | null = null;

  const shown = computed(() => opened.value ?? current.value);

  async function begin(): Promise<void> {
    const [tab] = await chrome.tabs.query({ active: true, currentWindow: true });
    tabId = tab?.id ?? null;
    subscribe((announcement) => void hear(announcement));
    watchProviders(() => void readProviders());
    await guard(Promise.all([readJob(), readHistory(), readQuota(), readProviders()]));
    loaded.value = true;
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
      case 'quota-changed':
        return guard(readQuota());
      case 'settings-changed':
        return guard(readProviders());
    }
  }

  async function readJob(): Promise<void> {
    const byTab = tabId === null ? null : await jobOfTab(tabId);
    const found = (followed === null ? null : await getJob(followed)) ?? byTab ?? (await latestJob());
    const entry = found?.reportId ? await getEntry(found.reportId) : null;
    if (found?.id !== job.value?.id) progress.value = null;
    ofThisTab.value = found !== null && found.id === byTab?.id;
    job.value = found;
    // Reading a blob anew makes the picture blink: the same report stays as it is.
    if (entry?.id !== current.value?.id) current.value = entry;
    waiting.value = (await waitingJobs()).filter((other) => other.id !== found?.id);
  }

  async function readHistory(): Promise<void> {
    const verdicts = filter.value === 'all' ? undefined : [filter.value];
    const [page, counts] = await Promise.all([
      listHistory({ search: search.value, verdicts, limit }),
      countHistory(),
    ]);
    history.value = page.entries;
    more.value = page.next !== null;
    total.value = counts.total;
    byVerdict.value = counts.byVerdict;
    if (opened.value && !(await getEntry(opened.value.id))) opened.value = null;
  }

  async function readQuota(): Promise<void> {
    quota.value = await quotaState();
  }

  async function readProviders(): Promise<void> {
    const found = await configuredProviders();
    providers.value = await Promise.all(
      found.map(async ({ id, config }) => ({ id, config, ready: (await readiness(id)).state === 'ready' })),
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
        followed = jobId;
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
    waiting,
    quota,
    providers,
    history,
    more,
    total,
    byVerdict,
    search,
    filter,
    problem,
    begin,
    run: (jobId: string) => act(checks.run(jobId)),
    cancel: (jobId: string) => act(checks.cancel(jobId)),
    recheck: (reportId: string) => follow(checks.recheck(reportId)),
    secondOpinion: (reportId: string, provider: string) => follow(checks.secondOpinion(reportId, provider)),
    setConsent: (provider: string, agreed: boolean) => act(checks.setConsent(provider, agreed)),
    open: (id: string) =>
      act(
        getEntry(id).then((entry) => {
          opened.value = entry;
        }),
      ),
    back() {
      opened.value = null;
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
    clear: () => act(clearHistory().then(() => announcer.announce({ type: 'history-changed' }))),
    exportAll: () => exportHistory(),
  };
}
