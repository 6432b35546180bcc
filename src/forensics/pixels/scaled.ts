import { assertSize, computeTaps, type Kernel, resampleColumns, resampleRows } from '../dsp/resample';
import type { PixelSource } from '../image';
import type { RgbaImage } from '../rgba';

/** Rows read at once: a few MB even of the widest picture. */
const STRIP_ROWS = 128;

/**
 * Reductions by more than twice this are first averaged over whole squares, down to this much at least.
 * Pillow's `reducing_gap` calls 3 "almost indistinguishable"; it makes 100 megapixels several times faster.
 */
const REDUCING_GAP = 4;

/**
 * Resizes a pixel source without ever holding it whole: the horizontal pass runs strip by strip, the
 * vertical one on the narrowed picture. Answers the same pixels as `resize` of the whole, but for
 * reductions by 8 and more, which are averaged over squares first.
 * @throws RangeError for a size that is not a positive integer
 */
export function resizeSource(source: PixelSource, width: number, height: number, kernel: Kernel): RgbaImage {
  assertSize(width, height);
  if (width === source.width && height === source.height) {
    return source.region({ x: 0, y: 0, width, height });
  }
  const box = Math.max(1, Math.floor(Math.min(source.width / width, source.height / height) / REDUCING_GAP));
  const columns = Math.ceil(source.width / box);
  const rows = Math.ceil(source.height / box);
  const across = width === columns ? null : computeTaps(columns, width, kernel, source.width / box);
  const narrowed = new Uint8ClampedArray(width * rows * 4);
  const stripRows = Math.max(1, Math.floor(STRIP_ROWS / box)) * box;
  for (let y = 0; y < source.height; y += stripRows) {
    const taken = Math.min(stripRows, source.height - y);
    const whole = source.region({ x: 0, y, width: source.width, height: taken });
    const strip = box > 1 ? averageSquares(whole, box) : whole;
    if (across) resampleRows(strip.data, columns, strip.height, across, narrowed, y / box);
    else narrowed.set(strip.data, (y / box) * width * 4);
  }
  if (height === rows) return { width, height, data: narrowed };
  const down = computeTaps(rows, height, kernel, source.height / box);
  return { width, height, data: resampleColumns(narrowed, width, down) };
}

/** Mean of each `box` x `box` square, of what is there of it at the right and lower edge. */
function averageSquares(image: RgbaImage, box: number): RgbaImage {
  const width = Math.ceil(image.width / box);
  const height = Math.ceil(image.height / box);
  const data = new Uint8ClampedArray(width * height * 4);
  const sums = new Float64Array(width * 3);
  for (let row = 0; row < height; row++) {
    sums.fill(0);
    const taken = Math.min(box, image.height - row * box);
    for (let y = 0; y < taken; y++) {
      let from = (row * box + y) * image.width * 4;
      for (let column = 0; column < width; column++) {
        const end = from + Math.min(box, image.width - column * box) * 4;
        let red = 0;
        let green = 0;
        let blue = 0;
        for (; from < end; from += 4) {
          red += image.data[from] ?? 0;
          green += image.data[from + 1] ?? 0;
          blue += image.data[from + 2] ?? 0;
        }
        sums[column * 3] = (sums[column * 3] ?? 0) + red;
        sums[column * 3 + 1] = (sums[column * 3 + 1] ?? 0) + green;
        sums[column * 3 + 2] = (sums[column * 3 + 2] ?? 0) + blue;
      }
    }
    for (let column = 0; column < width; column++) {
      const pixels = taken * Math.min(box, image.width - column * box);
      const to = (row * width + column) * 4;
      for (let channel = 0; channel < 3; channel++) {
        // Uint8ClampedArray rounds to the nearest.
        data[to + channel] = (sums[column * 3 + channel] ?? 0) / pixels;
      }
      data[to + 3] = 255;
    }
  }
  return { width, height, data };
}

/**
 * Size with the shorter side brought down to `side`, the longer one in proportion (rounded, at least 1);
 * the size itself where the shorter side is `side` or less already.
 */
export function sizeForShorterSide(
  width: number,
  height: number,
  side: number,
): { width: number; height: number } {
  const shorter = Math.min(width, height);
  if (shorter <= side) return { width, height };
  return {
    width: width === shorter ? side : Math.max(1, Math.round((width * side) / shorter)),
    height: height === shorter ? side : Math.max(1, Math.round((height * side) / shorter)),
  };
}
