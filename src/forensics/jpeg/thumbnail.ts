import { tiffDirectory, tiffNumber, tiffOrder } from '../containers/tiff';
import { resize } from '../dsp/resample';
import { correlation, mean } from '../dsp/statistics';
import type { ForensicImage } from '../image';
import type { RgbaImage } from '../rgba';
import { isTurned } from './orientation';

/** A thumbnail beyond this is a preview; cameras write 160 x 120 into EXIF, some up to 512 px. */
export const MOST_THUMBNAIL_SIDE = 640;
/** Smaller ones hold too little to compare. */
const LEAST_SIDE = 32;
/** A border row or column with a mean luma below this is a bar that a camera adds to fill 4:3. */
const BAR_LUMA = 14;
/** Pixels a side at which picture and thumbnail are compared: above the thumbnail's own JPEG blocks. */
const COMPARED = 32;

/** The JPEG that the second directory of an EXIF block holds (Exif 2.32, 4.5.5), or null. */
export function findThumbnail(exif: Uint8Array | null): Uint8Array | null {
  if (!exif || exif.length < 14) return null;
  const order = tiffOrder(exif);
  const first = order.u32(4);
  if (first < 8 || first + 2 > exif.length) return null;
  const pointerAt = first + 2 + 12 * order.u16(first);
  if (pointerAt + 4 > exif.length) return null;
  const { entries } = tiffDirectory(exif, order.u32(pointerAt));
  const number = (tag: number) =>
    tiffNumber(
      exif,
      entries.find((entry) => entry.tag === tag),
    );
  const offset = number(0x0201);
  const length = number(0x0202);
  if (offset === null || length === null || length < 4 || offset + length > exif.length) return null;
  const bytes = exif.subarray(offset, offset + length);
  return bytes[0] === 0xff && bytes[1] === 0xd8 ? bytes : null;
}

export interface ThumbnailMatch {
  /** Correlation of brightness between thumbnail and picture, -1..1, at COMPARED x COMPARED px. */
  readonly correlation: number;
  /** Width over height of the thumbnail (bars removed) over that of the picture, as a natural logarithm. */
  readonly aspect: number;
}

/**
 * Compares the embedded thumbnail with the picture. Programs that change a picture and leave its EXIF alone also
 * leave the thumbnail of what it was (Kee and Farid, Digital Image Authentication from Thumbnails, 2010). The
 * thumbnail is taken as it is and as orientation turns it, and the better match counts: writers differ.
 * @returns null where either holds nothing to compare
 */
export function compareThumbnail(
  image: ForensicImage,
  thumbnail: RgbaImage,
  orientation: number,
): ThumbnailMatch | null {
  const turned = orientation === 1 ? [thumbnail] : [thumbnail, turn(thumbnail, orientation)];
  const whole = square(image.scaledToShorterSide(Math.min(128, image.width, image.height)));
  let best: ThumbnailMatch | null = null;
  // Bars are black, and so may the picture be at its edges: with and without, the better match counts.
  for (const inner of turned.flatMap((candidate) => [candidate, withoutBars(candidate)])) {
    if (Math.min(inner.width, inner.height) < LEAST_SIDE) continue;
    const small = square(inner);
    if (spread(small) < 2 || spread(whole) < 2) continue;
    const match = {
      correlation: correlation(small, whole),
      aspect: Math.log(inner.width / inner.height / (image.width / image.height)),
    };
    if (!best || match.correlation > best.correlation) best = match;
  }
  return best;
}

function spread(values: Float64Array): number {
  const centre = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
}

/** Luma of a picture stretched to a small square. */
function square(picture: RgbaImage): Float64Array {
  const { data } = resize(picture, COMPARED, COMPARED, 'bilinear');
  return Float64Array.from({ length: COMPARED * COMPARED }, (_, at) => lumaAt(data, 4 * at));
}

function lumaAt(data: Uint8ClampedArray, at: number): number {
  return 0.299 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0);
}

/** Without the black bars by which a camera fills its 4:3 thumbnail, at most a fifth from each side. */
function withoutBars(picture: RgbaImage): RgbaImage {
  const { width, height } = picture;
  const isBar = (from: number, step: number, count: number) => {
    let sum = 0;
    for (let at = 0; at < count; at++) sum += lumaAt(picture.data, 4 * (from + at * step));
    return sum / count < BAR_LUMA;
  };
  let [left, right, top, bottom] = [0, width, 0, height];
  while (top < height / 5 && isBar(top * width, 1, width)) top++;
  while (height - bottom < height / 5 && isBar((bottom - 1) * width, 1, width)) bottom--;
  while (left < width / 5 && isBar(left, width, height)) left++;
  while (width - right < width / 5 && isBar(right - 1, width, height)) right--;
  const data = new Uint8ClampedArray((right - left) * (bottom - top) * 4);
  for (let y = top; y < bottom; y++) {
    const from = 4 * (y * width + left);
    data.set(picture.data.subarray(from, from + 4 * (right - left)), 4 * (y - top) * (right - left));
  }
  return { width: right - left, height: bottom - top, data };
}

/** A picture as EXIF orientation says it is to be shown. */
export function turn(picture: RgbaImage, orientation: number): RgbaImage {
  const { width, height } = picture;
  const swapped = isTurned(orientation);
  const [toWidth, toHeight] = swapped ? [height, width] : [width, height];
  const data = new Uint8ClampedArray(picture.data.length);
  // Exif 2.32, table 4: where the stored row 0 and column 0 are shown.
  const rowFromEnd = [3, 4, 6, 7].includes(orientation);
  const columnFromEnd = [2, 3, 7, 8].includes(orientation);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const row = rowFromEnd ? height - 1 - y : y;
      const column = columnFromEnd ? width - 1 - x : x;
      const to = swapped ? column * toWidth + row : row * toWidth + column;
      const from = 4 * (y * width + x);
      data.set(picture.data.subarray(from, from + 4), 4 * to);
    }
  }
  return { width: toWidth, height: toHeight, data };
}
