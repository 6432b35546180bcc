import { diagonalNoise } from '../dsp/wiener';
import type { ForensicImage, WordOrder } from '../image';
import { lumaOfSquare } from './words';

/** Side of the square measured in the middle of each cell, in px: 256 diagonal details. */
export const PATCH = 32;
/** Side of the squares whose means tell texture from noise, in px, and how many fit a patch's side. */
const SQUARE = 4;
const SQUARES = PATCH / SQUARE;
/** Cells along the longer side at most. */
const MOST_CELLS = 24;
/** Up to this many px across, all patches of a row are read as one strip: 2 MB. Wider pictures patch by patch. */
const WIDEST_STRIP = 16_384;

/** Noise level and what may explain it, cell by cell over the whole image; row-major. */
export interface LocalNoise {
  readonly columns: number;
  readonly rows: number;
  /** Pixels a side that one cell covers; the last column and row may be cut off by the image's border. */
  readonly cell: number;
  /** Standard deviation of the finest detail by its median (see `diagonalNoise`), grey levels. */
  readonly level: Float32Array;
  /** Mean luma of the patch, 0..255. */
  readonly mean: Float32Array;
  /**
   * Texture: root mean square difference of neighbouring squares of 4 x 4 px, less what the noise level
   * itself adds to it (were it white), grey levels.
   */
  readonly activity: Float32Array;
}

const known = new WeakMap<ForensicImage, Promise<LocalNoise>>();

/**
 * Noise level over the image on a grid of at most 24 x 24 cells, measured at native resolution in a patch
 * of 32 x 32 px of each cell (all of it where the image is small). Computed once an image.
 * @throws RangeError where the image's shorter side is below a patch
 */
export function localNoise(image: ForensicImage): Promise<LocalNoise> {
  const measured = known.get(image) ?? measure(image);
  known.set(image, measured);
  return measured;
}

async function measure({ width, height, pixels }: ForensicImage): Promise<LocalNoise> {
  if (Math.min(width, height) < PATCH) {
    throw new RangeError(`Expected a shorter side of ${PATCH} or more but received ${width} x ${height}`);
  }
  const cell = Math.max(PATCH, Math.ceil(Math.max(width, height) / MOST_CELLS));
  const columns = Math.ceil(width / cell);
  const rows = Math.ceil(height / cell);
  const level = new Float32Array(columns * rows);
  const mean = new Float32Array(columns * rows);
  const activity = new Float32Array(columns * rows);
  const strips = width <= WIDEST_STRIP;
  const stride = strips ? width : PATCH;
  const words = new Int32Array(stride * PATCH);
  let order: WordOrder = 'rgb';
  const patch = new Float32Array(PATCH * PATCH);
  const squares = new Float32Array(SQUARES * SQUARES);
  for (let at = 0; at < level.length; at++) {
    const column = at % columns;
    const row = (at - column) / columns;
    const x = placed(column, cell, width);
    const y = placed(row, cell, height);
    if (!strips) order = await pixels.raw({ x, y, width: PATCH, height: PATCH }, words);
    else if (column === 0) order = await pixels.raw({ x: 0, y, width, height: PATCH }, words);
    lumaOfSquare(words, order, patch, PATCH, strips ? x : 0, stride);
    level[at] = diagonalNoise(patch, PATCH, 0, 0, PATCH, PATCH);
    averageSquares(patch, squares);
    mean[at] = squares.reduce((sum, value) => sum + value, 0) / squares.length;
    activity[at] = Math.sqrt(
      Math.max(0, meanSquareStep(squares) - (2 * (level[at] ?? 0) ** 2) / SQUARE ** 2),
    );
  }
  return { columns, rows, cell, level, mean, activity };
}

/** Start of the patch in the middle of a cell, on an even pixel, moved inside the image. */
function placed(index: number, cell: number, side: number): number {
  const middle = index * cell + Math.floor((cell - PATCH) / 2);
  return Math.min(middle - (middle % 2), side - PATCH);
}

/** Means of the squares of a patch. */
function averageSquares(patch: Float32Array, out: Float32Array): void {
  for (let at = 0; at < out.length; at++) {
    const column = at % SQUARES;
    let from = (at - column) * SQUARE * SQUARE + column * SQUARE;
    let sum = 0;
    for (let y = 0; y < SQUARE; y++, from += PATCH) {
      for (let x = 0; x < SQUARE; x++) sum += patch[from + x] ?? 0;
    }
    out[at] = sum / SQUARE ** 2;
  }
}

/** Mean square difference of each square from the ones to its left and above. */
function meanSquareStep(squares: Float32Array): number {
  let sum = 0;
  for (let y = 1; y < SQUARES; y++) {
    for (let x = 1; x < SQUARES; x++) {
      const at = y * SQUARES + x;
      const here = squares[at] ?? 0;
      const across = here - (squares[at - 1] ?? 0);
      const down = here - (squares[at - SQUARES] ?? 0);
      sum += across * across + down * down;
    }
  }
  return sum / (2 * (SQUARES - 1) ** 2);
}
