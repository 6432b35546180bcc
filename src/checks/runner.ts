import type { ImageSource } from '../acquire/types';
import { CheckError, type Failure, type StopCode, toFailure } from '../failures';
import { MAX_FILE_BYTES } from '../forensics/limits';
import type { Report, Verdict } from '../forensics/report';
import { THUMBNAIL_SIDE } from '../history/settings';
import type { RemoteWords } from '../history/types';
import type { JobRow } from '../storage/schema';
import { OneAtATime, unlessAborted } from './alone';
import { Elsewhere, type ReadyJob } from './elsewhere';
import { JobEnded } from './ended';
import { resumesAt, type StoredImage } from './job';
import type { Ports } from './ports';
import { makeReport } from './report';
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
  /** Met in an incognito window: erased when the last one closes. */
  readonly incognito?: boolean;
}

/** How soon a check that found no connection looks again, in ms; `online` of the browser comes first. */
const LOOK_AGAIN = 60_000;

/** A check at work in this service worker. */
interface Running {
  readonly abort: AbortController;
  /** Tab of its image, once known. */
  readonly tabId: number | null;
  /**
   * What it does: the image is looked for in its page (the person may be pointing at it), the work is
   * done on this computer, or a provider is asked. Only the first two can be stopped without loss.
   */
  stage: 'finding' | 'here' | 'elsewhere';
}

/** Drives checks from click to report. One per service worker. */
export class CheckRunner {
  readonly #running = new Map<string, Running>();
  readonly #ended = new Map<string, Promise<void>>();
  readonly #bySha256 = new OneAtATime();
  readonly #elsewhere: Elsewhere;

  constructor(readonly ports: Ports) {
    this.#elsewhere = new Elsewhere({
      ports,
      changed: (job, verdict) => this.#changed(job, verdict),
      record: (job, report, words) => this.#record(job, report, words),
      wait: (id, reason) => this.#wait(id, reason),
    });
  }

  /**
   * Starts a check; answers its id once it is written down. What is still looked at for the same tab
   * is stopped first: its place shows one check, the last that was asked for.
   */
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
      tried: [],
      incognito: options.incognito ?? false,
    };
    // Known as running before it is written: a resumption that reads it meanwhile leaves it alone.
    const running = begin(job, options.locate ? 'finding' : 'here');
    // A further opinion on what is shown takes nobody's place.
    const earlier = options.opinionOf ? [] : this.#inTab(source.tabId);
    this.#running.set(id, running);
    try {
      await Promise.all(earlier.map((other) => this.#abort(other, 'asked-again')));
      await this.#withRoom(() => store.createJob(job));
    } catch (error) {
      this.#running.delete(id);
      this.ports.show(store.asJob(job), null);
      this.ports.show(store.asJob({ ...job, state: 'failed', failure: toFailure(error) }), null);
      throw error;
    }
    this.#changed(job);
    this.#launch(id, running, options.locate);
    return id;
  }

  /** Takes up every check that the last service worker left at work. Call it once, on start-up. */
  async resume(): Promise<void> {
    await store.tidy(this.ports.now());
    for (const job of await store.jobsAtWork()) {
      if (!this.#running.has(job.id)) this.#launch(job.id, begin(job, 'here'));
    }
  }

  /**
   * Runs every waiting check whose time has come, oldest first, and sees to it that the next one is
   * not missed. Call it on start-up, when the alarm rings, and when the connection is back.
   * @param unlocked the keys were opened: what waited for them runs too
   */
  async wake({ unlocked = false } = {}): Promise<void> {
    const now = this.ports.now();
    for (const { id, waiting } of await store.waitingRows()) {
      const at = resumesAt(waiting);
      const offline = waiting?.kind === 'offline';
      const due = offline ? this.ports.online() : at !== null && at <= now;
      if (due || (unlocked && waiting?.kind === 'locked')) await this.run(id);
    }
    await this.#setAlarm();
  }

  /** Erases all that incognito windows have left. Call it when the last one has closed. */
  async eraseIncognito(): Promise<void> {
    await Promise.all((await store.incognitoJobs()).map((id) => this.cancel(id)));
    await store.eraseIncognito();
    this.ports.announcer.announce({ type: 'history-changed' });
  }

  /** Runs a waiting or failed check again; one in any other state is left as it is. */
  async run(id: string, how: store.Restart = {}): Promise<void> {
    if (this.#running.has(id)) return;
    const running = begin(null, 'here');
    this.#running.set(id, running);
    let job: JobRow | undefined;
    try {
      job = await store.restart(id, how, this.ports.now());
    } finally {
      if (!job) this.#running.delete(id);
    }
    if (!job) return;
    this.#changed(job);
    this.#launch(id, { ...begin(job, 'here'), abort: running.abort });
  }

  /** Ends a check that runs or waits, as `cancelled`. */
  async cancel(id: string): Promise<void> {
    if (this.#running.has(id)) await this.#abort(id, 'cancelled');
    else await this.#fail(id, { code: 'cancelled' });
  }

  /**
   * Stops the work that a check does on this computer, for the only window that showed it was closed.
   * A provider that is asked goes on being asked: an upload cut off half way may be charged. So does
   * the search in the page: pointing at a picture there closes the popup.
   */
  async stopUnseen(id: string): Promise<void> {
    if (this.#running.get(id)?.stage === 'here') await this.#abort(id, 'window-closed');
  }

  /** Forgets a check that has ended without a report. */
  async dismiss(id: string): Promise<void> {
    const job = await store.dismiss(id);
    if (job) this.ports.announcer.announce({ type: 'job-changed', jobId: id });
  }

  /** Resolves when the check is not at work in this service worker (any more). */
  async settled(id: string): Promise<void> {
    await this.#ended.get(id);
  }

  /** Ends a running check, and waits until it has. */
  async #abort(id: string, code: StopCode | 'cancelled'): Promise<void> {
    this.#running.get(id)?.abort.abort(new CheckError({ code }));
    await this.#ended.get(id);
  }

  /** Checks that are looked at on this computer for a tab; one on its way to a provider is none of them. */
  #inTab(tabId: number): string[] {
    if (tabId < 0) return [];
    const all = [...this.#running];
    return all.filter(([, one]) => one.tabId === tabId && one.stage !== 'elsewhere').map(([id]) => id);
  }

  #launch(id: string, running: Running, locate?: () => Promise<ImageSource>): void {
    this.#running.set(id, running);
    const work = this.#drive(id, running.abort.signal, locate).finally(() => {
      this.#running.delete(id);
      this.#ended.delete(id);
    });
    this.#ended.set(id, this.ports.awake(work));
  }

  /** The check from where it stands to its end. Never rejects. */
  async #drive(id: string, signal: AbortSignal, locate?: () => Promise<ImageSource>): Promise<void> {
    try {
      signal.throwIfAborted();
      const job = await this.#withBytes(id, signal, locate);
      // The same image twice at once: the second waits, and is served what the first found.
      // Named providers do not wait for each other, nor for the free check.
      const engine = isNamed(job.requestedEngine) ? ` ${job.requestedEngine}` : '';
      await this.#bySha256.run(job.acquired.sha256 + engine, signal, () => this.#answer(job, signal));
    } catch (thrown) {
      if (thrown instanceof JobEnded) return;
      await this.#end(id, toFailure(signal.aborted ? signal.reason : thrown));
    }
  }

  /** A check that could not get its image for want of a connection waits for one; any other has failed. */
  async #end(id: string, failure: Failure): Promise<void> {
    if (failure.code !== 'offline') return this.#fail(id, failure);
    try {
      const job = await store.readJob(id);
      if (!job || job.source.kind === 'unknown') return await this.#fail(id, failure);
      await this.#wait(id, { kind: 'offline', resumesAt: this.ports.now() + LOOK_AGAIN });
    } catch (thrown) {
      if (!(thrown instanceof JobEnded)) await this.#fail(id, toFailure(thrown));
    }
  }

  async #withBytes(id: string, signal: AbortSignal, locate?: () => Promise<ImageSource>): Promise<ReadyJob> {
    const job = await store.readJob(id);
    if (!job) throw new JobEnded(`${id} is gone`);
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
      this.#enter(id, 'here');
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
    if (!job.acquired || !blob) throw new JobEnded(`${id} lost its bytes`);
    return { ...job, acquired: job.acquired, blob };
  }

  async #answer(job: ReadyJob, signal: AbortSignal): Promise<void> {
    const { now, engineVersion } = this.ports;
    const admission = await store.admit(job.id, job.acquired.sha256, await engineVersion(), now());
    if (admission.kind === 'served') return this.#changed(admission.job, admission.verdict);
    if (admission.kind === 'local') {
      this.#changed(admission.job);
      return this.#analyseHere(job, signal);
    }
    const wanted = job.requestedEngine;
    this.#enter(job.id, 'elsewhere');
    if (isNamed(wanted)) return this.#elsewhere.askNamed(job, wanted, signal);
    if (wanted === null) return this.#elsewhere.fallBack(job, admission.resetsAt, signal);
    return this.#wait(job.id, { kind: 'quota', resetsAt: admission.resetsAt });
  }

  #enter(id: string, stage: Running['stage']): void {
    const running = this.#running.get(id);
    if (running) running.stage = stage;
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
    // The check is over: nobody waits for this.
    void this.ports.awake(this.#refine(job.id));
  }

  /** Puts the networks' map into a report just recorded. Never rejects: the report stands without it. */
  async #refine(reportId: string): Promise<void> {
    try {
      const later = await this.ports.analysis.laterMap(reportId);
      if (!later || !(await store.addMap(reportId, later))) return;
      this.ports.announcer.announce({ type: 'evidence-changed', reportId });
    } catch (error) {
      console.error('No map of the networks', error);
    }
  }

  async #record(job: ReadyJob, report: Report, remote: RemoteWords | null): Promise<void> {
    const { thumbnail, attempts } = job.acquired;
    const engineVersion = remote === null ? await this.ports.engineVersion() : undefined;
    const check = { report, thumbnail, acquireAttempts: attempts, remote, engineVersion };
    const row = await this.#withRoom(() => store.record(job.id, check, this.ports.now()));
    this.#changed(row, report.verdict);
    this.ports.announcer.announce({ type: 'history-changed' });
  }

  async #wait(id: string, reason: Parameters<typeof store.wait>[1]): Promise<void> {
    this.#changed(await store.wait(id, reason, this.ports.now()));
    await this.#setAlarm();
  }

  /** Sets the alarm for the check that is due first. */
  async #setAlarm(): Promise<void> {
    const times = (await store.waitingRows()).flatMap(({ waiting }) => resumesAt(waiting) ?? []);
    await this.ports.alarm(times.length === 0 ? null : Math.min(...times));
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

/** @param job null where it is still to be read */
function begin(job: JobRow | null, stage: Running['stage']): Running {
  // A named provider is asked as soon as the bytes are there: that takes no time worth saving.
  const elsewhere = isNamed(job?.requestedEngine ?? null);
  return {
    abort: new AbortController(),
    tabId: job?.source.tabId ?? null,
    stage: elsewhere ? 'elsewhere' : stage,
  };
}

/** Whether the person asked for a provider by name. */
function isNamed(engine: string | null): engine is string {
  return engine !== null && engine !== 'local';
}

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
