import type { ForensicImage, WordOrder } from '../../image';
import { rawAll } from '../../pixels/source';
import { fitRadial, type RadialFit, type Shift } from './radial-fit';
import { SIDE, type SquareSums, sumSquare } from './square-kernel';

/** Squares in which the shift between colours is measured. */
const COLUMNS = 12;
const ROWS = 9;
/** A place counts when green changes by this many levels over 2 px (after smoothing), squared. */
const LEAST_GRADIENT2 = 36;
const LEAST_PLACES = 150;
/** Longest believable shift, px: beyond it the linear step does not hold. */
const LONGEST = 2.5;
/** Mean difference of two channels, levels, below which a picture has no colours to compare. */
const LEAST_COLOUR = 1;

export interface Aberration {
  /** Red against green, and blue against green; null where too few squares have edges. */
  readonly red: RadialFit | null;
  readonly blue: RadialFit | null;
  /** Squares with edges enough. */
  readonly squares: number;
  /** Half the diagonal, px: what a magnification is multiplied with to get the shift in the corners. */
  readonly corner: number;
}

/**
 * Lateral chromatic aberration: a lens magnifies each colour a little differently, so edges part into
 * colours more and more towards the corners. After Johnson and Farid (Exposing digital forgeries through
 * chromatic aberration, MM&Sec 2006), who fit one magnification per channel about a centre; the shift is
 * measured in squares first and fitted then, as Gloe, Borowka and Winkler (Efficient estimation and
 * large-scale evaluation of lateral chromatic aberration for digital image forensics, SPIE 2010) showed to
 * be faster and no less exact. Here each square is solved in one least-squares step (Lucas and Kanade
 * 1981): R = a G + b + p Gx + q Gy, shift (p, q) / a.
 * @returns null for a picture without colours
 */
export async function measureAberration(image: ForensicImage): Promise<Aberration | null> {
  const { width, height } = image;
  const reds: Shift[] = [];
  const blues: Shift[] = [];
  const columns = Math.min(COLUMNS, Math.floor(width / SIDE));
  const rows = Math.min(ROWS, Math.floor(height / SIDE));
  let squares = 0;
  let difference = 0;
  await readSquares(image, columns, rows, (x, y, words, order) => {
    const found = sumSquare(words, LEAST_GRADIENT2);
    difference += found.difference;
    if (found.sums[1] < LEAST_PLACES) return;
    squares++;
    const place = { x: x + SIDE / 2 - width / 2, y: y + SIDE / 2 - height / 2 };
    const inverse = invert(normal(found.sums));
    const red = solve(found.sums, inverse, order === 'rgb' ? 'l' : 't');
    const blue = solve(found.sums, inverse, order === 'rgb' ? 't' : 'l');
    if (red) reds.push({ ...place, ...red });
    if (blue) blues.push({ ...place, ...blue });
  });
  if (rows * columns === 0 || difference / (rows * columns) < LEAST_COLOUR) return null;
  const corner = Math.hypot(width, height) / 2;
  return { red: fitRadial(reds, corner), blue: fitRadial(blues, corner), squares, corner };
}

function spread(at: number, count: number, room: number): number {
  return count === 1 ? Math.floor(room / 2) : Math.floor((at * room) / (count - 1));
}

const UNKNOWNS = 4;

/**
 * Squares spread over the picture, read a row at once, the next row while one is worked on.
 * @param visit takes SIDE x SIDE pixels, which the next squares' overwrite
 */
async function readSquares(
  { width, height, pixels }: ForensicImage,
  columns: number,
  rows: number,
  visit: (x: number, y: number, words: Int32Array, order: WordOrder) => void,
): Promise<void> {
  if (rows * columns === 0) return;
  const size = SIDE * SIDE;
  const memory = [new Int32Array(columns * size), new Int32Array(columns * size)] as const;
  const rects = (row: number) =>
    Array.from({ length: columns }, (_, column) => ({
      x: spread(column, columns, width - SIDE),
      y: spread(row, rows, height - SIDE),
      width: SIDE,
      height: SIDE,
    }));
  const read = (row: number) => rawAll(pixels, rects(row), memory[row % 2 === 0 ? 0 : 1]);
  let coming = read(0);
  for (let row = 0; row < rows; row++) {
    const order = await coming;
    if (row + 1 < rows) coming = read(row + 1);
    const words = memory[row % 2 === 0 ? 0 : 1];
    for (const [column, { x, y }] of rects(row).entries()) {
      visit(x, y, words.subarray(column * size, (column + 1) * size), order);
    }
  }
}

/** Row by row of the upper half of the normal equations of R = a G + b + p Gx + q Gy: green, 1, across, down. */
function normal(sums: SquareSums): Float64Array {
  const { g, x, y, gg, gx, gy, xx, xy, yy } = sums;
  return Float64Array.of(gg, g, gx, gy, 0, sums[1], x, y, 0, 0, xx, xy, 0, 0, 0, yy);
}

/**
 * Shift of a channel against green: its content lies that much further right and down. With its variance in both
 * directions, px squared. Null where the channel does not follow green.
 */
function solve(
  sums: SquareSums,
  inverse: Float64Array | null,
  channel: 'l' | 't',
): { dx: number; dy: number; varianceX: number; varianceY: number } | null {
  if (!inverse) return null;
  const right = [sums[`${channel}g`], sums[channel], sums[`${channel}x`], sums[`${channel}y`]];
  const power = channel === 'l' ? sums.ll : sums.tt;
  const solution = new Float64Array(UNKNOWNS);
  let explained = 0;
  for (let i = 0; i < UNKNOWNS; i++) {
    let value = 0;
    for (let j = 0; j < UNKNOWNS; j++) value += (inverse[i * UNKNOWNS + j] ?? 0) * (right[j] ?? 0);
    solution[i] = value;
    explained += value * (right[i] ?? 0);
  }
  const gain = solution[0] ?? 0;
  if (gain < 0.2) return null;
  const noise = Math.max(0.05, (power - explained) / (sums[1] - UNKNOWNS));
  // R(x) = a G(x - d) + b, to first order a G(x) - a d G'(x) + b.
  const dx = -(solution[2] ?? 0) / gain;
  const dy = -(solution[3] ?? 0) / gain;
  if (Math.hypot(dx, dy) > LONGEST) return null;
  const variance = (at: number) => (noise * (inverse[at * UNKNOWNS + at] ?? 0)) / (gain * gain);
  return { dx, dy, varianceX: variance(2), varianceY: variance(3) };
}

/** Inverse of a symmetric 4 x 4 matrix given by its upper half, by Gauss and Jordan; null where singular. */
function invert(upper: Float64Array): Float64Array | null {
  const n = UNKNOWNS;
  const m = new Float64Array(n * 2 * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) m[i * 2 * n + j] = upper[Math.min(i, j) * n + Math.max(i, j)] ?? 0;
    m[i * 2 * n + n + i] = 1;
  }
  for (let pivot = 0; pivot < n; pivot++) {
    // Symmetric and positive: pivots stay positive, and shrink to rounding where a direction is missing.
    if ((m[pivot * 2 * n + pivot] ?? 0) < 1e-7 * Math.max(1, upper[pivot * n + pivot] ?? 0)) return null;
    eliminate(m, pivot);
  }
  const inverse = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) inverse[i * n + j] = m[i * 2 * n + n + j] ?? 0;
  }
  return inverse;
}

function eliminate(m: Float64Array, pivot: number): void {
  const width = 2 * UNKNOWNS;
  const scale = m[pivot * width + pivot] ?? 1;
  for (let j = 0; j < width; j++) m[pivot * width + j] = (m[pivot * width + j] ?? 0) / scale;
  for (let i = 0; i < UNKNOWNS; i++) {
    if (i === pivot) continue;
    const factor = m[i * width + pivot] ?? 0;
    for (let j = 0; j < width; j++) {
      m[i * width + j] = (m[i * width + j] ?? 0) - factor * (m[pivot * width + j] ?? 0);
    }
  }
}
