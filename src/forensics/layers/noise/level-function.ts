import { fitLine, quantileOfSorted, sorted } from '../../dsp/statistics';
import type { LumaTile } from '../../image';

/** Side of a block in px: 64 diagonal details, whose mean square is sure to 18 %. */
const BLOCK = 16;
const DETAILS = (BLOCK / 2) ** 2;
/** Blocks of a mean beyond these hold clipped samples, whose noise is cut off. */
const DARKEST = 6;
const BRIGHTEST = 249;
/** Fewer blocks than this make no function. */
const LEAST_BLOCKS = 48;
const MOST_BINS = 16;
const LEAST_IN_BIN = 12;
/** The smoothest share of the blocks of like brightness: texture only ever adds. */
const SMOOTHEST = 0.25;
/**
 * Quantile 0.25 of the mean of 64 squared normal numbers (chi-squared with 64 degrees of freedom, over 64,
 * by Wilson and Hilferty's cube): what the smoothest quarter shows where all blocks are equally noisy.
 */
const QUARTILE_OF_MEAN_SQUARE = (1 - 2 / (9 * DETAILS) - 0.6745 * Math.sqrt(2 / (9 * DETAILS))) ** 3;
/** Variance of rounding to whole grey levels, in diagonal details as in samples. */
const ROUNDING = 1 / 12;

export interface NoiseLevelFunction {
  /** Blocks measured. */
  readonly blocks: number;
  /** Share of blocks whose finest detail is less than rounding alone would leave: smoothed, 0..1. */
  readonly smoothed: number;
  /** Growth of the noise variance with brightness, grey levels (the photon share: a in a y + b). */
  readonly gain: number;
  /** Noise variance at black (the readout's share), grey levels squared; may be negative by gamma. */
  readonly offset: number;
  /** Root mean square of what the line leaves, over the mean variance. */
  readonly fitError: number;
  /** Correlation-like: share of the variance over brightness that the line explains, 0..1. */
  readonly explained: number;
  /** Brightness spanned, grey levels. */
  readonly span: number;
  /** What the line goes through, dark to bright: brightness (grey levels) and noise variance. */
  readonly points: readonly { readonly brightness: number; readonly variance: number }[];
}

/**
 * Noise variance as a linear function of brightness, var(y) = a y + b (the Poisson-Gaussian model; Foi,
 * Trimeche, Katkovnik and Egiazarian 2008): brightness and finest detail of blocks, the smoothest quarter
 * of the blocks of like brightness, and a line through these.
 * @returns null where too few blocks lie between black and white
 */
export function noiseLevelFunction(tiles: readonly LumaTile[]): NoiseLevelFunction | null {
  const means: number[] = [];
  const variances: number[] = [];
  let smoothed = 0;
  for (const tile of tiles) {
    for (let top = 0; top + BLOCK <= tile.size; top += BLOCK) {
      for (let left = 0; left + BLOCK <= tile.size; left += BLOCK) {
        const { mean, variance } = measureBlock(tile, left, top);
        if (mean < DARKEST || mean > BRIGHTEST) continue;
        means.push(mean);
        variances.push(variance);
        if (variance < ROUNDING) smoothed++;
      }
    }
  }
  const blocks = means.length;
  if (blocks < LEAST_BLOCKS) return null;
  const { x, y } = smoothestByBrightness(means, variances);
  const line = fitLine(x, y);
  const level = y.reduce((sum, value) => sum + value, 0) / y.length;
  const scatter = Math.sqrt(y.reduce((sum, value) => sum + (value - level) ** 2, 0) / y.length);
  return {
    blocks,
    smoothed: smoothed / blocks,
    gain: line.slope,
    offset: line.intercept,
    fitError: level > 0 ? line.error / level : 0,
    explained: scatter > 0 ? Math.max(0, 1 - (line.error / scatter) ** 2) : 0,
    span: (x.at(-1) ?? 0) - (x[0] ?? 0),
    points: x.map((brightness, bin) => ({ brightness, variance: y[bin] ?? 0 })),
  };
}

function measureBlock(tile: LumaTile, left: number, top: number): { mean: number; variance: number } {
  const { data, size } = tile;
  let sum = 0;
  let squares = 0;
  for (let y = 0; y < BLOCK; y += 2) {
    let at = (top + y) * size + left;
    for (let x = 0; x < BLOCK; x += 2, at += 2) {
      const a = data[at] ?? 0;
      const b = data[at + 1] ?? 0;
      const c = data[at + size] ?? 0;
      const d = data[at + size + 1] ?? 0;
      sum += a + b + c + d;
      squares += (a - b - c + d) ** 2;
    }
  }
  return { mean: sum / BLOCK ** 2, variance: squares / (4 * DETAILS) };
}

function smoothestByBrightness(
  means: readonly number[],
  variances: readonly number[],
): { x: number[]; y: number[] } {
  const order = [...means.keys()].sort((a, b) => (means[a] ?? 0) - (means[b] ?? 0));
  const bins = Math.min(MOST_BINS, Math.floor(order.length / LEAST_IN_BIN));
  const x: number[] = [];
  const y: number[] = [];
  for (let bin = 0; bin < bins; bin++) {
    const members = order.slice(
      Math.floor((bin * order.length) / bins),
      Math.floor(((bin + 1) * order.length) / bins),
    );
    x.push(members.reduce((sum, at) => sum + (means[at] ?? 0), 0) / members.length);
    const own = sorted(members.map((at) => variances[at] ?? 0));
    y.push(quantileOfSorted(own, SMOOTHEST) / QUARTILE_OF_MEAN_SQUARE);
  }
  return { x, y };
}
