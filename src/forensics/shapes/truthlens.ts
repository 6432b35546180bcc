import type { Analysis } from '../report';
import { confidenceIn, saysAi } from './common';

/** A report as TruthLens's `POST /api/detect` would answer it. */
export interface TruthLensShape {
  readonly is_ai_generated: boolean;
  /** 0..1, in the yes or no; under 0.5 it says nothing. */
  readonly confidence: number;
}

export function toTruthLens(analysis: Analysis): TruthLensShape {
  return { is_ai_generated: saysAi(analysis), confidence: confidenceIn(analysis) };
}
