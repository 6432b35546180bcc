import type { AcquiredImage, ImageSource } from '../acquire/types';
import type { Analysis, LaterMap, Verdict } from '../forensics/report';
import type {
  AskOptions,
  Choice,
  ChoiceOptions,
  ConsentMode,
  ProviderId,
  RemoteImage,
  RemoteResult,
} from '../remote';
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
  /** Whether the browser believes that it has a connection. */
  online(): boolean;
  /** Rings once at a time (ms since the epoch), also where the service worker has died; null: never. */
  alarm(at: number | null): Promise<void>;
  /** Changes with everything that could change a local verdict. */
  engineVersion(): Promise<string>;
}

/** The engine, wherever it runs. Buffers handed in are detached. */
export interface AnalysisPort {
  /** @throws what the engine throws; `engine-crashed` where it went away meanwhile */
  analyze(
    request: AnalyzeRequest,
    onProgress: (event: ProgressEvent) => void,
    signal: AbortSignal,
  ): Promise<Analysis>;
  /** The map that was left for after the analysis that was answered last; null where there is none, or another began. */
  laterMap(id: string): Promise<LaterMap | null>;
  thumbnail(bytes: ArrayBuffer, longestSide: number): Promise<Blob | null>;
}

/** The providers that the person set up (src/remote). */
export interface RemotePort {
  /** Whom to ask where the quota is used up. */
  choose(options: ChoiceOptions): Promise<Choice>;
  /** How it stands with one provider. @param allowed the person said yes for this one image */
  standing(id: ProviderId, allowed: boolean): Promise<Choice>;
  /** @throws CheckError */
  ask(id: ProviderId, image: RemoteImage, signal: AbortSignal, options: AskOptions): Promise<RemoteResult>;
  /** Whether sending an image again can cost nothing there. */
  repeatsAreFree(id: ProviderId): Promise<boolean>;
  setConsent(id: ProviderId, agreed: boolean, mode?: ConsentMode): Promise<void>;
  /** A provider by its id, or null where there is none of that name. */
  provider(id: string): { readonly id: ProviderId; readonly name: string } | null;
}
