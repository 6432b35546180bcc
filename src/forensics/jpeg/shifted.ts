import { GRIDS } from './block-sums';
import { folderOf } from './fold';
import { ijgTable } from './tables';

/**
 * Was the picture compressed before on another grid than the last one's, as after cropping or pasting?
 *
 * On the first compression's own grid the first coefficients of its blocks (eight times their mean) still lie near
 * multiples of its step; on any other grid they do not. So the first coefficients of all 64 grids are counted, and
 * one grid whose histogram has a period stands out (Bianchi and Piva, Detection of Nonaligned Double JPEG
 * Compression Based on Integer Periodicity Maps, IEEE TIFS 2012). It needs no transform: box sums are enough.
 */
export interface Shift {
  /** Grid of the earlier compression, px from the last one's, 0..7 each and not both 0. */
  readonly x: number;
  readonly y: number;
  /** Step of its first coefficient. */
  readonly step: number;
  /** Strength of that period on that grid: 1 where every block lies on a multiple, 0 where none does more. */
  readonly strength: number;
  /** The same over the root mean square of the other 62 grids. */
  readonly peak: number;
  /** Standard deviation of the coefficients about the multiples of the step. */
  readonly spread: number;
}

/** A shift that says enough. */
export interface ShiftedCompression extends Shift {
  /** Best quality of the IJG scale with that step for the first coefficient, 1..100. */
  readonly quality: number;
}

/** First coefficients 0..2040, in whole numbers. */
const LEVELS = 2048;
/** Blocks as dark or bright as this are cut off, and their period is the cut's. */
const DARKEST = 24;
const BRIGHTEST = LEVELS - 8 - DARKEST;
/** Steps tried: 1 says nothing, and 24 is quality 33. */
const STEPS = { from: 2, to: 24 } as const;
/** Fewest blocks a grid, below which chance makes periods of its own. */
const LEAST_BLOCKS = 200;
/**
 * Peak from which an earlier compression is said to be seen, and the strength it must have by itself.
 * Measured on pictures with one compression, and on real ones: layers/jpeg/README.md.
 */
const SEEN_PEAK = 7.5;
const SEEN_STRENGTH = 0.12;

/** Counts of first coefficients by level and grid (`countFirstCoefficients`). */
export type FirstCoefficients = Uint32Array;

export function emptyFirstCoefficients(): FirstCoefficients {
  return new Uint32Array(GRIDS * LEVELS);
}

/** The grid and step with the strongest period of all, whether it says enough or not; null with too few blocks. */
export function strongestShift(counts: FirstCoefficients): Shift | null {
  const strengths = periods(counts);
  if (!strengths) return null;
  let best: Shift | null = null;
  for (let step = STEPS.from; step <= STEPS.to; step++) {
    const row = strengths.subarray(step * GRIDS, (step + 1) * GRIDS);
    let squares = 0;
    let most = 1;
    for (let grid = 1; grid < GRIDS; grid++) {
      const strength = row[grid] ?? 0;
      squares += strength * strength;
      if (strength > (row[most] ?? 0)) most = grid;
    }
    const strength = row[most] ?? 0;
    const peak = strength / Math.sqrt(Math.max(1e-12, (squares - strength * strength) / (GRIDS - 2)));
    if (best && (strength < SEEN_STRENGTH || peak * strength <= best.peak * best.strength)) continue;
    const spread = (step * Math.sqrt(-2 * Math.log(Math.min(1, Math.max(1e-12, strength))))) / (2 * Math.PI);
    best = { x: most & 7, y: most >> 3, step, peak, strength, spread };
  }
  return best;
}

/** The strongest shift where it says enough; null otherwise. */
export function seenShift(strongest: Shift | null): ShiftedCompression | null {
  if (!strongest || strongest.peak < SEEN_PEAK || strongest.strength < SEEN_STRENGTH) return null;
  return { ...strongest, quality: qualityOf(strongest.step) };
}

/**
 * Strength of each step's period on each grid, `step * GRIDS + grid`: the length of the mean of
 * exp(2 pi i value / step). Counts folded at 24 tell of 2, 3, 4, 6, 8 and 12 as well, so they are folded at the
 * larger steps only.
 */
function periods(counts: FirstCoefficients): Float64Array | null {
  const { fold } = folderOf(counts.subarray(DARKEST * GRIDS, BRIGHTEST * GRIDS), DARKEST, STEPS.to);
  const blocks = fold(1).slice(0, GRIDS);
  if (blocks.some((count) => count < LEAST_BLOCKS)) return null;
  const strengths = new Float64Array((STEPS.to + 1) * GRIDS);
  for (let period: number = STEPS.to; 2 * period > STEPS.to; period--) {
    const folded = fold(period);
    for (let step = period; step >= STEPS.from; step--) {
      if (period % step !== 0) continue;
      for (let grid = 0; grid < GRIDS; grid++) {
        const strength = strengthOf(folded, grid, period, step) / (blocks[grid] ?? 1);
        strengths[step * GRIDS + grid] = strength;
      }
    }
  }
  return strengths;
}

/** Length of the sum of exp(2 pi i value / step) over a grid's counts folded at a multiple of the step. */
function strengthOf(folded: Uint32Array, grid: number, period: number, step: number): number {
  let real = 0;
  let imaginary = 0;
  for (let phase = 0; phase < period; phase++) {
    const turn = step * STEPS.to + (phase % step);
    const count = folded[phase * GRIDS + grid] ?? 0;
    real += count * (COSINES[turn] ?? 0);
    imaginary += count * (SINES[turn] ?? 0);
  }
  return Math.hypot(real, imaginary);
}

/** Cosines and sines of a full turn in `step` parts, `step * STEPS.to + part`. */
const COSINES = turns(Math.cos);
const SINES = turns(Math.sin);

function turns(wave: (angle: number) => number): Float64Array {
  return Float64Array.from({ length: (STEPS.to + 1) * STEPS.to }, (_, at) => {
    const step = Math.max(1, Math.floor(at / STEPS.to));
    return wave((2 * Math.PI * (at % STEPS.to)) / step);
  });
}

/** Middle of the qualities of the IJG scale with this first step; the nearest where none has it. */
function qualityOf(step: number): number {
  let [nearest, sum, count] = [Number.POSITIVE_INFINITY, 0, 0];
  for (let quality = 1; quality <= 100; quality++) {
    const off = Math.abs((ijgTable(quality)[0] ?? 1) - step);
    if (off < nearest) [nearest, sum, count] = [off, 0, 0];
    if (off === nearest) {
      sum += quality;
      count++;
    }
  }
  return Math.round(sum / count);
}
