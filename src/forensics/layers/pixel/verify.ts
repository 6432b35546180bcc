import type { Keypoints, Plane } from './keypoints';

/** Side of a verified cell, px of the plane; each is judged by the WINDOW around it. */
export const CELL = 8;
const WINDOW = 16;
/** A cell with less standard deviation (grey levels) is blank: it agrees with any other blank one. */
const LEAST_DEVIATION = 4;
/** Power of the difference over that of the detail up to which two cells hold the same pixels. */
const SAME = 0.12;
/** Fewest cells of a part (32 x 40 px), keypoint pairs inside it, and pairs a cell. */
const LEAST_CELLS = 20;
const LEAST_PAIRS = 5;
const LEAST_DENSITY = 0.1;
/**
 * A shift a few pixels off must make this many times as much difference: a straight edge, a stripe or a
 * blur agrees with itself under many shifts, a copied texture under one only.
 */
const UNIQUE = 7;
/** Differences below this are rounding; above this the parts have nothing in common. */
const LEAST_DIFFERENCE = 0.002;
const MOST_RIVAL = 4;

/** A part of the picture and where it appears again, in px of the plane. */
export interface Copy {
  readonly shift: { readonly dx: number; readonly dy: number };
  /** Cells of `CELL` px of the part, as indices into the plane's cell grid. */
  readonly cells: readonly number[];
  /** Keypoint pairs inside the part. */
  readonly pairs: number;
  /** Power of the difference over the power of the detail, 0..1: 0 for an exact copy. */
  readonly difference: number;
  /** How many times more the parts differ when the shift is a little off: 1 along a straight edge. */
  readonly uniqueness: number;
}

/** Indices of two keypoints, the one further left (or up) first. */
export interface Pair {
  readonly a: number;
  readonly b: number;
}

type Shift = Copy['shift'];

interface Grid {
  readonly columns: number;
  readonly rows: number;
}

/**
 * Grows the part around each pair: neighbouring cells join while they hold the same pixels, shifted.
 * @returns connected parts that agree and hold enough of the keypoint pairs that suggested the shift
 */
export function growCopies(
  plane: Plane,
  shift: Shift,
  group: readonly Pair[],
  points: Keypoints,
): readonly Copy[] {
  const grid = { columns: Math.floor(plane.width / CELL), rows: Math.floor(plane.height / CELL) };
  const cellOf = ({ a }: Pair) =>
    Math.floor((points.y[a] ?? 0) / CELL) * grid.columns + Math.floor((points.x[a] ?? 0) / CELL);
  const copies: Copy[] = [];
  const seen = new Uint8Array(grid.columns * grid.rows);
  for (const pair of group) {
    const { cells, difference } = flood(plane, shift, grid, seen, cellOf(pair));
    if (cells.length < LEAST_CELLS) continue;
    const inside = new Set(cells);
    const pairs = group.filter((other) => inside.has(cellOf(other))).length;
    if (pairs < LEAST_PAIRS || pairs < cells.length * LEAST_DENSITY) continue;
    const uniqueness = rival(plane, cells, grid, shift) / Math.max(difference, LEAST_DIFFERENCE);
    if (uniqueness >= UNIQUE) copies.push({ shift, cells, pairs, difference, uniqueness });
  }
  return copies;
}

/** Shifts this many px off, in eight directions. */
const OFF = 3;

/** Cells of a part that are compared with rivals: enough for a mean. */
const MOST_RIVAL_CELLS = 64;

/** The least difference of the same cells under a shift a little off: as low along straight edges. */
function rival(plane: Plane, cells: readonly number[], { columns }: Grid, { dx, dy }: Shift): number {
  const step = Math.max(1, Math.floor(cells.length / MOST_RIVAL_CELLS));
  let least = Number.POSITIVE_INFINITY;
  for (let direction = 0; direction < 9; direction++) {
    if (direction === 4) continue;
    const off = { dx: dx + ((direction % 3) - 1) * OFF, dy: dy + (Math.floor(direction / 3) - 1) * OFF };
    let sum = 0;
    let count = 0;
    for (let at = 0; at < cells.length; at += step) {
      const cell = cells[at] ?? 0;
      const column = cell % columns;
      const value = compare(plane, column * CELL, ((cell - column) / columns) * CELL, off);
      if (value === Number.POSITIVE_INFINITY) continue;
      sum += Math.min(MOST_RIVAL, value);
      count++;
    }
    if (count > 0) least = Math.min(least, sum / count);
  }
  return least === Number.POSITIVE_INFINITY ? 0 : least;
}

/** Power of the difference (its mean taken off) over the weaker part's own; infinite for blank cells. */
function compare({ width, height, luma }: Plane, cellX: number, cellY: number, { dx, dy }: Shift): number {
  const margin = (WINDOW - CELL) / 2;
  const left = Math.max(0, cellX - margin, -dx);
  const top = Math.max(0, cellY - margin, -dy);
  const right = Math.min(width, cellX + CELL + margin, width - dx);
  const bottom = Math.min(height, cellY + CELL + margin, height - dy);
  const count = (right - left) * (bottom - top);
  if (right - left < CELL || bottom - top < CELL) return Number.POSITIVE_INFINITY;
  let a1 = 0;
  let a2 = 0;
  let b1 = 0;
  let b2 = 0;
  let d2 = 0;
  for (let y = top; y < bottom; y++) {
    let here = y * width + left;
    const end = y * width + right;
    let there = (y + dy) * width + left + dx;
    for (; here < end; here++, there++) {
      const a = luma[here] ?? 0;
      const b = luma[there] ?? 0;
      a1 += a;
      a2 += a * a;
      b1 += b;
      b2 += b * b;
      d2 += (a - b) * (a - b);
    }
  }
  const power = Math.min(a2 / count - (a1 / count) ** 2, b2 / count - (b1 / count) ** 2);
  if (power < LEAST_DEVIATION * LEAST_DEVIATION) return Number.POSITIVE_INFINITY;
  return (d2 / count - ((a1 - b1) / count) ** 2) / power;
}

function flood(
  plane: Plane,
  shift: Shift,
  { columns, rows }: Grid,
  seen: Uint8Array,
  start: number,
): { cells: readonly number[]; difference: number } {
  const cells: number[] = [];
  const open: number[] = [];
  let sum = 0;
  const visit = (cell: number) => {
    if (seen[cell] !== 0) return;
    seen[cell] = 1;
    const column = cell % columns;
    const difference = compare(plane, column * CELL, ((cell - column) / columns) * CELL, shift);
    if (difference > SAME) return;
    sum += difference;
    cells.push(cell);
    open.push(cell);
  };
  visit(start);
  for (let cell = open.pop(); cell !== undefined; cell = open.pop()) {
    const column = cell % columns;
    const row = (cell - column) / columns;
    if (column > 0) visit(cell - 1);
    if (column < columns - 1) visit(cell + 1);
    if (row > 0) visit(cell - columns);
    if (row < rows - 1) visit(cell + columns);
  }
  return { cells, difference: cells.length > 0 ? sum / cells.length : 0 };
}
