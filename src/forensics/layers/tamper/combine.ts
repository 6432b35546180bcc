import type { Method } from './measure';
import fitted from './weights.json';

/**
 * What `training/tamper/fit.py` writes: one logistic regression over the methods' cells for pictures that show a
 * first compression, one for those that do not.
 */
interface Weights {
  readonly intercept: number;
  readonly weights: Readonly<Record<Method, number>>;
  /** Log-odds of a cell from which it counts as part of a region. */
  readonly cut: number;
  /** 99th percentile of the cells' log-odds from which the layer warns; null where no such bound was worth it. */
  readonly warn: number | null;
}

const WEIGHTS: { readonly withHistory: Weights; readonly without: Weights } = fitted;

export interface Combined {
  /** Log-odds of every cell for not belonging to the rest of the picture. */
  readonly logOdds: Float32Array;
  readonly cut: number;
  readonly warn: number | null;
}

/** Weighs the methods into one map. */
export function combine(maps: Readonly<Record<Method, Float32Array>>, hasHistory: boolean): Combined {
  const { intercept, weights, cut, warn } = hasHistory ? WEIGHTS.withHistory : WEIGHTS.without;
  const logOdds = maps.level.map(
    (level, cell) =>
      intercept +
      weights.level * level +
      weights.ghosts * (maps.ghosts[cell] ?? 0) +
      weights.noise * (maps.noise[cell] ?? 0) +
      weights.history * (maps.history[cell] ?? 0),
  );
  return { logOdds, cut, warn };
}
