import { once } from '../../dsp/once';
import { EdgeKernel } from './edge-kernel';

/** A run of edge points that turns one way only, in order, with outward normals. px of the plane. */
export interface Contour {
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** Unit normals, away from the centre of curvature. */
  readonly nx: Float64Array;
  readonly ny: Float64Array;
  /** Radians that the run turns. */
  readonly turning: number;
}

/** Gradient of an edge point, levels a px. */
const LEAST_EDGE = 8;
/** Points of a chain: shorter ones say nothing about a surface. */
const LEAST_POINTS = 60;
const MOST_POINTS = 4000;
/** Coordinates are averaged over this many points to each side before their direction is taken. */
const SMOOTHING = 7;
/** A run may turn back by this much, radians: a staircase of pixels is no bend. */
const TOLERANCE = 0.2;
/** A run must turn by this much: less shows too few sides of an object to tell its light. */
const LEAST_TURNING = (100 * Math.PI) / 180;
/** The next point's gradient may differ by this much in direction (squared cosine of 60 degrees). */
const LEAST_ALIGNMENT2 = 0.25;

/**
 * Outlines of rounded things: chains of edge points (maxima across the gradient, as Canny's), cut into runs
 * that bend one way.
 * @param luma row-major, 0..255
 */
export function findContours(luma: Float32Array, width: number, height: number): readonly Contour[] {
  if (Math.min(width, height) < LEAST_SIDE) return [];
  const work = kernel();
  const planes = work.planes(width, height);
  const { stride, marks } = planes;
  for (let y = 0; y < height; y++) {
    planes.luma.set(luma.subarray(y * width, (y + 1) * width), y * stride);
  }
  work.run(planes, width, height);
  const { left, starts } = spread(marks);
  const steps = Int32Array.of(1, -1, stride, -stride, stride + 1, stride - 1, -stride + 1, -stride - 1);
  const contours: Contour[] = [];
  for (const start of starts) {
    if (left[start] !== 1) continue;
    left[start] = 0;
    const forward = walk(start, planes.gx, planes.gy, left, steps);
    const backward = walk(start, planes.gx, planes.gy, left, steps);
    if (backward.length + 1 + forward.length < LEAST_POINTS) continue;
    contours.push(...convexRuns([...backward.reverse(), start, ...forward], stride));
  }
  return contours;
}

/** A smaller picture has no point with whole surroundings. */
const LEAST_SIDE = 5;
const kernel = once(() => new EdgeKernel(LEAST_EDGE));

/** Edge points as 1 in a field of zeros, and where they are, in their order. */
function spread(marks: Uint8Array): { left: Uint8Array; starts: readonly number[] } {
  const left = new Uint8Array(4 * marks.length);
  const starts: number[] = [];
  for (let four = 0; four < marks.length; four++) {
    if (marks[four] !== 0) spreadFour(marks[four] ?? 0, 4 * four, left, starts);
  }
  return { left, starts };
}

function spreadFour(bits: number, from: number, left: Uint8Array, starts: number[]): void {
  for (let lane = 0; lane < 4; lane++) {
    if (((bits >> lane) & 1) === 0) continue;
    left[from + lane] = 1;
    starts.push(from + lane);
  }
}

/**
 * Takes a chain that begins beside a point out of `left`, in order.
 * @param steps to the eight neighbours; sides first, as a diagonal step would leave a corner point behind
 */
function walk(
  start: number,
  gx: Float32Array,
  gy: Float32Array,
  left: Uint8Array,
  steps: Int32Array,
): number[] {
  const path: number[] = [];
  let at = start;
  while (path.length < MOST_POINTS) {
    const next = nextOf(at, gx, gy, left, steps);
    if (next < 0) return path;
    left[next] = 0;
    path.push(next);
    at = next;
  }
  return path;
}

/** The neighbour that goes on with an edge, or -1. */
function nextOf(at: number, gx: Float32Array, gy: Float32Array, left: Uint8Array, steps: Int32Array): number {
  for (let k = 0; k < steps.length; k++) {
    const other = at + (steps[k] ?? 0);
    if (left[other] !== 1) continue;
    const ax = gx[at] ?? 0;
    const ay = gy[at] ?? 0;
    const bx = gx[other] ?? 0;
    const by = gy[other] ?? 0;
    const dot = ax * bx + ay * by;
    if (dot <= 0 || dot * dot < LEAST_ALIGNMENT2 * (ax * ax + ay * ay) * (bx * bx + by * by)) continue;
    return other;
  }
  return -1;
}

/** Cuts a chain where it begins to bend the other way, and keeps the runs that turn far enough. */
function convexRuns(chain: readonly number[], width: number): readonly Contour[] {
  const { x, y } = smoothed(chain, width);
  const headings = unwrapped(x, y);
  const runs: Contour[] = [];
  let start = 0;
  let direction = 0;
  let peak = 0;
  const close = (end: number) => {
    const turning = (headings[end] ?? 0) - (headings[start] ?? 0);
    if (end - start >= LEAST_POINTS && Math.abs(turning) >= LEAST_TURNING) {
      runs.push(contour(x, y, headings, start, end, Math.sign(turning)));
    }
    start = end;
    direction = 0;
    peak = end;
  };
  for (let at = 1; at < headings.length; at++) {
    const turned = (headings[at] ?? 0) - (headings[direction === 0 ? start : peak] ?? 0);
    if (direction === 0) {
      if (Math.abs(turned) > TOLERANCE) {
        direction = Math.sign(turned);
        peak = at;
      }
    } else if (turned * direction > 0) peak = at;
    else if (Math.abs(turned) > TOLERANCE) close(peak);
  }
  if (headings.length > 1) close(direction === 0 ? headings.length - 1 : peak);
  return runs;
}

function smoothed(chain: readonly number[], width: number): { x: Float64Array; y: Float64Array } {
  const x = new Float64Array(chain.length);
  const y = new Float64Array(chain.length);
  for (let at = 0; at < chain.length; at++) {
    // The same reach to both sides, or the ends would be pulled inwards.
    const reach = Math.min(SMOOTHING, at, chain.length - 1 - at);
    for (let other = at - reach; other <= at + reach; other++) {
      const place = chain[other] ?? 0;
      x[at] = (x[at] ?? 0) + (place % width) / (2 * reach + 1);
      y[at] = (y[at] ?? 0) + Math.floor(place / width) / (2 * reach + 1);
    }
  }
  return { x, y };
}

/** Direction of travel at each point, radians, without jumps of a full turn. */
function unwrapped(x: Float64Array, y: Float64Array): Float64Array {
  const headings = new Float64Array(x.length);
  let last = 0;
  for (let at = 0; at < x.length; at++) {
    const before = Math.max(0, at - 3);
    const after = Math.min(x.length - 1, at + 3);
    const raw = Math.atan2((y[after] ?? 0) - (y[before] ?? 0), (x[after] ?? 0) - (x[before] ?? 0));
    last = at === 0 ? raw : raw + 2 * Math.PI * Math.round((last - raw) / (2 * Math.PI));
    headings[at] = last;
  }
  return headings;
}

function contour(
  x: Float64Array,
  y: Float64Array,
  headings: Float64Array,
  start: number,
  end: number,
  sign: number,
): Contour {
  // The curve bends towards heading + 90 degrees times the sign; the outward normal looks the other way.
  const count = end - start + 1;
  const nx = new Float64Array(count);
  const ny = new Float64Array(count);
  for (let at = 0; at < count; at++) {
    const heading = headings[start + at] ?? 0;
    nx[at] = sign * Math.sin(heading);
    ny[at] = -sign * Math.cos(heading);
  }
  const turning = Math.abs((headings[end] ?? 0) - (headings[start] ?? 0));
  return { x: x.slice(start, end + 1), y: y.slice(start, end + 1), nx, ny, turning };
}
