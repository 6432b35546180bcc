import * as v from 'valibot';
import { type Party, validate } from '../../reply';
import type { Band, RemoteResult } from '../../types';
import { likelihoodOf, NOT_CHECKED, undecided } from '../common';

/** TruthLens's replies in our terms, as the article shows them. */

const SCALE = '0–1';

/** The article's middleware refuses images above this confidence. */
const SURE = 0.8;

/** Under this a confidence in a yes or a no says less than a coin. */
const CONCLUSIVE = 0.5;

const YES = 'is_ai_generated: true';
const NO = 'is_ai_generated: false';

export const BANDS: readonly Band[] = [
  band('ai', YES, [SURE, 1], 'ai-generated'),
  band('likely_ai', YES, [CONCLUSIVE, SURE], 'likely-ai-generated'),
  band('authentic', NO, [CONCLUSIVE, 1], 'likely-authentic'),
  band('inconclusive', null, [0, CONCLUSIVE], 'inconclusive'),
];

function band(
  id: string,
  word: string | null,
  [from, to]: readonly [number, number],
  verdict: Band['verdict'],
): Band {
  return { id, word, from, to, scale: SCALE, meaningKey: `providers.truthlens.bands.${id}`, verdict };
}

const replySchema = v.object({
  is_ai_generated: v.boolean(),
  confidence: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
});

/**
 * A reply in our terms. `confidence` is read as confidence in the yes or no beside it, as the
 * article's own code does (`is_ai_generated and confidence > 0.8`).
 * @throws CheckError `provider-bad-reply`
 */
export function readReply(json: unknown, party: Party): RemoteResult {
  const { is_ai_generated: isAi, confidence } = validate(replySchema, json, party);
  const id = bandId(isAi, confidence);
  const verdict = BANDS.find((band) => band.id === id)?.verdict ?? 'inconclusive';
  return {
    analysis: {
      ...(verdict === 'inconclusive'
        ? undecided(0.5, 'borderline')
        : { verdict, ...likelihoodOf(isAi ? confidence : 1 - confidence) }),
      manipulation: NOT_CHECKED,
      generator: null,
      layers: [],
    },
    own: { verdict: isAi ? YES : NO, score: confidence, scale: SCALE, band: id },
    hashMatches: null,
    processingMs: null,
  };
}

function bandId(isAi: boolean, confidence: number): string {
  if (confidence < CONCLUSIVE) return 'inconclusive';
  if (!isAi) return 'authentic';
  return confidence >= SURE ? 'ai' : 'likely_ai';
}
