/** RGBA, row-major, 4 bytes a pixel, not premultiplied, alpha already flattened to 255. */
export interface RgbaImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}
