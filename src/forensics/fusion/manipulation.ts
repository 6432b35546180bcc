import { type GeneratorClaim, isOriginalFile, type LayerResult, type Manipulation } from '../report';
import type { FusionConfig } from './config';
import { logisticLogOdds, sigmoid } from './evidence';
import type { FusionFacts } from './facts';

const NOT_CHECKED: Manipulation = { state: 'not-checked', score: null, regions: [] };

/** Error levels may stand out in hundreds of places; a person can look at a few. */
const MOST_REGIONS = 8;

/**
 * Signs that a part was pasted or painted in, from error level analysis. Checked only for published
 * files in the formats of the fit: elsewhere the previous compression, on which the method rests, is
 * not in the pixels. How far it may be trusted was measured on spliced photographs (README); states
 * that the measurement does not support have no threshold and are never given.
 *
 * A file that itself states an AI composite is likely manipulated whatever its pixels show.
 */
export function assessManipulation(
  results: readonly LayerResult[],
  claim: GeneratorClaim | null,
  facts: FusionFacts,
  config: FusionConfig,
): Manipulation {
  const { manipulation } = config;
  const ela = results.find((r) => r.id === 'ela' && r.status !== 'unavailable');
  // Without a threshold there is nothing that a check could find: "none seen" would be an empty promise.
  const able = manipulation.possible !== null || manipulation.likely !== null;
  const checkable = able && isOriginalFile(facts.how) && manipulation.formats.includes(facts.format);
  const logOdds = ela && checkable ? logisticLogOdds(manipulation.fit, ela.features) : null;
  const measured = ela && logOdds !== null ? measure(ela, sigmoid(logOdds), config) : NOT_CHECKED;
  return claim?.kind === 'composite' ? { ...measured, state: 'likely' } : measured;
}

function measure(ela: LayerResult, score: number, config: FusionConfig): Manipulation {
  const { possible, likely } = config.manipulation;
  const state =
    likely !== null && score >= likely
      ? 'likely'
      : possible !== null && score >= possible
        ? 'possible'
        : 'none-seen';
  return { state, score, regions: state === 'none-seen' ? [] : (ela.regions ?? []).slice(0, MOST_REGIONS) };
}
