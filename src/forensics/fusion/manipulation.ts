import { type GeneratorClaim, isOriginalFile, type LayerResult, type Manipulation } from '../report';
import type { FusionConfig } from './config';
import { logisticLogOdds, sigmoid } from './evidence';
import type { FusionFacts } from './facts';

const NOT_CHECKED: Manipulation = { state: 'not-checked', score: null, regions: [] };

/** Parts may fall out in dozens of places; a person can look at a few. */
const MOST_REGIONS = 8;

/**
 * Signs that a part was pasted or painted in, from the tamper layer. Checked only for published files in the
 * formats of the fit in which an earlier compression can be read: elsewhere the layer's figures told spliced
 * from untouched pictures no better than chance. How far it may be trusted was measured on spliced photographs
 * (README); states that the measurement does not support have no threshold and are never given.
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
  const tamper = results.find((r) => r.id === 'tamper' && r.status !== 'unavailable');
  // Without a threshold there is nothing that a check could find: "none seen" would be an empty promise.
  const able = manipulation.possible !== null || manipulation.likely !== null;
  const checkable =
    able &&
    isOriginalFile(facts.how) &&
    manipulation.formats.includes(facts.format) &&
    tamper?.features.hasHistory === 1;
  const logOdds = tamper && checkable ? logisticLogOdds(manipulation.fit, tamper.features) : null;
  const measured = tamper && logOdds !== null ? measure(tamper, sigmoid(logOdds), config) : NOT_CHECKED;
  return claim?.kind === 'composite' ? { ...measured, state: 'likely' } : measured;
}

function measure(tamper: LayerResult, score: number, config: FusionConfig): Manipulation {
  const { possible, likely } = config.manipulation;
  const state =
    likely !== null && score >= likely
      ? 'likely'
      : possible !== null && score >= possible
        ? 'possible'
        : 'none-seen';
  return {
    state,
    score,
    regions: state === 'none-seen' ? [] : (tamper.regions ?? []).slice(0, MOST_REGIONS),
  };
}
