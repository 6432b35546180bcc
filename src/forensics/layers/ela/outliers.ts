import { median, quantileOfSorted, robust, sorted } from '../../dsp/statistics';
import { CELL } from './cell-errors';
import type { ErrorField } from './errors';
import { joinRegions, type OutlierRegion, REGION_DEVIATION } from './regions';

/**
 * Cells with less activity (grey levels) are blank: clipped sky, letterbox bars, flat graphics. Their
 * error is rounding, or nothing at all, whatever their history.
 */
export const BLANK_ACTIVITY = 0.35;
/** Below this error (grey levels) differences are rounding; it keeps the logarithm tame. */
const ERROR_FLOOR = 0.05;
/** Cells of like activity among which an error counts as usual. */
const LEAST_IN_BIN = 24;
const MOST_BINS = 12;
/** Deviations, robust, from which a cell counts as an outlier. */
export const OUTLIER = 3;
/** Smoothing reaches this many cells to each side: 5 x 5 cells, 80 x 80 px. */
const REACH = 2;
/** Fewest usable cells in a window for its mean to count. */
const LEAST_IN_WINDOW = 9;
export interface Outliers {
  /** Cells that are not blank. */
  readonly usable: number;
  /** Per cell: deviation from what its activity explains, in robust deviations; 0 for blank cells. */
  readonly deviation: Float32Array;
  /** The same, averaged over 5 x 5 cells and scaled to its own robust deviation. */
  readonly smoothed: Float32Array;
  /** Connected cells whose smoothed deviation stands out with one sign, strongest first. */
  readonly regions: readonly OutlierRegion[];
}

/**
 * Finds cells whose error is not explained by their texture. A trial compression changes busy cells more
 * than smooth ones, so each cell's error is compared (in log) with cells of like activity: the median and
 * robust spread of equally filled activity bins, interpolated.
 */
export function findOutliers(field: ErrorField): Outliers {
  const cells = field.luma.length;
  const usable: number[] = [];
  for (let cell = 0; cell < cells; cell++) {
    if ((field.activity[cell] ?? 0) >= BLANK_ACTIVITY) usable.push(cell);
  }
  const deviation = new Float32Array(cells);
  if (usable.length === 0) return { usable: 0, deviation, smoothed: deviation, regions: [] };
  const expected = expectedErrors(field, usable);
  for (const cell of usable) {
    const { centre, spread } = expected(field.activity[cell] ?? 0);
    deviation[cell] = (logError(field.luma[cell] ?? 0) - centre) / spread;
  }
  const smoothed = smooth(deviation, field, usable);
  return {
    usable: usable.length,
    deviation,
    smoothed,
    regions: joinRegions(smoothed, field, REGION_DEVIATION, field.pitch ?? CELL),
  };
}

/** Natural logarithm of a mean change in grey levels. */
export function logError(error: number): number {
  return Math.log(error + ERROR_FLOOR);
}

/** Usual log error and its spread as functions of activity. */
function expectedErrors(
  field: ErrorField,
  usable: readonly number[],
): (activity: number) => { centre: number; spread: number } {
  const ordered = [...usable].sort((a, b) => (field.activity[a] ?? 0) - (field.activity[b] ?? 0));
  const bins = Math.max(1, Math.min(MOST_BINS, Math.floor(ordered.length / LEAST_IN_BIN)));
  const knots: { at: number; centre: number; spread: number }[] = [];
  for (let bin = 0; bin < bins; bin++) {
    const members = ordered.slice(
      Math.floor((bin * ordered.length) / bins),
      Math.floor(((bin + 1) * ordered.length) / bins),
    );
    const { centre, spread } = robust(members.map((cell) => logError(field.luma[cell] ?? 0)));
    knots.push({ at: Math.log(median(members.map((cell) => field.activity[cell] ?? 0))), centre, spread });
  }
  // Computed pictures (gradients, flat graphics) have errors all alike; a tenth of a neper, some 10 %, is
  // then the least that counts as one deviation.
  const least = Math.max(0.1, 0.5 * median(knots.map((knot) => knot.spread)));
  return (activity) => {
    const { centre, spread } = interpolate(knots, Math.log(activity));
    return { centre, spread: Math.max(least, spread) };
  };
}

function interpolate(
  knots: readonly { at: number; centre: number; spread: number }[],
  at: number,
): { centre: number; spread: number } {
  const above = knots.findIndex((knot) => knot.at >= at);
  const high = knots[above === -1 ? knots.length - 1 : above];
  const low = knots[above === -1 ? knots.length - 1 : Math.max(0, above - 1)];
  if (!low || !high) return { centre: 0, spread: 1 };
  const share = high.at > low.at ? (at - low.at) / (high.at - low.at) : 0;
  return {
    centre: low.centre + (high.centre - low.centre) * share,
    spread: low.spread + (high.spread - low.spread) * share,
  };
}

/**
 * Mean over 5 x 5 cells, single cells limited to twice the outlier bound (so that one speck does not make
 * a region), divided by the field's own robust deviation: texture of a scene comes in patches, so
 * neighbours deviate together, and the scene itself tells how much.
 */
function smooth(deviation: Float32Array, field: ErrorField, usable: readonly number[]): Float32Array {
  const { columns, rows } = field;
  const smoothed = new Float32Array(deviation.length);
  const values: number[] = [];
  const counted: number[] = [];
  const isUsable = new Uint8Array(deviation.length);
  for (const cell of usable) isUsable[cell] = 1;
  for (const cell of usable) {
    const column = cell % columns;
    const row = (cell - column) / columns;
    let sum = 0;
    let count = 0;
    for (let y = Math.max(0, row - REACH); y <= Math.min(rows - 1, row + REACH); y++) {
      for (let x = Math.max(0, column - REACH); x <= Math.min(columns - 1, column + REACH); x++) {
        const other = y * columns + x;
        if (isUsable[other] === 0) continue;
        sum += Math.min(2 * OUTLIER, Math.max(-2 * OUTLIER, deviation[other] ?? 0));
        count++;
      }
    }
    if (count < LEAST_IN_WINDOW) continue;
    smoothed[cell] = sum / count;
    values.push(sum / count);
    counted.push(cell);
  }
  if (values.length === 0) return smoothed;
  const { centre, spread } = robust(values);
  // What the mean of 25 independent cells would vary by: the field is never taken for calmer than that.
  const scale = Math.max(spread, 1 / (2 * REACH + 1));
  for (const cell of counted) smoothed[cell] = ((smoothed[cell] ?? 0) - centre) / scale;
  return smoothed;
}

/** Median error of the busiest fourth of usable cells over that of the calmest, as a natural logarithm. */
export function busyOverCalm(field: ErrorField): number {
  const usable = [...field.activity.keys()].filter((cell) => (field.activity[cell] ?? 0) >= BLANK_ACTIVITY);
  if (usable.length === 0) return 0;
  const ascending = sorted(usable.map((cell) => field.activity[cell] ?? 0));
  const calm = quantileOfSorted(ascending, 0.25);
  const busy = quantileOfSorted(ascending, 0.75);
  const errorsWhere = (holds: (activity: number) => boolean) =>
    median(
      usable
        .filter((cell) => holds(field.activity[cell] ?? 0))
        .map((cell) => logError(field.luma[cell] ?? 0)),
    );
  return errorsWhere((activity) => activity >= busy) - errorsWhere((activity) => activity <= calm);
}
