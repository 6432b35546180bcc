import type { JpegCodec } from './layer';
import type { RgbaImage } from './rgba';

/**
 * The browser's own baseline JPEG codec. Below quality 1 it halves the chroma in both directions (4:2:0);
 * on repeat it answers the same bytes. Browser only (OffscreenCanvas).
 */
export const canvasJpegCodec: JpegCodec = {
  async roundTrip(image: RgbaImage, quality: number): Promise<RgbaImage> {
    const { width, height } = image;
    const context = softwareContext(width, height);
    context.putImageData(new ImageData(ownMemory(image.data), width, height), 0, 0);
    const encoded = await context.canvas.convertToBlob({ type: 'image/jpeg', quality });
    const bitmap = await createImageBitmap(encoded, { colorSpaceConversion: 'none' });
    try {
      context.drawImage(bitmap, 0, 0);
    } finally {
      bitmap.close();
    }
    return { width, height, data: context.getImageData(0, 0, width, height).data };
  },

  async decode(bytes: Uint8Array): Promise<RgbaImage> {
    // A copy: a view on shared memory cannot become a Blob.
    const bitmap = await createImageBitmap(new Blob([bytes.slice()], { type: 'image/jpeg' }), {
      colorSpaceConversion: 'none',
    });
    try {
      const { width, height } = bitmap;
      const context = softwareContext(width, height);
      context.drawImage(bitmap, 0, 0);
      return { width, height, data: context.getImageData(0, 0, width, height).data };
    } finally {
      bitmap.close();
    }
  },
};

/** Pixels that an ImageData can stand on without a copy; a view on shared memory needs one. */
function ownMemory(data: Uint8ClampedArray): Uint8ClampedArray<ArrayBuffer> {
  return isOwn(data) ? data : new Uint8ClampedArray(data);
}

function isOwn(data: Uint8ClampedArray): data is Uint8ClampedArray<ArrayBuffer> {
  return data.buffer instanceof ArrayBuffer;
}

/** Unaccelerated, so that what is written is read back exactly. */
function softwareContext(width: number, height: number): OffscreenCanvasRenderingContext2D {
  const context = new OffscreenCanvas(width, height).getContext('2d', {
    willReadFrequently: true,
    alpha: false,
    colorSpace: 'srgb',
  });
  if (!context) throw new Error('No 2-D canvas in this context');
  return context;
}
