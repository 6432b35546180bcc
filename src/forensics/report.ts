import type { Text } from './text';

/** Verdicts from "made by AI" to "proven real". `authentic` needs positive proof, never mere absence of signs. */
export type Verdict =
  | 'ai-generated'
  | 'likely-ai-generated'
  | 'inconclusive'
  | 'likely-authentic'
  | 'authentic';

/** How the bytes were had. Everything but `original` and `file` means: pixels only, metadata lost. */
export type AcquiredBy =
  /** The site's own file, by the service worker's fetch. */
  | 'original'
  /** The original bytes, read inside the page (a data: or blob: address, or a same-origin fetch). */
  | 'page-bytes'
  /** A file the user chose, dropped or named on the command line. */
  | 'file'
  /** Pixels drawn again from the page: canvas, video frame, or an image the page itself re-encoded. */
  | 'page-pixels'
  /** A crop of the visible tab: pixels as shown, scaled and colour-managed by the browser. */
  | 'tab-crop';

/** True where the acquired bytes are the file as published, so that metadata and compression may be read. */
export function isOriginalFile(how: AcquiredBy): boolean {
  return how === 'original' || how === 'page-bytes' || how === 'file';
}

/** Ids of the engine's own layers. A provider's layers carry its own ids. */
export type LocalLayerId =
  | 'provenance'
  | 'watermark'
  | 'metadata'
  | 'ela'
  | 'jpeg'
  | 'benford'
  | 'tamper'
  | 'frequency'
  | 'model'
  | 'noise'
  | 'pixel'
  | 'prnu'
  | 'edge'
  | 'fingerprint'
  | 'color'
  | 'texture'
  | 'physics';

export type LayerFamily =
  | 'metadata'
  | 'compression'
  | 'frequency'
  | 'model'
  | 'pixels'
  | 'physics'
  | 'provider';

/** `unavailable` is never shown as clear: the layer did not run, and `unavailable` says why. */
export type LayerStatus = 'flagged' | 'warning' | 'clear' | 'unavailable';

/** What a person reads when a layer is opened. */
export interface Explanation {
  /** What was seen in THIS image, with its figures. */
  readonly seen: readonly Text[];
  /** What that means. */
  readonly means: readonly Text[];
  /** Innocent causes and limits: what else could explain it. */
  readonly otherwise: readonly Text[];
}

/** A row of a facts table (camera make, quantisation, sampled tiles ...). Values are hostile: text nodes only. */
export interface Fact {
  readonly name: Text;
  readonly value: Text;
}

/** Local evidence over the image. Row-major, `data.length === width * height`, values 0..1. */
export interface EvidenceMap {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
  /** What bright means. */
  readonly shows: Text;
  /** Pixels of the analysed image that one map cell covers; the map spans the whole image. */
  readonly cell: number;
}

/** A map that came after the report, to stand with its layer there. */
export interface LaterMap {
  readonly layer: LocalLayerId;
  readonly map: EvidenceMap;
}

/** A picture a layer wants shown as such (a spectrum), grey, row-major, 0..255, with marks in its own pixels. */
export interface EvidencePicture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
  readonly shows: Text;
  readonly marks: readonly { readonly x: number; readonly y: number; readonly label: string }[];
}

/**
 * A straight line drawn over the image: a direction of light, a shadow's edge, the way from a part to its
 * copy. Coordinates in pixels of the analysed image; ends may lie on its border, never outside.
 */
export interface EvidenceMark {
  readonly from: { readonly x: number; readonly y: number };
  readonly to: { readonly x: number; readonly y: number };
  /** An arrow points at `to`. */
  readonly kind: 'line' | 'arrow';
  /** `odd` marks disagree with the others and are drawn to stand out. */
  readonly tone: 'usual' | 'odd';
  /** What this line is, in one short phrase. */
  readonly label: Text;
}

/**
 * Nested facts (a chain of credentials: who signed, with what tool, from which ingredients). Values are
 * hostile: text nodes only. History keeps at most `TREE_MAX_NODES` nodes of `TREE_MAX_DEPTH` levels.
 */
export interface EvidenceTree {
  readonly label: Text;
  readonly value?: Text;
  /** Empty for a leaf. */
  readonly children: readonly EvidenceTree[];
}

/**
 * A curve or histogram, for a real plot. Plain arrays, so that it survives JSON. All series share `x.values`;
 * history keeps at most `PLOTS_MAX` plots a layer of `PLOT_MAX_SERIES` series and `PLOT_MAX_POINTS` points.
 */
export interface EvidencePlot {
  readonly title: Text;
  readonly x: PlotAxis & {
    /** Ascending and finite; above 0 on a logarithmic scale. */
    readonly values: readonly number[];
  };
  readonly y: PlotAxis;
  readonly series: readonly PlotSeries[];
  /** Places on the x axis worth a vertical line: a period of 8 px, a quality of 71. */
  readonly marks?: readonly { readonly x: number; readonly label: Text }[];
}

export interface PlotAxis {
  /** What is measured, with its unit where it has one: `Spatial frequency (cycles per pixel)`. */
  readonly label: Text;
  /** `linear` where left out. */
  readonly scale?: 'linear' | 'log';
}

export interface PlotSeries {
  readonly label: Text;
  readonly kind: 'line' | 'bars' | 'points';
  /** One a value of x; null leaves a gap. Finite numbers only. */
  readonly values: readonly (number | null)[];
  /** What it is compared with (the expected law, a usual photograph): drawn more faintly. */
  readonly reference?: boolean;
}

export interface LayerResult {
  readonly id: string;
  readonly family: LayerFamily;
  readonly status: LayerStatus;
  /** Why the layer did not run; set exactly when status is `unavailable`. */
  readonly unavailable?: Text;
  /**
   * P(AI | this layer alone), calibrated, 0..1, or null where the layer has no calibrated say.
   * Layers leave it null: `fusion` fills it from the fitted weights.
   */
  readonly score: number | null;
  /** Named figures for the fusion; units are given in the layer's README. Finite numbers only. */
  readonly features: Readonly<Record<string, number>>;
  /** One short line a person understands. */
  readonly label: Text;
  readonly explanation: Explanation;
  readonly facts?: readonly Fact[];
  readonly map?: EvidenceMap;
  /** Parts that stand out from the rest of the picture, strongest first. */
  readonly regions?: readonly Region[];
  readonly picture?: EvidencePicture;
  /** Lines and arrows over the image, most telling first; at most some dozens. */
  readonly marks?: readonly EvidenceMark[];
  readonly plots?: readonly EvidencePlot[];
  /** Facts that hang together as a tree, its root the whole (`Content Credentials`). */
  readonly tree?: EvidenceTree;
  /** What the file itself claims about its maker, if anything (metadata, later provenance). */
  readonly claim?: GeneratorClaim;
  /** Family of generators that the pixels resemble most, where a layer can tell (the trained detector). */
  readonly suspect?: Generator;
  /** Change of the fused log-odds by this layer, filled by fusion; its size orders the layers. */
  readonly contribution?: number;
  /** Milliseconds this layer took. */
  readonly ms?: number;
}

/** A statement inside the file about what made it. Anyone can write one; few take the trouble to forge one. */
export interface GeneratorClaim {
  readonly kind: 'generated' | 'composite' | 'camera' | 'edited';
  /** Name as known to people: `Midjourney`, `Stable Diffusion`, `Canon EOS R5`. */
  readonly name: string | null;
  /** Where it was found: `PNG text "parameters"`, `IPTC DigitalSourceType`. */
  readonly where: string;
  /**
   * Set where the statement is signed (Content Credentials): `trusted` where the signature is whole and its
   * signer stands on a trust list, `untrusted` where anyone may have signed it. Absent for plain notes.
   */
  readonly proof?: 'trusted' | 'untrusted';
}

export interface Generator {
  readonly name: string;
  /** 0..1 */
  readonly confidence: number;
}

export type UncertaintyReason =
  | 'small'
  | 'recompressed'
  | 'pixels-only'
  | 'layers-in-conflict'
  | 'model-missing'
  | 'borderline';

export interface Uncertainty {
  /** Half-width of the band around the probability, 0..0.5. */
  readonly width: number;
  readonly reasons: readonly UncertaintyReason[];
}

export interface Region {
  /** In pixels of the analysed image. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** 0..1 */
  readonly score: number;
}

export interface Manipulation {
  readonly state: 'none-seen' | 'possible' | 'likely' | 'not-checked';
  /** 0..1, or null when not checked. */
  readonly score: number | null;
  readonly regions: readonly Region[];
  /** What it rests on, or why it could not be checked. Reports of before this was told have none. */
  readonly because?: readonly Text[];
}

export type ImageFormat = 'jpeg' | 'png' | 'webp' | 'gif' | 'avif' | 'heic' | 'bmp' | 'tiff' | 'svg' | 'ico';

export interface ImageFacts {
  /** Lower-case hex of the acquired bytes. */
  readonly sha256: string;
  readonly bytes: number;
  readonly format: ImageFormat;
  readonly width: number;
  readonly height: number;
}

export type Backend = 'webgpu' | 'wasm';

/** Milliseconds. */
export interface Timings {
  readonly total: number;
  readonly acquire: number;
  readonly decode: number;
  readonly layers: Readonly<Record<string, number>>;
  readonly model: number;
}

/** What the engine answers for one image. */
export interface Analysis {
  readonly image: ImageFacts;
  readonly verdict: Verdict;
  /** Why this verdict, weightiest reason first. Absent where a provider gives none. */
  readonly because?: readonly Text[];
  /** Calibrated P(AI-generated), 0.01..0.99. */
  readonly probability: number;
  /**
   * Log-odds before any layer has spoken. With the layers' contributions it adds up to the fused
   * log-odds, whose logistic is `probability` before its clamp. Absent where a provider answered.
   */
  readonly startLogOdds?: number;
  readonly uncertainty: Uncertainty;
  readonly manipulation: Manipulation;
  readonly generator: Generator | null;
  /** In order of weight, heaviest first. */
  readonly layers: readonly LayerResult[];
  readonly backend: Backend | null;
  readonly modelVersion: string | null;
  readonly timings: Timings;
}

/** Where an image was met. `page` never leaves the machine. */
export interface ReportSource {
  /** The image's own address, or null for pixels without one. data: and blob: addresses are shortened. */
  readonly url: string | null;
  readonly page: string | null;
  readonly how: AcquiredBy;
}

/** One finished check, local or remote: the object that history keeps and the pages show. */
export interface Report extends Analysis {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly checkedAt: number;
  readonly source: ReportSource;
  /** `local` or a provider's id. */
  readonly engine: string;
}
