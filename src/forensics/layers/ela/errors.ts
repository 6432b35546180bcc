import { asWords } from '../../dsp/resample';
import type { ForensicImage, Rect } from '../../image';
import type { JpegCodec } from '../../layer';
import { rawAll } from '../../pixels/source';
import { rgbaOfWords } from '../../pixels/words';
import type { RgbaImage } from '../../rgba';
import { CELL, type CellErrors, compareCells } from './cell-errors';

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
export interface ErrorField extends CellErrors {
  /** What the cells stand for, in px: all of the picture but for incomplete cells at its edges. */
  readonly part: Rect;
  /** From one examined cell to the next, in px; CELL, where left out: every cell is examined. */
  readonly pitch?: number;
  readonly columns: number;
  readonly rows: number;
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
    rgbaOfWords(cells.subarray(first * CELL * stride, (first + count) * CELL * stride), order);
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

/** The cell in the middle of each step, and never beyond the last. */
function sampled(index: number, step: number, count: number): number {
  return Math.min(count - 1, index * step + Math.floor(step / 2));
}

/** Adds the figures of a strip's cells; `firstRow` is the strip's first row of cells. */
function compare(before: RgbaImage, after: RgbaImage, field: ErrorField, firstRow: number): void {
  const { width, height } = before;
  const old = asWords(before.data);
  const now = asWords(after.data);
  for (let row = 0; row < height / CELL; row++) {
    const target = (firstRow + row) * field.columns;
    compareCells(old, now, row * CELL * width, width, field.columns, field, target);
  }
}
