import type { Verdict } from '../report';
import { message, type Text } from '../text';
import type { Thresholds } from './config';
import { contradictsCamera, type Statements } from './statements';

/**
 * The verdict in words, and the sentences that give its reason, weightiest first.
 *
 * A proven statement (signed, whole, by a signer on a trust list) leads: made by AI is `ai-generated`
 * whatever the pixels look like, taken by a camera is `authentic`, unless pixels or notes speak of AI;
 * then it is held to "likely". A statement by an unknown signer is told and never counts.
 *
 * Next leads an unsigned statement, or an invisible watermark, that the picture was generated: few take
 * the trouble to forge one. Where the pixels would by themselves have been judged authentic, it is held
 * to "likely" and the conflict is told. Without such a statement the fitted thresholds decide, and only
 * where the band around the probability stays on one side of even odds.
 */
export function decide(given: Evidence): Decision {
  const proven = byProof(given);
  if (proven) return proven;
  const { statements } = given;
  const because: Text[] = [];
  if (statements.proven?.kind === 'composite') {
    because.push(named('fusion.because.proven_composite', statements.proven.name));
  }
  if (statements.unproven?.kind === 'generated' || statements.unproven?.kind === 'composite') {
    because.push(message('fusion.because.unproven'));
  }
  return byStatement(given, because) ?? byMeasurement(given, because);
}

interface Evidence {
  readonly probability: number;
  /** P(AI) of the pixel layers alone, or null where none ran. */
  readonly pixelProbability: number | null;
  readonly halfWidth: number;
  readonly statements: Statements;
  /** Of the set of layers that had the word. */
  readonly thresholds: Thresholds;
}

interface Decision {
  readonly verdict: Verdict;
  readonly because: readonly Text[];
}

/** A signature by a signer on a trust list, over this very file. */
function byProof(given: Evidence): Decision | null {
  const { proven } = given.statements;
  if (proven?.kind === 'generated') {
    const because = [named('fusion.because.proven_ai', proven.name)];
    if (pixelsSayReal(given)) because.push(message('fusion.because.proven_ai_against_pixels'));
    return { verdict: 'ai-generated', because };
  }
  if (proven?.kind !== 'camera') return null;
  const because = [named('fusion.because.proven_camera', proven.name)];
  const pixelsSay = pixelsSayAi(given);
  if (!pixelsSay && !contradictsCamera(given.statements)) return { verdict: 'authentic', because };
  because.push(message('fusion.because.proven_camera_contradicted'));
  return { verdict: pixelsSay ? 'inconclusive' : 'likely-authentic', because };
}

/** A note or a watermark that says the picture was generated. */
function byStatement(given: Evidence, because: readonly Text[]): Decision | null {
  const { noted, watermark } = given.statements;
  const stated: Text[] = [];
  if (noted?.kind === 'generated') {
    stated.push(
      noted.name === null
        ? message('fusion.because.claim_unnamed', noted.where)
        : message('fusion.because.claim', noted.name, noted.where),
    );
  }
  if (watermark) stated.push(named('fusion.because.watermark', watermark.name));
  if (stated.length === 0) return null;
  if (!pixelsSayReal(given)) return { verdict: 'ai-generated', because: [...stated, ...because] };
  const held = message('fusion.because.claim_against_pixels');
  return { verdict: 'likely-ai-generated', because: [...stated, held, ...because] };
}

/** The fitted thresholds. */
function byMeasurement(given: Evidence, told: readonly Text[]): Decision {
  const { probability, pixelProbability, halfWidth, statements } = given;
  const { aiGenerated, likelyAiGenerated, likelyAuthentic } = given.thresholds;
  const { noted } = statements;
  const because: Text[] = [...told];
  if (noted?.kind === 'composite') because.push(message('fusion.because.composite', noted.where));
  if (noted?.kind === 'camera') because.push(named('fusion.because.camera', noted.name));
  if (pixelProbability === null) because.push(message('fusion.because.no_pixels'));

  const above = probability - halfWidth > 0.5;
  const below = probability + halfWidth < 0.5;
  if (above && aiGenerated !== null && probability >= aiGenerated) {
    return { verdict: 'ai-generated', because: [message('fusion.because.ai'), ...because] };
  }
  if (above && likelyAiGenerated !== null && probability >= likelyAiGenerated) {
    return { verdict: 'likely-ai-generated', because: [message('fusion.because.likely_ai'), ...because] };
  }
  if (below && likelyAuthentic !== null && probability <= likelyAuthentic) {
    return { verdict: 'likely-authentic', because: [message('fusion.because.likely_authentic'), ...because] };
  }
  return { verdict: 'inconclusive', because: [whyInconclusive(probability, above || below), ...because] };
}

function pixelsSayReal({ pixelProbability, thresholds }: Evidence): boolean {
  const { likelyAuthentic } = thresholds;
  return likelyAuthentic !== null && pixelProbability !== null && pixelProbability <= likelyAuthentic;
}

function pixelsSayAi({ pixelProbability, thresholds }: Evidence): boolean {
  const { likelyAiGenerated } = thresholds;
  return likelyAiGenerated !== null && pixelProbability !== null && pixelProbability >= likelyAiGenerated;
}

function whyInconclusive(probability: number, oneSided: boolean): Text {
  if (!oneSided) return message('fusion.because.inconclusive_wide');
  return probability > 0.5
    ? message('fusion.because.inconclusive_towards_ai')
    : message('fusion.because.inconclusive_towards_authentic');
}

/** The sentence with a name in it, or its variant for none. */
function named(key: string, name: string | null): Text {
  return name === null ? message(`${key}_unnamed`) : message(key, name);
}
