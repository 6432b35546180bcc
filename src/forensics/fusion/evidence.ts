import type { LayerResult } from '../report';
import type { ClaimFit, FusionConfig, LayerFit, LogisticFit, SetFit } from './config';

/** What one layer says on its own: log-odds of AI at even prior odds, or null where it has no say. */
export interface LayerEvidence {
  readonly result: LayerResult;
  readonly logOdds: number | null;
  /** Metadata is weighed apart from the pixels: the deliveries that teach the one destroy the other. */
  readonly family: 'pixels' | 'claims';
}

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

const clip = (x: number, low: number, high: number): number => Math.min(high, Math.max(low, x));

/** Log-odds of a logistic fit, or null where a feature it needs is missing or not a finite number. */
export function logisticLogOdds(fit: LogisticFit, features: Readonly<Record<string, number>>): number | null {
  let sum = fit.intercept;
  for (const term of fit.terms) {
    const value = Object.hasOwn(features, term.feature) ? features[term.feature] : undefined;
    if (value === undefined || !Number.isFinite(value)) return null;
    sum += (term.coefficient * (clip(value, term.low, term.high) - term.mean)) / term.scale;
  }
  return sum;
}

/**
 * Log-odds of what the file claims about itself, held to the policy's caps: anyone can copy a
 * camera's EXIF onto anything, and most of the web strips metadata from photographs.
 */
function claimLogOdds(fit: ClaimFit, result: LayerResult, policy: FusionConfig['policy']): number {
  const { logRatios } = fit;
  switch (result.claim?.kind) {
    case 'generated':
      return Math.max(0, logRatios.generated);
    case 'composite':
      return Math.max(0, logRatios.composite);
    case 'camera':
      return clip(logRatios.camera, -policy.cameraCap, 0);
    case 'edited':
      return clip(logRatios.edited, -policy.weakCap, policy.weakCap);
    case undefined:
      return clip(logRatios.none, -policy.weakCap, policy.weakCap);
  }
}

/** Stage 1: each layer on its own. A layer that did not run, or that no fit knows, has no say. */
export function layerEvidence(result: LayerResult, config: FusionConfig): LayerEvidence {
  const fit = Object.hasOwn(config.layers, result.id) ? config.layers[result.id] : undefined;
  const family = fit?.kind === 'claims' ? 'claims' : 'pixels';
  if (!fit || result.status === 'unavailable') return { result, logOdds: null, family };
  return { result, logOdds: logOddsOf(fit, result, config), family };
}

function logOddsOf(fit: LayerFit, result: LayerResult, config: FusionConfig): number | null {
  switch (fit.kind) {
    case 'claims':
      return claimLogOdds(fit, result, config.policy);
    case 'logistic':
      return logisticLogOdds(fit, result.features);
    case 'own': {
      const { score } = result;
      if (score === null || !(score >= 0 && score <= 1)) return null;
      return clip(Math.log(score / (1 - score)), fit.low, fit.high);
    }
  }
}

/**
 * What each layer brings to a set: its own log-odds, or its part of the set's fit of all figures together. Null
 * where it has no say in the set or did not run.
 */
export function evidenceIn(set: SetFit, { result, logOdds }: LayerEvidence): number | null {
  if (!Object.hasOwn(set.weights, result.id) || result.status === 'unavailable') return null;
  const fit = set.fits && Object.hasOwn(set.fits, result.id) ? set.fits[result.id] : undefined;
  return fit ? logisticLogOdds(fit, result.features) : logOdds;
}

/**
 * The first set, in the fit's order of preference, whose layers all have something to say. The fit puts sets with
 * the detector before any without: two weak layers are more layers than one strong one, and not better.
 * The empty set is always the last.
 */
export function chooseSet(evidence: readonly LayerEvidence[], sets: readonly SetFit[]): SetFit {
  const best = sets.find((set) =>
    set.layers.every((id) => evidence.some((e) => e.result.id === id && evidenceIn(set, e) !== null)),
  );
  if (!best) throw new Error('The fusion weights hold no empty set.'); // parseFusionConfig refuses that
  return best;
}
