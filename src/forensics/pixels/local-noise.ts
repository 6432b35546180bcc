import { MAD_TO_SD, medianInPlace } from '../dsp/statistics';
import { growTo, WORD } from '../dsp/wasm';
import type { ForensicImage, WordOrder } from '../image';
import { PATCH, type PatchKernel, patchKernel, SQUARE } from './patch-kernel';
import { rawAll } from './source';

/** Squares whose means tell texture from noise that fit a patch's side. */
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
  /**
   * Standard deviation of the finest detail, grey levels: by the median of diagonal Haar details (Donoho and Johnstone
   * 1994), which shading and edges along the axes do not reach, half the difference of the two diagonals of each square
   * of 2 x 2 px. White noise of standard deviation s answers s; noise smoothed by JPEG or scaling answers less.
   */
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
  const kernel = idle.pop() ?? patchKernel();
  // A row of patches lies in a strip of the picture, or patch behind patch.
  const isStrip = width <= WIDEST_STRIP;
  const stride = isStrip ? width : PATCH;
  const length = (isStrip ? width : columns * PATCH) * PATCH;
  const strips = room(kernel, length);
  const read = (row: number): Promise<WordOrder> => {
    const y = placed(row, cell, height);
    const into = strips[row % 2] ?? new Int32Array(length);
    if (isStrip) return pixels.raw({ x: 0, y, width, height: PATCH }, into);
    const places = Array.from({ length: columns }, (_, column) => placed(column, cell, width));
    const rects = places.map((x) => ({ x, y, width: PATCH, height: PATCH }));
    return rawAll(pixels, rects, into);
  };
  const { details, squares } = kernel;
  let coming = read(0);
  try {
    for (let row = 0; row < rows; row++) {
      const [lowest, second, third] = (await coming) === 'rgb' ? RGB : BGR;
      // The next strip is on its way while this one is measured.
      if (row + 1 < rows) coming = read(row + 1);
      const strip = strips[row % 2]?.byteOffset ?? 0;
      for (let column = 0; column < columns; column++) {
        const first = isStrip ? placed(column, cell, width) : column * PATCH * PATCH;
        kernel.measure(strip + first * WORD, stride * WORD, lowest, second, third);
        const at = row * columns + column;
        level[at] = levelOf(details);
        mean[at] = meanOf(squares) / (SQUARE ** 2 * THOUSANDTHS);
        activity[at] = activityOf(squares, level[at] ?? 0);
      }
    }
  } finally {
    // Nothing may be written to this memory when another picture has it.
    await Promise.allSettled([coming]);
    idle.push(kernel);
  }
  return { columns, rows, cell, level, mean, activity };
}

/** Of the thread, not at work. */
const idle: PatchKernel[] = [];

const THOUSANDTHS = 1000;
/** Rec. 601 in thousandths, by a word's bytes. */
const RGB = [299, 587, 114] as const;
const BGR = [114, 587, 299] as const;

/** Room for two strips of a length in words, in the kernel's memory. */
function room({ memory, spare }: PatchKernel, length: number): readonly Int32Array<ArrayBuffer>[] {
  growTo(memory, spare + 2 * length * WORD);
  return [0, 1].map((at) => new Int32Array(memory.buffer, spare + at * length * WORD, length));
}

const sorting = new Float64Array((PATCH / 2) ** 2);

function levelOf(details: Int32Array): number {
  sorting.set(details);
  return (MAD_TO_SD * medianInPlace(sorting)) / (2 * THOUSANDTHS);
}

function meanOf(squares: Int32Array): number {
  let sum = 0;
  for (let at = 0; at < squares.length; at++) sum += squares[at] ?? 0;
  return sum / squares.length;
}

function activityOf(squares: Int32Array, level: number): number {
  const step = meanSquareStep(squares) / (SQUARE ** 2 * THOUSANDTHS) ** 2;
  return Math.sqrt(Math.max(0, step - (2 * level ** 2) / SQUARE ** 2));
}

/** Start of the patch in the middle of a cell, on an even pixel, moved inside the image. */
function placed(index: number, cell: number, side: number): number {
  const middle = index * cell + Math.floor((cell - PATCH) / 2);
  return Math.min(middle - (middle % 2), side - PATCH);
}

/** Mean square difference of each square from the ones to its left and above. */
function meanSquareStep(squares: Int32Array): number {
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
