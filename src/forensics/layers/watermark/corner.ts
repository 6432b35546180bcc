import type { PixelSource, Rect } from '../../image';
import { toLuma } from '../../pixels/luma-tiles';

/** Luma of a part of the picture as running sums, so that the mean of any rectangle costs four reads. */
export interface Corner {
  readonly rect: Rect;
  /** Sums over everything above and to the left, (width + 1) x (height + 1), row-major. */
  readonly sums: Float64Array;
}

/** Reads a rectangle that lies inside the picture. */
export function readCorner(pixels: PixelSource, rect: Rect): Corner {
  const luma = toLuma(pixels.region(rect));
  const stride = rect.width + 1;
  const sums = new Float64Array(stride * (rect.height + 1));
  for (let y = 0; y < rect.height; y++) {
    let row = 0;
    for (let x = 0; x < rect.width; x++) {
      row += luma[y * rect.width + x] ?? 0;
      sums[(y + 1) * stride + x + 1] = (sums[y * stride + x + 1] ?? 0) + row;
    }
  }
  return { rect, sums };
}

/**
 * Means of a grid of cells, row by row, cut from pixels as an ideal area filter would.
 * @param left left border of the grid in px of the picture; fractions are met by interpolating the sums
 * @param across width of a cell in px
 */
export function cellMeans(
  { rect, sums }: Corner,
  left: number,
  top: number,
  across: number,
  columns: number,
  rows: number,
  into: Float64Array,
): void {
  const stride = rect.width + 1;
  let above = new Float64Array(columns + 1);
  let below = new Float64Array(columns + 1);
  const line = (at: number, to: Float64Array) => {
    const y = Math.min(rect.height, Math.max(0, top + at * across - rect.y));
    const y0 = Math.min(rect.height - 1, Math.floor(y));
    for (let column = 0; column <= columns; column++) {
      const x = Math.min(rect.width, Math.max(0, left + column * across - rect.x));
      const x0 = Math.min(rect.width - 1, Math.floor(x));
      const from = y0 * stride + x0;
      const upper = (sums[from] ?? 0) * (1 - x + x0) + (sums[from + 1] ?? 0) * (x - x0);
      const lower = (sums[from + stride] ?? 0) * (1 - x + x0) + (sums[from + stride + 1] ?? 0) * (x - x0);
      to[column] = upper * (1 - y + y0) + lower * (y - y0);
    }
  };
  line(0, above);
  for (let row = 0; row < rows; row++) {
    line(row + 1, below);
    for (let column = 0; column < columns; column++) {
      const sum =
        (below[column + 1] ?? 0) - (below[column] ?? 0) - (above[column + 1] ?? 0) + (above[column] ?? 0);
      into[row * columns + column] = sum / (across * across);
    }
    [above, below] = [below, above];
  }
}

/**
 * Coverage of each cell by a shape, 0..1, from 8 x 8 points a cell.
 * @param inside whether a point in cell units lies in the shape
 */
export function drawShape(
  columns: number,
  rows: number,
  inside: (x: number, y: number) => boolean,
): Float64Array {
  const points = 8;
  const drawn = new Float64Array(columns * rows);
  for (let at = 0; at < drawn.length; at++) {
    let count = 0;
    for (let point = 0; point < points * points; point++) {
      const x = (at % columns) + ((point % points) + 0.5) / points;
      const y = Math.floor(at / columns) + (Math.floor(point / points) + 0.5) / points;
      if (inside(x, y)) count++;
    }
    drawn[at] = count / (points * points);
  }
  return drawn;
}

/** Whether a point lies in a polygon (even-odd rule). */
export function inPolygon(corners: readonly (readonly [number, number])[], x: number, y: number): boolean {
  let inside = false;
  let [px, py] = corners[corners.length - 1] ?? [0, 0];
  for (const [cx, cy] of corners) {
    if (cy > y !== py > y && x < ((px - cx) * (y - cy)) / (py - cy) + cx) inside = !inside;
    [px, py] = [cx, cy];
  }
  return inside;
}
