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
  const luma = lumaOf(image);
  let sum = 0;
  for (const value of luma) sum += value;
  const mean = sum / luma.length;
  let variance = 0;
  for (const value of luma) variance += (value - mean) ** 2;
  variance /= luma.length;
  if (Math.sqrt(variance) < FLAT_DEVIATION) return 'flat-picture';
  const correlation = neighbourCovariance(luma, image.width, image.height, mean) / variance;
  return correlation < NOISE_CORRELATION ? 'noise-picture' : null;
}

/** Rec. 601 luma, 0..255. */
function lumaOf({ data }: RgbaImage): Float32Array {
  const luma = new Float32Array(data.length / 4);
  for (let at = 0, from = 0; at < luma.length; at++, from += 4) {
    luma[at] = 0.299 * (data[from] ?? 0) + 0.587 * (data[from + 1] ?? 0) + 0.114 * (data[from + 2] ?? 0);
  }
  return luma;
}

/** Mean product of the deviations of right and lower neighbours. */
function neighbourCovariance(luma: Float32Array, width: number, height: number, mean: number): number {
  let sum = 0;
  let pairs = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      const here = (luma[at] ?? 0) - mean;
      if (x + 1 < width) {
        sum += here * ((luma[at + 1] ?? 0) - mean);
        pairs++;
      }
      if (y + 1 < height) {
        sum += here * ((luma[at + width] ?? 0) - mean);
        pairs++;
      }
    }
  }
  return pairs === 0 ? 0 : sum / pairs;
}
