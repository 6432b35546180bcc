import FFT from 'fft.js';
import { hann } from '../../dsp/fft';
import { logGamma } from '../../dsp/gamma';
import { robust } from '../../dsp/statistics';
import type { Patch } from '../../pixels/patches';

/** Sides of the squares whose spectra are averaged: the largest of which the picture holds at least four. */
const SIDES = [256, 128, 64] as const;
/** Grey levels of a second difference at which a pixel counts as half predictable. */
const HALF_PREDICTABLE = 3;
/** Below this many cycles per px (enlarged 10 times and more) the scene has its own rhythms. */
const LOWEST = 0.1;
/** How far from k/8 cycles per px a peak may lie, in cells, to be JPEG's own. */
const GRID_TOLERANCE = 1.5;
/** Cells to each side that belong to a peak (Hann's main lobe), and that make its background. */
const LOBE = 2;
const RING = 12;
/** Mean and deviation of the logarithm of an exponential variable: a noise cell's log power. */
const LOG_MEAN = -0.5772156649;
const LOG_SD = Math.PI / Math.sqrt(6);
/** A square with less mean predictability contrast than this is blank. */
const LEAST_POWER = 1e-9;
const MOST_SIGNIFICANT = 50;

export interface Resampling {
  /** Cycles per px, 0.1..0.5, of the strongest rhythm off JPEG's grid. */
  readonly frequency: number;
  /** -log10 of how many rhythms as strong a picture of noise shows; over 3: once in 1000 pictures. */
  readonly significance: number;
  /** Over its surroundings, dB. */
  readonly strength: number;
  /** Enlargement factors that leave this rhythm, largest first. */
  readonly factors: readonly number[];
  /** Mean excess at k/8 cycles per px, dB: JPEG's blocks, not resampling. */
  readonly blocks: number;
  readonly squares: number;
}

/**
 * Rhythm of interpolation. Between the original pixels an enlarged, turned or warped picture holds
 * computed ones, which their neighbours predict better; so predictability repeats with the factor.
 * After Gallagher (Detection of linear and cubic interpolation in JPEG compressed images, CRV 2005:
 * second differences, averaged along lines, transformed) and Popescu and Farid (Exposing digital
 * forgeries by detecting traces of resampling, IEEE TSP 2005), with a fixed predictor and a bounded
 * contrast function as Kirchner showed to suffice (MM&Sec 2008).
 * @param lossless pixels never went through 8 x 8 blocks in this file: rhythms on that grid count, unless
 *   the grid itself shows
 * @returns null where the picture is too small or blank
 */
export function findResampling(patches: readonly Patch[], lossless: boolean): Resampling | null {
  const side = SIDES.find((size) => countSquares(patches, size) >= 4);
  if (side === undefined) return null;
  const { spectrum, lines } = averageSpectrum(patches, side);
  return lines === 0 ? null : judge(spectrum, side, lines, lossless);
}

function countSquares(patches: readonly Patch[], side: number): number {
  return patches.reduce(
    (n, { width, height }) => n + Math.floor(width / side) * Math.floor(height / side),
    0,
  );
}

/** Mean ln power over squares and both directions, each scaled to its own mean first. */
function averageSpectrum(patches: readonly Patch[], side: number): { spectrum: Float64Array; lines: number } {
  const fft = new FFT(side);
  const window = hann(side);
  const across = new Float64Array(side);
  const down = new Float64Array(side);
  const input = new Float64Array(2 * side);
  const output = new Float64Array(2 * side);
  const spectrum = new Float64Array(side / 2 + 1);
  let lines = 0;
  const add = (line: Float64Array) => {
    let mean = 0;
    for (let at = 0; at < side; at++) mean += line[at] ?? 0;
    mean /= side;
    for (let at = 0; at < side; at++) input[2 * at] = ((line[at] ?? 0) - mean) * (window[at] ?? 0);
    fft.transform(output, input);
    let power = 0;
    for (let at = 0; at <= side / 2; at++) power += powerAt(output, at);
    if (power < LEAST_POWER) return;
    for (let at = 0; at <= side / 2; at++) {
      spectrum[at] = (spectrum[at] ?? 0) + Math.log(powerAt(output, at) / power + 1e-12);
    }
    lines++;
  };
  for (const patch of patches) {
    for (let y = 0; y + side <= patch.height; y += side) {
      for (let x = 0; x + side <= patch.width; x += side) {
        predictability(patch, x, y, side, across, down);
        add(across);
        add(down);
      }
    }
  }
  for (let at = 0; at <= side / 2; at++) spectrum[at] = (spectrum[at] ?? 0) / Math.max(1, lines);
  return { spectrum, lines };
}

function powerAt(complex: Float64Array, at: number): number {
  return (complex[2 * at] ?? 0) ** 2 + (complex[2 * at + 1] ?? 0) ** 2;
}

/** Mean predictability of each column by its neighbours to the left and right, and of each row likewise. */
function predictability(
  { luma, width }: Patch,
  left: number,
  top: number,
  side: number,
  across: Float64Array,
  down: Float64Array,
): void {
  across.fill(0);
  down.fill(0);
  for (let y = 1; y < side - 1; y++) {
    down[y] = predictRow(luma, (top + y) * width + left, width, side, across);
  }
  // The outermost lines have one neighbour only: they repeat the next, so that no step appears.
  for (const line of [across, down]) {
    line[0] = line[1] ?? 0;
    line[side - 1] = line[side - 2] ?? 0;
  }
}

/**
 * One row's part of it: added to `across`, and answered for the row itself. A function of its own: V8 leaves a loop
 * that it compiled while it ran inside another at the end of every row.
 */
function predictRow(
  luma: Float32Array,
  from: number,
  width: number,
  side: number,
  across: Float64Array,
): number {
  const scale = 1 / (HALF_PREDICTABLE * HALF_PREDICTABLE);
  let row = 0;
  for (let x = 1, at = from + 1; x < side - 1; x++, at++) {
    const twice = 2 * (luma[at] ?? 0);
    const alongRow = twice - (luma[at - 1] ?? 0) - (luma[at + 1] ?? 0);
    const alongColumn = twice - (luma[at - width] ?? 0) - (luma[at + width] ?? 0);
    // Two fractions by one division, which is the slowest step.
    const a = 1 + alongRow * alongRow * scale;
    const b = 1 + alongColumn * alongColumn * scale;
    const both = 1 / (a * b);
    across[x] = (across[x] ?? 0) + b * both;
    row += a * both;
  }
  return row;
}

function judge(spectrum: Float64Array, side: number, lines: number, lossless: boolean): Resampling {
  const noise = LOG_SD / Math.sqrt(lines);
  const grid = new Float64Array(5);
  let searched = 0;
  let best = { cell: -1, rate: 0, excess: 0 };
  const excessAt = (cell: number) => {
    const ring: number[] = [];
    for (let step = LOBE + 1; step <= RING; step++) {
      for (const other of [cell - step, cell + step]) {
        const folded = other > side / 2 ? side - other : other;
        if (folded >= 2) ring.push(spectrum[folded] ?? 0);
      }
    }
    return { ...robust(ring), value: spectrum[cell] ?? 0 };
  };
  for (let k = 1; k <= 4; k++) {
    const { value, centre } = excessAt((k * side) / 8);
    grid[k] = value - centre;
  }
  const blocks = ((grid[1] ?? 0) + (grid[2] ?? 0) + (grid[3] ?? 0)) / 3;
  const gridShows = blocks > 4 * noise;
  for (let cell = Math.ceil(LOWEST * side); cell <= side / 2; cell++) {
    const fromGrid = Math.abs(cell - Math.round((cell * 8) / side) * (side / 8));
    if (fromGrid <= GRID_TOLERANCE && (!lossless || gridShows)) continue;
    searched++;
    const { value, centre, spread } = excessAt(cell);
    const excess = value - centre;
    const rate = lines * chernoff(excess / Math.max(1, spread / noise) + LOG_MEAN);
    if (rate > best.rate) best = { cell, rate, excess };
  }
  const frequency = best.cell < 0 ? 0 : best.cell / side;
  return {
    frequency,
    significance: clamp(best.rate / Math.LN10 - Math.log10(Math.max(1, searched)), 0, MOST_SIGNIFICANT),
    strength: best.excess * (10 / Math.LN10),
    factors: frequency > 0 ? [1 / frequency, 1 / (1 - frequency)] : [],
    blocks: blocks * (10 / Math.LN10),
    squares: lines / 2,
  };
}

/** Chernoff's exponent for the mean of logarithms of exponential variables to exceed x. */
function chernoff(x: number): number {
  const s = Math.exp(x) - 0.5;
  return s > 0 ? s * x - logGamma(1 + s) : 0;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
