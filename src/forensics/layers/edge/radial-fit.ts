/** Shift of one colour against green in one square, px, and its variances; place from the middle of the image. */
export interface Shift {
  readonly x: number;
  readonly y: number;
  readonly dx: number;
  readonly dy: number;
  readonly varianceX: number;
  readonly varianceY: number;
}

export interface RadialFit {
  /** Magnification less 1: shift = magnification * distance from the middle. */
  readonly magnification: number;
  /** The shift that this makes in the corners, px; above 0 outwards. */
  readonly corner: number;
  /** Magnification over its standard error, by the scatter of the squares. */
  readonly t: number;
  /** Share of the weighted shifts' power, about their common shift, that the magnification explains, 0..1. */
  readonly explained: number;
  /** Shift common to the whole picture, px: siting of colour samples, not the lens. */
  readonly offsetX: number;
  readonly offsetY: number;
  readonly squares: number;
}

const LEAST_SHIFTS = 8;
/** No shift is trusted to better than this, px: two squares with strong edges must not decide. */
const FINEST = 0.03;
const ROUNDS = 6;
/** Residuals beyond this many robust deviations count less and less (Huber). */
const HUBER = 1.5;

/**
 * One magnification about the middle of the picture and one common shift, by iteratively reweighted least
 * squares: d = m p + t in both coordinates.
 * @param corner half the diagonal, px
 * @returns null with fewer than 8 squares, or where all lie in one place
 */
export function fitRadial(shifts: readonly Shift[], corner: number): RadialFit | null {
  if (shifts.length < LEAST_SHIFTS) return null;
  // Each square gives two equations, one a coordinate.
  const rows = shifts.flatMap(({ x, y, dx, dy, varianceX, varianceY }) => [
    { position: x, shift: dx, down: 0, weight: 1 / (varianceX + FINEST * FINEST) },
    { position: y, shift: dy, down: 1, weight: 1 / (varianceY + FINEST * FINEST) },
  ]);
  const robustness = new Float64Array(rows.length).fill(1);
  let fit = { m: 0, tx: 0, ty: 0, error: 0, total: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    const solved = solve(rows, robustness);
    if (!solved) return null;
    fit = solved;
    const deviations = rows.map(
      ({ position, shift, down, weight }) =>
        Math.abs(shift - fit.m * position - (down === 1 ? fit.ty : fit.tx)) * Math.sqrt(weight),
    );
    const typical = 1.4826 * ([...deviations].sort((a, b) => a - b)[Math.floor(rows.length / 2)] ?? 0);
    for (const [at, deviation] of deviations.entries()) {
      robustness[at] = deviation > HUBER * typical && deviation > 0 ? (HUBER * typical) / deviation : 1;
    }
  }
  return {
    magnification: fit.m,
    corner: fit.m * corner,
    t: fit.error > 0 ? fit.m / fit.error : 0,
    explained: fit.total > 0 ? Math.min(1, Math.max(0, fit.total)) : 0,
    offsetX: fit.tx,
    offsetY: fit.ty,
    squares: shifts.length,
  };
}

interface Row {
  readonly position: number;
  readonly shift: number;
  readonly down: number;
  readonly weight: number;
}

/** Weighted least squares; the common shifts are taken out by weighted means, one a coordinate. */
function solve(
  rows: readonly Row[],
  robustness: Float64Array,
): { m: number; tx: number; ty: number; error: number; total: number } | null {
  const sums = new Float64Array(6);
  for (const [at, { position, shift, down, weight }] of rows.entries()) {
    const w = weight * (robustness[at] ?? 0);
    sums[3 * down] = (sums[3 * down] ?? 0) + w;
    sums[3 * down + 1] = (sums[3 * down + 1] ?? 0) + w * position;
    sums[3 * down + 2] = (sums[3 * down + 2] ?? 0) + w * shift;
  }
  const [wx = 0, px = 0, sx = 0, wy = 0, py = 0, sy = 0] = sums;
  if (wx <= 0 || wy <= 0) return null;
  let pp = 0;
  let ps = 0;
  let ss = 0;
  for (const [at, { position, shift, down, weight }] of rows.entries()) {
    const w = weight * (robustness[at] ?? 0);
    const p = position - (down === 1 ? py / wy : px / wx);
    const s = shift - (down === 1 ? sy / wy : sx / wx);
    pp += w * p * p;
    ps += w * p * s;
    ss += w * s * s;
  }
  if (pp <= 0) return null;
  const m = ps / pp;
  const left = Math.max(0, ss - m * ps);
  return {
    m,
    tx: (sx - m * px) / wx,
    ty: (sy - m * py) / wy,
    error: Math.sqrt(left / Math.max(1, rows.length - 3) / pp),
    total: ss > 0 ? (m * ps) / ss : 0,
  };
}
