import type { Region } from '../../report';
import { CELL } from './cell-errors';
import type { ErrorField } from './errors';

/** Deviations of the smoothed field from which cells join a region. */
export const REGION_DEVIATION = 4;
/** A region below this many cells is a coincidence of noise. */
const LEAST_IN_REGION = 6;

export interface OutlierRegion {
  /** Bounding box in px of the image. */
  readonly box: Region;
  readonly cells: number;
  /** Mean smoothed deviation, signed: above 0 the error is higher than elsewhere. */
  readonly contrast: number;
}

/** The grid of cells that regions are joined on. */
type CellGrid = Pick<ErrorField, 'part' | 'columns' | 'rows'>;

/**
 * Four-connected cells whose smoothed deviation is of one sign and beyond a bound, the most
 * telling first (contrast times the root of the area, as evidence of independent cells adds up).
 * @param from the bound
 * @param side of a cell in px
 */
export function joinRegions(
  smoothed: Float32Array,
  field: CellGrid,
  from = REGION_DEVIATION,
  side = CELL,
): readonly OutlierRegion[] {
  const seen = new Uint8Array(smoothed.length);
  const regions: OutlierRegion[] = [];
  for (let start = 0; start < smoothed.length; start++) {
    const sign = Math.sign(smoothed[start] ?? 0);
    const belongs = (cell: number) => seen[cell] === 0 && sign * (smoothed[cell] ?? 0) >= from;
    if (!belongs(start)) continue;
    const cells = flood(start, field, seen, belongs);
    if (cells.length >= LEAST_IN_REGION) regions.push(describe(cells, smoothed, field, from, side));
  }
  const weight = (region: OutlierRegion) => Math.abs(region.contrast) * Math.sqrt(region.cells);
  return regions.sort((a, b) => weight(b) - weight(a));
}

function flood(
  start: number,
  { columns, rows }: CellGrid,
  seen: Uint8Array,
  belongs: (cell: number) => boolean,
): readonly number[] {
  const cells: number[] = [];
  const open = [start];
  seen[start] = 1;
  const visit = (inside: boolean, cell: number) => {
    if (!inside || !belongs(cell)) return;
    seen[cell] = 1;
    open.push(cell);
  };
  for (let cell = open.pop(); cell !== undefined; cell = open.pop()) {
    cells.push(cell);
    const x = cell % columns;
    const y = (cell - x) / columns;
    visit(x > 0, cell - 1);
    visit(x < columns - 1, cell + 1);
    visit(y > 0, cell - columns);
    visit(y < rows - 1, cell + columns);
  }
  return cells;
}

function describe(
  cells: readonly number[],
  smoothed: Float32Array,
  { columns, part }: CellGrid,
  from: number,
  side: number,
): OutlierRegion {
  let [left, right, top, bottom, sum] = [Infinity, 0, Infinity, 0, 0];
  for (const cell of cells) {
    const x = cell % columns;
    const y = (cell - x) / columns;
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
    sum += smoothed[cell] ?? 0;
  }
  const contrast = sum / cells.length;
  return {
    box: {
      x: part.x + left * side,
      y: part.y + top * side,
      width: (right - left + 1) * side,
      height: (bottom - top + 1) * side,
      score: Math.min(1, Math.abs(contrast) / (3 * from)),
    },
    cells: cells.length,
    contrast,
  };
}

/** Contrast shown as 1: three times what starts a region. */
export const FULL_SCORE = 3 * REGION_DEVIATION;
