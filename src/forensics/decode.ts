import { readHeader, sniffFormat } from './containers';
import { ForensicError } from './errors';
import type { ForensicImage } from './image';
import { MAX_FILE_BYTES, MAX_PIXELS } from './limits';
import { bitmapPixelSource } from './pixels/bitmap';
import { createForensicImage } from './pixels/forensic-image';
import type { AcquiredBy, ImageFormat } from './report';

/** Images by their signature, but not decoded by Chromium. */
const NOT_DECODED: ReadonlySet<ImageFormat> = new Set(['heic', 'tiff', 'svg']);

/**
 * How pixels are taken from a file (measured in Chromium 156):
 * - `colorSpaceConversion: 'none'`: stored values, with ICC profile and gAMA ignored. A colour conversion
 *   bends the noise that the layers measure and differs by machine, and the networks were trained on
 *   stored values.
 * - `premultiplyAlpha: 'none'`: colour is multiplied by alpha once, when it is flattened over white.
 * - `imageOrientation` follows EXIF: 'none' means the same as 'from-image' nowadays, so stored orientation
 *   cannot be had, and maps should lie over the picture as people see it. Turning moves pixels and changes
 *   none.
 */
export const DECODE_OPTIONS: ImageBitmapOptions = {
  colorSpaceConversion: 'none',
  premultiplyAlpha: 'none',
  imageOrientation: 'from-image',
};

/** A decoded picture, before anything is asked of it. It can be given to other threads. */
export interface DecodedImage {
  readonly how: AcquiredBy;
  readonly format: ImageFormat;
  /** The acquired file; kept, not copied. */
  readonly bytes: Uint8Array;
  readonly bitmap: ImageBitmap;
}

/**
 * Checks the caps on the file alone, then decodes once (the first frame of an animation), with the browser's
 * own threads.
 * @throws ForensicError `empty-file`, `file-too-large`, `not-an-image`, `unsupported-format`,
 *   `too-many-pixels` or `undecodable`; the signal's reason when it is aborted
 */
export async function decodeImage(
  bytes: Uint8Array,
  how: AcquiredBy,
  signal: AbortSignal,
): Promise<DecodedImage> {
  signal.throwIfAborted();
  const format = admit(bytes);
  const bitmap = await decode(bytes, format);
  try {
    signal.throwIfAborted();
    // The header may lie, and EXIF or an icon's directory may name another frame: what was decoded counts.
    assertPixelCap(bitmap.width, bitmap.height);
  } catch (error) {
    bitmap.close();
    throw error;
  }
  return { how, format, bytes, bitmap };
}

/** What layers ask of a decoded picture. Sizes are those of the picture as shown, after EXIF orientation. */
export function imageOf({ how, format, bytes, bitmap }: DecodedImage): ForensicImage & { close(): void } {
  return createForensicImage({ how, format, bytes, pixels: bitmapPixelSource(bitmap) });
}

/**
 * The same picture for another thread, sharing its pixels: without options a copy of a bitmap costs no time
 * and no memory (measured: 0 ms for 12 megapixels, against as long as decoding for a structured clone).
 */
export function shareBitmap(bitmap: ImageBitmap): Promise<ImageBitmap> {
  return createImageBitmap(bitmap);
}

/** Opens an image in this thread. `close` frees its bitmap. @throws as `decodeImage` */
export async function openImage(
  bytes: Uint8Array,
  how: AcquiredBy,
  signal: AbortSignal,
): Promise<ForensicImage & { close(): void }> {
  return imageOf(await decodeImage(bytes, how, signal));
}

/** Everything that can be refused before a decoder sees the file. */
function admit(bytes: Uint8Array): ImageFormat {
  if (bytes.byteLength === 0) throw new ForensicError('empty-file', 'The file is empty');
  if (bytes.byteLength > MAX_FILE_BYTES) {
    throw new ForensicError('file-too-large', `${bytes.byteLength} bytes, over ${MAX_FILE_BYTES}`, [
      Math.ceil(bytes.byteLength / 2 ** 20),
      MAX_FILE_BYTES / 2 ** 20,
    ]);
  }
  const format = sniffFormat(bytes);
  if (!format) throw new ForensicError('not-an-image', 'No known image signature');
  if (NOT_DECODED.has(format)) {
    throw new ForensicError('unsupported-format', `The browser does not decode ${format}`, [
      format.toUpperCase(),
    ]);
  }
  const header = readHeader(bytes);
  // Without a declared size nothing bounds the decoder's memory.
  if (!header) throw new ForensicError('undecodable', `No size in the ${format} header`);
  assertPixelCap(header.width, header.height);
  return format;
}

function assertPixelCap(width: number, height: number): void {
  if (width * height > MAX_PIXELS) {
    throw new ForensicError('too-many-pixels', `${width} x ${height} pixels, over ${MAX_PIXELS}`, [
      Math.ceil((width * height) / 1e6),
      MAX_PIXELS / 1e6,
    ]);
  }
}

async function decode(bytes: Uint8Array, format: ImageFormat): Promise<ImageBitmap> {
  try {
    // A view on shared memory cannot become a Blob; the engine's bytes never are.
    return await createImageBitmap(new Blob([bytes as Uint8Array<ArrayBuffer>]), DECODE_OPTIONS);
  } catch (error) {
    throw new ForensicError('undecodable', `${format}: ${error instanceof Error ? error.message : error}`);
  }
}
