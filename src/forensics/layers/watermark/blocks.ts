import type { PixelSource, WordOrder } from '../../image';
import { rawAll } from '../../pixels/source';

/** Side of a block in px: four coefficients of one Haar step. */
export const BLOCK = 8;

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
  const u = new Uint8Array(columns * BLOCK * BLOCK);
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
    toU(words.subarray(held * strip, (held + 1) * strip), order, u);
    for (let column = 0; column < columns; column++) {
      bits[at * columns + column] = blockBit(u, column, columns * BLOCK);
      places[at * columns + column] = row * columns + column;
    }
  }
  return { bits, places };
}

/** U of a blue and a luma, by their difference from -255 on: both rounded as OpenCV does. */
const U_BY_DIFFERENCE = Uint8Array.from({ length: 511 }, (_, at) =>
  Math.min(255, Math.max(0, Math.round((at - 255) * 0.492 + 128))),
);

/** U = 0.492 (B - Y) + 128, both rounded. */
function toU(words: Int32Array, order: WordOrder, u: Uint8Array): void {
  const red = order === 'rgb' ? 0 : 16;
  const blue = 16 - red;
  for (let at = 0; at < u.length; at++) {
    const pixel = words[at] ?? 0;
    const b = (pixel >>> blue) & 0xff;
    // Luma is never below 0: cutting off after adding a half rounds.
    const y = (0.299 * ((pixel >>> red) & 0xff) + 0.587 * ((pixel >>> 8) & 0xff) + 0.114 * b + 0.5) | 0;
    u[at] = U_BY_DIFFERENCE[b - y + 255] ?? 0;
  }
}

function blockBit(u: Uint8Array, column: number, stride: number): number {
  let largest = -1;
  // The first coefficient holds the block's mean in the library's eyes, and is passed over.
  for (let at = 1; at < 16; at++) {
    const from = (at >> 2) * 2 * stride + column * BLOCK + (at & 3) * 2;
    // The approximation of a Haar step: half the sum of four neighbours.
    const value =
      ((u[from] ?? 0) + (u[from + 1] ?? 0) + (u[from + stride] ?? 0) + (u[from + stride + 1] ?? 0)) / 2;
    if (value > largest) largest = value;
  }
  return largest % SCALE > SCALE / 2 ? 1 : 0;
}
