import type { ForensicImage, Rect } from '../../image';
import type { JpegCodec } from '../../layer';
import type { RgbaImage } from '../../rgba';

/** One cell: four 8 x 8 luma blocks and one of each chroma, as halved chroma has it. */
export const CELL = 16;

/**
 * libjpeg quality of the trial compression. Below what cameras save (92..98) and above what sites save
 * (75..85): parts of either history change, and differently. Fixed, so that figures compare.
 */
export const TRIAL_QUALITY = 0.9;

/** Pixels examined: 4000 x 4000. More costs seconds and tells nothing new. */
export const MAX_EXAMINED = 16_000_000;

/** Pixels compressed at once: bounds the memory of canvas and copies to some 25 MB. */
const STRIP_PIXELS = 1 << 20;

/** Figures of every whole cell of the examined part, row by row. Errors and activity in grey levels. */
export interface ErrorField {
  /** The examined part, in px, aligned to cells of the image. */
  readonly part: Rect;
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
 * Compresses the picture (the central part of a very large one) once more and measures what that changes.
 * Strips are whole rows of cells, and JPEG compresses cells independently, so strips change nothing but
 * the chroma smoothing across their borders.
 */
export async function measureErrors(
  image: ForensicImage,
  jpeg: JpegCodec,
  signal: AbortSignal,
): Promise<ErrorField> {
  const part = centralPart(image.width, image.height);
  const columns = part.width / CELL;
  const rows = part.height / CELL;
  const cells = columns * rows;
  const field: ErrorField = {
    part,
    columns,
    rows,
    luma: new Float32Array(cells),
    chroma: new Float32Array(cells),
    activity: new Float32Array(cells),
  };
  const stripRows = Math.max(1, Math.floor(STRIP_PIXELS / (part.width * CELL)));
  // One strip is compressed (on the browser's own threads) while the one before it is compared here.
  let pending: { strip: RgbaImage; again: Promise<RgbaImage>; row: number } | null = null;
  for (let row = 0; row < rows; row += stripRows) {
    signal.throwIfAborted();
    const height = Math.min(stripRows, rows - row) * CELL;
    const strip = image.pixels.region({ x: part.x, y: part.y + row * CELL, width: part.width, height });
    const next = { strip, again: jpeg.roundTrip(strip, TRIAL_QUALITY), row };
    if (pending) compare(pending.strip, await pending.again, field, pending.row);
    pending = next;
  }
  if (pending) compare(pending.strip, await pending.again, field, pending.row);
  signal.throwIfAborted();
  return field;
}

/** Whole cells only, at the image's own cell grid: a shifted grid would compress other blocks. */
function centralPart(width: number, height: number): Rect {
  const whole = (length: number) => Math.floor(length / CELL) * CELL;
  let partWidth = whole(width);
  let partHeight = whole(height);
  if (partWidth * partHeight > MAX_EXAMINED) {
    const side = Math.sqrt(MAX_EXAMINED);
    if (partWidth <= side) partHeight = whole(MAX_EXAMINED / partWidth);
    else if (partHeight <= side) partWidth = whole(MAX_EXAMINED / partHeight);
    else {
      partWidth = whole(side);
      partHeight = whole(side);
    }
  }
  return {
    x: whole((width - partWidth) / 2),
    y: whole((height - partHeight) / 2),
    width: partWidth,
    height: partHeight,
  };
}

/** Adds the figures of a strip's cells; `firstRow` is the strip's first row of cells. */
function compare(before: RgbaImage, after: RgbaImage, field: ErrorField, firstRow: number): void {
  const { width, height } = before;
  const old = before.data;
  const now = after.data;
  const pixels = CELL * CELL;
  // Luma of one row of cells: neighbours are compared within their cell only.
  const luma = new Float64Array(width * CELL);
  for (let top = 0; top < height; top += CELL) {
    const target = (firstRow + top / CELL) * field.columns;
    for (let column = 0; column < field.columns; column++) {
      let lumaError = 0;
      let chromaError = 0;
      let activity = 0;
      for (let y = 0; y < CELL; y++) {
        let at = y * width + column * CELL;
        let from = (top * width + at) * 4;
        for (let x = 0; x < CELL; x++) {
          const red = old[from] ?? 0;
          const green = old[from + 1] ?? 0;
          const blue = old[from + 2] ?? 0;
          const here = 0.299 * red + 0.587 * green + 0.114 * blue;
          const dr = (now[from] ?? 0) - red;
          const dg = (now[from + 1] ?? 0) - green;
          const db = (now[from + 2] ?? 0) - blue;
          const dy = 0.299 * dr + 0.587 * dg + 0.114 * db;
          lumaError += Math.abs(dy);
          // JFIF: Cb = 0.564 (B - Y), Cr = 0.713 (R - Y).
          chromaError += 0.564 * Math.abs(db - dy) + 0.713 * Math.abs(dr - dy);
          luma[at] = here;
          if (x > 0 && y > 0) {
            activity += Math.abs(here - (luma[at - 1] ?? 0)) + Math.abs(here - (luma[at - width] ?? 0));
          }
          at++;
          from += 4;
        }
      }
      field.luma[target + column] = lumaError / pixels;
      field.chroma[target + column] = chromaError / (2 * pixels);
      field.activity[target + column] = activity / (2 * (CELL - 1) ** 2);
    }
  }
}
