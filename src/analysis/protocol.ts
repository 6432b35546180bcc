import type { SentImage } from '../forensics/decode';
import type { CredentialAnswer, ExifTags } from '../forensics/layer';
import type { ModelCard, ModelErrorCode } from '../forensics/model/card';
import type { Inference } from '../forensics/model/session';
import type { Backend, ImageFormat, LaterMap } from '../forensics/report';
import type { LayerOutcome } from '../forensics/run-layer';
import type { Text } from '../forensics/text';

/** The calls between the analysis host and its workers. Nothing outside this folder speaks them. */

/** `analysis.worker.ts`: runs layers on one picture at a time. */
export interface AnalysisWorkerApi {
  /**
   * Called once, before anything else.
   * @param events a `Comlink.proxy`
   * @param modelDeadlineMs how long to wait for the networks
   */
  start(events: WorkerEvents, modelDeadlineMs: number): void;
  /** Gives it the way to the networks, or null where there are none; what waited on the last one fails. */
  connectModel(port: MessagePort | null): void;
  /** @param image its buffer and pixels are transferred; it takes the place of the one before */
  open(image: SentImage): Promise<void>;
  /**
   * Runs one layer of the registry on the picture; maps are transferred. Layers that compute are begun one after
   * the other, in the order they were asked for; those that wait for another worker at once.
   */
  run(layer: string): Promise<LayerOutcome>;
  /** Frees the picture. The map of it can still be asked for. */
  release(): void;
  /**
   * The networks' map of the picture that was run last, transferred; once. Null where there is none to be had,
   * or it was dropped: every `open` does that, too.
   */
  laterMap(): Promise<LaterMap | null>;
  dropMap(): void;
}

export interface WorkerEvents {
  /** The networks did not answer within their deadline. */
  modelStuck(): void;
}

/** `model.worker.ts`: holds the networks for all analysis workers. */
export interface ModelWorkerApi {
  /** Starts loading. Called once, before anything else. */
  start(options: ModelOptions): void;
  /** Answers `NetworkApi` on a port. */
  connect(port: MessagePort): void;
  /** Waits for loading to end; never throws. */
  status(): Promise<ModelStatus>;
}

export interface ModelOptions {
  readonly threads: number;
  readonly softwareWebGpu: boolean;
}

export interface ModelStatus {
  readonly backend: Backend | null;
  readonly modelVersion: string | null;
  readonly backendNote: Text | null;
  readonly failure: ModelErrorCode | null;
}

/** What an analysis worker may ask of the networks. */
export interface NetworkApi {
  describe(): Promise<{ readonly card: ModelCard; readonly backend: Backend }>;
  infer(viewId: string, data: Float32Array<ArrayBuffer>, count: number): Promise<Inference>;
}

/** `exif.worker.ts`: may hang on crafted files, and is then terminated. */
export interface ExifWorkerApi {
  decode(tiff: Uint8Array): Promise<ExifTags>;
}

/** `c2pa.worker.ts`: may hang on crafted files, and is then terminated. */
export interface C2paWorkerApi {
  read(file: Uint8Array, format: ImageFormat): Promise<CredentialAnswer>;
}
