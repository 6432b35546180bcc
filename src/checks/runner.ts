import type { ImageSource } from '../acquire/types';
import { CheckError, type Failure, toFailure } from '../failures';
import { MAX_FILE_BYTES } from '../forensics/limits';
import type { Report, Verdict } from '../forensics/report';
import { THUMBNAIL_SIDE } from '../history/settings';
import type { RemoteWords } from '../history/types';
import type { ProviderId } from '../remote';
import type { JobRow } from '../storage/schema';
import { OneAtATime, unlessAborted } from './alone';
import type { StoredImage } from './job';
import type { Ports } from './ports';
import { factsOf, makeReport, remoteAnalysis } from './report';
import * as store from './store';

export interface StartOptions {
  /** Finds the image under the cursor; left out where `source` knows it already. */
  readonly locate?: () => Promise<ImageSource>;
  /** Forces an engine: `local` or a provider's id. */
  readonly engine?: string;
  /** The check whose place in the quota this one shares. */
  readonly countsAs?: string;
  /** Bytes that are kept already. */
  readonly acquired?: Omit<StoredImage, 'blob'>;
  /** The report that this check is a second opinion on. */
  readonly opinionOf?: string;
}

/** Drives checks from click to report. One per service worker. */
export class CheckRunner {
  /** Checks at work in this service worker, and the way to stop each. */
  readonly #running = new Map<string, AbortController>();
  readonly #ended = new Map<string, Promise<void>>();
  readonly #bySha256 = new OneAtATime();

  constructor(readonly ports: Ports) {}

  /** Starts a check; answers its id once it is written down. */
  async start(source: ImageSource, options: StartOptions = {}): Promise<string> {
    const id = crypto.randomUUID();
    const now = this.ports.now();
    const job: JobRow = {
      id,
      createdAt: now,
      updatedAt: now,
      state: 'acquiring',
      source,
      acquired: options.acquired ?? null,
      engine: null,
      requestedEngine: options.engine ?? null,
      countsAs: options.countsAs ?? id,
      waiting: null,
      reportId: null,
      failure: null,
      attempts: 0,
      opinionOf: options.opinionOf ?? null,
    };
    // Known as running before it is written: a resumption that reads it meanwhile leaves it alone.
    const abort = new AbortController();
    this.#running.set(id, abort);
    try {
      await this.#withRoom(() => store.createJob(job));
    } catch (error) {
      this.#running.delete(id);
      this.ports.show(store.asJob(job), null);
      this.ports.show(store.asJob({ ...job, state: 'failed', failure: toFailure(error) }), null);
      throw error;
    }
    this.#changed(job);
    this.#launch(id, abort, options.locate);
    return id;
  }

  /** Takes up every check that the last service worker left at work. Call it once, on start-up. */
  async resume(): Promise<void> {
    for (const { id } of await store.jobsAtWork()) {
      if (!this.#running.has(id)) this.#launch(id, new AbortController());
    }
  }

  /** Runs a waiting or failed check again; one in any other state is left as it is. */
  async run(id: string, how: store.Restart = {}): Promise<void> {
    if (this.#running.has(id)) return;
    const abort = new AbortController();
    this.#running.set(id, abort);
    let job: JobRow | undefined;
    try {
      job = await store.restart(id, how, this.ports.now());
    } finally {
      if (!job) this.#running.delete(id);
    }
    if (!job) return;
    this.#changed(job);
    this.#launch(id, abort);
  }

  /** Ends a check that runs or waits, as `cancelled`. */
  async cancel(id: string): Promise<void> {
    const running = this.#running.get(id);
    running?.abort(new CheckError({ code: 'cancelled' }));
    if (running) await this.#ended.get(id);
    else await this.#fail(id, { code: 'cancelled' });
  }

  /** Resolves when the check is not at work in this service worker (any more). */
  async settled(id: string): Promise<void> {
    await this.#ended.get(id);
  }

  #launch(id: string, abort: AbortController, locate?: () => Promise<ImageSource>): void {
    this.#running.set(id, abort);
    const work = this.#drive(id, abort.signal, locate).finally(() => {
      this.#running.delete(id);
      this.#ended.delete(id);
    });
    this.#ended.set(id, this.ports.awake(work));
  }

  /** The check from where it stands to its end. Never rejects. */
  async #drive(id: string, signal: AbortSignal, locate?: () => Promise<ImageSource>): Promise<void> {
    try {
      const job = await this.#withBytes(id, signal, locate);
      // The same image twice at once: the second waits, and is served what the first found.
      await this.#bySha256.run(job.acquired.sha256, signal, () => this.#answer(job, signal));
    } catch (thrown) {
      if (thrown instanceof store.JobEnded) return;
      await this.#fail(id, signal.aborted ? { code: 'cancelled' } : toFailure(thrown));
    }
  }

  async #withBytes(id: string, signal: AbortSignal, locate?: () => Promise<ImageSource>): Promise<ReadyJob> {
    const job = await store.readJob(id);
    if (!job) throw new store.JobEnded(`${id} is gone`);
    const blob = job.acquired && (await store.readBytes(job.acquired.sha256));
    if (job.acquired && blob) return { ...job, acquired: job.acquired, blob };
    return this.#acquire(id, signal, locate);
  }

  async #acquire(id: string, signal: AbortSignal, locate?: () => Promise<ImageSource>): Promise<ReadyJob> {
    const { now, acquire, analysis } = this.ports;
    let job = await store.beginStep(id, 'acquiring', now());
    this.#changed(job);
    if (locate) {
      const source = await unlessAborted(locate(), signal);
      job = await store.saveSource(id, source, now());
      this.#changed(job);
    }
    const image = await unlessAborted(acquire(job.source, signal), signal);
    const size = image.bytes.byteLength;
    if (size === 0) throw new CheckError({ code: 'empty-file' });
    if (size > MAX_FILE_BYTES) throw tooLarge(size);
    const sha256 = await hash(image.bytes);
    job = await this.#withRoom(() => store.saveAcquired(id, image, sha256, now()));
    this.#changed(job);
    // A picture for the list is worth no failure: what cannot be drawn has none, and says why below.
    const thumbnail = await unlessAborted(
      analysis.thumbnail(image.bytes, THUMBNAIL_SIDE).catch(() => null),
      signal,
    );
    if (thumbnail) {
      job = await store.saveThumbnail(id, thumbnail, now());
      this.#changed(job);
    }
    const blob = await store.readBytes(sha256);
    if (!job.acquired || !blob) throw new store.JobEnded(`${id} lost its bytes`);
    return { ...job, acquired: job.acquired, blob };
  }

  async #answer(job: ReadyJob, signal: AbortSignal): Promise<void> {
    const { now, remote } = this.ports;
    const admission = await store.admit(job.id, job.acquired.sha256, now());
    if (admission.kind === 'served') return this.#changed(admission.job, admission.verdict);
    if (admission.kind === 'local') {
      this.#changed(admission.job);
      return this.#analyseHere(job, signal);
    }
    const wanted = job.requestedEngine;
    if (wanted !== null && wanted !== 'local') return this.#ask(job, wanted, signal);
    const choice = wanted === null ? await remote.choose() : ({ kind: 'none' } as const);
    if (choice.kind === 'ready') return this.#upload(job, choice.provider, signal);
    if (choice.kind === 'consent') return this.#wait(job.id, choice);
    return this.#wait(job.id, { kind: 'quota', resetsAt: admission.resetsAt });
  }

  /** Asks the one provider that the person named. */
  async #ask(job: ReadyJob, wanted: string, signal: AbortSignal): Promise<void> {
    const { remote } = this.ports;
    const provider = remote.provider(wanted);
    if (!provider) throw new CheckError({ code: 'unexpected', detail: `no provider is called ${wanted}` });
    const standing = await remote.standing(provider.id);
    if (standing === 'ready') return this.#upload(job, provider.id, signal);
    if (standing !== 'not-configured') return this.#wait(job.id, { kind: 'consent', provider: provider.id });
    throw new CheckError({ code: 'provider-unauthorised', args: [provider.name], detail: 'not configured' });
  }

  async #analyseHere(job: ReadyJob, signal: AbortSignal): Promise<void> {
    const { how, acquireMs } = job.acquired;
    const bytes = await job.blob.arrayBuffer();
    const analysis = await unlessAborted(
      this.ports.analysis.analyze(
        { id: job.id, bytes, how, acquireMs },
        (progress) => this.ports.announcer.announce({ type: 'job-progress', jobId: job.id, progress }),
        signal,
      ),
      signal,
    );
    await this.#record(job, makeReport(job, analysis, 'local', this.ports.now()), null);
  }

  async #upload(job: ReadyJob, provider: ProviderId, signal: AbortSignal): Promise<void> {
    const { now, remote } = this.ports;
    const { sha256, acquireMs } = job.acquired;
    const bytes = new Uint8Array(await job.blob.arrayBuffer());
    const facts = factsOf(bytes, sha256);
    this.#changed(await store.beginStep(job.id, 'uploading', now(), provider));
    const started = performance.now();
    const url = job.acquired.how === 'original' ? job.acquired.url : null;
    const result = await unlessAborted(
      remote.ask(provider, { bytes, mime: job.blob.type, sha256, url }, signal),
      signal,
    );
    const analysis = remoteAnalysis(result, facts, acquireMs, performance.now() - started);
    const { own, hashMatches, processingMs } = result;
    await this.#record(job, makeReport(job, analysis, provider, now()), { own, hashMatches, processingMs });
  }

  async #record(job: ReadyJob, report: Report, remote: RemoteWords | null): Promise<void> {
    const { thumbnail, attempts } = job.acquired;
    const check = { report, thumbnail, acquireAttempts: attempts, remote };
    const row = await this.#withRoom(() => store.record(job.id, check, this.ports.now()));
    this.#changed(row, report.verdict);
    this.ports.announcer.announce({ type: 'history-changed' });
  }

  async #wait(id: string, reason: Parameters<typeof store.wait>[1]): Promise<void> {
    this.#changed(await store.wait(id, reason, this.ports.now()));
  }

  /** Writes that a check failed. Never rejects: there is nobody left to tell. */
  async #fail(id: string, failure: Failure): Promise<void> {
    const last = await store.readJob(id).catch(() => undefined);
    try {
      const job = await this.#withRoom(() => store.fail(id, failure, this.ports.now()));
      if (job) this.#changed(job);
    } catch (error) {
      console.error('A failed check could not be written down', failure, error);
      await store.forget(id).catch(() => undefined);
      if (last) this.#changed({ ...last, state: 'failed', failure: toFailure(error) });
    }
  }

  /** Tries again once without the kept bytes of finished checks where the disk is full. */
  async #withRoom<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      if (toFailure(error).code !== 'storage-full') throw error;
      await store.makeRoom();
      return work();
    }
  }

  /** Tells pages and badge, after the change is on the disk. */
  #changed(job: JobRow, verdict: Verdict | null = null): void {
    this.ports.announcer.announce({ type: 'job-changed', jobId: job.id });
    if (job.state !== 'acquiring') this.ports.announcer.announce({ type: 'quota-changed' });
    this.ports.show(store.asJob(job), verdict);
  }
}

/** A check whose bytes are had. */
type ReadyJob = JobRow & { readonly acquired: NonNullable<JobRow['acquired']>; readonly blob: Blob };

function tooLarge(size: number): CheckError {
  return new CheckError({
    code: 'file-too-large',
    args: [megabytes(size), megabytes(MAX_FILE_BYTES)],
    detail: `${size} bytes`,
  });
}

function megabytes(bytes: number): number {
  return Math.ceil(bytes / 1024 / 1024);
}

/** SHA-256 as lower-case hex. */
async function hash(bytes: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
