import { logGamma } from '../../dsp/gamma';
import { onceEach } from '../../dsp/once';
import { MAD_TO_SD, medianInPlace } from '../../dsp/statistics';
import { planeOf, signed } from './plane';
import { DECIBEL } from './radial';

/** Patterns slower than this many px are the scene's own business, and too few waves fit a tile. */
const LONGEST_PERIOD = 24;
/** Half-width of the square left out around a peak (Hann's main lobe is 2 cells wide to each side). */
const LOBE = 3;
/** Half-width of the ring's outer square. */
const RING = 7;
/**
 * A cell becomes a candidate this many standard deviations of noise over its radius' median, at most this
 * many nepers: what lies below cannot become significant.
 */
const SCREEN = { deviations: 3, nepers: 2.5 } as const;
/** Two maxima nearer than this many cells are one peak. */
const SEPARATION = 4;
/**
 * How far from k/8 cycles per px a peak may lie, in cycles per px, to count as the JPEG grid's: the window's
 * main lobe at a tile of 256, beside whose top noise may set the maximum.
 */
const GRID_TOLERANCE = 1 / 128;
const MAX_PEAKS = 8;
/** Mean and standard deviation of the logarithm of an exponential variable (a noise cell's ln power). */
const LOG_NOISE_MEAN = -0.5772156649;
const LOG_NOISE_SD = Math.PI / Math.sqrt(6);
/** Significances beyond 10^-50 are all alike. */
const MOST_SIGNIFICANT = 50;

export interface Peak {
  /** Frequency in cycles per px, fy >= 0. */
  readonly fx: number;
  readonly fy: number;
  /** px, 1 / |f|. */
  readonly period: number;
  /** Of the frequency vector, 0..180 degrees: 0 repeats from left to right, 90 from top to bottom. */
  readonly direction: number;
  /** Power over the ring's median, in dB. */
  readonly strength: number;
  /** -log10 of the number of such peaks expected in one picture of noise; over 3: once in 1000 pictures. */
  readonly significance: number;
  /** On a multiple of 1/8 cycles per px in both directions: where JPEG's 8-px blocks leave their marks. */
  readonly onJpegGrid: boolean;
}

/**
 * Isolated maxima of a mean log spectrum, strongest first, at most 8 off and 8 on the JPEG grid.
 *
 * Noise model: in a picture whose spectrum is smooth, the power of each cell of each tile is its
 * expectation times an independent exponential variable. The mean of T logarithms then exceeds x with
 * probability at most exp(-T (s x - ln Gamma(1 + s))) for every s > 0 (Chernoff's bound; s = e^x - 1/2 is
 * near the best). Multiplied by the number of cells searched, that bounds the false alarms of a picture.
 * Where a spectrum is rougher than noise (streaks of straight edges, text), the excess is divided by the
 * ring's own roughness first.
 * @param logPower mean ln power over `tiles` tiles, size x size, u along rows
 */
export function findPeaks(logPower: Float64Array, size: number, tiles: number): readonly Peak[] {
  const half = size / 2;
  const noiseSd = LOG_NOISE_SD / Math.sqrt(tiles);
  const screen = radialMedians(logPower, size).map(
    (typical) => typical + Math.min(SCREEN.nepers, SCREEN.deviations * noiseSd),
  );
  const { ring, weight } = planeOf(size);
  const found: (Peak & { u: number; v: number })[] = [];
  const places = new Int32Array(size);
  for (let v = 0; v <= half; v++) {
    // v = 0 and v = size / 2 mirror onto themselves: their left halves repeat the right ones.
    const end = weight[v] === 1 ? half + 1 : size;
    const count = overScreen(logPower, ring, screen, v * size, end, places);
    for (const place of places.subarray(0, count)) {
      const u = signed(place, size);
      if (isSlow(u, v, size) || !isLocalMaximum(logPower, size, u, v)) continue;
      const value = logPower[v * size + place] ?? 0;
      const { centre, spread } = surroundingsOf(logPower, size, u, v);
      const roughness = Math.max(1, spread / noiseSd);
      found.push({
        ...locate(logPower, size, u, v),
        u,
        v,
        strength: (value - centre) * DECIBEL,
        // Filled below, when the number of cells searched is known.
        significance: tiles * rate((value - centre) / roughness + noiseMedian(tiles)),
      });
    }
  }
  found.sort((a, b) => b.significance - a.significance || b.strength - a.strength);
  const cells = searchedCells(size);
  const kept: typeof found = [];
  for (const peak of found) {
    const room = kept.filter((other) => other.onJpegGrid === peak.onJpegGrid).length < MAX_PEAKS;
    if (room && kept.every((other) => distance(peak, other, size) >= SEPARATION)) kept.push(peak);
  }
  return kept.map(({ u: _u, v: _v, significance, ...peak }) => ({
    ...peak,
    significance: Math.min(MOST_SIGNIFICANT, significance / Math.LN10 - Math.log10(cells)),
  }));
}

/** A pattern of too few waves. */
function isSlow(u: number, v: number, size: number): boolean {
  return (u * u + v * v) * LONGEST_PERIOD ** 2 < size * size;
}

/** Cells of the half-plane, each with its mirror image once, that are not too slow. */
const searchedCells = onceEach((size: number) => {
  const { weight } = planeOf(size);
  let cells = 0;
  for (let v = 0; v <= size / 2; v++) {
    const end = weight[v] === 1 ? size / 2 + 1 : size;
    for (let place = 0; place < end; place++) if (!isSlow(signed(place, size), v, size)) cells++;
  }
  return cells;
});

/** Places of a row, up to `end`, whose value reaches that of its ring. @returns how many */
function overScreen(
  field: Float64Array,
  ring: Uint16Array,
  screen: Float64Array,
  row: number,
  end: number,
  places: Int32Array,
): number {
  let count = 0;
  for (let place = 0; place < end; place++) {
    const at = row + place;
    if ((field[at] ?? 0) >= (screen[ring[at] ?? 0] ?? 0)) places[count++] = place;
  }
  return count;
}

export interface Lattice {
  /** Frequencies are multiples of 1 / period cycles per px in both directions. */
  readonly period: number;
  /** Left out: those that are also multiples of 1 / except. */
  readonly except?: number;
  /** Only those on the axes, where lines along rows and columns show. */
  readonly axesOnly?: boolean;
}

/**
 * Mean excess over the surroundings, in dB, at the places of a lattice: a test at known places needs no
 * search, and sees what no single peak shows.
 */
export function latticeExcess(logPower: Float64Array, size: number, lattice: Lattice): number {
  const { period, except, axesOnly = false } = lattice;
  const step = size / period;
  let sum = 0;
  let count = 0;
  for (let j = 0; j <= period / 2; j++) {
    for (let i = -period / 2; i < period / 2; i++) {
      if ((j === 0 || j === period / 2) && i < 0 && i !== -period / 2) continue;
      if (axesOnly && i !== 0 && j !== 0) continue;
      if (except !== undefined && (i * except) % period === 0 && (j * except) % period === 0) continue;
      const u = i * step;
      const v = j * step;
      if (Math.hypot(u, v) * LONGEST_PERIOD < size) continue;
      sum += cell(logPower, size, u, v) - backgroundOf(logPower, size, u, v);
      count++;
    }
  }
  return count > 0 ? (sum / count) * DECIBEL : 0;
}

/** The spectrum is periodic: places wrap around. Its side is a power of two. */
function cell(field: Float64Array, size: number, u: number, v: number): number {
  return field[(v & (size - 1)) * size + (u & (size - 1))] ?? 0;
}

function isLocalMaximum(field: Float64Array, size: number, u: number, v: number): boolean {
  const value = cell(field, size, u, v);
  for (let dv = -1; dv <= 1; dv++) {
    for (let du = -1; du <= 1; du++) {
      if (cell(field, size, u + du, v + dv) > value) return false;
    }
  }
  return true;
}

/** Work fields of what looks at the surroundings of a cell, kept between cells. */
const ringValues = new Float64Array((2 * RING + 1) ** 2 - (2 * LOBE + 1) ** 2);
const rayValues = new Float64Array(2 * (RING - LOBE));

/**
 * What the spectrum is like around a cell: median of a square ring. A straight edge, and the border of the picture,
 * leave a streak through frequency 0; where a cell lies on one, the streak itself (the cells before and behind on
 * the same ray) is the background.
 */
function backgroundOf(field: Float64Array, size: number, u: number, v: number): number {
  readRing(field, size, u, v);
  return Math.max(medianInPlace(ringValues), rayMedian(field, size, u, v));
}

/** The same, and the ring's robust standard deviation. */
function surroundingsOf(
  field: Float64Array,
  size: number,
  u: number,
  v: number,
): { centre: number; spread: number } {
  readRing(field, size, u, v);
  const median = medianInPlace(ringValues);
  for (let at = 0; at < ringValues.length; at++) {
    ringValues[at] = Math.abs((ringValues[at] ?? 0) - median);
  }
  const spread = MAD_TO_SD * medianInPlace(ringValues);
  return { centre: Math.max(median, rayMedian(field, size, u, v)), spread };
}

function rayMedian(field: Float64Array, size: number, u: number, v: number): number {
  const radius = Math.hypot(u, v);
  for (let step = LOBE + 1, to = 0; step <= RING; step++, to += 2) {
    const beyond = 1 + step / radius;
    const before = 1 - step / radius;
    rayValues[to] = cell(field, size, Math.round(u * beyond), Math.round(v * beyond));
    rayValues[to + 1] = cell(field, size, Math.round(u * before), Math.round(v * before));
  }
  return medianInPlace(rayValues);
}

function readRing(field: Float64Array, size: number, u: number, v: number): void {
  let count = 0;
  const left = u - RING + size;
  for (let dv = -RING; dv <= RING; dv++) {
    const row = ((v + dv + size) & (size - 1)) * size;
    if (Math.abs(dv) > LOBE) count = readRun(field, size, row, left, 2 * RING + 1, count);
    else {
      count = readRun(field, size, row, left, RING - LOBE, count);
      count = readRun(field, size, row, left + RING + LOBE + 1, RING - LOBE, count);
    }
  }
}

/** Cells of a row that follow one another, around the edge, to the ring's values. @returns how many there are now */
function readRun(
  field: Float64Array,
  size: number,
  row: number,
  from: number,
  length: number,
  count: number,
): number {
  for (let at = from; at < from + length; at++) ringValues[count++] = field[row + (at & (size - 1))] ?? 0;
  return count;
}

/** Median of each whole radius in cells, over the half-plane; 0 where a radius has no cell. */
function radialMedians(field: Float64Array, size: number): Float64Array {
  const { byRing, ringBegins } = planeOf(size);
  const values = new Float64Array(byRing.length);
  for (let at = 0; at < values.length; at++) values[at] = field[byRing[at] ?? 0] ?? 0;
  return Float64Array.from({ length: ringBegins.length - 1 }, (_, radius) => {
    const members = values.subarray(ringBegins[radius], ringBegins[radius + 1]);
    return members.length > 0 ? medianInPlace(members) : 0;
  });
}

/** Median of the mean of `tiles` log-exponential variables (Cornish-Fisher, first term). */
function noiseMedian(tiles: number): number {
  return LOG_NOISE_MEAN + 0.2436 / tiles;
}

/** Chernoff exponent per tile, nepers, for a mean log noise power of x; 0 below the mean. */
function rate(x: number): number {
  const s = Math.exp(x) - 0.5;
  if (x <= LOG_NOISE_MEAN || s <= 0) return 0;
  return Math.max(0, s * x - logGamma(1 + s));
}

/** Frequency to a fraction of a cell, by a parabola through ln power (Hann's main lobe nearly is one). */
function locate(field: Float64Array, size: number, u: number, v: number) {
  const here = cell(field, size, u, v);
  const exactU = u + vertex(cell(field, size, u - 1, v), here, cell(field, size, u + 1, v));
  const exactV = v + vertex(cell(field, size, u, v - 1), here, cell(field, size, u, v + 1));
  const mirrored = exactV < 0 || (Math.abs(exactV) < 1e-9 && exactU < 0);
  const fx = (mirrored ? -exactU : exactU) / size;
  const fy = (mirrored ? -exactV : exactV) / size;
  const degrees = (Math.atan2(fy, fx) * 180) / Math.PI;
  return {
    fx,
    fy,
    period: 1 / Math.hypot(fx, fy),
    direction: ((degrees % 180) + 180) % 180,
    onJpegGrid: isGridMultiple(fx) && isGridMultiple(fy),
  };
}

/** Place of a parabola's vertex by three equidistant values, -0.5..0.5 from the middle one. */
function vertex(before: number, here: number, after: number): number {
  const bend = before - 2 * here + after;
  if (bend >= 0) return 0;
  return Math.min(0.5, Math.max(-0.5, (before - after) / (2 * bend)));
}

function isGridMultiple(f: number): boolean {
  return Math.abs(f - Math.round(f * 8) / 8) <= GRID_TOLERANCE;
}

/** Chebyshev distance in cells, around the edges and with the mirror image. */
function distance(a: { u: number; v: number }, b: { u: number; v: number }, size: number): number {
  const wrap = (d: number) => Math.min(((d % size) + size) % size, ((-d % size) + size) % size);
  return Math.min(Math.max(wrap(a.u - b.u), wrap(a.v - b.v)), Math.max(wrap(a.u + b.u), wrap(a.v + b.v)));
}
