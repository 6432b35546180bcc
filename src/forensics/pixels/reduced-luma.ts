import type { ForensicImage, PixelSource, Rect } from '../image';
import type { Box } from './reduce-kernel';
import { Reducer } from './reducer';
import { sizeForShorterSide } from './scaled';

/** Shorter side of the reduced picture, px: what the networks see, too. */
const SHORTER_SIDE = 512;
/** Of a long strip only the middle is taken: what is done with the plane grows with its area. */
const MOST_PIXELS = 1_200_000;
/**
 * Least pixels a side, for one of the plane, that are read: of a reduction by 5 every second row and column is, of
 * one by 7.5 every third.
 */
const DENSE = 2.5;
/** Least reduction left to the resampling after averaging over squares. */
const GAP = 1.25;

/** Luma of the whole picture at a size that bounds what it costs to look at it. */
export interface ReducedLuma {
  readonly width: number;
  readonly height: number;
  /** Rec. 601, 0..255 but for a little overshoot, row-major. */
  readonly luma: Float32Array;
  /** Pixels of the image that one px of the plane stands for. */
  readonly scale: number;
  /** Where the plane begins, in its own px of the whole reduced picture: not 0 in long strips. */
  readonly left: number;
  readonly top: number;
  /** False for the middle of a strip. */
  readonly whole: boolean;
}

const known = new WeakMap<ForensicImage, Promise<ReducedLuma>>();

/**
 * The picture's luma with the shorter side brought down to 512 px (never enlarged), of long strips the middle.
 * Computed once an image. Of pictures over 2560 px a side an even grid is read, 6 to 25 pixels for each of the plane,
 * so that its cost is bounded. It may differ by a few levels from `scaledToShorterSide`, which is exact for the
 * networks and costs ten times as much.
 */
export function reducedLuma(image: ForensicImage): Promise<ReducedLuma> {
  let plane = known.get(image);
  if (!plane) {
    plane = reduce(image);
    known.set(image, plane);
  }
  return plane;
}

async function reduce({ width, height, pixels }: ForensicImage): Promise<ReducedLuma> {
  const all = sizeForShorterSide(width, height, SHORTER_SIDE);
  const scale = width / all.width;
  const size = cutSize(all.width, all.height);
  const left = Math.floor((all.width - size.width) / 2);
  const top = Math.floor((all.height - size.height) / 2);
  const across = span(left, size.width, all.width, width);
  const down = span(top, size.height, all.height, height);
  const part = { x: across.from, y: down.from, width: across.length, height: down.length };
  const luma = await resampled(pixels, part, size.width, size.height);
  const whole = size.width === all.width && size.height === all.height;
  return { ...size, luma, scale, left, top, whole };
}

/** The size itself, or with the longer side cut so that the area is bounded. */
function cutSize(width: number, height: number): { width: number; height: number } {
  if (width * height <= MOST_PIXELS) return { width, height };
  return width > height
    ? { width: Math.max(1, Math.floor(MOST_PIXELS / height)), height }
    : { width, height: Math.max(1, Math.floor(MOST_PIXELS / width)) };
}

/** Pixels of the image under `length` px of the plane from `at` on. */
function span(at: number, length: number, planeSide: number, side: number): { from: number; length: number } {
  const from = Math.round((at * side) / planeSide);
  return { from, length: Math.max(1, Math.round(((at + length) * side) / planeSide) - from) };
}

/** A part of the picture as luma of another size, not larger. */
async function resampled(
  source: PixelSource,
  part: Rect,
  width: number,
  height: number,
): Promise<Float32Array> {
  const factor = Math.min(part.width / width, part.height / height);
  const step = Math.max(1, Math.floor(factor / DENSE));
  const box = boxOf(factor / step / GAP);
  const squares = { step, box, side: step * box };
  const reducer = idle.pop() ?? new Reducer();
  try {
    return await reducer.reduce(source, part, squares, width, height);
  } finally {
    idle.push(reducer);
  }
}

/** Of the thread, not at work: a picture that is reduced while another one is takes a new one. */
const idle: Reducer[] = [];

/** @param side below 3.2, as every second pixel is read from a reduction by 5 on */
function boxOf(side: number): Box {
  if (side >= 3) return 3;
  return side >= 2 ? 2 : 1;
}
