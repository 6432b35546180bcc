import { median, standardDeviation } from '../../dsp/statistics';
import type { ForensicImage } from '../../image';
import { type BlockSample, readBlocks } from '../../jpeg/blocks';
import { type CompressionHistory, compressionHistory } from '../../jpeg/history';
import { findOutliers } from '../ela/outliers';
import { requantisationErrors, sharedHistory } from './fields';

/** Qualities of the trial compressions whose errors are compared, and the one of error level analysis. */
const GHOSTS = [40, 60, 75, 98] as const;
const LEVEL = 90;
/** Fewest cells with texture from which "usual" can be told: 8 x 8 cells, as error level analysis asks. */
const LEAST_CELLS = 64;
/** Smoothing of the compression history, in cells: it is noisy by the block and pasted parts are not. */
const SMOOTHING = 1.25;
/** Beyond this a deviation says no more. */
const LIMIT = 6;
const HISTORY_LIMIT = 4;
/** Natural log-likelihood a block; keeps differences of next to nothing small. */
const LEAST_SPREAD = 0.05;

/** The four methods, cell by cell; 0 is like the rest of the picture. */
export const METHODS = ['level', 'ghosts', 'noise', 'history'] as const;
export type Method = (typeof METHODS)[number];

export interface TamperMeasures {
  readonly sample: BlockSample;
  readonly history: CompressionHistory;
  /** Cells with texture. */
  readonly usable: number;
  /**
   * `level`, `ghosts`, `noise`: size of the deviation from what the texture explains, in robust deviations, 0..6.
   * `history`: how much less the cell shares the picture's first compression than the median cell does, in
   * standard deviations over the cells, -4..4; 0 everywhere where the picture shows no first compression.
   */
  readonly maps: Readonly<Record<Method, Float32Array>>;
  /** Log-likelihood itself for sharing the first compression, smoothed: below 0 the cell rather does not. */
  readonly shared: Float32Array;
}

/** Measures every method on the picture's sampled blocks; null where there is too little texture to compare. */
export async function measure(image: ForensicImage, signal: AbortSignal): Promise<TamperMeasures | null> {
  const sample = await readBlocks(image, signal);
  if (!sample || sample.columns * sample.rows < LEAST_CELLS) return null;
  const history = compressionHistory(image, sample);
  signal.throwIfAborted();

  const [own, ...others] = requantisationErrors(sample, [LEVEL, ...GHOSTS]);
  const level = deviations(sample, own ?? new Float32Array(0));
  if (level.usable < LEAST_CELLS) return null;
  const ghosts = new Float32Array(level.size.length);
  for (const errors of others) {
    const { size } = deviations(sample, errors);
    for (let cell = 0; cell < ghosts.length; cell++) {
      ghosts[cell] = (ghosts[cell] ?? 0) + (size[cell] ?? 0) ** 2 / GHOSTS.length;
    }
  }
  const shared = sharedSmoothed(sample, history);
  const centre = median(shared);
  const spread = standardDeviation(shared) + LEAST_SPREAD;
  return {
    sample,
    history,
    shared,
    usable: level.usable,
    maps: {
      level: level.size,
      ghosts: ghosts.map(Math.sqrt),
      noise: deviations(sample, sample.noise).size,
      history: shared.map((value) =>
        Math.max(-HISTORY_LIMIT, Math.min(HISTORY_LIMIT, (centre - value) / spread)),
      ),
    },
  };
}

/** Absolute deviations of a figure from its usual value at the same activity (see `findOutliers`). */
function deviations(sample: BlockSample, values: Float32Array): { size: Float32Array; usable: number } {
  const { columns, rows, activity, cell } = sample;
  const part = { x: 0, y: 0, width: columns * cell, height: rows * cell };
  const { smoothed, usable } = findOutliers({ part, columns, rows, activity, luma: values, chroma: values });
  return { size: smoothed.map((value) => Math.min(LIMIT, Math.abs(value))), usable };
}

function sharedSmoothed(sample: BlockSample, history: CompressionHistory): Float32Array {
  const { columns, rows } = sample;
  if (!history.double) return new Float32Array(columns * rows);
  return blurred(sharedHistory(sample, history.double, history.steps), columns, rows);
}

/** Gaussian smoothing; cells beyond the border do not count. */
function blurred(field: Float32Array, columns: number, rows: number): Float32Array {
  const reach = Math.ceil(3 * SMOOTHING);
  const weights = Array.from({ length: 2 * reach + 1 }, (_, at) =>
    Math.exp(-((at - reach) ** 2) / (2 * SMOOTHING ** 2)),
  );
  const along = (from: Float32Array, length: number, step: number, others: number, stride: number) => {
    const to = new Float32Array(from.length);
    for (let line = 0; line < others; line++) {
      for (let at = 0; at < length; at++) {
        let sum = 0;
        let weight = 0;
        for (let tap = Math.max(-reach, -at); tap <= Math.min(reach, length - 1 - at); tap++) {
          const own = weights[tap + reach] ?? 0;
          sum += own * (from[line * stride + (at + tap) * step] ?? 0);
          weight += own;
        }
        to[line * stride + at * step] = sum / weight;
      }
    }
    return to;
  };
  return along(along(field, columns, 1, rows, columns), rows, columns, columns, 1);
}
