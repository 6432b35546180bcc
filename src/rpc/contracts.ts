import type { FailureCode } from '../failures';
import type { AcquiredBy, Analysis, LaterMap, LayerStatus } from '../forensics/report';
import type { Text } from '../forensics/text';
import type { ConsentMode } from '../remote/types';

/** Every call between contexts, typed here and nowhere else. Comlink carries them all. */

/** Offscreen document, called by the service worker and the batch page. */
export interface AnalysisApi {
  /**
   * Analyses one image. `bytes` is transferred: the caller's buffer is detached.
   * @param onProgress a `Comlink.proxy`; called as layers finish
   * @throws ForensicError-shaped errors: `{code, args}` survive the boundary
   */
  analyze(request: AnalyzeRequest, onProgress?: (event: ProgressEvent) => void): Promise<Analysis>;
  cancel(id: string): Promise<void>;
  /**
   * What the verdict did not wait for: the networks' map of many close-ups, to stand with their layer in the analysis
   * just answered. Asked for once, directly after it: the next analysis ends it.
   * @returns null where another picture came first, or the networks had nothing more to look at
   */
  laterMap(id: string): Promise<LaterMap | null>;
  /** Loads the model and runs its self-test, so that the first check is quick. */
  warmUp(): Promise<EngineStatus>;
  /** Encodes a small picture for lists; longest side in px. Null where it cannot be decoded. */
  thumbnail(bytes: ArrayBuffer, longestSide: number): Promise<Blob | null>;
  /** Cuts a rectangle (device pixels) out of an encoded image; answers PNG bytes, transferred. */
  crop(
    bytes: ArrayBuffer,
    rect: { x: number; y: number; width: number; height: number },
  ): Promise<ArrayBuffer>;
}

export interface AnalyzeRequest {
  readonly id: string;
  readonly bytes: ArrayBuffer;
  readonly how: AcquiredBy;
  /** Milliseconds the acquisition took, to complete the timings. */
  readonly acquireMs: number;
}

export interface ProgressEvent {
  readonly id: string;
  readonly step: 'decoding' | 'layers' | 'model' | 'fusing';
  /** Layers that have ended. */
  readonly finished: readonly { readonly id: string; readonly status: LayerStatus }[];
  readonly total: number;
}

export interface EngineStatus {
  readonly backend: 'webgpu' | 'wasm' | null;
  readonly modelVersion: string | null;
  /** Why the model cannot run, or null. */
  readonly failure: FailureCode | null;
  /** For the options page: why WebGPU was not taken. */
  readonly backendNote: Text | null;
}

/** Service worker, called by the extension's own pages. Every caller's sender is checked. */
export interface ChecksApi {
  /** Runs a waiting or failed check again; `engine` forces one. */
  run(jobId: string, options?: { engine?: string }): Promise<void>;
  cancel(jobId: string): Promise<void>;
  /** Forgets a check that failed or was stopped; any other is left as it is. */
  dismiss(jobId: string): Promise<void>;
  /**
   * Agrees to, or withdraws, uploads to a provider.
   * @param mode `each-time` agrees to be asked before every single upload; `always` where left out
   */
  setConsent(provider: string, agreed: boolean, mode?: ConsentMode): Promise<void>;
  /** Says yes for this one check that waits for it, and runs it. Keeps no agreement. */
  allowOnce(jobId: string, provider: string): Promise<void>;
  /** Sends an upload of unknown fate again (`WaitReason` `unknown-fate`): the person accepts a second charge. */
  sendAgain(jobId: string): Promise<void>;
  /** Checks the image of a finished report again after a host permission was granted. */
  recheck(reportId: string): Promise<string>;
  /** A second opinion on a kept image; answers the new job's id. */
  secondOpinion(reportId: string, provider: string): Promise<string>;
  /**
   * The same image to several providers at once, each a check of its own that may wait for its
   * consent, its limit or the network. Answers the checks' ids in the order of `providers`; read
   * them side by side with `opinionsOf` (`src/checks/opinions.ts`). Never falls back to another provider.
   */
  askSecondOpinions(reportId: string, providers: readonly string[]): Promise<string[]>;
}

/** All that the service worker answers to the extension's own pages (`workerClient`). */
export interface WorkerApi extends ChecksApi {
  /** Loads the engine if it has to, and says how it stands. Takes seconds at the first call. */
  engineStatus(): Promise<EngineStatus>;
}

/**
 * Announcements on the BroadcastChannel `truegrain`: they carry ids and progress only; the truth
 * is in IndexedDB, and a page that missed one reads it there.
 */
export type Announcement =
  | { readonly type: 'job-changed'; readonly jobId: string }
  | { readonly type: 'job-progress'; readonly jobId: string; readonly progress: ProgressEvent }
  | { readonly type: 'history-changed' }
  /** A map of a report was replaced by a finer one. */
  | { readonly type: 'evidence-changed'; readonly reportId: string }
  | { readonly type: 'quota-changed' }
  | { readonly type: 'settings-changed' };

export const ANNOUNCEMENT_CHANNEL = 'truegrain';
