import { fitLine } from '../../dsp/statistics';

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
  const sums = new Float64Array(FIT_BINS);
  const logs = new Float64Array(FIT_BINS);
  const counts = new Int32Array(FIT_BINS);
  const octaves = Math.log(FIT_TO / FIT_FROM);
  eachCell(size, (at, fx, fy, cells) => {
    const f = Math.sqrt(fx * fx + fy * fy);
    if (f < FIT_FROM || f >= FIT_TO) return;
    const bin = Math.min(FIT_BINS - 1, Math.floor((Math.log(f / FIT_FROM) / octaves) * FIT_BINS));
    sums[bin] = (sums[bin] ?? 0) + cells * (logPower[at] ?? 0);
    logs[bin] = (logs[bin] ?? 0) + cells * Math.log(f);
    counts[bin] = (counts[bin] ?? 0) + cells;
  });
  const x: number[] = [];
  const y: number[] = [];
  for (let bin = 0; bin < FIT_BINS; bin++) {
    const count = counts[bin] ?? 0;
    // Small tiles leave the lowest bins empty.
    if (count === 0) continue;
    x.push((logs[bin] ?? 0) / count);
    y.push((sums[bin] ?? 0) / count);
  }
  const line = fitLine(x, y);

  const bands = {
    mid: new Mean(),
    high: new Mean(),
    corner: new Mean(),
    across: new Mean(),
    down: new Mean(),
  };
  eachCell(size, (at, fx, fy, cells) => {
    const f = Math.sqrt(fx * fx + fy * fy);
    if (f < FIT_TO) return;
    const power = logPower[at] ?? 0;
    const excess = power - line.intercept - line.slope * Math.log(f);
    if (f < 0.35) bands.mid.add(excess, cells);
    else if (f < 0.5) bands.high.add(excess, cells);
    else bands.corner.add(excess, cells);
    if (f >= 0.5) return;
    // Sectors of 45 degrees around the axes.
    if (Math.abs(fx) > 2.414 * Math.abs(fy)) bands.across.add(power, cells);
    if (Math.abs(fy) > 2.414 * Math.abs(fx)) bands.down.add(power, cells);
  });
  return {
    slope: -line.slope,
    intercept: line.intercept,
    fitError: line.error * DECIBEL,
    midExcess: bands.mid.value * DECIBEL,
    highExcess: bands.high.value * DECIBEL,
    cornerExcess: bands.corner.value * DECIBEL,
    anisotropy: (bands.across.value - bands.down.value) * DECIBEL,
  };
}

/**
 * Visits every cell of half the plane but the mean, with its frequency in cycles per px, and how many cells it
 * stands for: the other half mirrors it, as the fields are real.
 */
export function eachCell(
  size: number,
  visit: (at: number, fx: number, fy: number, cells: number) => void,
): void {
  for (let v = 0; v <= size / 2; v++) {
    const cells = v === 0 || v === size / 2 ? 1 : 2;
    for (let u = 0; u < size; u++) {
      if (u === 0 && v === 0) continue;
      visit(v * size + u, (u < size / 2 ? u : u - size) / size, v / size, cells);
    }
  }
}

class Mean {
  #sum = 0;
  #count = 0;
  add(value: number, weight: number): void {
    this.#sum += weight * value;
    this.#count += weight;
  }
  get value(): number {
    return this.#count > 0 ? this.#sum / this.#count : 0;
  }
}
