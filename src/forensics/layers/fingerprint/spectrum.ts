import { hann } from '../../dsp/hann';
import { PowerSum } from '../../dsp/power-sum';
import type { ResidualTile } from '../../pixels/residual';

/** Side of the windows in px: every multiple of 1/64 cycles per px has a cell of its own. */
export const WINDOW = 64;
/** Cells a side of the quadrant that is kept: 0 to 1/2 cycles per px. */
export const CELLS = WINDOW / 2 + 1;
/** Windows whose residual is weaker than this (root mean square, grey levels) are blank. */
const BLANK_RMS = 0.05;
/** Share of the window's own mean power that is added before the logarithm: JPEG leaves exact zeros. */
const FLOOR = 1e-3;
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
  sum ??= new PowerSum(WINDOW);
  sum.reset();
  let windows = 0;
  for (const { residual, size } of tiles) {
    for (let top = 0; top + WINDOW <= size; top += WINDOW) {
      for (let left = 0; left + WINDOW <= size; left += WINDOW) {
        // Two windows share a complex transform.
        const isSecond = windows % 2 === 1;
        const to = isSecond ? sum.second : sum.first;
        if (!cutWindow(residual, size, left, top, to, sum.stride)) continue;
        windows++;
        if (isSecond) sum.add();
      }
    }
  }
  if (windows < LEAST_WINDOWS) return null;
  if (windows % 2 === 1) {
    sum.second.fill(0);
    sum.add();
  }
  return logQuadrant(sum.value(), windows);
}

/** Kept by the thread: made when first asked for. */
let sum: PowerSum | null = null;

/**
 * Writes a tapered window with the mean 0 and the power 1 before tapering.
 * @returns false, with nothing written, where it is blank
 */
function cutWindow(
  field: Float32Array,
  width: number,
  left: number,
  top: number,
  to: Float32Array,
  stride: number,
): boolean {
  let sum = 0;
  let squares = 0;
  for (let y = 0; y < WINDOW; y++) {
    const from = (top + y) * width + left;
    sum += sumOf(field, from);
    squares += squaresOf(field, from);
  }
  const mean = sum / WINDOW ** 2;
  const variance = squares / WINDOW ** 2 - mean * mean;
  if (variance < BLANK_RMS ** 2) return false;
  const gain = 1 / Math.sqrt(variance);
  for (let y = 0; y < WINDOW; y++) {
    taperRow(field, (top + y) * width + left, mean, gain * (TAPER[y] ?? 0), to, y * stride);
  }
  return true;
}

// Loops over the samples of a row are functions of their own: V8 leaves one that it compiled while it ran inside
// another loop at the end of every row, and begins again slowly.

function sumOf(field: Float32Array, from: number): number {
  let sum = 0;
  for (let at = from; at < from + WINDOW; at++) sum += field[at] ?? 0;
  return sum;
}

function squaresOf(field: Float32Array, from: number): number {
  let squares = 0;
  for (let at = from; at < from + WINDOW; at++) squares += (field[at] ?? 0) ** 2;
  return squares;
}

function taperRow(
  field: Float32Array,
  from: number,
  mean: number,
  gain: number,
  to: Float32Array,
  row: number,
): void {
  for (let x = 0; x < WINDOW; x++) to[row + x] = ((field[from + x] ?? 0) - mean) * gain * (TAPER[x] ?? 0);
}

/** @param power sum over windows */
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
