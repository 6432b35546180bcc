import { fitLine } from '../../dsp/statistics';
import { cellTable, planeOf } from './plane';

/**
 * Fit range in cycles per pixel. Below it a tile holds too few waves; above it JPEG, sharpening and the
 * scaler speak louder than the scene (van der Schaaf & van Hateren 1996 fit a like range).
 */
export const FIT_FROM = 1 / 32;
export const FIT_TO = 1 / 4;
/** Bins of equal width in log frequency over the fit range: every octave weighs the same. */
const FIT_BINS = 18;

/** Decibels per neper of power. */
export const DECIBEL = 10 / Math.LN10;

export interface RadialProfile {
  /** Exponent beta of power ~ 1 / f^beta over the fit range; natural pictures lie around 2. */
  readonly slope: number;
  /** Where the fitted line meets 1 cycle per px, ln power. */
  readonly intercept: number;
  /** Root mean square of what the line leaves, in dB. */
  readonly fitError: number;
  /** Mean power of a band above the fitted line, in dB: 0.25..0.35, 0.35..0.5, beyond 0.5 cycles per px. */
  readonly midExcess: number;
  readonly highExcess: number;
  readonly cornerExcess: number;
  /** Power of horizontal over vertical frequencies within 0.25..0.5, in dB. */
  readonly anisotropy: number;
}

/**
 * Radial fall-off of a mean log spectrum (after van der Schaaf & van Hateren 1996; as a sign of upsampling
 * networks, Durall et al. 2020). Averaging logarithms shifts every bin by the same constant, which leaves
 * the slope alone.
 * @param logPower mean ln power, size x size, u along rows
 */
export function radialProfile(logPower: Float64Array, size: number): RadialProfile {
  const line = fitFallOff(logPower, size);
  const { logFrequency, weight } = planeOf(size);
  const bands = bandsOf(size);
  const sums = new Float64Array(BANDS);
  const counts = new Float64Array(BANDS);
  for (let at = 0; at < bands.length; at++) {
    const cell = bands[at] ?? 0;
    if (cell === 0) continue;
    const cells = weight[(at / size) | 0] ?? 0;
    const power = logPower[at] ?? 0;
    const band = cell & 3;
    sums[band] = (sums[band] ?? 0) + cells * (power - line.intercept - line.slope * (logFrequency[at] ?? 0));
    counts[band] = (counts[band] ?? 0) + cells;
    const axis = cell >> 2;
    if (axis === 0) continue;
    sums[CORNER + axis] = (sums[CORNER + axis] ?? 0) + cells * power;
    counts[CORNER + axis] = (counts[CORNER + axis] ?? 0) + cells;
  }
  const mean = (band: number) => (sums[band] ?? 0) / Math.max(1, counts[band] ?? 0);
  return {
    slope: -line.slope,
    intercept: line.intercept,
    fitError: line.error * DECIBEL,
    midExcess: mean(MID) * DECIBEL,
    highExcess: mean(HIGH) * DECIBEL,
    cornerExcess: mean(CORNER) * DECIBEL,
    anisotropy: (mean(CORNER + ACROSS) - mean(CORNER + DOWN)) * DECIBEL,
  };
}

/** Least-squares line of mean ln power over ln frequency, bin by bin of the fit range. */
function fitFallOff(
  logPower: Float64Array,
  size: number,
): { slope: number; intercept: number; error: number } {
  const { logFrequency, weight } = planeOf(size);
  const bins = binsOf(size);
  const sums = new Float64Array(FIT_BINS);
  const logs = new Float64Array(FIT_BINS);
  const counts = new Int32Array(FIT_BINS);
  for (let at = 0; at < bins.length; at++) {
    const bin = bins[at] ?? NONE;
    if (bin === NONE) continue;
    const cells = weight[(at / size) | 0] ?? 0;
    sums[bin] = (sums[bin] ?? 0) + cells * (logPower[at] ?? 0);
    logs[bin] = (logs[bin] ?? 0) + cells * (logFrequency[at] ?? 0);
    counts[bin] = (counts[bin] ?? 0) + cells;
  }
  const x: number[] = [];
  const y: number[] = [];
  for (let bin = 0; bin < FIT_BINS; bin++) {
    const count = counts[bin] ?? 0;
    // Small tiles leave the lowest bins empty.
    if (count === 0) continue;
    x.push((logs[bin] ?? 0) / count);
    y.push((sums[bin] ?? 0) / count);
  }
  return fitLine(x, y);
}

const NONE = -1;

/** Bin of the fit range of each cell, or NONE. */
const binsOf = cellTable((u, v, size) => {
  const f = Math.sqrt(u * u + v * v) / size;
  if (f < FIT_FROM || f >= FIT_TO) return NONE;
  const octaves = Math.log(FIT_TO / FIT_FROM);
  return Math.min(FIT_BINS - 1, Math.floor((Math.log(f / FIT_FROM) / octaves) * FIT_BINS));
});

const MID = 1;
const HIGH = 2;
const CORNER = 3;
const ACROSS = 1;
const DOWN = 2;
/** Places for the three bands, from 1, and after them for the two axes. */
const BANDS = CORNER + DOWN + 1;

/** Band of each cell, 0 below the fit range's end, and above it times 4 the axis that it lies along, if any. */
const bandsOf = cellTable((u, v, size) => {
  const f = Math.sqrt(u * u + v * v) / size;
  if (f < FIT_TO) return 0;
  if (f >= 0.5) return CORNER;
  // Sectors of 45 degrees around the axes.
  const axis = Math.abs(u) > 2.414 * v ? ACROSS : v > 2.414 * Math.abs(u) ? DOWN : 0;
  return (f < 0.35 ? MID : HIGH) + 4 * axis;
});
