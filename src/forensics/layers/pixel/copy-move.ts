import { findKeypoints, type Keypoints, type Plane } from './keypoints';
import { nearestOf } from './match-kernel';
import { DESCRIPTOR } from './spot-kernel';
import { type Copy, growCopies, type Pair } from './verify';

/** Part and copy lie at least this many px apart: nearer, a spot is like its own surroundings. */
const LEAST_SHIFT = 32;
/** Largest distance of unit descriptors: a correlation of 0.95. */
const MOST_DISTANCE2 = 0.1;
/** The nearest must be this much nearer than any elsewhere (Lowe's ratio, squared): repeats rival each other. */
const RATIO2 = 0.36;
/** Rivals within this many px of the nearest are the nearest itself, seen twice. */
const SAME_PLACE = 10;
/** Shifts in one bin of this many px, or in its neighbours, are one shift. */
const BIN = 4;
/** Fewest pairs that agree on a shift before it is looked at pixel by pixel. */
const LEAST_PAIRS = 3;
const MOST_SHIFTS = 6;
/** Distinct accepted shifts from which the scene itself is repetitive (windows, print, tiles). */
const REPETITIVE = 3;

export interface CopyMove {
  /** Largest first; empty where the picture is found repetitive. */
  readonly copies: readonly Copy[];
  readonly repetitive: boolean;
  readonly keypoints: number;
  /** Pairs that passed the ratio test. */
  readonly pairs: number;
}

/**
 * Parts of a picture that appear twice, shifted: keypoints matched among themselves (Amerini et al., A
 * SIFT-based forensic method for copy-move attack detection, IEEE TIFS 2011, with its ratio test), shifts
 * on which several agree, and each of those verified block by block on the pixels (Fridrich, Soukal and
 * Lukas, Detection of copy-move forgery in digital images, DFRWS 2003).
 */
export function findCopies(luma: Float32Array, width: number, height: number): CopyMove {
  const plane = { luma, width, height };
  const points = findKeypoints(plane);
  const pairs = matchPairs(points);
  const accepted: Copy[] = [];
  for (const group of agreeing(pairs, points)) {
    const shift = bestShift(plane, points, group);
    accepted.push(...growCopies(plane, shift, group, points));
  }
  const shifts = new Set(accepted.map(({ shift }) => `${shift.dx} ${shift.dy}`)).size;
  const repetitive = shifts >= REPETITIVE;
  accepted.sort((a, b) => b.cells.length - a.cells.length);
  return {
    copies: repetitive ? [] : accepted,
    repetitive,
    keypoints: points.count,
    pairs: pairs.length,
  };
}

function matchPairs(points: Keypoints): readonly Pair[] {
  const { count, x, y } = points;
  const order = bySlope(points);
  const { nearest, distances } = nearestOf(points, order, MOST_DISTANCE2, LEAST_SHIFT);
  const pairs: Pair[] = [];
  const seen = new Set<number>();
  for (let rank = 0; rank < count; rank++) {
    const a = order[rank] ?? 0;
    const found = nearest[a] ?? -1;
    if (found < 0 || hasRival(points, order, rank, found, (distances[a] ?? 0) / RATIO2)) continue;
    const first = before(x, y, a, found) ? a : found;
    const second = first === a ? found : a;
    const code = first * count + second;
    if (seen.has(code)) continue;
    seen.add(code);
    pairs.push({ a: first, b: second });
  }
  return pairs.sort((p, q) => p.a - q.a || p.b - q.b);
}

/** Keypoints by their descriptors' slope across. Descriptors are no nearer than their slopes: most need no look. */
function bySlope({ count, slopes }: Keypoints): Int32Array {
  return Int32Array.from({ length: count }, (_, at) => at).sort(
    (a, b) => (slopes[2 * a] ?? 0) - (slopes[2 * b] ?? 0) || a - b,
  );
}

function before(x: Int32Array, y: Int32Array, a: number, b: number): boolean {
  const dx = (x[b] ?? 0) - (x[a] ?? 0);
  return dx > 0 || (dx === 0 && (y[b] ?? 0) > (y[a] ?? 0));
}

/** Whether a third place looks like the keypoint of this rank too, nearer than `limit`. */
function hasRival(points: Keypoints, order: Int32Array, rank: number, found: number, limit: number): boolean {
  const reach = Math.sqrt(limit);
  for (const step of [1, -1]) {
    for (let at = rank + step; at >= 0 && at < points.count; at += step) {
      const rival = rivals(points, order[rank] ?? 0, order[at] ?? 0, found, limit, reach);
      if (rival === null) break;
      if (rival) return true;
    }
  }
  return false;
}

/** Whether `b` rivals `found` as the likeness of `a`; null where it and all beyond it are too far in slope. */
function rivals(
  points: Keypoints,
  a: number,
  b: number,
  found: number,
  limit: number,
  reach: number,
): boolean | null {
  const { x, y, descriptors, slopes } = points;
  if (Math.abs((slopes[2 * a] ?? 0) - (slopes[2 * b] ?? 0)) > reach) return null;
  if (!areElsewhere(points, a, b, reach)) return false;
  if (isNear(x[found] ?? 0, y[found] ?? 0, x[b] ?? 0, y[b] ?? 0, SAME_PLACE)) return false;
  return squaredDistance(descriptors, a, b, limit) < limit;
}

/** Whether two keypoints are far enough apart, and may be as near in looks as `reach` by their slopes down. */
function areElsewhere({ x, y, slopes }: Keypoints, a: number, b: number, reach: number): boolean {
  if (Math.abs((slopes[2 * a + 1] ?? 0) - (slopes[2 * b + 1] ?? 0)) > reach) return false;
  return !isNear(x[a] ?? 0, y[a] ?? 0, x[b] ?? 0, y[b] ?? 0, LEAST_SHIFT);
}

function isNear(ax: number, ay: number, bx: number, by: number, reach: number): boolean {
  return Math.abs(ax - bx) < reach && Math.abs(ay - by) < reach;
}

/** Stops counting beyond `limit`. */
function squaredDistance(descriptors: Float32Array, a: number, b: number, limit: number): number {
  let sum = 0;
  let i = a * DESCRIPTOR;
  let j = b * DESCRIPTOR;
  for (let row = 0; row < 6; row++) {
    for (let column = 0; column < 6; column++, i++, j++) {
      const d = (descriptors[i] ?? 0) - (descriptors[j] ?? 0);
      sum += d * d;
    }
    if (sum >= limit) return sum;
  }
  return sum;
}

/** Groups of pairs with the same shift, the largest first; a pair belongs to one group. */
function agreeing(pairs: readonly Pair[], { x, y }: Keypoints): readonly (readonly Pair[])[] {
  const key = (dx: number, dy: number) => `${dx} ${dy}`;
  const bins = new Map<string, Pair[]>();
  const binOf = ({ a, b }: Pair) => ({
    dx: Math.round(((x[b] ?? 0) - (x[a] ?? 0)) / BIN),
    dy: Math.round(((y[b] ?? 0) - (y[a] ?? 0)) / BIN),
  });
  for (const pair of pairs) {
    const { dx, dy } = binOf(pair);
    const bin = bins.get(key(dx, dy));
    if (bin) bin.push(pair);
    else bins.set(key(dx, dy), [pair]);
  }
  const around = (dx: number, dy: number) => {
    const group: Pair[] = [];
    for (let j = dy - 1; j <= dy + 1; j++) {
      for (let i = dx - 1; i <= dx + 1; i++) group.push(...(bins.get(key(i, j)) ?? []));
    }
    return group;
  };
  const groups: (readonly Pair[])[] = [];
  const taken = new Set<Pair>();
  const centres = [...bins.values()]
    .flatMap(([first]) => (first ? [{ ...binOf(first), size: 0 }] : []))
    .map((centre) => ({ ...centre, size: around(centre.dx, centre.dy).length }))
    .filter(({ size }) => size >= LEAST_PAIRS)
    .sort((a, b) => b.size - a.size || a.dx - b.dx || a.dy - b.dy);
  for (const { dx, dy } of centres) {
    const group = around(dx, dy).filter((pair) => !taken.has(pair));
    if (group.length < LEAST_PAIRS) continue;
    for (const pair of group) taken.add(pair);
    groups.push(group);
    if (groups.length === MOST_SHIFTS) break;
  }
  return groups;
}

/** The whole-pixel shift near the group's own at which its patches differ least. */
function bestShift(plane: Plane, { x, y }: Keypoints, group: readonly Pair[]): { dx: number; dy: number } {
  const middle = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
  const dx0 = middle(group.map(({ a, b }) => (x[b] ?? 0) - (x[a] ?? 0)));
  const dy0 = middle(group.map(({ a, b }) => (y[b] ?? 0) - (y[a] ?? 0)));
  let best = { dx: dx0, dy: dy0, cost: Number.POSITIVE_INFINITY };
  for (let dy = dy0 - 3; dy <= dy0 + 3; dy++) {
    for (let dx = dx0 - 3; dx <= dx0 + 3; dx++) {
      let cost = 0;
      for (const { a } of group) cost += patchDifference(plane, x[a] ?? 0, y[a] ?? 0, dx, dy);
      if (cost < best.cost) best = { dx, dy, cost };
    }
  }
  return { dx: best.dx, dy: best.dy };
}

/** Mean squared difference of 16 x 16 px around a point and around its image, their means taken off. */
function patchDifference(plane: Plane, x: number, y: number, dx: number, dy: number): number {
  const { width, height, luma } = plane;
  const left = Math.max(0, x - 8, -dx);
  const right = Math.min(width, x + 8, width - dx);
  const top = Math.max(0, y - 8, -dy);
  const bottom = Math.min(height, y + 8, height - dy);
  if (right - left < 8 || bottom - top < 8) return 255 * 255;
  const count = (right - left) * (bottom - top);
  let sum = 0;
  let squares = 0;
  for (let row = top; row < bottom; row++) {
    const end = row * width + right;
    const shift = dy * width + dx;
    for (let at = row * width + left; at < end; at++) {
      const difference = (luma[at + shift] ?? 0) - (luma[at] ?? 0);
      sum += difference;
      squares += difference * difference;
    }
  }
  const mean = sum / count;
  return squares / count - mean * mean;
}
