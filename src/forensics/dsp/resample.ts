/**
 * Antialiased image resampling, bit for bit as Pillow's `Image.resize` does it for 8-bit images
 * (`Resample.c`: coefficients in 22-bit fixed point, horizontal pass first, rounding to 8 bits after each
 * pass). Weights come from `taps.ts`, the passes themselves are in `resample-kernel.ts`. The networks were trained on
 * pictures scaled that way, and a browser's own scaler differs from one version and machine to the next.
 */
import type { RgbaImage } from '../rgba';
import { columnTableBytes, rowTableBytes, withKernel } from './resample-kernel';
import { computeTaps, type Kernel } from './taps';

/**
 * RGBA as little-endian words, so that a pixel is one read (every platform with a browser is little-endian);
 * copied where it lies askew.
 */
export function asWords(data: Uint8ClampedArray): Int32Array {
  const aligned = data.byteOffset % 4 === 0 ? data : data.slice();
  return new Int32Array(aligned.buffer, aligned.byteOffset, aligned.length >> 2);
}

/**
 * Resizes an opaque picture, as Pillow's `image.resize((width, height), resample)`.
 * @param image alpha is ignored and answered as 255 (the engine's pixels are flattened)
 * @param width target width in px, at least 1
 * @param height target height in px, at least 1
 * @throws RangeError for a size that is not a positive integer
 */
export function resize(image: RgbaImage, width: number, height: number, kernelName: Kernel): RgbaImage {
  assertSize(width, height);
  if (width === image.width && height === image.height) return { width, height, data: image.data.slice() };
  return withKernel((kernel) => {
    const across = width === image.width ? null : computeTaps(image.width, width, kernelName);
    const down = height === image.height ? null : computeTaps(image.height, height, kernelName);
    const source = kernel.reserve(4 * image.width * (image.height + 1));
    const narrowed = across ? kernel.reserve(4 * width * (image.height + 1)) : source;
    const lowered = down ? kernel.reserve(4 * width * height) : narrowed;
    const rowTable = across ? kernel.reserve(rowTableBytes(across)) : 0;
    const columnTable = down ? kernel.reserve(columnTableBytes(down)) : 0;
    kernel.bytes(source, image.data.length).set(image.data);
    if (across) {
      kernel.writeRowTable(rowTable, across);
      kernel.alongRows(source, image.width, image.height, rowTable, across, narrowed);
    }
    if (down) {
      kernel.writeColumnTable(columnTable, down);
      kernel.alongColumns(narrowed, width, columnTable, down, lowered);
    }
    return { width, height, data: kernel.bytes(lowered, 4 * width * height).slice() };
  });
}

/** @throws RangeError for a size that is not a positive integer */
export function assertSize(width: number, height: number): void {
  if (!(Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0)) {
    throw new RangeError(`Expected a positive integer size but received ${width} x ${height}`);
  }
}
