import { type AnalysisProgress, analyze, type Crew } from '../forensics/analyze';
import { ForensicError } from '../forensics/errors';
import { type FusionConfig, parseFusionConfig } from '../forensics/fusion';
import type { Layer } from '../forensics/layer';
import type { AcquiredBy, Analysis, LaterMap } from '../forensics/report';
import { createCrew } from './crew';
import { Lane, type LaneHost, LaneStopped } from './lane';

/** What a slot needs of its host. */
export interface SlotHost extends LaneHost {
  /** Workers that share the layers of one picture. */
  readonly lanes: number;
  readonly layerDeadlineMs?: number;
  /** Other layers than the engine's own, for tests. */
  readonly layers?: readonly Layer[];
  readonly crashed: (detail: string) => Error;
}

export interface SlotJob {
  readonly id: string;
  readonly bytes: ArrayBuffer;
  readonly how: AcquiredBy;
  readonly acquireMs: number;
}

let fusion: Promise<FusionConfig> | null = null;

async function loadFusion(): Promise<FusionConfig> {
  const response = await fetch(new URL('/models/fusion.json', location.origin));
  return parseFusionConfig(await response.json());
}

/** A place for one picture at a time, with the workers that look at it. It can be stopped at any moment. */
export class Slot {
  #lanes: readonly Lane[] = [];
  #crew: Crew | null = null;
  #running: AbortController | null = null;
  /** The job whose answer was the last that was given, until another begins. */
  #answered: string | null = null;

  constructor(private readonly host: SlotHost) {}

  get busy(): boolean {
    return this.#running !== null;
  }

  /**
   * @param deadlineMs for the whole picture, after which its workers are terminated
   * @param timeout makes the error of a passed deadline
   * @throws what the analysis throws, what `stop` was given, or `timeout()`
   */
  async run(
    { id, bytes, how, acquireMs }: SlotJob,
    deadlineMs: number,
    onProgress: (progress: AnalysisProgress) => void,
    timeout: () => Error,
  ): Promise<Analysis> {
    if (this.busy) throw new Error('This slot is busy');
    const controller = new AbortController();
    this.#running = controller;
    this.#answered = null;
    // A verdict comes before the last one's map.
    for (const lane of this.#lanes) lane.dropMap();
    const { signal } = controller;
    const stopped = Promise.withResolvers<never>();
    const onStop = () => stopped.reject(signal.reason);
    signal.addEventListener('abort', onStop);
    const timer = setTimeout(() => controller.abort(timeout()), deadlineMs);
    try {
      fusion ??= loadFusion();
      const request = { bytes: new Uint8Array(bytes), how, acquireMs };
      const analysis = analyze(request, this.#team(), await fusion, onProgress, signal, this.host.layers);
      // A decoder that hangs cannot be told to stop: nobody waits for it.
      const answer = await Promise.race([analysis, stopped.promise]);
      this.#answered = id;
      return answer;
    } catch (error) {
      // What ended in the middle may still hold its workers: the next picture gets others.
      if (!(error instanceof ForensicError) || signal.aborted) this.close();
      throw error;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', onStop);
      this.#running = null;
    }
  }

  /** Whether this job's answer is the last that was given here. */
  answered(id: string): boolean {
    return this.#answered === id;
  }

  /** The networks' map of the picture that was answered last. Null where there is none, or another came first. */
  async laterMap(): Promise<LaterMap | null> {
    try {
      // Layers that wait, as that of the networks does, run in the first lane.
      return (await this.#lanes[0]?.laterMap()) ?? null;
    } catch (error) {
      if (error instanceof LaneStopped) return null;
      throw error;
    }
  }

  /** Ends what runs here; it fails with `reason`. */
  stop(reason: Error): void {
    this.#running?.abort(reason);
  }

  /** Gives the workers that there are a new way to the networks. */
  reconnectModel(): void {
    for (const lane of this.#lanes) lane.reconnectModel();
  }

  close(): void {
    for (const lane of this.#lanes) lane.close();
    this.#lanes = [];
    this.#crew = null;
  }

  /** The workers that are warm, or new ones. */
  #team(): Crew {
    if (this.#crew) return this.#crew;
    this.#lanes = Array.from({ length: this.host.lanes }, () => new Lane(this.host));
    this.#crew = createCrew(this.#lanes, this.host);
    return this.#crew;
  }
}
