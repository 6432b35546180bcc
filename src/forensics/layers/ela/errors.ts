import { asWords } from '../../dsp/resample';
import type { ForensicImage, Rect } from '../../image';
import type { JpegCodec } from '../../layer';
import { rawAll } from '../../pixels/source';
import type { RgbaImage } from '../../rgba';

/** One cell: four 8 x 8 luma blocks and one of each chroma, as halved chroma has it. */
export const CELL = 16;

/**
 * libjpeg quality of the trial compression. Below what cameras save (92..98) and above what sites save
 * (75..85): parts of either history change, and differently. Fixed, so that figures compare.
 */
export const TRIAL_QUALITY = 0.9;

/** A picture of up to this many pixels is compressed whole: the size at which generators answer. */
const WHOLE_PIXELS = 1_100_000;

/** Of a larger one, cells of about this many pixels together, evenly over the picture. */
const SAMPLED_PIXELS = 700_000;

/** Pixels compressed at once: bounds the memory of canvas and copies to some 25 MB. */
const STRIP_PIXELS = 1 << 20;

/** Rows of cells read at once: at 8192 px across 4 MB. */
const LINES = 8;

/** Figures of the examined cells, row by row. Errors and activity in grey levels. */
export interface ErrorField {
  /** What the cells stand for, in px: all of the picture but for incomplete cells at its edges. */
  readonly part: Rect;
  /** From one examined cell to the next, in px; CELL, where left out: every cell is examined. */
  readonly pitch?: number;
  readonly columns: number;
  readonly rows: number;
  /** Mean absolute change of luma by the trial compression. */
  readonly luma: Float32Array;
  /** Mean absolute change of Cb and Cr. */
  readonly chroma: Float32Array;
  /** Mean absolute difference of neighbouring luma: how much there is to compress. */
  readonly activity: Float32Array;
}

/**
 * Compresses the picture once more and measures what that changes; of a large one, an even sample of its
 * cells. JPEG compresses cells independently, so cells put side by side are compressed as they were in the
 * picture, but for the smoothing of chroma across their borders.
 */
export async function measureErrors(
  image: ForensicImage,
  jpeg: JpegCodec,
  signal: AbortSignal,
): Promise<ErrorField> {
  const across = Math.floor(image.width / CELL);
  const down = Math.floor(image.height / CELL);
  const pixels = across * down * CELL * CELL;
  const step = pixels <= WHOLE_PIXELS ? 1 : Math.ceil(Math.sqrt(pixels / SAMPLED_PIXELS));
  const columns = Math.ceil(across / step);
  const rows = Math.ceil(down / step);
  const field: ErrorField = {
    part: { x: 0, y: 0, width: across * CELL, height: down * CELL },
    pitch: step * CELL,
    columns,
    rows,
    luma: new Float32Array(columns * rows),
    chroma: new Float32Array(columns * rows),
    activity: new Float32Array(columns * rows),
  };
  // At least one row, however wide: a strip is one call to the codec.
  const stripRows = Math.max(1, Math.floor(STRIP_PIXELS / (columns * CELL * CELL)));
  // One strip is compressed (on the browser's own threads) while the one before it is compared here.
  let pending: { strip: RgbaImage; again: Promise<RgbaImage>; row: number } | null = null;
  for (let row = 0; row < rows; row += stripRows) {
    signal.throwIfAborted();
    const strip = await gather(image, {
      columns,
      row,
      rows: Math.min(stripRows, rows - row),
      step,
      across,
      down,
    });
    const next = { strip, again: jpeg.roundTrip(strip, TRIAL_QUALITY), row };
    if (pending) compare(pending.strip, await pending.again, field, pending.row);
    pending = next;
  }
  if (pending) compare(pending.strip, await pending.again, field, pending.row);
  signal.throwIfAborted();
  return field;
}

/** Puts the examined cells of some rows side by side. Only the picture's own cell grid: a shifted one would
 * compress other blocks. */
async function gather(
  image: ForensicImage,
  at: { columns: number; row: number; rows: number; step: number; across: number; down: number },
): Promise<RgbaImage> {
  const { columns, rows, step } = at;
  const width = image.width - (image.width % CELL);
  if (step === 1) {
    return image.pixels.region({ x: 0, y: at.row * CELL, width, height: rows * CELL });
  }
  const stride = columns * CELL;
  const cells = new Int32Array(stride * rows * CELL);
  const line = width * CELL;
  const lines = new Int32Array(Math.min(rows, LINES) * line);
  for (let first = 0; first < rows; first += LINES) {
    const count = Math.min(LINES, rows - first);
    const rects = Array.from({ length: count }, (_, next) => {
      const y = sampled(at.row + first + next, step, at.down) * CELL;
      return { x: 0, y, width, height: CELL };
    });
    const order = await rawAll(image.pixels, rects, lines);
    for (let next = 0; next < count; next++) {
      const to = (first + next) * CELL * stride;
      for (let column = 0; column < columns; column++) {
        const x = sampled(column, step, at.across) * CELL;
        copyCell(lines, next * line + x, width, cells, to + column * CELL, stride);
      }
    }
    if (order === 'bgr') toRgb(cells.subarray(first * CELL * stride, (first + count) * CELL * stride));
  }
  return { width: stride, height: rows * CELL, data: new Uint8ClampedArray(cells.buffer) };
}

/** Copies one cell word by word: a view on each 16 would cost more than they do. */
function copyCell(
  lines: Int32Array,
  from: number,
  width: number,
  cells: Int32Array,
  to: number,
  stride: number,
): void {
  for (let at = 0; at < CELL * CELL; at++) {
    const row = (at / CELL) | 0;
    const column = at % CELL;
    cells[to + row * stride + column] = lines[from + row * width + column] ?? 0;
  }
}

const OPAQUE = 0xff << 24;

/** Puts red and blue of opaque pixels in each other's place. */
function toRgb(words: Int32Array): void {
  for (let at = 0; at < words.length; at++) {
    const pixel = words[at] ?? 0;
    words[at] = OPAQUE | ((pixel & 0xff) << 16) | (pixel & 0xff00) | ((pixel >>> 16) & 0xff);
  }
}

/** The cell in the middle of each step, and never beyond the last. */
function sampled(index: number, step: number, count: number): number {
  return Math.min(count - 1, index * step + Math.floor(step / 2));
}

/** Adds the figures of a strip's cells; `firstRow` is the strip's first row of cells. */
function compare(before: RgbaImage, after: RgbaImage, field: ErrorField, firstRow: number): void {
  const { width, height } = before;
  const old = asWords(before.data);
  const now = asWords(after.data);
  // Luma of one cell: neighbours are compared within it only.
  const luma = new Float64Array(CELL * CELL);
  for (let top = 0; top < height; top += CELL) {
    const target = (firstRow + top / CELL) * field.columns;
    for (let column = 0; column < field.columns; column++) {
      compareCell(old, now, top * width + column * CELL, width, luma, field, target + column);
      field.activity[target + column] = activityOf(luma);
    }
  }
}

/**
 * Errors of the cell whose first pixel is `first`; leaves its luma before in `luma`. A function of its own: V8 leaves
 * a loop that it compiled while it ran inside another whenever that loop ends.
 */
function compareCell(
  old: Int32Array,
  now: Int32Array,
  first: number,
  width: number,
  luma: Float64Array,
  field: ErrorField,
  target: number,
): void {
  const pixels = CELL * CELL;
  let lumaError = 0;
  let chromaError = 0;
  for (let at = 0; at < pixels; at++) {
    const from = first + ((at / CELL) | 0) * width + (at % CELL);
    const was = old[from] ?? 0;
    const is = now[from] ?? 0;
    const red = was & 0xff;
    const green = (was >>> 8) & 0xff;
    const blue = (was >>> 16) & 0xff;
    const dr = (is & 0xff) - red;
    const dg = ((is >>> 8) & 0xff) - green;
    const db = ((is >>> 16) & 0xff) - blue;
    const dy = 0.299 * dr + 0.587 * dg + 0.114 * db;
    lumaError += Math.abs(dy);
    // JFIF: Cb = 0.564 (B - Y), Cr = 0.713 (R - Y).
    chromaError += 0.564 * Math.abs(db - dy) + 0.713 * Math.abs(dr - dy);
    luma[at] = 0.299 * red + 0.587 * green + 0.114 * blue;
  }
  field.luma[target] = lumaError / pixels;
  field.chroma[target] = chromaError / (2 * pixels);
}

/** Mean absolute difference of each pixel of a cell from the ones to its left and above. */
function activityOf(luma: Float64Array): number {
  let sum = 0;
  for (let y = 1; y < CELL; y++) {
    let left = luma[y * CELL] ?? 0;
    for (let at = y * CELL + 1; at < (y + 1) * CELL; at++) {
      const here = luma[at] ?? 0;
      sum += Math.abs(here - left) + Math.abs(here - (luma[at - CELL] ?? 0));
      left = here;
    }
  }
  return sum / (2 * (CELL - 1) ** 2);
}
