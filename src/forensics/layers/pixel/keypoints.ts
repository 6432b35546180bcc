/** Luma of a picture of at most about a megapixel, with sums over rectangles in constant time. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly luma: Float32Array;
  /** (width + 1) x (height + 1): sum of all pixels above and to the left. */
  readonly sums: Float64Array;
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

export function makePlane(luma: Float32Array, width: number, height: number): Plane {
  const stride = width + 1;
  const sums = new Float64Array(stride * (height + 1));
  for (let y = 0; y < height; y++) addRow(luma, y * width, width, sums, (y + 1) * stride + 1);
  return { width, height, luma, sums };
}

// Loops over the pixels of a row are functions of their own: V8 leaves one that it compiled while it ran inside
// another loop at the end of every row, and begins again slowly.

/** Sums of the row from `from` on and all above, written from `to` on. */
function addRow(luma: Float32Array, from: number, width: number, sums: Float64Array, to: number): void {
  const above = to - width - 1;
  let row = 0;
  for (let x = 0; x < width; x++) {
    row += luma[from + x] ?? 0;
    sums[to + x] = (sums[above + x] ?? 0) + row;
  }
}

/** Sum over a rectangle that lies inside. */
export function boxSum({ sums, width }: Plane, x: number, y: number, w: number, h: number): number {
  const stride = width + 1;
  const top = y * stride + x;
  const bottom = top + h * stride;
  return (sums[bottom + w] ?? 0) - (sums[bottom] ?? 0) - (sums[top + w] ?? 0) + (sums[top] ?? 0);
}

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

/** Mean of the 3 x 3 around each pixel less that of the 9 x 9; 0 within REACH of the border. */
function responses({ width, height, sums }: Plane): Float32Array {
  const response = new Float32Array(width * height);
  for (let y = REACH; y < height - REACH; y++) respondRow(sums, width, y, response);
  return response;
}

function respondRow(sums: Float64Array, width: number, y: number, response: Float32Array): void {
  const stride = width + 1;
  // Corners of both squares for the first pixel; each step moves all eight along.
  const inner = (y - 1) * stride + REACH - 1;
  const innerEnd = inner + 3 * stride;
  const outer = (y - 4) * stride + REACH - 4;
  const outerEnd = outer + 9 * stride;
  const to = y * width + REACH;
  const count = width - 2 * REACH;
  for (let x = 0; x < count; x++) {
    const near =
      (sums[innerEnd + x + 3] ?? 0) -
      (sums[innerEnd + x] ?? 0) -
      (sums[inner + x + 3] ?? 0) +
      (sums[inner + x] ?? 0);
    const wide =
      (sums[outerEnd + x + 9] ?? 0) -
      (sums[outerEnd + x] ?? 0) -
      (sums[outer + x + 9] ?? 0) +
      (sums[outer + x] ?? 0);
    response[to + x] = near / 9 - wide / 81;
  }
}

/** Places are told apart by this many bits: planes of at most 2 megapixels. */
const PLACES = 2 ** 21;

/**
 * Extrema that stand out, weakest first, each as one whole number that sorts as they rank: the strength in its upper
 * bits (the bits of a float above 0 are in its order), below them the place, the first in reading order last.
 */
function spots(plane: Plane): Float64Array {
  const { width, height } = plane;
  const response = responses(plane);
  const bits = new Int32Array(response.buffer);
  const ranks: number[] = [];
  for (let y = REACH; y < height - REACH; y++) {
    const end = y * width + width - REACH;
    for (let at = y * width + REACH; ; at++) {
      at = nextExtremum(response, width, at, end);
      if (at === end) break;
      ranks.push(((bits[at] ?? 0) & 0x7fffffff) * PLACES + (PLACES - 1 - at));
    }
  }
  return Float64Array.from(ranks).sort();
}

/** The first extremum that stands out from `at` on; `end` where there is none before it. */
function nextExtremum(response: Float32Array, width: number, at: number, end: number): number {
  for (let place = at; place < end; place++) {
    if (Math.abs(response[place] ?? 0) >= LEAST_CONTRAST && isExtremum(response, width, place)) return place;
  }
  return end;
}

/** Farther from 0 than the 5 x 5 around it on its own side; of equals the first in reading order. */
function isExtremum(response: Float32Array, width: number, at: number): boolean {
  const here = response[at] ?? 0;
  const sign = here < 0 ? -1 : 1;
  const most = sign * here;
  // The nearest first: most places end here.
  if (sign * (response[at + 1] ?? 0) > most || sign * (response[at + width] ?? 0) > most) return false;
  if (sign * (response[at - 1] ?? 0) >= most || sign * (response[at - width] ?? 0) >= most) return false;
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
function describe(plane: Plane, x: number, y: number, out: Float32Array, to: number): boolean {
  let mean = 0;
  for (let row = 0; row < BOXES; row++) {
    for (let column = 0; column < BOXES; column++) {
      const value = boxSum(plane, x - REACH + column * BOX, y - REACH + row * BOX, BOX, BOX) / (BOX * BOX);
      out[to + row * BOXES + column] = value;
      mean += value / DESCRIPTOR;
    }
  }
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
