import type { Analysis } from '../../forensics/report';

/** One line of the sum that makes the result: a layer, or the start. In log-odds. */
export interface Addend {
  /** A layer's id; null for the start. */
  readonly layer: string | null;
  readonly value: number;
}

export interface Sum {
  /** The start, then the layers, heaviest first. They add up to `total`. */
  readonly addends: readonly Addend[];
  readonly total: number;
  /** Logistic of the total: the probability before it is held to 1..99 %. */
  readonly probability: number;
}

/**
 * The log-odds of a report and what they are made of, or null where the layers carry no
 * contributions (a provider's answer). Reports from before the start was recorded have it worked out
 * from the probability, as long as that was not held at one of its ends.
 */
export function sumOf(analysis: Pick<Analysis, 'probability' | 'startLogOdds' | 'layers'>): Sum | null {
  const weighed = analysis.layers.filter(
    (layer) => layer.contribution !== undefined && Number.isFinite(layer.contribution),
  );
  if (weighed.length === 0) return null;
  const layers = weighed.map(({ id, contribution = 0 }) => ({ layer: id, value: contribution }));
  const ofLayers = layers.reduce((sum, { value }) => sum + value, 0);
  const start = analysis.startLogOdds ?? startFrom(analysis.probability, ofLayers);
  if (start === null) return null;
  const total = start + ofLayers;
  const sorted = [...layers].sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
  return {
    addends: [{ layer: null, value: start }, ...sorted],
    total,
    probability: 1 / (1 + Math.exp(-total)),
  };
}

function startFrom(probability: number, ofLayers: number): number | null {
  if (probability <= 0.01 || probability >= 0.99) return null;
  return Math.log(probability / (1 - probability)) - ofLayers;
}

/** Points below which a layer is put together with the rest. */
const HARDLY = 0.05;

/** The lines to show one by one, and those too slight for it, which are told as one. */
export function weighty({ addends }: Sum): {
  one: readonly Addend[];
  slight: readonly Addend[];
  slightSum: number;
} {
  const isWeighty = ({ layer, value }: Addend) => layer === null || Math.abs(value) >= HARDLY;
  const slight = addends.filter((addend) => !isWeighty(addend));
  return {
    one: addends.filter(isWeighty),
    slight,
    slightSum: slight.reduce((sum, { value }) => sum + value, 0),
  };
}

/** A bar between -1 and 1 of the chart's half-width: where it begins and how long it is, both 0..1. */
export function barOf(value: number, largest: number): { from: number; length: number } {
  const share = largest > 0 ? Math.min(1, Math.abs(value) / largest) : 0;
  return { from: value < 0 ? 0.5 - share / 2 : 0.5, length: share / 2 };
}
