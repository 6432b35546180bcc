import { hann } from '../../dsp/fft';
import { LogPower } from '../../dsp/log-power';
import { MAD_TO_SD, medianInPlace } from '../../dsp/statistics';
import type { LumaTile } from '../../image';

/** Below this deviation (grey levels) a tile is blank: what it holds is rounding. */
const BLANK_SD = 0.25;
/** Edges are limited to this many robust deviations, so that texture speaks and not one contour. */
const EDGE_LIMIT = 3;
/** Grey levels below which limiting makes no sense: 8-bit rounding alone is that large. */
const LEAST_LIMIT = 1;
/** Every eleventh sample (coprime to the size, so it wanders over all columns) is plenty for a median. */
const SAMPLE_STEP = 11;
/** Power floor as variance of grey levels, far below 8-bit rounding (1/12): keeps logarithms finite. */
const FLOOR_VARIANCE = 1e-4;
/** Mean natural logarithm of power over tiles. Row-major, size x size, u along rows, 0..size-1. */
export interface Spectra {
  readonly size: number;
  /** Tiles averaged (blank ones left out). */
  readonly tiles: number;
  /** Of luma itself. */
  readonly luma: Float64Array;
  /** Of the limited Laplacian residual: periodic patterns. */
  readonly residual: Float64Array;
  /** Of that residual's magnitude: periodic sharpness, as resampling leaves it (Gallagher 2005). */
  readonly sharpness: Float64Array;
}

/**
 * Averages windowed spectra in log power: a pattern must be in most tiles to stand out, as a generator's
 * or a scaler's is, while one striped shirt is not. Null where every tile is blank or there is none.
 */
export function averageSpectra(tiles: readonly LumaTile[], signal: AbortSignal): Spectra | null {
  const size = tiles[0]?.size;
  if (size === undefined) return null;
  const { power, window, sample } = workOf(size);
  power.reset();
  let used = 0;
  let waiting: Field | null = null;
  for (const tile of tiles) {
    signal.throwIfAborted();
    const field = fieldOf(tile.data);
    if (field === null) continue;
    used++;
    writeLimited(tile.data, window, sample, power);
    power.add(RESIDUAL, SHARPNESS);
    // Luma needs one real transform a tile: two tiles share a complex one.
    if (waiting === null) {
      waiting = field;
      continue;
    }
    writeWindowed(waiting, window, power.first, power.stride);
    writeWindowed(field, window, power.second, power.stride);
    power.add(LUMA, LUMA);
    waiting = null;
  }
  if (used === 0) return null;
  if (waiting) {
    writeWindowed(waiting, window, power.first, power.stride);
    power.second.fill(0);
    power.add(LUMA, null);
  }
  return {
    size,
    tiles: used,
    luma: power.value(LUMA),
    residual: power.value(RESIDUAL),
    sharpness: power.value(SHARPNESS),
  };
}

/** The means that are kept apart. */
const LUMA = 0;
const RESIDUAL = 1;
const SHARPNESS = 2;

/** What tiles of one size need, kept between pictures. */
interface Work {
  readonly power: LogPower;
  readonly window: Float64Array;
  readonly sample: Float64Array;
}

const works = new Map<number, Work>();

function workOf(size: number): Work {
  // Sum of squares of the 2-D window: what turns a variance into power.
  const windowPower = (size * 0.375) ** 2;
  const work = works.get(size) ?? {
    power: new LogPower(size, 3, FLOOR_VARIANCE * windowPower),
    window: hann(size),
    sample: new Float64Array(Math.ceil((size * size) / SAMPLE_STEP)),
  };
  works.set(size, work);
  return work;
}

/** Samples with their mean. */
interface Field {
  readonly data: Float32Array;
  readonly mean: number;
}

/** Null where the tile is blank. Both moments in one pass; grey levels leave doubles digits enough. */
function fieldOf(data: Float32Array): Field | null {
  let sum = 0;
  let squares = 0;
  for (let at = 0; at < data.length; at++) {
    const value = data[at] ?? 0;
    sum += value;
    squares += value * value;
  }
  const mean = sum / data.length;
  return squares / data.length - mean * mean < BLANK_SD * BLANK_SD ? null : { data, mean };
}

/** Mean removed, then tapered to 0 at the borders, which else leak along both axes. */
function writeWindowed({ data, mean }: Field, window: Float64Array, to: Float32Array, stride: number): void {
  for (let y = 0; y < window.length; y++) writeRow(data, y, mean, window, to, y * stride);
}

/** In a function of its own, as its loop is compiled best by itself; so with the rows below. */
function writeRow(
  data: Float32Array,
  y: number,
  mean: number,
  window: Float64Array,
  to: Float32Array,
  row: number,
): void {
  const size = window.length;
  const weight = window[y] ?? 0;
  for (let x = 0, at = y * size; x < size; x++, at++) {
    to[row + x] = ((data[at] ?? 0) - mean) * weight * (window[x] ?? 0);
  }
}

/**
 * The Laplacian residual (a sample minus the mean of its four neighbours), limited, and its magnitude, both windowed, as
 * the two fields of a transform. The residual's own mean is 0 but for the border; the magnitude's is estimated, since
 * this window lets no mean leak beyond the cells next to frequency 0, where nobody looks.
 */
function writeLimited(luma: Float32Array, window: Float64Array, sample: Float64Array, power: LogPower): void {
  const { size, stride, first, second } = power;
  const found = sample.subarray(0, sampleLaplacian(luma, size, sample));
  const limit = limitOf(found);
  let typical = 0;
  for (const magnitude of found) typical += Math.min(limit, magnitude) / found.length;
  // Border samples, which the window silences.
  first.fill(0, 0, size);
  second.fill(0, 0, size);
  first.fill(0, (size - 1) * stride, (size - 1) * stride + size);
  second.fill(0, (size - 1) * stride, (size - 1) * stride + size);
  for (let y = 1; y < size - 1; y++)
    writeLimitedRow(luma, y, limit, typical, window, first, second, y * stride);
}

function writeLimitedRow(
  luma: Float32Array,
  y: number,
  limit: number,
  typical: number,
  window: Float64Array,
  first: Float32Array,
  second: Float32Array,
  row: number,
): void {
  const size = window.length;
  const weight = window[y] ?? 0;
  const begin = y * size;
  let before = luma[begin] ?? 0;
  let here = luma[begin + 1] ?? 0;
  first[row] = 0;
  second[row] = 0;
  for (let x = 1; x < size - 1; x++) {
    const at = begin + x;
    const after = luma[at + 1] ?? 0;
    const around = before + after + (luma[at - size] ?? 0) + (luma[at + size] ?? 0);
    const bend = here - around / 4;
    // Comparisons, as Math.min and Math.max look for NaN and the sign of 0 too.
    const value = bend > limit ? limit : bend < -limit ? -limit : bend;
    const taper = weight * (window[x] ?? 0);
    first[row + x] = value * taper;
    second[row + x] = (Math.abs(value) - typical) * taper;
    before = here;
    here = after;
  }
  first[row + size - 1] = 0;
  second[row + size - 1] = 0;
}

/**
 * @param sample receives magnitudes of the residual from all over the tile
 * @returns how many
 */
function sampleLaplacian(luma: Float32Array, size: number, sample: Float64Array): number {
  let sampled = 0;
  const end = size * (size - 1);
  for (let at = SAMPLE_STEP * Math.ceil(size / SAMPLE_STEP); at < end; at += SAMPLE_STEP) {
    const x = at % size;
    if (x === 0 || x === size - 1) continue;
    const around =
      (luma[at - 1] ?? 0) + (luma[at + 1] ?? 0) + (luma[at - size] ?? 0) + (luma[at + size] ?? 0);
    sample[sampled++] = Math.abs((luma[at] ?? 0) - around / 4);
  }
  return sampled;
}

/** A few robust deviations of the residual. @param sample magnitudes; put into another order */
function limitOf(sample: Float64Array): number {
  return Math.max(LEAST_LIMIT, EDGE_LIMIT * MAD_TO_SD * medianInPlace(sample));
}
