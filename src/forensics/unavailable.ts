import type { Layer } from './layer';
import type { LayerResult } from './report';
import type { Text } from './text';

/**
 * The result of a layer that did not run, or had nothing to judge.
 * @param why in a sentence
 * @param label in a short line; the reason itself where it is short enough
 */
export function unavailable(
  { id, family }: Pick<Layer, 'id' | 'family'>,
  why: Text,
  label = why,
): LayerResult {
  return {
    id,
    family,
    status: 'unavailable',
    unavailable: why,
    score: null,
    features: {},
    label,
    explanation: { seen: [], means: [], otherwise: [] },
  };
}
