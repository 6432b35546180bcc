import { hann } from '../../dsp/hann';
import { LogPower } from '../../dsp/log-power';
import { onceEach } from '../../dsp/once';
import { MAD_TO_SD, medianInPlace } from '../../dsp/statistics';
import { FLOAT } from '../../dsp/wasm';
import type { LumaTile } from '../../image';
import { type FieldKernel, fieldKernel } from './field-kernel';

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
 * Mean natural logarithm of power over tiles. Row-major, size x size, u along rows, 0..size-1. The arrays are used again
 * for the next picture with tiles of this size.
 */
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
  const work = workOf(size);
  const { power } = work;
  power.reset();
  let used = 0;
  let waiting: number | null = null;
  for (const tile of tiles) {
    signal.throwIfAborted();
    // Luma needs one real transform a tile: two tiles share a complex one, and the first waits in its slot.
    const slot = waiting === null ? 0 : 1;
    const mean = work.load(tile.data, slot);
    if (mean === null) continue;
    used++;
    work.writeLimited(tile.data, slot);
    power.add(RESIDUAL, SHARPNESS);
    if (waiting === null) {
      waiting = mean;
      continue;
    }
    work.writeTapered(0, waiting);
    work.writeTapered(1, mean);
    power.add(LUMA, LUMA);
    waiting = null;
  }
  if (used === 0) return null;
  if (waiting !== null) {
    work.writeTapered(0, waiting);
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
/** Bytes of the two moments, each in two parts. */
const MOMENTS = 32;

/** What tiles of one size need, kept between pictures: two of them in the kernels' memory, and their fields. */
class Work {
  readonly power: LogPower;
  readonly #size: number;
  readonly #window: Float64Array;
  readonly #places: Int32Array;
  readonly #sample: Float64Array;
  readonly #kernel: FieldKernel;
  /** The two tiles and where they begin, in bytes. */
  readonly #slots: readonly Float32Array[];
  readonly #from: readonly number[];
  readonly #moments: Float64Array;

  constructor(size: number) {
    this.#size = size;
    this.#window = hann(size);
    this.#places = samplePlaces(size);
    this.#sample = new Float64Array(this.#places.length);
    // Sum of squares of the 2-D window: what turns a variance into power.
    const windowPower = (size * 0.375) ** 2;
    const tile = size * size * FLOAT;
    const line = size * FLOAT;
    this.power = new LogPower(size, 3, FLOOR_VARIANCE * windowPower, MOMENTS + 2 * tile + 2 * line);
    const { memory, spare } = this.power;
    const { buffer } = memory;
    this.#moments = new Float64Array(buffer, spare, MOMENTS / Float64Array.BYTES_PER_ELEMENT);
    this.#from = [spare + MOMENTS, spare + MOMENTS + tile];
    this.#slots = this.#from.map((from) => new Float32Array(buffer, from, size * size));
    const window = spare + MOMENTS + 2 * tile;
    new Float32Array(buffer, window, size).set(this.#window);
    const inner = new Float32Array(buffer, window + line, size);
    inner.set(this.#window);
    inner[0] = 0;
    inner[size - 1] = 0;
    this.#kernel = fieldKernel(memory, size, window, window + line, this.power.plane);
  }

  /** Takes a tile into a slot. @returns its mean, or null where it is blank */
  load(data: Float32Array, slot: 0 | 1): number | null {
    this.#slots[slot]?.set(data);
    const from = this.#from[slot] ?? 0;
    this.#kernel.moments(from, from + data.length * FLOAT, this.power.spare);
    const [sumA = 0, sumB = 0, squaresA = 0, squaresB = 0] = this.#moments;
    const mean = (sumA + sumB) / data.length;
    const variance = (squaresA + squaresB) / data.length - mean * mean;
    return variance < BLANK_SD * BLANK_SD ? null : mean;
  }

  /** A slot's tile as the field of its number: mean removed, then tapered to 0 at the borders, which else leak. */
  writeTapered(slot: 0 | 1, mean: number): void {
    const line = this.#size * FLOAT;
    const from = this.#from[slot] ?? 0;
    const to = slot * this.power.plane;
    const row = this.power.stride * FLOAT;
    for (let y = 0; y < this.#size; y++) {
      const here = from + y * line;
      this.#kernel.taper(here, here + line, to + y * row, mean, this.#window[y] ?? 0);
    }
  }

  /**
   * The Laplacian residual (a sample minus the mean of its four neighbours), limited, and its magnitude, both windowed,
   * as the two fields of a transform. The residual's own mean is 0 but for the border; the magnitude's is estimated,
   * since this window lets no mean leak beyond the cells next to frequency 0, where nobody looks.
   */
  writeLimited(luma: Float32Array, slot: 0 | 1): void {
    const size = this.#size;
    const { stride, first, second } = this.power;
    sampleLaplacian(luma, size, this.#places, this.#sample);
    const limit = limitOf(this.#sample);
    const typical = meanUpTo(limit, this.#sample);
    // Border samples, which the window silences; it does so at a row's ends.
    for (const field of [first, second]) {
      field.fill(0, 0, size);
      field.fill(0, (size - 1) * stride, (size - 1) * stride + size);
    }
    const line = size * FLOAT;
    for (let y = 1; y < size - 1; y++) {
      const from = (this.#from[slot] ?? 0) + y * line;
      this.#kernel.bend(from, from + line, y * stride * FLOAT, this.#window[y] ?? 0, limit, typical);
    }
  }
}

const workOf = onceEach((size: number) => new Work(size));

/** Mean of magnitudes, of those over the limit the limit. */
function meanUpTo(limit: number, sample: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < sample.length; at++) {
    const magnitude = sample[at] ?? 0;
    sum += magnitude < limit ? magnitude : limit;
  }
  return sum / sample.length;
}

/** Where the Laplacian is sampled, all over a tile but its border. */
function samplePlaces(size: number): Int32Array {
  const places: number[] = [];
  const end = size * (size - 1);
  for (let at = SAMPLE_STEP * Math.ceil(size / SAMPLE_STEP); at < end; at += SAMPLE_STEP) {
    const x = at % size;
    if (x > 0 && x < size - 1) places.push(at);
  }
  return Int32Array.from(places);
}

/** @param sample receives the magnitudes of the Laplacian at the places */
function sampleLaplacian(luma: Float32Array, size: number, places: Int32Array, sample: Float64Array): void {
  for (let to = 0; to < places.length; to++) {
    const at = places[to] ?? 0;
    const around =
      (luma[at - 1] ?? 0) + (luma[at + 1] ?? 0) + (luma[at - size] ?? 0) + (luma[at + size] ?? 0);
    sample[to] = Math.abs((luma[at] ?? 0) - around / 4);
  }
}

/** A few robust deviations of the residual. @param sample magnitudes; put into another order */
function limitOf(sample: Float64Array): number {
  return Math.max(LEAST_LIMIT, EDGE_LIMIT * MAD_TO_SD * medianInPlace(sample));
}
