import type { PixelSource, WordOrder } from '../../image';
import { rawAll } from '../../pixels/source';
import { BLOCK, findPeaks } from './block-peaks';

/** The library's scale: a bit is kept in which half of each 36 levels the largest coefficient lies. */
const SCALE = 36;

/** Pixels read at most: the message repeats all over the picture, so a part tells as much. */
const MOST_PIXELS = 1_500_000;

/** Rows of blocks read at once. */
const STRIPS = 16;

/** The bit that each block holds, whatever it may mean. */
export interface BlockBits {
  /** 0 or 1. */
  readonly bits: Uint8Array;
  /** Place of each block in the library's count: row by row over the whole picture. */
  readonly places: Uint32Array;
}

/**
 * Reads a block's bit as `invisible-watermark` (dwtDct) writes it: one Haar step of the U channel (BT.601, as
 * OpenCV rounds it), then in each 4 x 4 block of the approximation the largest coefficient but the first.
 * Of a large picture, rows of blocks evenly over it.
 */
export async function readBlockBits(pixels: PixelSource): Promise<BlockBits> {
  // The library cuts to multiples of 4 px, and takes whole blocks of what is left.
  const columns = Math.floor(pixels.width / BLOCK);
  const rows = Math.floor(pixels.height / BLOCK);
  const taken = Math.max(0, Math.min(rows, Math.floor(MOST_PIXELS / Math.max(1, columns * BLOCK * BLOCK))));
  const bits = new Uint8Array(taken * columns);
  const places = new Uint32Array(taken * columns);
  const peaks = new Int32Array(taken * columns);
  const strip = columns * BLOCK * BLOCK;
  const words = new Int32Array(Math.min(taken, STRIPS) * strip);
  const rowOf = (at: number) => Math.floor((at * rows) / taken);
  const rectOf = (at: number) => ({ x: 0, y: rowOf(at) * BLOCK, width: columns * BLOCK, height: BLOCK });
  let order: WordOrder = 'rgb';
  for (let at = 0; at < taken; at++) {
    const held = at % STRIPS;
    if (held === 0) {
      const count = Math.min(STRIPS, taken - at);
      order = await rawAll(
        pixels,
        Array.from({ length: count }, (_, next) => rectOf(at + next)),
        words,
      );
    }
    const row = rowOf(at);
    findPeaks(words.subarray(held * strip, (held + 1) * strip), columns, order, peaks, at * columns);
    for (let column = 0; column < columns; column++) places[at * columns + column] = row * columns + column;
  }
  // The coefficient is half the peak.
  for (let at = 0; at < bits.length; at++) bits[at] = (peaks[at] ?? 0) % (2 * SCALE) > SCALE ? 1 : 0;
  return { bits, places };
}
