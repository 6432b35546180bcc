import type { RgbaImage } from '../rgba';
import type { ModelErrorCode } from './card';

/**
 * A picture whose brightness deviates less than this (grey levels of 255, root mean square) has nothing on
 * it: the networks have seen no such picture and their answer would be about nothing.
 */
const FLAT_DEVIATION = 2;

/**
 * Least correlation of a pixel's brightness with its right and lower neighbour. Of pictures of any kind it is
 * above 0.5 (a dense halftone), mostly above 0.9; of independent noise it is 0, give or take a few hundredths.
 */
const NOISE_CORRELATION = 0.2;

/** Why the networks should not be asked about a picture, or null where they may be. */
export function flaw(image: RgbaImage): Extract<ModelErrorCode, 'flat-picture' | 'noise-picture'> | null {
  const { width, height } = image;
  const luma = lumaOf(image);
  const mean = sumOf(luma) / luma.length;
  for (let at = 0; at < luma.length; at++) luma[at] = (luma[at] ?? 0) - mean;
  const variance = productSum(luma, 0, 0, luma.length) / luma.length;
  if (Math.sqrt(variance) < FLAT_DEVIATION) return 'flat-picture';
  const covariance = neighbourCovariance(luma, width, height);
  return covariance / variance < NOISE_CORRELATION ? 'noise-picture' : null;
}

/** Rec. 601 luma, 0..255. */
function lumaOf({ data }: RgbaImage): Float32Array {
  const luma = new Float32Array(data.length / 4);
  for (let at = 0, from = 0; at < luma.length; at++, from += 4) {
    luma[at] = 0.299 * (data[from] ?? 0) + 0.587 * (data[from + 1] ?? 0) + 0.114 * (data[from + 2] ?? 0);
  }
  return luma;
}

function sumOf(values: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < values.length; at++) sum += values[at] ?? 0;
  return sum;
}

/** Sum of products of `count` values from `a` on with as many from `b` on. */
function productSum(values: Float32Array, a: number, b: number, count: number): number {
  let sum = 0;
  for (let at = 0; at < count; at++) sum += (values[a + at] ?? 0) * (values[b + at] ?? 0);
  return sum;
}

/** Mean product of the deviations of right and lower neighbours. */
function neighbourCovariance(deviations: Float32Array, width: number, height: number): number {
  const pairs = (width - 1) * height + width * (height - 1);
  if (pairs === 0) return 0;
  let sum = productSum(deviations, 0, width, width * (height - 1));
  for (let y = 0; y < height; y++) sum += productSum(deviations, y * width, y * width + 1, width - 1);
  return sum / pairs;
}
