import { asWords } from '../dsp/resample';
import type { PixelSource, Rect, WordOrder } from '../image';
import { assertInside } from './source';

/**
 * Largest block drawn at once: 4 MB of canvas, and no side near a browser's canvas limit (a legal PNG
 * can be 1,000,000 x 100).
 */
const BLOCK_PIXELS = 1 << 20;
const BLOCK_SIDE = 8192;

/** Layouts of opaque frames with one word a pixel. */
const ORDERS: Readonly<Partial<Record<VideoPixelFormat, WordOrder>>> = { BGRX: 'bgr', RGBX: 'rgb' };

/**
 * Reads a decoded bitmap in blocks through one small canvas: a 100-megapixel picture stands in memory
 * once, as the browser's bitmap, never a second time as a canvas and a third time as ImageData.
 *
 * The canvas is unaccelerated (`willReadFrequently`): pixels come back exactly, and the same on every
 * machine. It is filled white first, which flattens alpha over white.
 *
 * `raw` sees the bitmap as a video frame, which shares its memory: copying out of one takes 0.2 ms a megapixel,
 * where a canvas takes 5 (most of it for new memory and the order of the channels). Frames with alpha go
 * through the canvas, which flattens it.
 */
export function bitmapPixelSource(bitmap: ImageBitmap): PixelSource {
  // Kept apart from the bitmap, whose own sizes fall to 0 on close.
  const { width, height } = bitmap;
  let canvas: OffscreenCanvas | null = null;
  let context: OffscreenCanvasRenderingContext2D | null = null;
  /** Undefined until first asked for; null where the bitmap cannot be seen as an opaque frame. */
  let frame: VideoFrame | null | undefined;

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

  function region(rect: Rect) {
    assertInside(rect, width, height);
    const blockWidth = Math.min(rect.width, BLOCK_SIDE);
    const blockHeight = Math.min(rect.height, BLOCK_SIDE, Math.max(1, Math.floor(BLOCK_PIXELS / blockWidth)));
    if (rect.width === blockWidth && rect.height === blockHeight) {
      return { width: rect.width, height: rect.height, data: readBlock(rect) };
    }
    const data = new Uint8ClampedArray(rect.width * rect.height * 4);
    for (let top = 0; top < rect.height; top += blockHeight) {
      for (let left = 0; left < rect.width; left += blockWidth) {
        const w = Math.min(blockWidth, rect.width - left);
        const h = Math.min(blockHeight, rect.height - top);
        const block = readBlock({ x: rect.x + left, y: rect.y + top, width: w, height: h });
        for (let row = 0; row < h; row++) {
          data.set(block.subarray(row * w * 4, (row + 1) * w * 4), ((top + row) * rect.width + left) * 4);
        }
      }
    }
    return { width: rect.width, height: rect.height, data };
  }

  return {
    width,
    height,
    region,
    async raw(rect, into) {
      assertInside(rect, width, height);
      const pixels = rect.width * rect.height;
      if (into.length < pixels)
        throw new RangeError(`Expected room for ${pixels} but received ${into.length}`);
      if (frame === undefined) frame = opaqueFrame(bitmap);
      const order = frame?.format ? ORDERS[frame.format] : undefined;
      if (frame && order) {
        await frame.copyTo(into, { rect });
        return order;
      }
      into.set(asWords(region(rect).data));
      return 'rgb';
    },
    close() {
      frame?.close();
      frame = null;
      bitmap.close();
      canvas = null;
      context = null;
    },
  };
}

/** The bitmap's own memory as a frame; null where it has alpha, or is larger than frames may be. */
function opaqueFrame(bitmap: ImageBitmap): VideoFrame | null {
  let frame: VideoFrame;
  try {
    frame = new VideoFrame(bitmap, { timestamp: 0 });
  } catch {
    return null;
  }
  const whole = frame.visibleRect;
  const same =
    whole?.width === bitmap.width && whole.height === bitmap.height && whole.x === 0 && whole.y === 0;
  if (frame.format && ORDERS[frame.format] && same) return frame;
  frame.close();
  return null;
}
