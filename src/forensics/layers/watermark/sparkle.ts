import type { PixelSource } from '../../image';
import { cellMeans, drawShape, readCorner } from './corner';

/**
 * Gemini's mark: a star of four points, white and half transparent, in the lower right corner since 2025. It is
 * 48 px wide with 32 px of space, or twice that in large pictures, so its centre lies 7/6 of its width from both
 * sides, however the picture was scaled since.
 */
const CENTRE = 7 / 6;

/** Outline |x|^p + |y|^p = 1: a star with hollow sides. The exponent was fitted to 17 marked pictures. */
const HOLLOW = 0.72;

/** Widths looked for, px and share of the picture's shorter side. */
const LEAST_WIDTH = 14;
const MOST_WIDTH = 112;
const LEAST_SHARE = 0.03;
const MOST_SHARE = 0.085;
const STEP = 1.04;

/** The window is this many widths of the star wide, of so many cells. */
const WINDOW = 1.3;
const CELLS = 24;
/** The centre is also looked for this far off, in widths: rounding, and scales between two steps. */
const SHIFTS = [-0.03, 0, 0.03] as const;

/** A part of the star, seen alone, must correlate at least so: other bright things match a half of it. */
const QUARTERS = 4;

/** Best fit of the star to the corner. */
interface Sparkle {
  /** Normalised cross-correlation of the corner with the star, over a plane: -1..1. */
  readonly correlation: number;
  /** The same of the quarter window that fits least. */
  readonly weakest: number;
  /** Correlation with what tells this star from discs and other stars: a perfect one has 0.38. */
  readonly points: number;
  /** Levels by which the star is brighter than what surrounds it. */
  readonly contrast: number;
  /** Width and centre of the star, px of the picture. */
  readonly width: number;
  readonly x: number;
  readonly y: number;
}

const upright = star(0);
const onItsSide = star(Math.PI / 4);
const whole = centred(upright, CELLS);
/** The star less the same star on its side: discs, and stars of other numbers of points, are nothing to it. */
const points = centred(
  upright.map((share, at) => share - (onItsSide[at] ?? 0)),
  CELLS,
);

/**
 * Looks for the star where Gemini puts it, at every scale: the correlation of the corner's brightness with the
 * star (J. P. Lewis, Fast Normalized Cross-Correlation, 1995), a plane taken away from both.
 * @returns null where the picture is too small for it
 */
export function findSparkle(pixels: PixelSource): Sparkle | null {
  const { width, height } = pixels;
  const shorter = Math.min(width, height);
  const least = Math.max(LEAST_WIDTH, LEAST_SHARE * shorter);
  const most = Math.min(MOST_WIDTH, MOST_SHARE * shorter);
  if (least > most) return null;
  const side = Math.min(shorter, Math.ceil(most * (CENTRE + WINDOW / 2 + 0.05)));
  const corner = readCorner(pixels, { x: width - side, y: height - side, width: side, height: side });
  const cells = new Float64Array(CELLS * CELLS);
  let best: Sparkle | null = null;
  for (let wide = least; wide <= most; wide *= STEP) {
    const cell = (WINDOW * wide) / CELLS;
    for (const down of SHIFTS) {
      for (const across of SHIFTS) {
        const x = width - (CENTRE + across) * wide;
        const y = height - (CENTRE + down) * wide;
        cellMeans(corner, x - (WINDOW * wide) / 2, y - (WINDOW * wide) / 2, cell, CELLS, CELLS, cells);
        const correlation = correlate(cells);
        if (best && correlation <= best.correlation) continue;
        best = { correlation, weakest: -1, points: 0, contrast: 0, width: wide, x, y };
      }
    }
  }
  if (!best) return null;
  const cell = (WINDOW * best.width) / CELLS;
  const half = (WINDOW * best.width) / 2;
  cellMeans(corner, best.x - half, best.y - half, cell, CELLS, CELLS, cells);
  return {
    ...best,
    weakest: weakestQuarter(cells),
    points: correlate(cells, points),
    contrast: contrastOf(cells),
  };
}

/** Coverage of the window's cells by the star, turned by an angle in radians. */
function star(angle: number): Float64Array {
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  return drawShape(CELLS, CELLS, (column, row) => {
    const across = ((2 * column) / CELLS - 1) * WINDOW;
    const down = ((2 * row) / CELLS - 1) * WINDOW;
    const x = Math.abs(across * cosine + down * sine);
    const y = Math.abs(down * cosine - across * sine);
    return x ** HOLLOW + y ** HOLLOW <= 1;
  });
}

/** Correlation of the cells with the star, both without their plane; 0 where the corner is flat. */
function correlate(cells: Float64Array, shape = whole): number {
  const { product, power } = sums(cells, 0, 0, CELLS, shape);
  return power > CELLS * CELLS * FLAT ? product / Math.sqrt(power) : 0;
}

/** Variance in levels squared below which a corner counts as flat. */
const FLAT = 0.5;

/** Sums over a square of cells: with the star of unit length, and of the cells' own squares without their plane. */
function sums(cells: Float64Array, left: number, top: number, side: number, shape = whole) {
  let [sum, sumX, sumY, squares, product, norm, own] = [0, 0, 0, 0, 0, 0, 0];
  const middle = (side - 1) / 2;
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const at = (top + row) * CELLS + left + column;
      const value = cells[at] ?? 0;
      const star = shape[at] ?? 0;
      sum += value;
      sumX += value * (column - middle);
      sumY += value * (row - middle);
      squares += value * value;
      product += value * star;
      norm += star * star;
      own += star;
    }
  }
  const count = side * side;
  const spread = (count * (side * side - 1)) / 12;
  const power = squares - (sum * sum) / count - (sumX * sumX + sumY * sumY) / spread;
  return { product: product / Math.sqrt(norm), power, sum, squares, count, own, norm, raw: product };
}

/** Plain correlation in each quarter of the window: a star lies in all four alike. */
function weakestQuarter(cells: Float64Array): number {
  let weakest = 1;
  const side = CELLS / 2;
  for (let quarter = 0; quarter < QUARTERS; quarter++) {
    const part = sums(cells, (quarter & 1) * side, (quarter >> 1) * side, side);
    const starPower = part.norm - (part.own * part.own) / part.count;
    const power = part.squares - (part.sum * part.sum) / part.count;
    const shared = part.raw - (part.own * part.sum) / part.count;
    weakest = Math.min(weakest, power > part.count * FLAT ? shared / Math.sqrt(power * starPower) : 0);
  }
  return weakest;
}

/** Slope of the cells' brightness over the star's coverage. */
function contrastOf(cells: Float64Array): number {
  let [product, norm] = [0, 0];
  for (let at = 0; at < cells.length; at++) {
    product += (cells[at] ?? 0) * (whole[at] ?? 0);
    norm += (whole[at] ?? 0) ** 2;
  }
  return product / norm;
}

/** A shape that is even in both axes has no slope, so taking its mean away takes its plane away. */
function centred(shape: Float64Array, side: number): Float64Array {
  const mean = shape.reduce((sum, value) => sum + value, 0) / (side * side);
  return shape.map((value) => value - mean);
}
