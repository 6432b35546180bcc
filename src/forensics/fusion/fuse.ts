import type { Analysis, Generator, LayerResult } from '../report';
import type { FusionConfig } from './config';
import { chooseSet, evidenceIn, type LayerEvidence, layerEvidence, sigmoid } from './evidence';
import type { FusionFacts } from './facts';
import { assessManipulation } from './manipulation';
import { gatherStatements, leadingClaim, statementContributions } from './statements';
import { assessUncertainty } from './uncertainty';
import { decide } from './verdict';

export type Fused = Pick<
  Analysis,
  | 'verdict'
  | 'probability'
  | 'startLogOdds'
  | 'uncertainty'
  | 'manipulation'
  | 'generator'
  | 'layers'
  | 'because'
>;

/** Nothing measured on pictures is surer than this. */
const MOST = 0.99;

/**
 * Weighs the layers that ran into one probability, one verdict and how far to trust them.
 *
 * `logit p = slope * (intercept + sum weight_i * s_i) + offset + s_claims`, where `s_i` are the pixel
 * layers' calibrated log-odds (stage 1), weights, intercept, slope, offset and thresholds belong to the preferred
 * set of layers that ran (stacked generalisation, Wolpert 1992; Platt scaling, Platt 1999) and `s_claims`
 * is the smoothed log-likelihood ratio of the file's own claim. Signed statements and watermarks come on
 * top of that sum (`statements.ts`).
 *
 * @param results one per layer, in any order
 * @returns layers with `score` and `contribution` filled, heaviest first; probability 0.01..0.99
 */
export function fuse(results: readonly LayerResult[], facts: FusionFacts, config: FusionConfig): Fused {
  const evidence = results.map((result) => layerEvidence(result, config));
  const set = chooseSet(evidence, config.sets);

  const { slope, intercept } = set.calibration;
  const contributionOf = (one: LayerEvidence): number => {
    if (one.family === 'claims') return one.logOdds ?? 0;
    const { id } = one.result;
    const weight = Object.hasOwn(set.weights, id) ? (set.weights[id] ?? 0) : 0;
    return slope * weight * (evidenceIn(set, one) ?? 0);
  };
  const measured = evidence.map((e) => ({ ...e, contribution: contributionOf(e) }));
  const base = slope * set.intercept + intercept;
  const pixels = base + sum(measured.filter((e) => e.family === 'pixels'));
  const notes = sum(measured.filter((e) => e.family === 'claims'));

  const statements = gatherStatements(results);
  const stated = statementContributions(statements, pixels + notes, config);
  const weighed = measured
    .map((e) => ({ ...e, contribution: e.contribution + (stated[e.result.id] ?? 0) }))
    .sort(
      (a, b) => Math.abs(b.contribution) - Math.abs(a.contribution) || (a.result.id < b.result.id ? -1 : 1),
    );
  const probability = Math.min(MOST, Math.max(1 - MOST, sigmoid(base + sum(weighed))));

  const claim = leadingClaim(statements);
  const uncertainty = assessUncertainty({
    probability,
    // A proof is not one sign among others: it is told where the pixels disagree, not weighed.
    contributions: weighed.filter((e) => e.result.id !== 'provenance').map((e) => e.contribution),
    proven: Boolean(stated.provenance),
    modelRan: evidence.some((e) => e.result.id === 'model' && e.logOdds !== null),
    setHalfWidth: set.halfWidth,
    facts,
    config,
  });
  const { verdict, because } = decide({
    probability,
    pixelProbability: set.layers.length > 0 ? sigmoid(pixels) : null,
    halfWidth: uncertainty.width,
    statements,
    thresholds: set.verdicts,
  });
  return {
    verdict,
    because,
    probability,
    startLogOdds: base,
    uncertainty,
    manipulation: assessManipulation(results, claim, facts, config),
    generator: suspectedGenerator(claim, results, probability),
    layers: weighed.map(({ result, logOdds, contribution }) => ({
      ...result,
      score: logOdds === null ? null : sigmoid(logOdds),
      contribution,
    })),
  };
}

const sum = (all: readonly { readonly contribution: number }[]): number =>
  all.reduce((total, e) => total + e.contribution, 0);

/**
 * What the file states goes before what the pixels resemble. A statement is as sure as the fused probability;
 * a resemblance is named only where the picture is more likely generated than not, and no surer than that.
 */
function suspectedGenerator(
  claim: LayerResult['claim'] | null,
  results: readonly LayerResult[],
  probability: number,
): Generator | null {
  if (claim?.kind === 'generated' && claim.name !== null)
    return { name: claim.name, confidence: probability };
  const suspect = results.find((result) => result.status !== 'unavailable' && result.suspect)?.suspect;
  if (!suspect || claim || probability < 0.5) return null;
  return { name: suspect.name, confidence: Math.min(suspect.confidence, probability) };
}
