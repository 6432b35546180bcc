import { assertSize, computeTaps, type Kernel, resampleColumns, resampleRows } from '../dsp/resample';
import type { PixelSource } from '../image';
import type { RgbaImage } from '../layer';

/** Rows read at once: a few MB even of the widest picture. */
const STRIP_ROWS = 128;

/**
 * Resizes a pixel source without ever holding it whole: the horizontal pass runs strip by strip, the
 * vertical one on the narrowed picture. Answers the same pixels as `resize` of the whole.
 * @throws RangeError for a size that is not a positive integer
 */
export function resizeSource(source: PixelSource, width: number, height: number, kernel: Kernel): RgbaImage {
  assertSize(width, height);
  if (width === source.width && height === source.height) {
    return source.region({ x: 0, y: 0, width, height });
  }
  const narrowed = new Uint8ClampedArray(width * source.height * 4);
  const across = width === source.width ? null : computeTaps(source.width, width, kernel);
  for (let y = 0; y < source.height; y += STRIP_ROWS) {
    const rows = Math.min(STRIP_ROWS, source.height - y);
    const strip = source.region({ x: 0, y, width: source.width, height: rows });
    if (across) resampleRows(strip.data, source.width, rows, across, narrowed, y);
    else narrowed.set(strip.data, y * width * 4);
  }
  if (height === source.height) return { width, height, data: narrowed };
  return {
    width,
    height,
    data: resampleColumns(narrowed, width, computeTaps(source.height, height, kernel)),
  };
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
