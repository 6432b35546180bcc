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
/** And of those with an alpha: a bitmap that came from another thread is called so, even without any. */
const ALPHA_ORDERS: Readonly<Partial<Record<VideoPixelFormat, WordOrder>>> = { BGRA: 'bgr', RGBA: 'rgb' };

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
 * @param opaque the picture is known to have no alpha
 * @param shown the bitmap's memory, where it is known to lie as it is shown (`frameToShare`); closed with the source
 */
export function bitmapPixelSource(
  bitmap: ImageBitmap,
  opaque = false,
  shown: VideoFrame | null = null,
): PixelSource {
  // Kept apart from the bitmap, whose own sizes fall to 0 on close.
  const { width, height } = bitmap;
  let context: OffscreenCanvasRenderingContext2D | null = null;
  /** Opened when first asked for; null where the bitmap's memory does not hold what the canvas shows. */
  let opening: Promise<OpaqueFrame | null> | null = null;
  const order = shown && orderOf(shown, opaque);
  if (shown && order) opening = Promise.resolve({ frame: shown, order });
  let closed = false;

  function readBlock(rect: Rect): Uint8ClampedArray {
    if (!context || context.canvas.width < rect.width || context.canvas.height < rect.height) {
      context = softwareContext(
        Math.max(rect.width, context?.canvas.width ?? 0),
        Math.max(rect.height, context?.canvas.height ?? 0),
      );
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
      opening ??= opaqueFrame(bitmap, opaque);
      const opened = await opening;
      if (closed) throw new Error('This picture is closed');
      if (opened) {
        await opened.frame.copyTo(into, { rect });
        return opened.order;
      }
      into.set(asWords(region(rect).data));
      return 'rgb';
    },
    close() {
      closed = true;
      void opening?.then((opened) => opened?.frame.close());
      bitmap.close();
      context = null;
    },
  };
}

/**
 * The bitmap's memory as a frame that can be cloned and transferred to other threads without copying a pixel; null
 * where they need the bitmap itself: it has alpha, or its memory lies another way than it is shown.
 * @param opaque the picture is known to have no alpha
 */
export async function frameToShare(bitmap: ImageBitmap, opaque: boolean): Promise<VideoFrame | null> {
  return (await opaqueFrame(bitmap, opaque))?.frame ?? null;
}

interface OpaqueFrame {
  readonly frame: VideoFrame;
  readonly order: WordOrder;
}

/**
 * The bitmap's own memory as a frame; null where it has alpha, is larger than frames may be, or lies another way
 * than it is shown: Chromium turns pictures by their EXIF only when it draws them, and leaves their memory as it is.
 * A bitmap does not tell whether it is one of those, so some rows are compared with what is drawn.
 */
async function opaqueFrame(bitmap: ImageBitmap, opaque: boolean): Promise<OpaqueFrame | null> {
  let frame: VideoFrame;
  try {
    frame = new VideoFrame(bitmap, { timestamp: 0 });
  } catch {
    return null;
  }
  const order = orderOf(frame, opaque);
  const { width, height } = bitmap;
  const whole = frame.visibleRect;
  const fits = whole?.width === width && whole.height === height && whole.x === 0 && whole.y === 0;
  if (order && fits && (await showsTheSame(frame, order, bitmap))) return { frame, order };
  frame.close();
  return null;
}

function orderOf(frame: VideoFrame, opaque: boolean): WordOrder | undefined {
  const orders = opaque ? { ...ORDERS, ...ALPHA_ORDERS } : ORDERS;
  return frame.format ? orders[frame.format] : undefined;
}

/** Rows compared, and how far apart as a share of the height: the golden section meets no row's own mirror image. */
const PROBES = 12;
const PROBE_STEP = 0.381966;
/** Pixels of a row compared at most. */
const PROBE_LENGTH = 8192;

async function showsTheSame(frame: VideoFrame, order: WordOrder, bitmap: ImageBitmap): Promise<boolean> {
  const { width, height } = bitmap;
  const length = Math.min(width, PROBE_LENGTH);
  const tops = Array.from({ length: PROBES }, (_, probe) => Math.floor(((probe * PROBE_STEP) % 1) * height));
  const words = new Int32Array(PROBES * length);
  // One wait for all: each is a turn through another thread.
  await Promise.all(
    tops.map((y, probe) =>
      frame.copyTo(words.subarray(probe * length, (probe + 1) * length), {
        rect: { x: 0, y, width: length, height: 1 },
      }),
    ),
  );
  const shown = drawnRows(bitmap, tops, length);
  return words.every((word, at) => {
    const rgb = order === 'rgb' ? word & 0xffffff : swapped(word);
    return rgb === ((shown[at] ?? 0) & 0xffffff);
  });
}

/** First pixels of some rows as a canvas shows them, row after row. All are read back at once: that is what takes time. */
function drawnRows(bitmap: ImageBitmap, tops: readonly number[], length: number): Int32Array {
  const context = softwareContext(length, tops.length);
  for (const [row, y] of tops.entries()) context.drawImage(bitmap, 0, y, length, 1, 0, row, length, 1);
  return asWords(context.getImageData(0, 0, length, tops.length).data);
}

/** Over white, which flattens alpha. Unaccelerated, so that what is drawn is read back exactly. */
function softwareContext(width: number, height: number): OffscreenCanvasRenderingContext2D {
  const context = new OffscreenCanvas(width, height).getContext('2d', {
    willReadFrequently: true,
    alpha: false,
    colorSpace: 'srgb',
  });
  if (!context) throw new Error('No 2-D canvas in this context');
  context.imageSmoothingEnabled = false;
  context.fillStyle = '#fff';
  context.fillRect(0, 0, width, height);
  return context;
}

/** Red and blue in each other's place, without the fourth byte. */
function swapped(word: number): number {
  return ((word & 0xff) << 16) | (word & 0xff00) | ((word >>> 16) & 0xff);
}
