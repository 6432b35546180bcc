import type { ForensicImage } from '../image';
import { chooseLumaTiles, readLumaTiles, toLuma } from './luma-tiles';
import { lumaOfWords, rgbaOfWords } from './words';

/** Native pixels of a part of the picture, in colour and as luma (Rec. 601, 0..255). */
export interface Patch {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** 4 bytes a pixel, alpha 255. */
  readonly rgba: Uint8ClampedArray;
  readonly luma: Float32Array;
}

/** Pixels looked at by the layers that share patches: one pass over a million costs some milliseconds. */
const MOST_PIXELS = 1 << 20;
/** Tile sides of larger pictures, the largest that fits. 256 is the frequency layer's: its tiles are shared. */
const TILE_SIDES = [256, 128, 64] as const;

const known = new WeakMap<ForensicImage, readonly Patch[]>();

/**
 * The whole picture as one patch up to a megapixel, else tiles of native pixels that make a megapixel
 * together, spread over the picture from the flattest to the busiest. Computed once an image; empty where
 * nothing fits (a strip narrower than 64 px and longer than a megapixel).
 */
export function samplePatches(image: ForensicImage): readonly Patch[] {
  let patches = known.get(image);
  if (!patches) {
    patches = cut(image);
    known.set(image, patches);
  }
  return patches;
}

/** The same, read past the canvas where nobody has asked before: several times as fast. */
export async function readPatches(image: ForensicImage): Promise<readonly Patch[]> {
  if (known.has(image)) return samplePatches(image);
  const { width, height, pixels } = image;
  const side = tileSide(image);
  if (width * height > MOST_PIXELS) {
    if (side !== undefined) await readLumaTiles(pixels, side, MOST_PIXELS / (side * side));
    return samplePatches(image);
  }
  const words = new Int32Array(width * height);
  const order = await pixels.raw({ x: 0, y: 0, width, height }, words);
  const luma = new Float32Array(words.length);
  lumaOfWords(words, order, luma);
  const patches = known.get(image) ?? [{ x: 0, y: 0, width, height, rgba: rgbaOfWords(words, order), luma }];
  known.set(image, patches);
  return patches;
}

function tileSide({ width, height }: ForensicImage): number | undefined {
  return TILE_SIDES.find((size) => Math.min(width, height) >= size);
}

function cut(image: ForensicImage): readonly Patch[] {
  const { width, height, pixels } = image;
  if (width * height <= MOST_PIXELS) {
    const whole = pixels.region({ x: 0, y: 0, width, height });
    return [{ x: 0, y: 0, width, height, rgba: whole.data, luma: toLuma(whole) }];
  }
  const side = tileSide(image);
  if (side === undefined) return [];
  return chooseLumaTiles(pixels, side, MOST_PIXELS / (side * side)).map((tile) => ({
    x: tile.x,
    y: tile.y,
    width: side,
    height: side,
    luma: tile.data,
    get rgba() {
      return tile.rgba;
    },
  }));
}
