import { swapBytes, weighBytes } from '../dsp/weigh-bytes';
import type { WordOrder } from '../image';

/**
 * Luma by Rec. 601 (as JPEG uses it), 0..255, of pixels as `PixelSource.raw` answers them.
 * @param luma receives as many values as it holds
 * @param from first word
 */
export function lumaOfWords(words: Int32Array, order: WordOrder, luma: Float32Array, from = 0): void {
  const weights = order === 'rgb' ? RGB : BGR;
  weighBytes(words.subarray(from, from + luma.length), weights, luma);
}

const RED = 299;
const GREEN = 587;
const BLUE = 114;
const RGB = [RED, GREEN, BLUE] as const;
const BGR = [BLUE, GREEN, RED] as const;

/** The same as 4 bytes a pixel, red first, alpha 255: the words themselves, put into that order in place. */
export function rgbaOfWords(words: Int32Array<ArrayBuffer>, order: WordOrder): Uint8ClampedArray {
  if (order === 'bgr') swapBytes(words);
  else for (let at = 0; at < words.length; at++) words[at] = (words[at] ?? 0) | OPAQUE;
  return new Uint8ClampedArray(words.buffer, words.byteOffset, words.byteLength);
}

const OPAQUE = 0xff << 24;
