import { Fft2d, hann } from '../../dsp/fft';
import type { ResidualTile } from '../../pixels/residual';

/** Side of the windows in px: every multiple of 1/64 cycles per px has a cell of its own. */
export const WINDOW = 64;
/** Cells a side of the quadrant that is kept: 0 to 1/2 cycles per px. */
export const CELLS = WINDOW / 2 + 1;
/** Windows whose residual is weaker than this (root mean square, grey levels) are blank. */
const BLANK_RMS = 0.05;
/** Share of the window's own mean power that is added before the logarithm: JPEG leaves exact zeros. */
const FLOOR = 1e-3;
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
  const fft = new Fft2d(WINDOW);
  const taper = hann(WINDOW);
  const sum = new Float64Array(WINDOW * WINDOW);
  let waiting: Float64Array | null = null;
  let windows = 0;
  for (const { residual, size } of tiles) {
    for (let top = 0; top + WINDOW <= size; top += WINDOW) {
      for (let left = 0; left + WINDOW <= size; left += WINDOW) {
        const window = cutWindow(residual, size, left, top, taper);
        if (!window) continue;
        windows++;
        if (!waiting) {
          waiting = window;
          continue;
        }
        for (const power of fft.powerOfTwoFields(waiting, window)) addTo(sum, power);
        waiting = null;
      }
    }
  }
  if (waiting) addTo(sum, fft.power(waiting));
  if (windows < LEAST_WINDOWS) return null;
  return logQuadrant(sum, windows);
}

/** A tapered window with the mean 0 and the power 1 before tapering; null where it is blank. */
function cutWindow(
  field: Float32Array,
  width: number,
  left: number,
  top: number,
  taper: Float64Array,
): Float64Array | null {
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
  if (variance < BLANK_RMS ** 2) return null;
  const gain = 1 / Math.sqrt(variance);
  const out = new Float64Array(WINDOW * WINDOW);
  for (let y = 0; y < WINDOW; y++) {
    const row = (top + y) * width + left;
    const rowGain = gain * (taper[y] ?? 0);
    for (let x = 0; x < WINDOW; x++) {
      out[y * WINDOW + x] = ((field[row + x] ?? 0) - mean) * rowGain * (taper[x] ?? 0);
    }
  }
  return out;
}

function addTo(sum: Float64Array, power: Float64Array): void {
  for (let at = 0; at < sum.length; at++) sum[at] = (sum[at] ?? 0) + (power[at] ?? 0);
}

function logQuadrant(power: Float64Array, windows: number): Float32Array {
  // Power of white noise under the taper, by Parseval: sum of the squared window.
  const floor = FLOOR * windows * (WINDOW * 0.375) ** 2;
  const out = new Float32Array(CELLS * CELLS);
  let total = 0;
  for (let v = 0; v < CELLS; v++) {
    const mirrorRow = ((WINDOW - v) % WINDOW) * WINDOW;
    for (let u = 0; u < CELLS; u++) {
      const value = Math.log((power[v * WINDOW + u] ?? 0) + (power[mirrorRow + u] ?? 0) + 2 * floor);
      out[v * CELLS + u] = value;
      total += value;
    }
  }
  const mean = total / out.length;
  for (let at = 0; at < out.length; at++) out[at] = (out[at] ?? 0) - mean;
  return out;
}
