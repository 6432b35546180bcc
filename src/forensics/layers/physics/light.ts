import type { Contour } from './contours';

/** Brightness is read this many px inside the outline: nearer, the background is mixed in. */
const DEPTHS = [3, 4, 5] as const;
/** Of the brightness along the outline: share explained by one light, and its strength in levels. */
const LEAST_EXPLAINED = 0.75;
const LEAST_STRENGTH = 15;
/** Standard error of the direction, degrees. */
const MOST_ERROR = 10;
/** Points along an outline are not independent: one in so many counts. */
const CORRELATED = 6;
const LEAST_POINTS = 40;
const DEGREES = 180 / Math.PI;

/** Direction of the light in the image plane, as one outline shows it. */
export interface Light {
  /** Degrees: 0 from the right, 90 from above, 180 from the left, -90 from below. */
  readonly direction: number;
  /** Standard error, degrees. */
  readonly error: number;
  /** Share of the brightness along the outline that one light explains, 0..1. */
  readonly explained: number;
  /** Levels between the sides turned to the light and from it, halved. */
  readonly strength: number;
  /** Middle of the outline, px of the plane. */
  readonly x: number;
  readonly y: number;
  readonly points: number;
}

/**
 * Direction of the light along an occluding contour. There the surface's normal lies in the image plane, so
 * for a dull surface of one colour brightness = light . normal + ambient: three unknowns, solved by least
 * squares (Johnson and Farid, Exposing digital forgeries by detecting inconsistencies in lighting, MM&Sec
 * 2005, after Nillius and Eklundh 2001).
 * @returns null where the brightness inside does not follow one light
 */
export function lightAlong(
  contour: Contour,
  luma: Float32Array,
  width: number,
  height: number,
): Light | null {
  const { n, r, count, total, power, mx, my } = collect(contour, luma, width, height);
  if (count < LEAST_POINTS) return null;
  const inverse = invert3(n);
  if (!inverse) return null;
  const solved = [0, 1, 2].map((i) =>
    [0, 1, 2].reduce((sum, j) => sum + (inverse[3 * i + j] ?? 0) * (r[j] ?? 0), 0),
  );
  const [lx = 0, ly = 0] = solved;
  const fitted = solved.reduce((sum, value, i) => sum + value * (r[i] ?? 0), 0);
  const variance = power - (total * total) / count;
  const residual = Math.max(0, power - fitted);
  const strength = Math.hypot(lx, ly);
  const explained = variance > 0 ? Math.max(0, 1 - residual / variance) : 0;
  if (strength < LEAST_STRENGTH || explained < LEAST_EXPLAINED) return null;
  const noise = (residual / Math.max(1, count - 3)) * CORRELATED;
  // Across the light's direction only: along it, the strength changes and not the angle.
  const [ax, ay] = [-ly / strength, lx / strength];
  const spread = ax * ax * (inverse[0] ?? 0) + 2 * ax * ay * (inverse[1] ?? 0) + ay * ay * (inverse[4] ?? 0);
  const error = (Math.sqrt(noise * Math.max(0, spread)) / strength) * DEGREES;
  if (error > MOST_ERROR) return null;
  const direction = Math.atan2(-ly, lx) * DEGREES;
  return { direction, error, explained, strength, x: mx / count, y: my / count, points: count };
}

/** Normal equations of brightness on normals, and sums over the points that lie inside the picture. */
function collect(contour: Contour, luma: Float32Array, width: number, height: number) {
  const n = new Float64Array(9);
  const r = new Float64Array(3);
  let [count, total, power, mx, my] = [0, 0, 0, 0, 0];
  for (let at = 0; at < contour.x.length; at++) {
    const nx = contour.nx[at] ?? 0;
    const ny = contour.ny[at] ?? 0;
    const x = contour.x[at] ?? 0;
    const y = contour.y[at] ?? 0;
    const value = inside(luma, width, height, x, y, nx, ny);
    if (value === null) continue;
    const row = [nx, ny, 1];
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j < 3; j++) n[3 * i + j] = (n[3 * i + j] ?? 0) + (row[i] ?? 0) * (row[j] ?? 0);
      r[i] = (r[i] ?? 0) + (row[i] ?? 0) * value;
    }
    count++;
    total += value;
    power += value * value;
    mx += x;
    my += y;
  }
  return { n, r, count, total, power, mx, my };
}

function inside(
  luma: Float32Array,
  width: number,
  height: number,
  x: number,
  y: number,
  nx: number,
  ny: number,
): number | null {
  let sum = 0;
  for (const depth of DEPTHS) {
    const px = Math.round(x - depth * nx);
    const py = Math.round(y - depth * ny);
    if (px < 0 || py < 0 || px >= width || py >= height) return null;
    sum += luma[py * width + px] ?? 0;
  }
  return sum / DEPTHS.length;
}

/** Inverse of a symmetric 3 x 3 matrix by cofactors; null where it has none. */
function invert3(m: Float64Array): Float64Array | null {
  const [a = 0, b = 0, c = 0, , e = 0, f = 0, , , i = 0] = m;
  const ca = e * i - f * f;
  const cb = c * f - b * i;
  const cc = b * f - c * e;
  const determinant = a * ca + b * cb + c * cc;
  if (Math.abs(determinant) < 1e-9 * Math.max(1, i * i * i)) return null;
  const k = 1 / determinant;
  const ce = a * i - c * c;
  const cf = b * c - a * f;
  const ci = a * e - b * b;
  return Float64Array.of(ca * k, cb * k, cc * k, cb * k, ce * k, cf * k, cc * k, cf * k, ci * k);
}

/** Difference of two directions, degrees, 0..180. */
export function apart(a: number, b: number): number {
  const difference = Math.abs(a - b) % 360;
  return Math.min(difference, 360 - difference);
}

/** The direction nearest to all the others, each weighed by its precision: the median on the circle. */
export function consensus(lights: readonly Light[]): number {
  let best = { direction: 0, cost: Number.POSITIVE_INFINITY };
  for (const { direction } of lights) {
    const cost = lights.reduce(
      (sum, other) => sum + apart(direction, other.direction) / (other.error + 3),
      0,
    );
    if (cost < best.cost) best = { direction, cost };
  }
  return best.direction;
}
