import { CheckError, type Failure } from '../failures';
import type { Report, Verdict } from '../forensics/report';
import type { RemoteWords } from '../history/types';
import type { Choice, ProviderId, RemoteResult } from '../remote';
import type { JobRow } from '../storage/schema';
import { OneAtATime } from './alone';
import type { TriedProvider, WaitReason } from './job';
import type { Ports } from './ports';
import { beginUpload, dropReceipt, markUnknown, readReceipt, saveAnswer } from './receipts';
import { factsOf, makeReport, remoteAnalysis } from './report';
import * as store from './store';

/** A check whose bytes are had. */
export type ReadyJob = JobRow & { readonly acquired: NonNullable<JobRow['acquired']>; readonly blob: Blob };

/** What the runner does for a check that providers answer. */
export interface Host {
  readonly ports: Pick<Ports, 'remote' | 'now'>;
  changed(job: JobRow, verdict?: Verdict | null): void;
  record(job: ReadyJob, report: Report, words: RemoteWords | null): Promise<void>;
  wait(id: string, reason: WaitReason): Promise<void>;
}

/** An upload left earlier and its answer never came: the provider is not sent the same again by itself. */
class UncertainUpload extends Error {
  override readonly name = 'UncertainUpload';
  constructor(readonly sentAt: number) {
    super('an earlier upload of this image has an unknown fate');
  }
}

/** Failures after which the next provider is asked: they say something of this one, nothing of the image. */
const NEXT: ReadonlySet<string> = new Set([
  'provider-unauthorised',
  'provider-out-of-credit',
  'provider-rate-limited',
  'provider-rejected-image',
  'provider-error',
  'provider-bad-reply',
  'provider-timeout',
  'provider-unreachable',
  'permission-denied',
  'offline',
]);

/** Of those, failures that pass by themselves. */
const PASSING: ReadonlySet<string> = new Set([
  'provider-out-of-credit',
  'provider-rate-limited',
  'provider-error',
  'provider-timeout',
  'provider-unreachable',
  'offline',
]);

/** Waits in a row without a stated end, in ms: a server that is down for a day is asked some thirty times. */
const ROUNDS = [60_000, 5 * 60_000, 15 * 60_000, 3_600_000];

/** How soon a check that found no connection looks again, in ms; `online` of the browser comes first. */
const LOOK_AGAIN = 60_000;

/** Has checks answered by providers: whom to ask, whom next, when to wait, and what not to send twice. */
export class Elsewhere {
  /** The same image to the same provider, once at a time. */
  readonly #uploads = new OneAtATime();

  constructor(readonly host: Host) {}

  /** Asks the one provider that the person named; no other is asked in its place. */
  async askNamed(job: ReadyJob, wanted: string, signal: AbortSignal): Promise<void> {
    const { remote, now } = this.host.ports;
    const provider = remote.provider(wanted);
    if (!provider) throw new CheckError({ code: 'unexpected', detail: `no provider is called ${wanted}` });
    const choice = await remote.standing(provider.id, this.#allows(job, provider.id));
    if (choice.kind === 'none') {
      throw new CheckError({
        code: 'provider-unauthorised',
        args: [provider.name],
        detail: 'not configured',
      });
    }
    if (choice.kind !== 'ready') return this.#waitFor(job, choice, null);
    try {
      await this.#upload(job, provider.id, signal);
    } catch (thrown) {
      if (thrown instanceof UncertainUpload) {
        const { sentAt } = thrown;
        const reason = { kind: 'unknown-fate', provider: provider.id, sentAt, resumesAt: null } as const;
        return this.host.wait(job.id, reason);
      }
      if (!(thrown instanceof CheckError) || signal.aborted) throw thrown;
      const { failure } = thrown;
      if (failure.code === 'offline' && isUnsent(failure)) return this.#waitOffline(job);
      if (failure.code !== 'provider-rate-limited') throw thrown;
      const resumesAt = failure.retryAt ?? now() + LOOK_AGAIN;
      await this.host.wait(job.id, { kind: 'provider', provider: provider.id, failure, resumesAt });
    }
  }

  /**
   * Asks the providers in the person's order until one answers.
   * @param quotaResetsAt when a free local check is there again, in ms since the epoch
   */
  async fallBack(job: ReadyJob, quotaResetsAt: number, signal: AbortSignal): Promise<void> {
    const { remote, now } = this.host.ports;
    const tried: TriedProvider[] = [];
    const uncertain: { provider: string; sentAt: number }[] = [];
    for (;;) {
      const except = [...tried, ...uncertain].map(({ provider }) => provider);
      const choice = await remote.choose({ except, allowed: job.allowed ?? [] });
      if (choice.kind !== 'ready') return this.#nobody(job, choice, tried, uncertain, quotaResetsAt);
      const { provider } = choice;
      const began = now();
      try {
        return await this.#upload(job, provider, signal);
      } catch (thrown) {
        if (thrown instanceof UncertainUpload) {
          uncertain.push({ provider, sentAt: thrown.sentAt });
          continue;
        }
        if (!(thrown instanceof CheckError) || signal.aborted || !NEXT.has(thrown.failure.code)) throw thrown;
        const { failure } = thrown;
        tried.push({ provider, failure });
        if (failure.fate === 'unknown') uncertain.push({ provider, sentAt: began });
        this.host.changed(await store.saveTried(job.id, tried, now()));
      }
    }
  }

  /** Nobody can answer now: what does the check wait for, or has it failed? */
  async #nobody(
    job: ReadyJob,
    choice: Exclude<Choice, { kind: 'ready' }>,
    tried: readonly TriedProvider[],
    uncertain: readonly { provider: string; sentAt: number }[],
    quotaResetsAt: number,
  ): Promise<void> {
    const passing = tried.filter(({ failure }) => PASSING.has(failure.code) && isUnsent(failure));
    if (passing.some(({ failure }) => failure.code === 'offline')) return this.#waitOffline(job);
    const [first] = passing;
    if (first && !(choice.kind === 'consent' && choice.everyTime)) {
      const ends = passing.map(({ failure }) => failure.retryAt ?? this.#nextRound(job));
      if (choice.kind === 'exhausted') ends.push(choice.until);
      return this.host.wait(job.id, {
        kind: 'provider',
        ...first,
        resumesAt: Math.min(quotaResetsAt, ...ends),
      });
    }
    if (choice.kind !== 'none') return this.#waitFor(job, choice, quotaResetsAt);
    const [open] = uncertain;
    if (open) return this.host.wait(job.id, { kind: 'unknown-fate', ...open, resumesAt: quotaResetsAt });
    const [refused] = tried;
    if (refused) throw new CheckError(refused.failure);
    await this.host.wait(job.id, { kind: 'quota', resetsAt: quotaResetsAt });
  }

  /** Waits for a yes, a passphrase or the end of a limit. */
  #waitFor(
    job: ReadyJob,
    choice: Exclude<Choice, { kind: 'ready' | 'none' }>,
    quotaResetsAt: number | null,
  ): Promise<void> {
    if (choice.kind !== 'exhausted') return this.host.wait(job.id, choice);
    const { provider, until } = choice;
    const name = this.host.ports.remote.provider(provider)?.name ?? provider;
    const failure: Failure = { code: 'provider-rate-limited', args: [name], retryAt: until };
    const resumesAt = quotaResetsAt === null ? until : Math.min(until, quotaResetsAt);
    return this.host.wait(job.id, { kind: 'provider', provider, failure, resumesAt });
  }

  #waitOffline(job: ReadyJob): Promise<void> {
    return this.host.wait(job.id, { kind: 'offline', resumesAt: this.host.ports.now() + LOOK_AGAIN });
  }

  #nextRound({ rounds = 0 }: JobRow): number {
    return this.host.ports.now() + (ROUNDS[Math.min(rounds, ROUNDS.length - 1)] ?? LOOK_AGAIN);
  }

  #allows(job: JobRow, provider: string): boolean {
    return (job.allowed ?? []).includes(provider);
  }

  /** One image to one provider, and its answer recorded. @throws CheckError, UncertainUpload */
  async #upload(job: ReadyJob, provider: ProviderId, signal: AbortSignal): Promise<void> {
    const { sha256, acquireMs } = job.acquired;
    const bytes = new Uint8Array(await job.blob.arrayBuffer());
    const facts = factsOf(bytes, sha256);
    await this.#uploads.run(`${provider} ${sha256}`, signal, async () => {
      const { now, remote } = this.host.ports;
      const served = await store.serve(job.id, sha256, provider, now());
      if (served) return this.host.changed(served.job, served.verdict);
      const receipt = await readReceipt(provider, sha256);
      const started = performance.now();
      let result = receipt?.result ?? null;
      if (result === null) {
        if (receipt && !(await remote.repeatsAreFree(provider))) throw new UncertainUpload(receipt.sentAt);
        result = await this.#send(job, provider, bytes, signal);
      }
      const analysis = remoteAnalysis(result, facts, acquireMs, performance.now() - started);
      const { own, hashMatches, processingMs } = result;
      await this.host.record(job, makeReport(job, analysis, provider, now()), {
        own,
        hashMatches,
        processingMs,
      });
    });
  }

  /** The upload itself, between its receipts. */
  async #send(
    job: ReadyJob,
    provider: ProviderId,
    bytes: Uint8Array,
    signal: AbortSignal,
  ): Promise<RemoteResult> {
    const { now, remote } = this.host.ports;
    const { sha256 } = job.acquired;
    this.host.changed(await store.beginStep(job.id, 'uploading', now(), provider));
    const url = job.acquired.how === 'original' ? job.acquired.url : null;
    let result: RemoteResult;
    try {
      result = await remote.ask(provider, { bytes, mime: job.blob.type, sha256, url }, signal, {
        allowed: this.#allows(job, provider),
        beforeSending: () => beginUpload(job, provider, sha256, now()),
      });
    } catch (thrown) {
      const failure = thrown instanceof CheckError ? thrown.failure : null;
      if (failure && isUnsent(failure)) await dropReceipt(provider, sha256);
      else await markUnknown(provider, sha256);
      throw thrown;
    }
    await saveAnswer(provider, sha256, result);
    return result;
  }
}

/** Whether the provider has not done the work, so that asking again cannot be charged twice. */
function isUnsent({ fate }: Failure): boolean {
  return fate === 'not-sent' || fate === 'refused' || fate === 'failed';
}
