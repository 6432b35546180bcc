import { hann, sharedFft2d } from '../../dsp/fft';
import type { ResidualTile } from '../../pixels/residual';

/** Side of the windows in px: every multiple of 1/64 cycles per px has a cell of its own. */
export const WINDOW = 64;
/** Cells a side of the quadrant that is kept: 0 to 1/2 cycles per px. */
export const CELLS = WINDOW / 2 + 1;
/** Windows whose residual is weaker than this (root mean square, grey levels) are blank. */
const BLANK_RMS = 0.05;
/** Share of the window's own mean power that is added before the logarithm: JPEG leaves exact zeros. */
const FLOOR = 1e-3;
/** Values of the half-plane of a window's spectrum that is not mirrored. */
const HALF = CELLS * WINDOW;
const TAPER = hann(WINDOW);
/** Fewer windows than this give no average. */
const LEAST_WINDOWS = 4;

/**
 * Power spectrum of the noise residual, as the fingerprint of what made the picture (Marra, Gragnaniello,
 * Verdoliva and Poggi 2019; spectra after Corvi, Cozzolino, Poggi, Nagano and Verdoliva 2023).
 *
 * Every window of 64 x 64 px is tapered (Hann) and scaled to the same power, so that one busy corner does
 * not speak for all; powers are averaged, mirror images (left and right, up and down) are averaged, too, as
 * pictures are shown either way, and the natural logarithm is taken.
 * @returns CELLS x CELLS values, row-major, horizontal frequency along rows, with the mean 0; null where
 *   too little of the picture has any residual
 */
export function residualSpectrum(tiles: readonly ResidualTile[]): Float32Array | null {
  const sum = new PowerSum();
  for (const { residual, size } of tiles) {
    for (let top = 0; top + WINDOW <= size; top += WINDOW) {
      for (let left = 0; left + WINDOW <= size; left += WINDOW) sum.add(residual, size, left, top);
    }
  }
  const power = sum.finished();
  return sum.windows < LEAST_WINDOWS ? null : logQuadrant(power, sum.windows);
}

/** Sum of the windows' powers, rows 0 to WINDOW / 2. Two windows share a complex transform. */
class PowerSum {
  windows = 0;
  readonly #fft = sharedFft2d(WINDOW);
  readonly #powerA = new Float64Array(HALF);
  readonly #powerB = new Float64Array(HALF);
  readonly #sum = new Float64Array(HALF);

  /** Adds a window, unless it is blank. */
  add(field: Float32Array, width: number, left: number, top: number): void {
    const { first, second, stride } = this.#fft;
    const isSecond = this.windows % 2 === 1;
    if (!cutWindow(field, width, left, top, isSecond ? second : first, stride)) return;
    this.windows++;
    if (isSecond) this.#transform();
  }

  finished(): Float64Array {
    if (this.windows % 2 === 1) {
      this.#fft.second.fill(0);
      this.#transform();
    }
    return this.#sum;
  }

  #transform(): void {
    const sum = this.#sum;
    const powerA = this.#powerA;
    const powerB = this.#powerB;
    this.#fft.halfPowers(powerA, powerB);
    for (let at = 0; at < HALF; at++) sum[at] = (sum[at] ?? 0) + (powerA[at] ?? 0) + (powerB[at] ?? 0);
  }
}

/**
 * Writes a tapered window with the mean 0 and the power 1 before tapering.
 * @returns false, with nothing written, where it is blank
 */
function cutWindow(
  field: Float32Array,
  width: number,
  left: number,
  top: number,
  to: Float64Array,
  stride: number,
): boolean {
  let sum = 0;
  let squares = 0;
  for (let y = 0; y < WINDOW; y++) {
    const row = (top + y) * width + left;
    for (let x = 0; x < WINDOW; x++) {
      const value = field[row + x] ?? 0;
      sum += value;
      squares += value * value;
    }
  }
  const mean = sum / WINDOW ** 2;
  const variance = squares / WINDOW ** 2 - mean * mean;
  if (variance < BLANK_RMS ** 2) return false;
  const gain = 1 / Math.sqrt(variance);
  for (let y = 0; y < WINDOW; y++) {
    const row = (top + y) * width + left;
    const rowGain = gain * (TAPER[y] ?? 0);
    for (let x = 0; x < WINDOW; x++) {
      to[y * stride + x] = ((field[row + x] ?? 0) - mean) * rowGain * (TAPER[x] ?? 0);
    }
  }
  return true;
}

/** @param power rows 0 to WINDOW / 2 of the sum over windows; the others mirror them */
function logQuadrant(power: Float64Array, windows: number): Float32Array {
  // Power of white noise under the taper, by Parseval: sum of the squared window.
  const floor = FLOOR * windows * (WINDOW * 0.375) ** 2;
  const out = new Float32Array(CELLS * CELLS);
  let total = 0;
  for (let v = 0; v < CELLS; v++) {
    for (let u = 0; u < CELLS; u++) {
      const mirrored = power[v * WINDOW + ((WINDOW - u) % WINDOW)] ?? 0;
      const value = Math.log((power[v * WINDOW + u] ?? 0) + mirrored + 2 * floor);
      out[v * CELLS + u] = value;
      total += value;
    }
  }
  const mean = total / out.length;
  for (let at = 0; at < out.length; at++) out[at] = (out[at] ?? 0) - mean;
  return out;
}
