import type { Container } from './containers/container';
import type { AcquiredBy, ImageFormat } from './report';
import type { RgbaImage } from './rgba';

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Which channel lies in the lowest byte of a word: red (`rgb`) or blue (`bgr`); green is always the second. */
export type WordOrder = 'rgb' | 'bgr';

/** Decoded pixels, read in parts so that a 100-megapixel picture never stands in memory as RGBA. */
export interface PixelSource {
  readonly width: number;
  readonly height: number;
  /** Native pixels of a rectangle that lies inside the image; alpha flattened over white. */
  region(rect: Rect): RgbaImage;
  /**
   * The same pixels, read past the canvas where the picture is opaque: a tenth of the time, and no memory but
   * the caller's. For passes over much of a picture.
   * @param into receives one 32-bit word a pixel, row by row; at least rect.width * rect.height long
   */
  raw(rect: Rect, into: Int32Array<ArrayBuffer>): Promise<WordOrder>;
  /** Frees the decoded bitmap. */
  close(): void;
}

/** A square cut at native resolution, as luma (Rec. 601, 0..255). */
export interface LumaTile {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly data: Float32Array;
}

/** What a layer may ask of an image; each part computed once, when first asked for. */
export interface ForensicImage {
  readonly how: AcquiredBy;
  readonly format: ImageFormat;
  readonly width: number;
  readonly height: number;
  /** The published bytes, or null where only pixels were had. */
  readonly bytes: Uint8Array | null;
  /** Container segments, bounded and validated; null where only pixels were had. */
  readonly container: () => Container | null;
  readonly pixels: PixelSource;
  /**
   * Up to `count` square luma tiles of `size` native pixels, spread over the image, busiest and
   * flattest parts alike. Fewer, or none, where the image is smaller than a tile.
   */
  readonly lumaTiles: (size: number, count: number) => readonly LumaTile[];
  /**
   * The picture with its shorter side brought down to `side` (never enlarged), by the engine's own
   * antialiased bicubic: the same pixels on every machine. Cached by side.
   */
  readonly scaledToShorterSide: (side: number) => RgbaImage;
  /** The same, read several times faster where the picture is large. */
  readonly scaledSoon: (side: number) => Promise<RgbaImage>;
}
