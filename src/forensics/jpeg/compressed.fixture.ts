/** Pictures with a known compression history, made without an encoder. For tests only. */
import { fractalField, gaussian, greyImage } from '../../../tests/fixtures/noise';
import { be16, bytes, jpegSegment } from '../containers/hand-made';
import { dct8x8 } from '../dsp/dct';
import { arrayPixelSource } from '../pixels/array';
import { createForensicImage } from '../pixels/forensic-image';
import type { RgbaImage } from '../rgba';
import { ZIGZAG } from './zigzag';

/** Photo-like grey picture, side a multiple of 8: 1 / f^2 shading with a little noise. */
export function photo(side: number, seed: number): RgbaImage {
  const shading = fractalField(512, 2, seed);
  const normal = gaussian(seed + 1000);
  return greyImage(
    side,
    side,
    (x, y) => 128 + 30 * (shading[(y % 512) * 512 + (x % 512)] ?? 0) + 3 * normal(),
  );
}

const COSINE = Float64Array.from({ length: 64 }, (_, at) => {
  const k = at >> 3;
  return (k === 0 ? Math.SQRT1_2 : 1) * 0.5 * Math.cos(((2 * (at & 7) + 1) * k * Math.PI) / 16);
});

/**
 * What a JPEG encoder and decoder make of a grey picture: every 8 x 8 block transformed, divided by the steps,
 * rounded, multiplied, transformed back by the textbook sum, and rounded to 0..255.
 * @param steps natural order
 */
export function compressed(picture: RgbaImage, steps: ArrayLike<number>): RgbaImage {
  const { width, height } = picture;
  const data = picture.data.slice();
  const block = new Float64Array(64);
  for (let top = 0; top + 8 <= height; top += 8) {
    for (let left = 0; left + 8 <= width; left += 8) {
      const place = (at: number) => 4 * ((top + (at >> 3)) * width + left + (at & 7));
      for (let at = 0; at < 64; at++) block[at] = (picture.data[place(at)] ?? 0) - 128;
      dct8x8(block);
      for (let at = 0; at < 64; at++) {
        const step = steps[at] ?? 1;
        block[at] = Math.round((block[at] ?? 0) / step) * step;
      }
      const back = inverse(block);
      for (let at = 0; at < 64; at++) data.fill(Math.round((back[at] ?? 0) + 128), place(at), place(at) + 3);
    }
  }
  return { width, height, data };
}

/** The inverse transform of an 8 x 8 block, by the textbook sum: rows, then columns. */
function inverse(block: Float64Array): Float64Array {
  const along = (values: Float64Array, first: number, step: number, place: number) => {
    let sum = 0;
    for (let k = 0; k < 8; k++) sum += (values[first + k * step] ?? 0) * (COSINE[8 * k + place] ?? 0);
    return sum;
  };
  const rows = Float64Array.from({ length: 64 }, (_, at) => along(block, at & ~7, 1, at & 7));
  return Float64Array.from({ length: 64 }, (_, at) => along(rows, at & 7, 8, at >> 3));
}

/** `guest` laid over `host` in a rectangle, from another place of the guest, off its 8 x 8 grid. */
export function spliced(host: RgbaImage, guest: RgbaImage, x: number, y: number, side: number): RgbaImage {
  const data = host.data.slice();
  for (let row = 0; row < side; row++) {
    const from = 4 * ((row + 3) * guest.width + 5);
    data.set(guest.data.subarray(from, from + 4 * side), 4 * ((y + row) * host.width + x));
  }
  return { ...host, data };
}

/** The headers of a JPEG: one table for all planes, a frame, and what else is given before them. */
export function jpegHeaders(
  steps: ArrayLike<number>,
  size: { width: number; height: number },
  options: {
    marker?: number;
    sampling?: number;
    before?: readonly Uint8Array[];
    chroma?: ArrayLike<number>;
  } = {},
): Uint8Array {
  const { marker = 0xc0, sampling = 0x22, before = [], chroma = steps } = options;
  const table = (id: number, values: ArrayLike<number>) =>
    jpegSegment(0xdb, bytes([id, ...ZIGZAG.map((place) => values[place] ?? 1)]));
  return bytes(
    [0xff, 0xd8],
    ...before,
    table(0, steps),
    table(1, chroma),
    jpegSegment(
      marker,
      bytes([8], be16(size.height), be16(size.width), [3, 1, sampling, 0, 2, 0x11, 1, 3, 0x11, 1]),
    ),
    jpegSegment(0xda, bytes([3, 1, 0, 2, 0x11, 3, 0x11, 0, 63, 0])),
    [0, 0xff, 0xd9],
  );
}

/** A picture that pretends to be a file with these headers, as a layer is given it. */
export function imageOf(
  pixels: RgbaImage,
  file: Uint8Array = new Uint8Array(),
  format: 'jpeg' | 'png' | 'webp' = 'jpeg',
): ReturnType<typeof createForensicImage> {
  return createForensicImage({ how: 'file', format, bytes: file, pixels: arrayPixelSource(pixels) });
}

/** A TIFF block, little-endian: numbers of the first directory, and a thumbnail in the second. */
export function exifBlock(numbers: Readonly<Record<number, number>>, thumbnail?: Uint8Array): Uint8Array {
  const le16 = (value: number) => [value & 255, value >> 8];
  const le32 = (value: number) => [...le16(value & 0xffff), ...le16(value >>> 16)];
  const entry = (tag: number, value: number) => [...le16(tag), 4, 0, 1, 0, 0, 0, ...le32(value)];
  const first = Object.entries(numbers).map(([tag, value]) => entry(Number(tag), value));
  const secondAt = 8 + 2 + 12 * first.length + 4;
  const dataAt = secondAt + 2 + 12 * 2 + 4;
  const second = thumbnail
    ? [...le16(2), ...entry(0x0201, dataAt), ...entry(0x0202, thumbnail.length), 0, 0, 0, 0]
    : [];
  return bytes(
    'II*\0',
    le32(8),
    le16(first.length),
    first.flat(),
    le32(thumbnail ? secondAt : 0),
    second,
    thumbnail ?? [],
  );
}
