import { asWords } from '../dsp/resample';
import type { PixelSource } from '../image';
import type { RgbaImage } from '../rgba';
import { assertInside } from './source';

/**
 * A pixel source over an array, for tests and for pictures that the engine computed.
 * Alpha is flattened over white here, so that every source keeps the contract.
 * @throws RangeError where the array's length does not fit width x height
 */
export function arrayPixelSource(image: RgbaImage): PixelSource {
  const { width, height } = image;
  if (image.data.length !== width * height * 4) {
    throw new RangeError(`Expected ${width * height * 4} bytes of RGBA but received ${image.data.length}`);
  }
  const flat = flattenOverWhite(image.data);
  return {
    width,
    height,
    region(rect) {
      assertInside(rect, width, height);
      const data = new Uint8ClampedArray(rect.width * rect.height * 4);
      for (let row = 0; row < rect.height; row++) {
        const from = ((rect.y + row) * width + rect.x) * 4;
        data.set(flat.subarray(from, from + rect.width * 4), row * rect.width * 4);
      }
      return { width: rect.width, height: rect.height, data };
    },
    async raw(rect, into) {
      assertInside(rect, width, height);
      const words = asWords(flat);
      for (let row = 0; row < rect.height; row++) {
        const from = (rect.y + row) * width + rect.x;
        into.set(words.subarray(from, from + rect.width), row * rect.width);
      }
      return 'rgb';
    },
    close() {
      // Nothing is held outside the garbage collector's reach.
    },
  };
}

/** Straight-alpha RGBA over white, in a new array. */
function flattenOverWhite(rgba: Uint8ClampedArray): Uint8ClampedArray {
  const flat = rgba.slice();
  for (let at = 0; at < flat.length; at += 4) {
    const alpha = flat[at + 3] ?? 255;
    if (alpha === 255) continue;
    for (let channel = 0; channel < 3; channel++) {
      // Uint8ClampedArray rounds to the nearest.
      flat[at + channel] = ((flat[at + channel] ?? 0) * alpha + 255 * (255 - alpha)) / 255;
    }
    flat[at + 3] = 255;
  }
  return flat;
}
