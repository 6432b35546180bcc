import { hann } from '../../dsp/hann';
import { once } from '../../dsp/once';
import { PowerSum } from '../../dsp/power-sum';
import { FLOAT } from '../../dsp/wasm';
import { LARGEST_TILE, type ResidualTile } from '../../pixels/residual';
import { type WindowKernel, windowKernel } from './window-kernel';

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
  const work = workOf();
  const { sum } = work;
  sum.reset();
  let windows = 0;
  for (const { residual, size } of tiles) {
    work.load(residual);
    for (let top = 0; top + WINDOW <= size; top += WINDOW) {
      for (let left = 0; left + WINDOW <= size; left += WINDOW) {
        // Two windows share a complex transform.
        const isSecond = windows % 2 === 1;
        if (!work.cut(size, left, top, isSecond ? sum.plane : 0)) continue;
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

/** Bytes of the two moments, each in two parts. */
const MOMENTS = 32;

/** The transform, with a tile in its memory. */
class Work {
  readonly sum: PowerSum;
  readonly #kernel: WindowKernel;
  readonly #moments: Float64Array;
  readonly #tile: Float32Array;

  constructor() {
    const taper = hann(WINDOW);
    // The sample behind the last weight is read, and counts for nothing.
    const line = (WINDOW + 4) * FLOAT;
    this.sum = new PowerSum(WINDOW, MOMENTS + line + LARGEST_TILE ** 2 * FLOAT);
    const { memory, spare, stride } = this.sum;
    this.#moments = new Float64Array(memory.buffer, spare, MOMENTS / Float64Array.BYTES_PER_ELEMENT);
    new Float32Array(memory.buffer, spare + MOMENTS, WINDOW).set(taper);
    this.#tile = new Float32Array(memory.buffer, spare + MOMENTS + line, LARGEST_TILE ** 2);
    this.#kernel = windowKernel(memory, WINDOW, spare + MOMENTS, stride * FLOAT);
  }

  load(tile: Float32Array): void {
    this.#tile.set(tile);
  }

  /**
   * Writes a tapered window with the mean 0 and the power 1 before tapering.
   * @param to bytes
   * @returns false, with nothing written, where it is blank
   */
  cut(size: number, left: number, top: number, to: number): boolean {
    const from = this.#tile.byteOffset + (top * size + left) * FLOAT;
    this.#kernel.moments(from, size * FLOAT, this.#moments.byteOffset);
    const [sumA = 0, sumB = 0, squaresA = 0, squaresB = 0] = this.#moments;
    const mean = (sumA + sumB) / WINDOW ** 2;
    const variance = (squaresA + squaresB) / WINDOW ** 2 - mean * mean;
    if (variance < BLANK_RMS ** 2) return false;
    this.#kernel.cut(from, size * FLOAT, to, mean, 1 / Math.sqrt(variance));
    return true;
  }
}

const workOf = once(() => new Work());

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
