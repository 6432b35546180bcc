import { readHeader } from '../forensics/containers';
import { ForensicError } from '../forensics/errors';
import { MAX_FILE_BYTES, MAX_PIXELS } from '../forensics/limits';

const THUMBNAIL_QUALITY = 0.85;

/**
 * A small picture for lists, longest side at most `longestSide` px, never enlarged.
 * @returns null where the bytes are no image that can be drawn
 */
export async function drawThumbnail(bytes: ArrayBuffer, longestSide: number): Promise<Blob | null> {
  if (bytes.byteLength > MAX_FILE_BYTES) return null;
  const header = readHeader(new Uint8Array(bytes));
  if (!header || header.width * header.height > MAX_PIXELS) return null;
  const bitmap = await createImageBitmap(new Blob([bytes])).catch(() => null);
  if (!bitmap) return null;
  try {
    // The decoder turns pictures by their EXIF: only the bitmap knows which side is the longer one.
    const scale = Math.min(1, longestSide / Math.max(bitmap.width, bitmap.height));
    const width = Math.max(1, Math.round(bitmap.width * scale));
    const height = Math.max(1, Math.round(bitmap.height * scale));
    const context = canvas(width, height);
    context.imageSmoothingQuality = 'high';
    context.drawImage(bitmap, 0, 0, width, height);
    return await context.canvas.convertToBlob({ type: 'image/webp', quality: THUMBNAIL_QUALITY });
  } finally {
    bitmap.close();
  }
}

/**
 * Cuts a rectangle out of an encoded image, without loss.
 * @param rect in the image's pixels; what lies outside the image is cut off
 * @returns PNG bytes
 * @throws ForensicError `undecodable`, or `not-an-image` where nothing of the rectangle is inside
 */
export async function cropImage(
  bytes: ArrayBuffer,
  rect: { x: number; y: number; width: number; height: number },
): Promise<ArrayBuffer> {
  const bitmap = await createImageBitmap(new Blob([bytes]), { colorSpaceConversion: 'none' }).catch(
    (error: unknown) => {
      throw new ForensicError('undecodable', `The picture to cut from: ${error}`);
    },
  );
  try {
    const left = Math.max(0, Math.round(rect.x));
    const top = Math.max(0, Math.round(rect.y));
    const width = Math.min(bitmap.width, Math.round(rect.x + rect.width)) - left;
    const height = Math.min(bitmap.height, Math.round(rect.y + rect.height)) - top;
    if (!(width > 0 && height > 0)) throw new ForensicError('not-an-image', 'Nothing of it is visible');
    const context = canvas(width, height);
    context.drawImage(bitmap, left, top, width, height, 0, 0, width, height);
    return await (await context.canvas.convertToBlob({ type: 'image/png' })).arrayBuffer();
  } finally {
    bitmap.close();
  }
}

function canvas(width: number, height: number): OffscreenCanvasRenderingContext2D {
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('No 2-D canvas in this context');
  return context;
}
