import { hann } from '../../dsp/hann';
import { once } from '../../dsp/once';
import { PowerSum } from '../../dsp/power-sum';
import { median } from '../../dsp/statistics';
import type { ForensicImage } from '../../image';
import type { ResidualTile } from '../../pixels/residual';
import { rawAll } from '../../pixels/source';
import { DECIBEL } from '../frequency/radial';
import { interpolationProbability } from './interpolation';

/** Side of the squares taken from the middle of each tile, in px. */
const SIDE = 64;
const TAPER = hann(SIDE);
/** Squares measured at most: the weights of each cost milliseconds. */
const MOST_SQUARES = 4;
/** Cells of the spectrum around (1/2, 1/2) among which its peak is looked for: the map's own lobe. */
const LOBE = 1;

export interface ColourFilterTrace {
  /** Squares measured. */
  readonly squares: number;
  /** Variance of detail along diagonals, at period 2, over the median of all periods, dB. */
  readonly diagonal: number;
  /** The same at the other periods of JPEG's blocks (8, 4, 8/3 px), the strongest of them, dB. */
  readonly blocks: number;
  /** Peak of the map of interpolated samples at period 2 along both axes, over its surroundings, dB. */
  readonly lattice: number;
}

/**
 * Traces of demosaicing in the green channel. A sensor sees green at every second cell, like the black
 * fields of a chessboard; the rest is interpolated, and smoother.
 *
 * `diagonal`: the mean size of the Laplacian along diagonals alternates (Gallagher and Chen 2008).
 * `lattice`: the samples that their neighbours explain best form that chessboard (Popescu and Farid 2005).
 * @returns null where every square is blank
 */
export async function colourFilterTrace(
  image: ForensicImage,
  tiles: readonly ResidualTile[],
): Promise<ColourFilterTrace | null> {
  const chosen = evenly(tiles, MOST_SQUARES);
  if (chosen.length === 0) return null;
  const words = new Int32Array(chosen.length * SIDE * SIDE);
  const places = chosen.map(({ x, y, size }) => {
    const inset = Math.floor((size - SIDE) / 2);
    return { x: x + inset, y: y + inset, width: SIDE, height: SIDE };
  });
  await rawAll(image.pixels, places, words);
  const maps = mapsOf();
  maps.reset();
  const diagonals = new Float64Array(SIDE / 2 + 1);
  const green = new Float64Array(SIDE * SIDE);
  let squares = 0;
  for (let first = 0; first < words.length; first += green.length) {
    for (let at = 0; at < green.length; at++) green[at] = ((words[first + at] ?? 0) >>> 8) & 255;
    const periods = diagonalPeriods(green);
    const map = interpolationProbability(green, SIDE);
    if (!periods || !map) continue;
    for (let at = 0; at < diagonals.length; at++) diagonals[at] = (diagonals[at] ?? 0) + (periods[at] ?? 0);
    // Two maps share a complex transform.
    const isSecond = squares % 2 === 1;
    writeTapered(map, isSecond ? maps.second : maps.first, maps.stride);
    squares++;
    if (isSecond) maps.add();
  }
  if (squares === 0) return null;
  if (squares % 2 === 1) {
    maps.second.fill(0);
    maps.add();
  }
  const usual = median(diagonals.subarray(1)) + 1e-12;
  const over = (period: number) => Math.log((diagonals[SIDE / period] ?? 0) / usual + 1e-3) * DECIBEL;
  return {
    squares,
    diagonal: over(2),
    blocks: Math.max(over(8), over(4), Math.log((diagonals[(3 * SIDE) / 8] ?? 0) / usual + 1e-3) * DECIBEL),
    lattice: latticePeak(maps.value()),
  };
}

const mapsOf = once(() => new PowerSum(SIDE));

/** Up to `count` of a list, from its first to its last. */
function evenly<T>(list: readonly T[], count: number): readonly T[] {
  if (list.length <= count) return list;
  return list.filter(
    (_, at) => Math.floor((at * count) / list.length) !== Math.floor(((at - 1) * count) / list.length),
  );
}

/** Power at each frequency 0..1/2 of the mean size of the Laplacian along diagonals; null where it is 0. */
function diagonalPeriods(green: Float64Array): Float64Array | null {
  const sums = new Float64Array(SIDE);
  const counts = new Int32Array(SIDE);
  for (let y = 1; y < SIDE - 1; y++) {
    for (let x = 1; x < SIDE - 1; x++) {
      const at = y * SIDE + x;
      const around =
        (green[at - 1] ?? 0) + (green[at + 1] ?? 0) + (green[at - SIDE] ?? 0) + (green[at + SIDE] ?? 0);
      const diagonal = (x + y) % SIDE;
      sums[diagonal] = (sums[diagonal] ?? 0) + Math.abs(4 * (green[at] ?? 0) - around);
      counts[diagonal] = (counts[diagonal] ?? 0) + 1;
    }
  }
  const means = sums.map((sum, at) => sum / Math.max(1, counts[at] ?? 0));
  const level = means.reduce((sum, value) => sum + value, 0) / SIDE;
  if (level < 0.25) return null;
  const power = new Float64Array(SIDE / 2 + 1);
  for (let k = 0; k <= SIDE / 2; k++) {
    let re = 0;
    let im = 0;
    for (let d = 0; d < SIDE; d++) {
      const angle = (2 * Math.PI * k * d) / SIDE;
      const value = (means[d] ?? 0) / level - 1;
      re += value * Math.cos(angle);
      im += value * Math.sin(angle);
    }
    power[k] = re * re + im * im;
  }
  return power;
}

function writeTapered(map: Float64Array, to: Float32Array, stride: number): void {
  const mean = map.reduce((sum, value) => sum + value, 0) / map.length;
  for (let at = 0; at < map.length; at++) {
    const x = at % SIDE;
    const y = (at - x) / SIDE;
    to[y * stride + x] = ((map[at] ?? 0) - mean) * (TAPER[x] ?? 0) * (TAPER[y] ?? 0);
  }
}

/** Power at (1/2, 1/2) over the median of the quarter of the spectrum around it, dB. */
function latticePeak(power: Float64Array): number {
  let peak = 0;
  const around: number[] = [];
  for (let v = SIDE / 4; v <= (3 * SIDE) / 4; v++) {
    for (let u = SIDE / 4; u <= (3 * SIDE) / 4; u++) {
      const value = power[v * SIDE + u] ?? 0;
      const near = Math.max(Math.abs(u - SIDE / 2), Math.abs(v - SIDE / 2));
      if (near <= LOBE) peak = Math.max(peak, value);
      // The axes of the quarter hold the blocks of JPEG and the other lattices of a filter.
      else if (near > 3) around.push(value);
    }
  }
  return Math.log(peak / (median(around) + 1e-12) + 1e-3) * DECIBEL;
}
