import type { PixelSource, Rect } from '../image';
import { assertInside } from './source';

/**
 * Largest block drawn at once: 4 MB of canvas, and no side near a browser's canvas limit (a legal PNG
 * can be 1,000,000 x 100).
 */
const BLOCK_WIDTH = 4096;
const BLOCK_HEIGHT = 256;

/**
 * Reads a decoded bitmap in blocks through one small canvas: a 100-megapixel picture stands in memory
 * once, as the browser's bitmap, never a second time as a canvas and a third time as ImageData.
 *
 * The canvas is unaccelerated (`willReadFrequently`): pixels come back exactly, and the same on every
 * machine. It is filled white first, which flattens alpha over white.
 */
export function bitmapPixelSource(bitmap: ImageBitmap): PixelSource {
  // Kept apart from the bitmap, whose own sizes fall to 0 on close.
  const { width, height } = bitmap;
  let canvas: OffscreenCanvas | null = null;
  let context: OffscreenCanvasRenderingContext2D | null = null;

  function readBlock(rect: Rect): Uint8ClampedArray {
    if (!canvas || !context || canvas.width < rect.width || canvas.height < rect.height) {
      canvas = new OffscreenCanvas(
        Math.max(rect.width, canvas?.width ?? 0),
        Math.max(rect.height, canvas?.height ?? 0),
      );
      context = canvas.getContext('2d', { willReadFrequently: true, alpha: false, colorSpace: 'srgb' });
      if (!context) throw new Error('No 2-D canvas in this context');
      context.imageSmoothingEnabled = false;
      context.fillStyle = '#fff';
    }
    const { x, y, width: w, height: h } = rect;
    context.fillRect(0, 0, w, h);
    context.drawImage(bitmap, x, y, w, h, 0, 0, w, h);
    return context.getImageData(0, 0, w, h).data;
  }

  return {
    width,
    height,
    region(rect) {
      assertInside(rect, width, height);
      if (rect.width <= BLOCK_WIDTH && rect.height <= BLOCK_HEIGHT) {
        return { width: rect.width, height: rect.height, data: readBlock(rect) };
      }
      const data = new Uint8ClampedArray(rect.width * rect.height * 4);
      for (let top = 0; top < rect.height; top += BLOCK_HEIGHT) {
        for (let left = 0; left < rect.width; left += BLOCK_WIDTH) {
          const w = Math.min(BLOCK_WIDTH, rect.width - left);
          const h = Math.min(BLOCK_HEIGHT, rect.height - top);
          const block = readBlock({ x: rect.x + left, y: rect.y + top, width: w, height: h });
          for (let row = 0; row < h; row++) {
            data.set(block.subarray(row * w * 4, (row + 1) * w * 4), ((top + row) * rect.width + left) * 4);
          }
        }
      }
      return { width: rect.width, height: rect.height, data };
    },
    close() {
      bitmap.close();
      canvas = null;
      context = null;
    },
  };
}
