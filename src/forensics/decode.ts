import { readHeader, sniffFormat } from './containers';
import { startsWith } from './containers/bytes';
import { jpegSegments } from './containers/jpeg';
import { ForensicError } from './errors';
import type { ForensicImage } from './image';
import { MAX_FILE_BYTES, MAX_PIXELS } from './limits';
import { bitmapPixelSource, frameToShare } from './pixels/bitmap';
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
 *
 * JPEGs are decoded without these, to the same values (`withoutProfile`).
 */
const DECODE_OPTIONS: ImageBitmapOptions = {
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
  /** The bitmap's memory, where it is known to lie as it is shown. */
  readonly frame?: VideoFrame;
}

/** A decoded picture on its way to another thread. */
export interface SentImage {
  readonly how: AcquiredBy;
  readonly format: ImageFormat;
  readonly bytes: ArrayBuffer;
  /** To be transferred: a frame on the very memory, or a bitmap, which is copied on the way. */
  readonly pixels: VideoFrame | ImageBitmap;
}

/** Hands one decoded picture to several threads. */
export interface ImageSender {
  /** Another copy of the file and another hold on the pixels. */
  send(): Promise<SentImage>;
  close(): void;
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
export function imageOf({
  how,
  format,
  bytes,
  bitmap,
  frame,
}: DecodedImage): ForensicImage & { close(): void } {
  const pixels = bitmapPixelSource(bitmap, format === 'jpeg', frame);
  return createForensicImage({ how, format, bytes, pixels });
}

/**
 * Shares a picture's pixels with other threads, where that can be (measured in Chromium 156): a bitmap that is shared
 * or kept is copied when it is transferred (12 megapixels: 25 ms of the sending thread and 48 MB each time), a
 * clone of a video frame on its memory never is, and a bitmap made of that frame over there is the same memory again.
 */
export function imageSender({ how, format, bytes, bitmap }: DecodedImage): ImageSender {
  const opening = frameToShare(bitmap, format === 'jpeg');
  return {
    async send() {
      const frame = await opening;
      const pixels = frame ? frame.clone() : await createImageBitmap(bitmap);
      return { how, format, bytes: bytes.slice().buffer, pixels };
    },
    close() {
      void opening.then((frame) => frame?.close());
    },
  };
}

/** The picture that another thread sent. */
export async function receiveImage({ how, format, bytes, pixels }: SentImage): Promise<DecodedImage> {
  const parts = { how, format, bytes: new Uint8Array(bytes) };
  if (!(pixels instanceof VideoFrame)) return { ...parts, bitmap: pixels };
  return { ...parts, bitmap: await createImageBitmap(pixels), frame: pixels };
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
  const plain = format === 'jpeg' ? withoutProfile(bytes) : null;
  try {
    // A view on shared memory cannot become a Blob; the engine's bytes never are.
    return plain
      ? await createImageBitmap(new Blob(plain))
      : await createImageBitmap(new Blob([bytes as Uint8Array<ArrayBuffer>]), DECODE_OPTIONS);
  } catch (error) {
    throw new ForensicError('undecodable', `${format}: ${error instanceof Error ? error.message : error}`);
  }
}

/**
 * A JPEG without its ICC profile, in parts that are not copied: decoded without options it gives the stored values,
 * as it is opaque and there is nothing to convert by. With options Chromium copies the decoded picture once more:
 * at 50 megapixels 190 MB, for a while (measured: a peak of 384 MB against 199).
 * @returns null where the segments before the picture cannot be walked: a profile could hide there
 */
function withoutProfile(bytes: Uint8Array): Uint8Array<ArrayBuffer>[] | null {
  const whole = bytes as Uint8Array<ArrayBuffer>;
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let kept = 0;
  let walked = true;
  const segments = jpegSegments(whole, () => {
    walked = false;
  });
  for (const { marker, offset, payload } of segments) {
    if (marker !== APP2 || !startsWith(payload, 0, ICC_PROFILE)) continue;
    // Marker and length stand in the four bytes before.
    parts.push(whole.subarray(kept, offset - 4));
    kept = offset + payload.length;
  }
  return walked ? [...parts, whole.subarray(kept)] : null;
}

const APP2 = 0xe2;
const ICC_PROFILE = 'ICC_PROFILE\0';
