import {
  type GeneratorClaim,
  isOriginalFile,
  type LayerResult,
  type Manipulation,
  type Region,
} from '../report';
import { message, type Text } from '../text';
import type { FusionConfig, ManipulationFit } from './config';
import { logisticLogOdds, sigmoid } from './evidence';
import type { FusionFacts } from './facts';

/** Parts may fall out in dozens of places; a person can look at a few. */
const MOST_REGIONS = 8;

/**
 * Signs that a part was pasted, painted in or copied. Two checks, fitted on spliced photographs by
 * `training/fusion/splices.py`, whose figures stand in the README:
 *
 * - `history`: in published JPEG files most of which show an earlier compression, parts that do not share it.
 * - `copies`: everywhere else, parts that appear twice. A search that finds none says next to nothing of other
 *   alterations, so the state is then `not-checked`, with the reason.
 *
 * States that the measurement does not support have no threshold and are never given. A file that itself states an
 * AI composite is likely manipulated whatever its pixels show.
 */
export function assessManipulation(
  results: readonly LayerResult[],
  claim: GeneratorClaim | null,
  facts: FusionFacts,
  config: FusionConfig,
): Manipulation {
  const measured = assess(new Seen(results), facts, config.manipulation);
  if (claim?.kind !== 'composite') return measured;
  const found = measured.state === 'possible' || measured.state === 'likely' ? (measured.because ?? []) : [];
  return { ...measured, state: 'likely', because: [message('fusion.manipulation.stated'), ...found] };
}

/** The two layers' results, where they ran, and their figures as the fits name them. */
class Seen {
  readonly tamper: LayerResult | undefined;
  readonly pixel: LayerResult | undefined;
  readonly figures: Readonly<Record<string, number>>;

  constructor(results: readonly LayerResult[]) {
    const ran = (id: string) => results.find((r) => r.id === id && r.status !== 'unavailable');
    this.tamper = ran('tamper');
    this.pixel = ran('pixel');
    this.figures = Object.fromEntries(
      [this.tamper, this.pixel].flatMap((result) =>
        result ? Object.entries(result.features).map(([name, value]) => [`${result.id}.${name}`, value]) : [],
      ),
    );
  }

  get hasCopies(): boolean {
    return (this.pixel?.features.copies ?? 0) > 0;
  }

  /** The figures of a picture that is the same but for its copied parts. */
  get withoutCopies(): Readonly<Record<string, number>> {
    return Object.fromEntries(
      Object.entries(this.figures).map(([name, value]) => [name, name.startsWith('pixel.cop') ? 0 : value]),
    );
  }
}

function assess(seen: Seen, facts: FusionFacts, config: FusionConfig['manipulation']): Manipulation {
  const { history, copies } = config;
  const hindrance = whyNoHistory(seen, facts, history);
  const ofParts = hindrance === null ? scoreOf(history, seen.figures) : null;
  if (ofParts !== null) {
    const state = stateOf(history, ofParts);
    if (state === 'none-seen') {
      return { state, score: ofParts, regions: [], because: [message('fusion.manipulation.even')] };
    }
    const alone = scoreOf(history, seen.withoutCopies) ?? 0;
    // Where the copies alone lifted the score, the parts that stand out by their history did not earn a mark.
    const stands = !seen.hasCopies || stateOf(history, alone) !== 'none-seen';
    return found(state, ofParts, stands ? seen.tamper : undefined, seen.hasCopies ? seen.pixel : undefined);
  }
  const ofCopies = seen.hasCopies ? scoreOf(copies, seen.figures) : null;
  if (ofCopies !== null) {
    const state = stateOf(copies, ofCopies);
    if (state !== 'none-seen') return found(state, ofCopies, undefined, seen.pixel);
  }
  const because = [hindrance ?? message('fusion.manipulation.no_measure')];
  if (seen.pixel) {
    because.push(message(seen.hasCopies ? 'fusion.manipulation.weak_copy' : 'fusion.manipulation.no_copy'));
  }
  return { state: 'not-checked', score: null, regions: [], because };
}

function found(
  state: 'possible' | 'likely',
  score: number,
  parts: LayerResult | undefined,
  copies: LayerResult | undefined,
): Manipulation {
  const because: Text[] = [];
  const regions: Region[] = [];
  if (copies) {
    because.push(message('fusion.manipulation.copy'));
    regions.push(...(copies.regions ?? []));
  }
  if (parts) {
    because.push(message('fusion.manipulation.part'));
    regions.push(...(parts.regions ?? []));
  }
  return { state, score, regions: regions.slice(0, MOST_REGIONS), because };
}

/** Null where the picture's parts can be compared by their compression history. */
function whyNoHistory(
  { tamper }: Seen,
  facts: FusionFacts,
  history: FusionConfig['manipulation']['history'],
): Text | null {
  // Without a threshold there is nothing that a check could find: "none seen" would be an empty promise.
  if (history.possible === null && history.likely === null) return message('fusion.manipulation.no_measure');
  if (!isOriginalFile(facts.how)) return message('fusion.manipulation.no_file');
  if (!history.formats.includes(facts.format)) {
    return message('fusion.manipulation.format', facts.format.toUpperCase());
  }
  if (!tamper) return message('fusion.manipulation.small');
  const { hasHistory, sharedMedian } = tamper.features;
  const readable = hasHistory === 1 && sharedMedian !== undefined && sharedMedian >= history.leastShared;
  return readable ? null : message('fusion.manipulation.no_history');
}

function scoreOf({ fit }: ManipulationFit, figures: Readonly<Record<string, number>>): number | null {
  const logOdds = logisticLogOdds(fit, figures);
  return logOdds === null ? null : sigmoid(logOdds);
}

function stateOf({ possible, likely }: ManipulationFit, score: number): 'likely' | 'possible' | 'none-seen' {
  if (likely !== null && score >= likely) return 'likely';
  return possible !== null && score >= possible ? 'possible' : 'none-seen';
}
