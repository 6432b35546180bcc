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
  const field = gradients(luma, width, height);
  const left = thin(field, width, height);
  const contours: Contour[] = [];
  for (let at = 0; at < left.length; at++) {
    if (left[at] !== 1) continue;
    const chain = follow(at, field, left, width);
    if (chain.length >= LEAST_POINTS) contours.push(...convexRuns(chain, width));
  }
  return contours;
}

interface Field {
  readonly gx: Float32Array;
  readonly gy: Float32Array;
}

/** Sobel's differences, levels a px: a little smoothing is built in. */
function gradients(luma: Float32Array, width: number, height: number): Field {
  const gx = new Float32Array(width * height);
  const gy = new Float32Array(width * height);
  for (let y = 1; y < height - 1; y++) rowGradients(luma, y * width, width, gx, gy);
  return { gx, gy };
}

// Loops over the pixels of a row are functions of their own: V8 leaves one that it compiled while it ran inside
// another loop at the end of every row, and begins again slowly.

function rowGradients(
  luma: Float32Array,
  first: number,
  width: number,
  gx: Float32Array,
  gy: Float32Array,
): void {
  // Of each column its weighted sum and its difference, which three pixels share.
  let sumWest = columnSum(luma, first, width);
  let sumHere = columnSum(luma, first + 1, width);
  let fallWest = columnFall(luma, first, width);
  let fallHere = columnFall(luma, first + 1, width);
  for (let at = first + 1; at < first + width - 1; at++) {
    const sumEast = columnSum(luma, at + 1, width);
    const fallEast = columnFall(luma, at + 1, width);
    gx[at] = (sumEast - sumWest) / 8;
    gy[at] = (fallWest + 2 * fallHere + fallEast) / 8;
    sumWest = sumHere;
    sumHere = sumEast;
    fallWest = fallHere;
    fallHere = fallEast;
  }
}

function columnSum(luma: Float32Array, at: number, width: number): number {
  return (luma[at - width] ?? 0) + 2 * (luma[at] ?? 0) + (luma[at + width] ?? 0);
}

function columnFall(luma: Float32Array, at: number, width: number): number {
  return (luma[at + width] ?? 0) - (luma[at - width] ?? 0);
}

/** 1 where the gradient is strong and greatest across the edge. */
function thin({ gx, gy }: Field, width: number, height: number): Uint8Array {
  const kept = new Uint8Array(width * height);
  for (let y = 2; y < height - 2; y++) thinRow(gx, gy, y * width, width, kept);
  return kept;
}

function thinRow(gx: Float32Array, gy: Float32Array, first: number, width: number, kept: Uint8Array): void {
  for (let at = first + 2; at < first + width - 2; at++) {
    const dx = gx[at] ?? 0;
    const dy = gy[at] ?? 0;
    const power = dx * dx + dy * dy;
    if (power < LEAST_EDGE * LEAST_EDGE) continue;
    // The neighbours that the gradient points to, to the nearest of eight.
    const step = towards(dx, power) + towards(dy, power) * width;
    const ax = gx[at + step] ?? 0;
    const ay = gy[at + step] ?? 0;
    const bx = gx[at - step] ?? 0;
    const by = gy[at - step] ?? 0;
    if (power >= ax * ax + ay * ay && power > bx * bx + by * by) kept[at] = 1;
  }
}

/** One part of a gradient over its length, rounded: -1, 0 or 1. @param power the length squared */
function towards(part: number, power: number): number {
  if (4 * part * part < power) return 0;
  return part > 0 ? 1 : -1;
}

/** Takes a chain out of `left`, in order from end to end. */
function follow(start: number, field: Field, left: Uint8Array, width: number): readonly number[] {
  left[start] = 0;
  const forward = walk(start, field, left, width);
  const backward = walk(start, field, left, width);
  return [...backward.reverse(), start, ...forward];
}

function walk(start: number, { gx, gy }: Field, left: Uint8Array, width: number): number[] {
  const path: number[] = [];
  // Sides first: a diagonal step would leave a corner point behind.
  const steps = [1, -1, width, -width, width + 1, width - 1, -width + 1, -width - 1];
  let at = start;
  while (path.length < MOST_POINTS) {
    let next = -1;
    for (const step of steps) {
      const other = at + step;
      if (left[other] !== 1) continue;
      const [ax, ay] = [gx[at] ?? 0, gy[at] ?? 0];
      const [bx, by] = [gx[other] ?? 0, gy[other] ?? 0];
      const dot = ax * bx + ay * by;
      if (dot <= 0 || dot * dot < LEAST_ALIGNMENT2 * (ax * ax + ay * ay) * (bx * bx + by * by)) continue;
      next = other;
      break;
    }
    if (next < 0) return path;
    left[next] = 0;
    path.push(next);
    at = next;
  }
  return path;
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
  const along = headings.subarray(start, end + 1);
  return {
    x: x.slice(start, end + 1),
    y: y.slice(start, end + 1),
    nx: Float64Array.from(along, (heading) => sign * Math.sin(heading)),
    ny: Float64Array.from(along, (heading) => -sign * Math.cos(heading)),
    turning: Math.abs((headings[end] ?? 0) - (headings[start] ?? 0)),
  };
}
