import { Fft2d, hann } from '../../dsp/fft';
import { MAD_TO_SD, mean, median, standardDeviation } from '../../dsp/statistics';
import type { LumaTile } from '../../image';

/** Below this deviation (grey levels) a tile is blank: what it holds is rounding. */
const BLANK_SD = 0.25;
/** Edges are limited to this many robust deviations, so that texture speaks and not one contour. */
const EDGE_LIMIT = 3;
/** Grey levels below which limiting makes no sense: 8-bit rounding alone is that large. */
const LEAST_LIMIT = 1;
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
  let used = 0;
  let waiting: Float64Array | null = null;
  for (const tile of tiles) {
    signal.throwIfAborted();
    if (standardDeviation(tile.data) < BLANK_SD) continue;
    used++;
    const residual = limitedLaplacian(tile.data, size);
    const magnitude = residual.map(Math.abs);
    const [residualPower, sharpnessPower] = fft.powerOfTwoFields(
      windowed(residual, window),
      windowed(magnitude, window),
    );
    means.residual.add(residualPower);
    means.sharpness.add(sharpnessPower);
    // Luma needs one real transform a tile: two tiles share a complex one.
    const luma = windowed(tile.data, window);
    if (waiting === null) {
      waiting = luma;
      continue;
    }
    for (const power of fft.powerOfTwoFields(waiting, luma)) means.luma.add(power);
    waiting = null;
  }
  if (used === 0) return null;
  if (waiting) means.luma.add(fft.power(waiting));
  return {
    size,
    tiles: used,
    luma: means.luma.value(),
    residual: means.residual.value(),
    sharpness: means.sharpness.value(),
  };
}

/** Mean natural logarithm of powers, cell by cell. */
class LogMean {
  readonly #product: Float64Array;
  readonly #sum: Float64Array;
  #count = 0;

  constructor(
    readonly size: number,
    readonly floor: number,
  ) {
    this.#product = new Float64Array(size * size).fill(1);
    this.#sum = new Float64Array(size * size);
  }

  add(power: Float64Array): void {
    const product = this.#product;
    for (let at = 0; at < product.length; at++)
      product[at] = (product[at] ?? 1) * ((power[at] ?? 0) + this.floor);
    this.#count++;
    if (this.#count % FACTORS === 0) this.#takeLogarithms();
  }

  value(): Float64Array {
    this.#takeLogarithms();
    return this.#sum.map((sum) => sum / this.#count);
  }

  /** Of one half-plane; the other mirrors it, as the fields are real. */
  #takeLogarithms(): void {
    const { size } = this;
    for (let v = 0; v <= size / 2; v++) {
      const mirrorRow = ((size - v) % size) * size;
      // Rows 0 and size / 2 mirror onto themselves.
      const last = mirrorRow === v * size ? size / 2 : size - 1;
      for (let u = 0; u <= last; u++) {
        const at = v * size + u;
        const sum = (this.#sum[at] ?? 0) + Math.log(this.#product[at] ?? 1);
        this.#sum[at] = sum;
        this.#sum[mirrorRow + ((size - u) % size)] = sum;
      }
    }
    this.#product.fill(1);
  }
}

/** Mean removed, then tapered to 0 at the borders, which else leak along both axes. */
function windowed(field: ArrayLike<number>, window: Float64Array): Float64Array {
  const size = window.length;
  const centre = mean(field);
  const out = new Float64Array(size * size);
  for (let y = 0; y < size; y++) {
    const rowWeight = window[y] ?? 0;
    for (let x = 0; x < size; x++) {
      out[y * size + x] = ((field[y * size + x] ?? 0) - centre) * rowWeight * (window[x] ?? 0);
    }
  }
  return out;
}

/**
 * Sample minus the mean of its four neighbours, limited to a few robust deviations. Border samples,
 * which the window silences, are 0.
 */
function limitedLaplacian(luma: Float32Array, size: number): Float64Array {
  const out = new Float64Array(size * size);
  const magnitudes: number[] = [];
  for (let y = 1; y < size - 1; y++) {
    for (let x = 1; x < size - 1; x++) {
      const at = y * size + x;
      const around =
        (luma[at - 1] ?? 0) + (luma[at + 1] ?? 0) + (luma[at - size] ?? 0) + (luma[at + size] ?? 0);
      const value = (luma[at] ?? 0) - around / 4;
      out[at] = value;
      // Every eleventh sample (coprime to the size, so it wanders over all columns) is plenty for a median.
      if (at % 11 === 0) magnitudes.push(Math.abs(value));
    }
  }
  const limit = Math.max(LEAST_LIMIT, EDGE_LIMIT * MAD_TO_SD * median(magnitudes));
  for (let at = 0; at < out.length; at++) {
    out[at] = Math.min(limit, Math.max(-limit, out[at] ?? 0));
  }
  return out;
}
