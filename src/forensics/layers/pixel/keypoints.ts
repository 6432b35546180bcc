import { DESCRIPTOR, findSpots, REACH, type Spots } from './spot-kernel';

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

/** Spots are 3 x 3 px brighter or darker than the 9 x 9 around them by this many grey levels at least. */
const LEAST_CONTRAST = 2;
/** Least standard deviation of the descriptor's boxes, grey levels: blank patches are alike everywhere. */
const LEAST_DEVIATION = 5;
/** Points in one square of CELL px, so that one bush does not take all. */
const CELL = 32;
const MOST_IN_CELL = 6;
export const MOST_POINTS = 900;
/** Places are told apart by this many bits: planes of at most 2 megapixels. */
const PLACES = 2 ** 21;

/** Bright and dark spots (extrema of a difference of boxes), the strongest of each part of the picture. */
export function findKeypoints(plane: Plane): Keypoints {
  const { luma, width, height } = plane;
  const { ranks, describe } = spots(luma, width, height);
  const chosen = strongestByCell(ranks, width);
  const x = new Int32Array(chosen.length);
  const y = new Int32Array(chosen.length);
  const descriptors = new Float32Array(chosen.length * DESCRIPTOR);
  const slopes = new Float32Array(chosen.length * 2);
  let count = 0;
  for (const place of chosen) {
    const { power, across, down } = describe(place, descriptors, count * DESCRIPTOR);
    if (power < LEAST_DEVIATION * LEAST_DEVIATION * DESCRIPTOR) continue;
    x[count] = place % width;
    y[count] = Math.floor(place / width);
    slopes[2 * count] = across;
    slopes[2 * count + 1] = down;
    count++;
  }
  return { count, x, y, descriptors, slopes };
}

/**
 * Extrema that stand out, weakest first, each as one whole number that sorts as they rank: the strength in its upper
 * bits (the bits of a float above 0 are in its order), below them the place, the first in reading order last.
 */
function spots(
  luma: Float32Array,
  width: number,
  height: number,
): { ranks: Float64Array; describe: Spots['describe'] } {
  const { response, places, describe } = findSpots(luma, width, height, REACH, LEAST_CONTRAST);
  const bits = new Int32Array(response.buffer, response.byteOffset, response.length);
  const ranks = new Float64Array(places.length);
  let count = 0;
  for (const at of places) {
    if (!isExtremum(response, width, at)) continue;
    ranks[count++] = ((bits[at] ?? 0) & 0x7fffffff) * PLACES + (PLACES - 1 - at);
  }
  return { ranks: ranks.subarray(0, count).sort(), describe };
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
