import { computed, signal } from '@preact/signals';
import { type Failure, toFailure } from '../../src/failures';
import {
  followMedia,
  listMediaJobs,
  MaybeSentError,
  type MediaAnswer,
  type MediaHost,
  type MediaJob,
  type MediaUpload,
  mediaHosts,
  mediaKindOf,
  mediaScope,
  mediaUploads,
  type ProviderId,
  removeMedia,
  sendMedia,
  takesMedia,
  watchMedia,
  watchProviders,
} from '../../src/remote';

export type MediaSession = ReturnType<typeof createMediaSession>;

/** What goes on with the file that was chosen. */
export type Doing =
  | { readonly kind: 'idle' }
  /** In the provider's queue, or being read. */
  | { readonly kind: 'preparing' | 'uploading'; readonly name: string }
  | {
      readonly kind: 'polling';
      readonly name: string;
      readonly asked: number;
      readonly estimate: string | null;
    };

/** Jobs as a provider lists them. */
export interface Listed {
  readonly provider: ProviderId;
  readonly jobs: readonly MediaJob[];
}

/** What the part for video and sound knows: the file, the service, one upload at a time, and what was sent before. */
export function createMediaSession() {
  const hosts = signal<readonly MediaHost[] | null>(null);
  const uploads = signal<readonly MediaUpload[]>([]);
  const file = signal<File | null>(null);
  const chosen = signal<ProviderId | null>(null);
  /** The service that the person is being asked about. */
  const asking = signal<MediaHost | null>(null);
  /** An earlier upload of the same file that has been or may have been charged. */
  const earlier = signal<MediaUpload | null>(null);
  const doing = signal<Doing>({ kind: 'idle' });
  const failure = signal<Failure | null>(null);
  /** What is shown of an ended upload or listed job; without an answer it failed. */
  const shown = signal<{ provider: ProviderId; name: string; answer: MediaAnswer | null } | null>(null);
  /** The page was opened for the shown answer: it gets the focus once it is there. */
  const isWanted = signal(false);
  const listed = signal<Listed | null>(null);
  /** An upload was just taken from the list: what stays is said once. */
  const removed = signal(false);
  let stop = new AbortController();

  /** Services that take the chosen file. */
  const fitting = computed(() => {
    const { value } = file;
    return value === null ? [] : (hosts.value ?? []).filter(({ media }) => takesMedia(media, value));
  });
  const host = computed(
    () => fitting.value.find(({ id }) => id === chosen.value) ?? fitting.value[0] ?? null,
  );

  async function refresh(): Promise<void> {
    const [services, sent] = await Promise.all([mediaHosts(), mediaUploads()]);
    hosts.value = services;
    uploads.value = sent;
  }
  watchProviders(() => void refresh().catch(console.error));
  watchMedia(() => void refresh().catch(console.error));
  void refresh().catch(console.error);

  /** One thing at a time; what goes wrong is said. */
  async function run(work: (signalStop: AbortSignal) => Promise<void>): Promise<void> {
    stop.abort();
    stop = new AbortController();
    const { signal: signalStop } = stop;
    failure.value = null;
    earlier.value = null;
    removed.value = false;
    try {
      await work(signalStop);
    } catch (thrown) {
      if (thrown instanceof MaybeSentError) earlier.value = thrown.upload;
      else failure.value = toFailure(thrown);
    } finally {
      doing.value = { kind: 'idle' };
      await refresh();
    }
  }

  async function follow(provider: ProviderId, jobId: string, name: string, signalStop: AbortSignal) {
    let asked = 0;
    doing.value = { kind: 'polling', name, asked, estimate: null };
    const job = await followMedia(provider, jobId, signalStop, ({ estimate }) => {
      asked += 1;
      doing.value = { kind: 'polling', name, asked, estimate };
    });
    shown.value = { provider, name, answer: job.answer };
  }

  return {
    hosts,
    uploads,
    file,
    fitting,
    host,
    asking,
    earlier,
    doing,
    failure,
    shown,
    listed,
    choose(next: File | null) {
      file.value = next;
      failure.value = null;
      earlier.value = null;
      shown.value = null;
    },
    chooseHost(id: ProviderId) {
      chosen.value = id;
      earlier.value = null;
      failure.value = null;
    },
    /** Sends the chosen file. The person just said yes to `to`, as it was set up when they were asked. */
    send(to: MediaHost, permitted: Promise<boolean>, despiteEarlier: boolean): Promise<void> {
      const { value } = file;
      const kind = value && mediaKindOf(value);
      if (value === null || kind === null) return Promise.resolve();
      const agreed = mediaScope(to.id, to.config, kind);
      shown.value = null;
      return run(async (signalStop) => {
        doing.value = { kind: 'preparing', name: value.name };
        await permitted;
        const onLeaving = () => {
          doing.value = { kind: 'uploading', name: value.name };
        };
        const sent = await sendMedia(to.id, { file: value, agreed, despiteEarlier, onLeaving }, signalStop);
        uploads.value = await mediaUploads();
        const { jobId } = sent;
        if (sent.state === 'processing' && jobId !== null) await follow(to.id, jobId, value.name, signalStop);
        else show(sent);
      });
    },
    /** Ends the waiting. A job that the provider has goes on there. */
    cancel: () => stop.abort(),
    fetch: (provider: ProviderId, jobId: string, name: string) =>
      run((signalStop) => follow(provider, jobId, name, signalStop)),
    list: (provider: ProviderId) =>
      run(async (signalStop) => {
        listed.value = { provider, jobs: (await listMediaJobs(provider, signalStop)) ?? [] };
      }),
    show,
    remove: (id: string) =>
      removeMedia(id).then(() => {
        removed.value = true;
      }),
    removed,
    /** Shows the answer of an upload that was sent earlier; nothing where it was removed since. */
    async open(id: string): Promise<void> {
      const found = (await mediaUploads()).find((one) => one.id === id);
      if (!found) return;
      isWanted.value = true;
      show(found);
    },
    isWanted,
  };

  function show({ provider, name, answer }: MediaUpload): void {
    shown.value = { provider, name, answer };
  }
}
