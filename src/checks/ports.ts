import type { AcquiredImage, ImageSource } from '../acquire/types';
import type { Analysis, Verdict } from '../forensics/report';
import type { Choice, ConsentMode, ProviderId, Readiness, RemoteImage, RemoteResult } from '../remote';
import type { Announcer } from '../rpc/announcements';
import type { AnalyzeRequest, ProgressEvent } from '../rpc/contracts';
import type { CheckJob } from './job';

/** What a check needs from outside itself. The background hands in the real ones. */
export interface Ports {
  /** Gets the bytes. Rejects with a `CheckError`. */
  acquire(source: ImageSource, signal: AbortSignal): Promise<AcquiredImage>;
  readonly analysis: AnalysisPort;
  readonly remote: RemotePort;
  readonly announcer: Announcer;
  /** Tells the person outside the popup: the badge. Must not throw. */
  show(job: CheckJob, verdict: Verdict | null): void;
  /** Keeps the service worker alive while `work` is pending. */
  awake<Result>(work: Promise<Result>): Promise<Result>;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** The engine, wherever it runs. Buffers handed in are detached. */
export interface AnalysisPort {
  /** @throws what the engine throws; `engine-crashed` where it went away meanwhile */
  analyze(
    request: AnalyzeRequest,
    onProgress: (event: ProgressEvent) => void,
    signal: AbortSignal,
  ): Promise<Analysis>;
  thumbnail(bytes: ArrayBuffer, longestSide: number): Promise<Blob | null>;
}

/** The providers that the person set up (src/remote). */
export interface RemotePort {
  /** Whom to ask where the quota is used up. */
  choose(): Promise<Choice>;
  /** How it stands with one provider. */
  standing(id: ProviderId): Promise<Readiness['state']>;
  /** @throws CheckError */
  ask(id: ProviderId, image: RemoteImage, signal: AbortSignal): Promise<RemoteResult>;
  setConsent(id: ProviderId, agreed: boolean, mode?: ConsentMode): Promise<void>;
  /** A provider by its id, or null where there is none of that name. */
  provider(id: string): { readonly id: ProviderId; readonly name: string } | null;
}
