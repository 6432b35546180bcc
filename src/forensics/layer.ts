import type { ForensicImage } from './image';
import type { GeneratorSpectra } from './layers/fingerprint/averages';
import type { FamilyGuess } from './model/card';
import type { ImageFormat, LayerFamily, LayerResult, LocalLayerId } from './report';
import type { RgbaImage } from './rgba';
import type { CameraFingerprint } from './sensor/camera';

/** What a layer asks of an image: `file` the published bytes, `pixels` the decoded picture. */
export type LayerNeed = 'file' | 'pixels';

/**
 * What several layers ask of a picture and is computed once in each worker that needs it: `reduced` the
 * picture's luma at 512 px, `patches` a megapixel of native tiles in colour, `residual` their noise, `blocks` the DCT.
 */
export type SharedPart = 'reduced' | 'patches' | 'residual' | 'blocks';

/**
 * One kind of evidence. A layer never throws for bad pixels or bad metadata: it answers
 * `unavailable` with a reason. It throws only when `signal` is aborted.
 */
export interface Layer {
  readonly id: LocalLayerId;
  readonly family: LayerFamily;
  readonly needs: readonly LayerNeed[];
  /**
   * True where it mostly waits for another worker, which has a deadline of its own (EXIF, the networks,
   * the validator of credentials): another layer runs meanwhile, and the layers' deadline does not count.
   */
  readonly waits?: boolean;
  /** Parts that it shares with others: layers with the same ones are run by the same worker where that can be. */
  readonly shares?: readonly SharedPart[];
  analyze(image: ForensicImage, services: EngineServices, signal: AbortSignal): Promise<LayerResult>;
}

/** What the engine needs from outside itself, so that it stays pure and testable. */
export interface EngineServices {
  readonly exif: ExifDecoder;
  readonly jpeg: JpegCodec;
  readonly detector: Detector;
  readonly credentials: CredentialReader;
  /** Cameras that the person has enrolled; absent where nothing is kept. */
  readonly cameras?: () => Promise<readonly CameraFingerprint[]>;
  /** Average residual spectra of known generators; absent where they are not shipped. */
  readonly generatorSpectra?: () => Promise<GeneratorSpectra>;
}

/** Reads a TIFF-structured EXIF block under a deadline that terminates the reader. */
export interface ExifDecoder {
  /**
   * @param tiff the block, from its byte-order mark on (no `Exif\0\0` prefix)
   * @returns flat tag name -> value, or throws when the block is malformed or the deadline passed
   */
  decode(tiff: Uint8Array, signal: AbortSignal): Promise<ExifTags>;
}

/** Validates Content Credentials (C2PA) offline, under a deadline that terminates the validator. */
export interface CredentialReader {
  /** @throws where the validator broke down or the deadline passed */
  read(file: Uint8Array, format: ImageFormat, signal: AbortSignal): Promise<CredentialAnswer>;
}

export type CredentialAnswer =
  /** The validator's report, and the day of each trust list by its id. */
  | { readonly kind: 'store'; readonly json: string; readonly issued: Readonly<Record<string, string>> }
  | { readonly kind: 'none' }
  /** The file only names an address that holds its credentials. */
  | { readonly kind: 'remote'; readonly url: string }
  /** A store that the validator refuses: malformed, or of a draft of the standard. */
  | { readonly kind: 'unreadable'; readonly detail: string };

export type ExifTags = Readonly<Record<string, string | number | readonly number[] | Date>>;

/** The browser's JPEG codec. */
export interface JpegCodec {
  /** Encodes at `quality` (0..1) and decodes again, same size. */
  roundTrip(image: RgbaImage, quality: number): Promise<RgbaImage>;
  /**
   * Decodes a small JPEG that lies inside the file (a thumbnail), stored values, its own EXIF ignored.
   * The caller checks its declared size first. @throws where it cannot be decoded
   */
  decode(bytes: Uint8Array): Promise<RgbaImage>;
}

/** The neural networks, wherever they run. */
export interface Detector {
  /** Pixels are taken from `image` by the card's views; answers raw logits and the calibrated score. */
  detect(image: ForensicImage, signal: AbortSignal): Promise<DetectorResult>;
}

/** A square at full detail that a network judged, in pixels of the analysed image. */
export interface CloseUp {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  /** Log-odds; above 0 leans to AI. */
  readonly logit: number;
}

/** Close-ups on a grid over the whole picture. */
export interface Survey {
  /** Of the analysed image, in px. */
  readonly width: number;
  readonly height: number;
  /** Row by row. */
  readonly crops: readonly CloseUp[];
}

export interface DetectorResult {
  /** Combined log-odds by the card's weights, before calibration. */
  readonly logit: number;
  /** Log-odds by view, before calibration: `{ global: -1.2, region: 0.4 }`. */
  readonly logits: Readonly<Record<string, number>>;
  /** Family of generators that the networks name, or null where none, or none surely enough. */
  readonly family: FamilyGuess | null;
  /** Combined score before fusion: the card's combination and calibration, 0..1; null without a calibration. */
  readonly probability: number | null;
  readonly backend: 'webgpu' | 'wasm';
  readonly modelVersion: string;
  readonly ms: number;
}
