import { type Fft2d, hann, sharedFft2d } from '../../dsp/fft';
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
/**
 * Powers multiplied before a logarithm is taken (of 65,536 cells, each costly). A power of a 256-px tile
 * stays below 1e13 and above 0.9: the product of 16 fits a double.
 */
const FACTORS = 16;

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
  const fft = sharedFft2d(size);
  const window = hann(size);
  // Sum of squares of the 2-D window: what turns a variance into power.
  const windowPower = (size * 0.375) ** 2;
  const floor = FLOOR_VARIANCE * windowPower;
  const means = {
    luma: new LogMean(size, floor),
    residual: new LogMean(size, floor),
    sharpness: new LogMean(size, floor),
  };
  const { powerA, powerB, residual, sample } = workOf(size);
  let used = 0;
  let waiting: Field | null = null;
  for (const tile of tiles) {
    signal.throwIfAborted();
    const moments = momentsOf(tile.data);
    if (moments.deviation < BLANK_SD) continue;
    used++;
    const limit = limitOf(laplacian(tile.data, size, residual, sample));
    writeLimited(residual, limit, window, fft);
    fft.halfPowers(powerA, powerB);
    means.residual.add(powerA);
    means.sharpness.add(powerB);
    // Luma needs one real transform a tile: two tiles share a complex one.
    if (waiting === null) {
      waiting = { data: tile.data, mean: moments.mean };
      continue;
    }
    writeWindowed(waiting, window, fft.first, fft.stride);
    writeWindowed({ data: tile.data, mean: moments.mean }, window, fft.second, fft.stride);
    fft.halfPowers(powerA, powerB);
    means.luma.add(powerA);
    means.luma.add(powerB);
    waiting = null;
  }
  if (used === 0) return null;
  if (waiting) {
    writeWindowed(waiting, window, fft.first, fft.stride);
    fft.second.fill(0);
    fft.halfPowers(powerA, powerB);
    means.luma.add(powerA);
  }
  return {
    size,
    tiles: used,
    luma: means.luma.value(),
    residual: means.residual.value(),
    sharpness: means.sharpness.value(),
  };
}

/** Mean natural logarithm of powers, cell by cell: of one half-plane; the other mirrors it. */
class LogMean {
  readonly #product: Float64Array;
  readonly #sum: Float64Array;
  #count = 0;

  constructor(
    readonly size: number,
    readonly floor: number,
  ) {
    const cells = (size / 2 + 1) * size;
    this.#product = new Float64Array(cells).fill(1);
    this.#sum = new Float64Array(cells);
  }

  /** @param power rows 0 to size / 2 */
  add(power: Float64Array): void {
    const product = this.#product;
    const { floor } = this;
    for (let at = 0; at < product.length; at++) product[at] = (product[at] ?? 1) * ((power[at] ?? 0) + floor);
    this.#count++;
    if (this.#count % FACTORS === 0) this.#takeLogarithms();
  }

  /** The whole plane. */
  value(): Float64Array {
    if (this.#count % FACTORS !== 0) this.#takeLogarithms();
    const { size } = this;
    const out = new Float64Array(size * size);
    for (let v = 0; v <= size / 2; v++) {
      const mirrorRow = ((size - v) % size) * size;
      for (let u = 0; u < size; u++) {
        const value = (this.#sum[v * size + u] ?? 0) / this.#count;
        out[v * size + u] = value;
        // Rows 0 and size / 2 mirror onto themselves.
        if (mirrorRow !== v * size) out[mirrorRow + ((size - u) % size)] = value;
      }
    }
    return out;
  }

  #takeLogarithms(): void {
    const product = this.#product;
    const sum = this.#sum;
    for (let at = 0; at < sum.length; at++) sum[at] = (sum[at] ?? 0) + Math.log(product[at] ?? 1);
    product.fill(1);
  }
}

/** Work fields for tiles of one size, kept between pictures. */
interface Work {
  readonly residual: Float32Array;
  readonly powerA: Float64Array;
  readonly powerB: Float64Array;
  readonly sample: Float64Array;
}

const works = new Map<number, Work>();

function workOf(size: number): Work {
  const half = (size / 2 + 1) * size;
  const work = works.get(size) ?? {
    residual: new Float32Array(size * size),
    powerA: new Float64Array(half),
    powerB: new Float64Array(half),
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

/** Mean and standard deviation in one pass; grey levels leave doubles digits enough. */
function momentsOf(data: Float32Array): { mean: number; deviation: number } {
  let sum = 0;
  let squares = 0;
  for (let at = 0; at < data.length; at++) {
    const value = data[at] ?? 0;
    sum += value;
    squares += value * value;
  }
  const mean = sum / data.length;
  return { mean, deviation: Math.sqrt(Math.max(0, squares / data.length - mean * mean)) };
}

/** Mean removed, then tapered to 0 at the borders, which else leak along both axes. */
function writeWindowed({ data, mean }: Field, window: Float64Array, to: Float64Array, stride: number): void {
  const size = window.length;
  for (let y = 0, at = 0; y < size; y++) {
    const weight = window[y] ?? 0;
    const row = y * stride;
    for (let x = 0; x < size; x++, at++) {
      to[row + x] = ((data[at] ?? 0) - mean) * weight * (window[x] ?? 0);
    }
  }
}

/**
 * Sample minus the mean of its four neighbours; border samples, which the window silences, are 0.
 * @param sample receives magnitudes from all over the tile
 * @returns the part of `sample` that was filled
 */
function laplacian(
  luma: Float32Array,
  size: number,
  residual: Float32Array,
  sample: Float64Array,
): Float64Array {
  let next = 0;
  let sampled = 0;
  for (let y = 1; y < size - 1; y++) {
    while (next <= y * size) next += SAMPLE_STEP;
    for (let at = y * size + 1; at < (y + 1) * size - 1; at++) {
      const around =
        (luma[at - 1] ?? 0) + (luma[at + 1] ?? 0) + (luma[at - size] ?? 0) + (luma[at + size] ?? 0);
      const value = (luma[at] ?? 0) - around / 4;
      residual[at] = value;
      if (at !== next) continue;
      next += SAMPLE_STEP;
      sample[sampled++] = Math.abs(value);
    }
  }
  return sample.subarray(0, sampled);
}

/** A few robust deviations of the residual. @param sample magnitudes; put into another order */
function limitOf(sample: Float64Array): number {
  return Math.max(LEAST_LIMIT, EDGE_LIMIT * MAD_TO_SD * medianInPlace(sample));
}

/** The limited residual and its magnitude, both windowed, as the two fields of a transform. */
function writeLimited(residual: Float32Array, limit: number, window: Float64Array, fft: Fft2d): void {
  const { size, stride, first, second } = fft;
  let sum = 0;
  let sizes = 0;
  for (let at = 0; at < residual.length; at++) {
    const value = Math.min(limit, Math.max(-limit, residual[at] ?? 0));
    residual[at] = value;
    sum += value;
    sizes += Math.abs(value);
  }
  const centre = sum / residual.length;
  const typical = sizes / residual.length;
  for (let y = 0, at = 0; y < size; y++) {
    const weight = window[y] ?? 0;
    const row = y * stride;
    for (let x = 0; x < size; x++, at++) {
      const value = residual[at] ?? 0;
      const taper = weight * (window[x] ?? 0);
      first[row + x] = (value - centre) * taper;
      second[row + x] = (Math.abs(value) - typical) * taper;
    }
  }
}
