import FFT from 'fft.js';
import { logGamma } from '../../dsp/gamma';
import { hann } from '../../dsp/hann';
import { robust } from '../../dsp/statistics';
import type { Patch } from '../../pixels/patches';
import { predictability } from './rhythm-kernel';

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
  for (const { luma, width, height } of patches) {
    for (let y = 0; y + side <= height; y += side) {
      for (let x = 0; x + side <= width; x += side) {
        predictability(luma, width, y * width + x, side, HALF_PREDICTABLE, across, down);
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
