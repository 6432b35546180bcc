import type { Analysis, LayerResult, Report } from '../report';
import type { Text } from '../text';

/** Turns a message into words of the reader's language: the shapes hold sentences, the engine holds none. */
export type Say = (text: Text) => string;

/** A finished check: what was found, its number and its time. A `Report` is one. */
export type Finished = Analysis & Pick<Report, 'id' | 'checkedAt'>;

/** A layer that ran, by its id; null where it did not. */
export function ran(layers: readonly LayerResult[], id: string): LayerResult | null {
  return layers.find((layer) => layer.id === id && layer.status !== 'unavailable') ?? null;
}

/** To a number of decimals, as the documented examples have them. */
export function rounded(value: number, decimals: number): number {
  const factor = 10 ** decimals;
  return Math.round(value * factor) / factor;
}

/**
 * Confidence in a yes or no, 0..1. From 0.5 on it is the probability of the side taken; an
 * inconclusive verdict stays under 0.5, which is where FauxLens's guide calls a result inconclusive:
 * there it is the distance from the middle, 0 for even odds.
 */
export function confidenceIn({ verdict, probability }: Analysis): number {
  if (verdict === 'inconclusive') return rounded(Math.min(0.49, Math.abs(2 * probability - 1)), 2);
  const side = saysAi({ verdict, probability }) ? probability : 1 - probability;
  return rounded(Math.max(0.5, side), 2);
}

/** The side that a yes or no has to take; an inconclusive verdict takes the more likely one. */
export function saysAi({ verdict, probability }: Pick<Analysis, 'verdict' | 'probability'>): boolean {
  if (verdict === 'inconclusive') return probability >= 0.5;
  return verdict === 'ai-generated' || verdict === 'likely-ai-generated';
}
