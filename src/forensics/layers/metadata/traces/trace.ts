import type { MetadataView } from '../view';

/**
 * A statement of the file about how the picture was made.
 * - `generated`: made by a generator
 * - `composite`: a generator made part of it
 * - `synthetic`: drawn by a program without trained models
 */
export type TraceKind = 'generated' | 'composite' | 'synthetic';

export interface Trace {
  readonly kind: TraceKind;
  /** Name as known to people, or null where the statement names no maker. */
  readonly generator: string | null;
  /** Where it stands: `PNG text "parameters"`, `IPTC DigitalSourceType`. */
  readonly where: string;
  /** Model or checkpoint that the statement names. Hostile text, not yet cleaned. */
  readonly model?: string;
  /**
   * How particular the statement is: a maker's own record of settings (2) names the generator better
   * than a bare word in a Software field (1) or a source type without a name (0).
   */
  readonly weight: 0 | 1 | 2;
}

/** One generator's way of leaving traces. Looks only; never throws. */
export interface TraceDetector {
  readonly id: string;
  find(view: MetadataView): Trace | null;
}
