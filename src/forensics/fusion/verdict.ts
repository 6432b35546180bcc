import type { GeneratorClaim, Verdict } from '../report';
import { message, type Text } from '../text';
import type { FusionConfig } from './config';

/**
 * The verdict in words, and the sentences that give its reason, weightiest first.
 *
 * A statement in the file that it was generated leads: few take the trouble to forge one. Where the
 * pixels would by themselves have been judged authentic, it is held to "likely" and the conflict is
 * told. Without such a statement the fitted thresholds decide, and only where the band around the
 * probability stays on one side of even odds. `authentic` needs validated provenance: never from here.
 */
export function decide(given: {
  readonly probability: number;
  /** P(AI) of the pixel layers alone, or null where none ran. */
  readonly pixelProbability: number | null;
  readonly halfWidth: number;
  readonly claim: GeneratorClaim | null;
  readonly config: FusionConfig;
}): { readonly verdict: Verdict; readonly because: readonly Text[] } {
  const { probability, pixelProbability, halfWidth, claim } = given;
  const { aiGenerated, likelyAiGenerated, likelyAuthentic } = given.config.verdicts;

  if (claim?.kind === 'generated') {
    const stated =
      claim.name === null
        ? message('fusion.because.claim_unnamed', claim.where)
        : message('fusion.because.claim', claim.name, claim.where);
    const contradicted =
      likelyAuthentic !== null && pixelProbability !== null && pixelProbability <= likelyAuthentic;
    return contradicted
      ? { verdict: 'likely-ai-generated', because: [stated, message('fusion.because.claim_against_pixels')] }
      : { verdict: 'ai-generated', because: [stated] };
  }

  const because: Text[] = [];
  if (claim?.kind === 'composite') because.push(message('fusion.because.composite', claim.where));
  if (claim?.kind === 'camera') {
    because.push(
      claim.name === null
        ? message('fusion.because.camera_unnamed')
        : message('fusion.because.camera', claim.name),
    );
  }
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

function whyInconclusive(probability: number, oneSided: boolean): Text {
  if (!oneSided) return message('fusion.because.inconclusive_wide');
  return probability > 0.5
    ? message('fusion.because.inconclusive_towards_ai')
    : message('fusion.because.inconclusive_towards_authentic');
}
