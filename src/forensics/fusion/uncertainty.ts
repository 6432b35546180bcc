import { isOriginalFile, type Uncertainty, type UncertaintyReason } from '../report';
import type { FusionConfig } from './config';
import type { FusionFacts } from './facts';

/** Compression that throws detail away; elsewhere a low bit rate says only that the picture is plain. */
const LOSSY = new Set(['jpeg', 'webp', 'avif', 'heic']);

/** The reach of the clamp: a proven probability stands at 1 or 99 %. */
const PROVEN_HALF_WIDTH = 0.01;

/**
 * How far the probability may be off, and why. Each width is a calibration error measured on images
 * of that condition (see the README); the widest that applies counts. They are not added: they were
 * measured on whole images, so each already holds what usually comes with it.
 */
export function assessUncertainty(given: {
  readonly probability: number;
  readonly contributions: readonly number[];
  /** A trusted signature decided: what was measured on pictures says nothing of how far it may be off. */
  readonly proven: boolean;
  readonly modelRan: boolean;
  readonly setHalfWidth: number;
  readonly facts: FusionFacts;
  readonly config: FusionConfig;
}): Uncertainty {
  const { probability, facts } = given;
  if (given.proven) return { width: PROVEN_HALF_WIDTH, reasons: [] };
  const { zones, small, recompressed, pixelsOnly, conflict } = given.config.uncertainty;
  const reasons: UncertaintyReason[] = [];
  const widths = [zones.find((zone) => probability <= zone.upTo)?.halfWidth ?? 0.5, given.setHalfWidth];
  const note = (reason: UncertaintyReason, halfWidth: number): void => {
    reasons.push(reason);
    widths.push(halfWidth);
  };

  if (!given.modelRan) note('model-missing', given.setHalfWidth);
  if (inConflict(given.contributions, conflict.logOdds)) note('layers-in-conflict', conflict.halfWidth);
  if (!isOriginalFile(facts.how)) note('pixels-only', pixelsOnly.halfWidth);
  if (Math.min(facts.width, facts.height) < small.shorterSide) note('small', small.halfWidth);
  if (LOSSY.has(facts.format) && bitsPerPixel(facts) < recompressed.bitsPerPixel) {
    note('recompressed', recompressed.halfWidth);
  }
  const width = Math.min(0.5, Math.max(...widths));
  if (Math.abs(probability - 0.5) <= width) reasons.push('borderline');
  return { width, reasons };
}

function bitsPerPixel({ bytes, width, height }: FusionFacts): number {
  const pixels = width * height;
  return pixels > 0 ? (bytes * 8) / pixels : Number.POSITIVE_INFINITY;
}

/** True where what speaks for AI and what speaks against it both weigh at least `least` log-odds. */
function inConflict(contributions: readonly number[], least: number): boolean {
  let towards = 0;
  let against = 0;
  for (const c of contributions) {
    if (c > 0) towards += c;
    else against -= c;
  }
  return towards > 0 && against > 0 && Math.min(towards, against) >= least;
}
