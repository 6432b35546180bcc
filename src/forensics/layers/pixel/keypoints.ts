import { findSpots } from './spot-kernel';

/** Luma of a picture of at most about a megapixel. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly luma: Float32Array;
}

export interface Keypoints {
  readonly count: number;
  readonly x: Int32Array;
  readonly y: Int32Array;
  /** DESCRIPTOR values each: box means around the point, mean 0, length 1. */
  readonly descriptors: Float32Array;
  /** Two projections of each descriptor on unit vectors: its slope across and down. */
  readonly slopes: Float32Array;
}

/** A descriptor is 6 x 6 boxes of 4 x 4 px: 24 px, which a fraction of a pixel's shift hardly changes. */
const BOXES = 6;
const BOX = 4;
export const DESCRIPTOR = BOXES * BOXES;
const REACH = (BOXES * BOX) / 2;
/** Spots are 3 x 3 px brighter or darker than the 9 x 9 around them by this many grey levels at least. */
const LEAST_CONTRAST = 2;
/** Least standard deviation of the descriptor's boxes, grey levels: blank patches are alike everywhere. */
const LEAST_DEVIATION = 5;
/** Points in one square of CELL px, so that one bush does not take all. */
const CELL = 32;
const MOST_IN_CELL = 6;
const MOST_POINTS = 900;
/** Places are told apart by this many bits: planes of at most 2 megapixels. */
const PLACES = 2 ** 21;

/** Bright and dark spots (extrema of a difference of boxes), the strongest of each part of the picture. */
export function findKeypoints(plane: Plane): Keypoints {
  const chosen = strongestByCell(spots(plane), plane.width);
  const x = new Int32Array(chosen.length);
  const y = new Int32Array(chosen.length);
  const descriptors = new Float32Array(chosen.length * DESCRIPTOR);
  const slopes = new Float32Array(chosen.length * 2);
  let count = 0;
  for (const place of chosen) {
    const column = place % plane.width;
    const row = (place - column) / plane.width;
    if (!describe(plane, column, row, descriptors, count * DESCRIPTOR)) continue;
    x[count] = column;
    y[count] = row;
    project(descriptors, slopes, count);
    count++;
  }
  return { count, x, y, descriptors, slopes };
}

/**
 * Extrema that stand out, weakest first, each as one whole number that sorts as they rank: the strength in its upper
 * bits (the bits of a float above 0 are in its order), below them the place, the first in reading order last.
 */
function spots({ luma, width, height }: Plane): Float64Array {
  if (Math.min(width, height) <= 2 * REACH) return new Float64Array(0);
  const { response, places } = findSpots(luma, width, height, REACH, LEAST_CONTRAST);
  const bits = new Int32Array(response.buffer, response.byteOffset, response.length);
  const ranks = new Float64Array(places.length);
  let count = 0;
  for (const at of places) {
    if (!isExtremum(response, width, at)) continue;
    ranks[count++] = ((bits[at] ?? 0) & 0x7fffffff) * PLACES + (PLACES - 1 - at);
  }
  return ranks.subarray(0, count).sort();
}

/** Farther from 0 than the 5 x 5 around it on its own side; of equals the first in reading order. */
function isExtremum(response: Float32Array, width: number, at: number): boolean {
  const here = response[at] ?? 0;
  const sign = here < 0 ? -1 : 1;
  const most = sign * here;
  for (let dy = -2; dy <= 2; dy++) {
    for (let dx = -2; dx <= 2; dx++) {
      const other = sign * (response[at + dy * width + dx] ?? 0);
      const earlier = dy < 0 || (dy === 0 && dx < 0);
      if (other > most || (earlier && other === most)) return false;
    }
  }
  return true;
}

/** Places of the strongest, strongest first. */
function strongestByCell(ranks: Float64Array, width: number): readonly number[] {
  const columns = Math.ceil(width / CELL);
  const used = new Map<number, number>();
  const chosen: number[] = [];
  for (let rank = ranks.length - 1; rank >= 0 && chosen.length < MOST_POINTS; rank--) {
    const at = PLACES - 1 - ((ranks[rank] ?? 0) % PLACES);
    const column = at % width;
    const cell = Math.floor((at - column) / width / CELL) * columns + Math.floor(column / CELL);
    const here = used.get(cell) ?? 0;
    if (here >= MOST_IN_CELL) continue;
    used.set(cell, here + 1);
    chosen.push(at);
  }
  return chosen;
}

/** Writes the descriptor at `to`; false where the patch is blank. */
function describe({ luma, width }: Plane, x: number, y: number, out: Float32Array, to: number): boolean {
  let mean = 0;
  for (let row = 0; row < BOXES; row++) {
    const from = (y - REACH + row * BOX) * width + x - REACH;
    mean += describeRow(luma, from, width, out, to + row * BOXES);
  }
  return normalise(out, to, mean / DESCRIPTOR);
}

/** Means of a row of boxes. @returns their sum */
function describeRow(luma: Float32Array, from: number, width: number, out: Float32Array, to: number): number {
  let all = 0;
  for (let box = 0; box < BOXES; box++) {
    const at = from + box * BOX;
    const sum =
      sumOfFour(luma, at) +
      sumOfFour(luma, at + width) +
      sumOfFour(luma, at + 2 * width) +
      sumOfFour(luma, at + 3 * width);
    out[to + box] = sum / (BOX * BOX);
    all += sum / (BOX * BOX);
  }
  return all;
}

function sumOfFour(luma: Float32Array, at: number): number {
  return (luma[at] ?? 0) + (luma[at + 1] ?? 0) + (luma[at + 2] ?? 0) + (luma[at + 3] ?? 0);
}

/** Takes the mean off and brings the length to 1; false where the deviation is too small for it. */
function normalise(out: Float32Array, to: number, mean: number): boolean {
  let power = 0;
  for (let at = to; at < to + DESCRIPTOR; at++) {
    const value = (out[at] ?? 0) - mean;
    out[at] = value;
    power += value * value;
  }
  if (power < LEAST_DEVIATION * LEAST_DEVIATION * DESCRIPTOR) return false;
  const scale = 1 / Math.sqrt(power);
  for (let at = to; at < to + DESCRIPTOR; at++) out[at] = (out[at] ?? 0) * scale;
  return true;
}

/** Of a ramp over BOXES columns, repeated over the rows, scaled to length 1. */
const RAMP = Float64Array.from({ length: BOXES }, (_, at) => at - (BOXES - 1) / 2);
const RAMP_LENGTH = Math.sqrt(BOXES * RAMP.reduce((sum, value) => sum + value * value, 0));

function project(descriptors: Float32Array, slopes: Float32Array, point: number): void {
  let across = 0;
  let down = 0;
  for (let at = 0; at < DESCRIPTOR; at++) {
    const value = descriptors[point * DESCRIPTOR + at] ?? 0;
    across += value * (RAMP[at % BOXES] ?? 0);
    down += value * (RAMP[Math.floor(at / BOXES)] ?? 0);
  }
  slopes[2 * point] = across / RAMP_LENGTH;
  slopes[2 * point + 1] = down / RAMP_LENGTH;
}
