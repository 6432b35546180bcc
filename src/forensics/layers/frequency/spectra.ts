import { Fft2d, hann } from '../../dsp/fft';
import { MAD_TO_SD, medianInPlace, standardDeviation } from '../../dsp/statistics';
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
  const fft = new Fft2d(size);
  const window = hann(size);
  // Sum of squares of the 2-D window: what turns a variance into power.
  const windowPower = (size * 0.375) ** 2;
  const floor = FLOOR_VARIANCE * windowPower;
  const means = {
    luma: new LogMean(size, floor),
    residual: new LogMean(size, floor),
    sharpness: new LogMean(size, floor),
  };
  const work = new TileWork(size);
  let used = 0;
  let waiting: LumaTile | null = null;
  for (const tile of tiles) {
    signal.throwIfAborted();
    if (standardDeviation(tile.data) < BLANK_SD) continue;
    used++;
    work.limitedLaplacian(tile.data);
    writeWindowed(work.residual, window, fft.input, 0);
    writeWindowed(work.magnitude, window, fft.input, 1);
    fft.halfPowers(work.powerA, work.powerB);
    means.residual.add(work.powerA);
    means.sharpness.add(work.powerB);
    // Luma needs one real transform a tile: two tiles share a complex one.
    if (waiting === null) {
      waiting = tile;
      continue;
    }
    writeWindowed(waiting.data, window, fft.input, 0);
    writeWindowed(tile.data, window, fft.input, 1);
    fft.halfPowers(work.powerA, work.powerB);
    means.luma.add(work.powerA);
    means.luma.add(work.powerB);
    waiting = null;
  }
  if (used === 0) return null;
  if (waiting) {
    writeWindowed(waiting.data, window, fft.input, 0);
    writeWindowed(waiting.data, window, fft.input, 1);
    fft.halfPowers(work.powerA, work.powerB);
    means.luma.add(work.powerA);
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

/**
 * Mean removed, then tapered to 0 at the borders, which else leak along both axes.
 * @param to interleaved pair of fields
 * @param which of the two: 0 or 1
 */
function writeWindowed(field: Float32Array, window: Float64Array, to: Float64Array, which: 0 | 1): void {
  const size = window.length;
  let centre = 0;
  for (let at = 0; at < field.length; at++) centre += field[at] ?? 0;
  centre /= field.length;
  for (let y = 0, at = 0; y < size; y++) {
    const rowWeight = window[y] ?? 0;
    for (let x = 0; x < size; x++, at++) {
      to[2 * at + which] = ((field[at] ?? 0) - centre) * rowWeight * (window[x] ?? 0);
    }
  }
}

/** Work fields of one tile, kept between tiles. */
class TileWork {
  readonly residual: Float32Array;
  readonly magnitude: Float32Array;
  readonly powerA: Float64Array;
  readonly powerB: Float64Array;
  readonly #sample: Float64Array;

  constructor(readonly size: number) {
    this.residual = new Float32Array(size * size);
    this.magnitude = new Float32Array(size * size);
    this.powerA = new Float64Array((size / 2 + 1) * size);
    this.powerB = new Float64Array((size / 2 + 1) * size);
    this.#sample = new Float64Array(Math.ceil((size * size) / SAMPLE_STEP));
  }

  /**
   * Sample minus the mean of its four neighbours, limited to a few robust deviations, and its magnitude.
   * Border samples, which the window silences, are 0.
   */
  limitedLaplacian(luma: Float32Array): void {
    const { size, residual, magnitude } = this;
    const sample = this.#sample;
    let sampled = 0;
    for (let y = 1; y < size - 1; y++) {
      for (let at = y * size + 1; at < (y + 1) * size - 1; at++) {
        const around =
          (luma[at - 1] ?? 0) + (luma[at + 1] ?? 0) + (luma[at - size] ?? 0) + (luma[at + size] ?? 0);
        const value = (luma[at] ?? 0) - around / 4;
        residual[at] = value;
        if (at % SAMPLE_STEP === 0) sample[sampled++] = Math.abs(value);
      }
    }
    const typical = medianInPlace(sample.subarray(0, sampled));
    const limit = Math.max(LEAST_LIMIT, EDGE_LIMIT * MAD_TO_SD * typical);
    for (let at = 0; at < residual.length; at++) {
      const value = Math.min(limit, Math.max(-limit, residual[at] ?? 0));
      residual[at] = value;
      magnitude[at] = Math.abs(value);
    }
  }
}
