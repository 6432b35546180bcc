import type { ForensicImage } from '../image';
import { arrayPixelSource } from '../pixels/array';
import { createForensicImage } from '../pixels/forensic-image';
import type { RgbaImage } from '../rgba';

/** A picture drawn by a function of its pixels, opaque. */
export function drawn(
  width: number,
  height: number,
  colour: (x: number, y: number) => readonly [number, number, number],
): RgbaImage {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data.set([...colour(x, y), 255], (y * width + x) * 4);
  }
  return { width, height, data };
}

/** The same as the engine sees it, without a file. */
export function forensicImage(picture: RgbaImage): ForensicImage {
  return createForensicImage({
    how: 'page-pixels',
    format: 'png',
    bytes: new Uint8Array(0),
    pixels: arrayPixelSource(picture),
  });
}
