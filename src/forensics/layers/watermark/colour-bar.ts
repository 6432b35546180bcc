import type { PixelSource } from '../../image';
import type { Region } from '../../report';

/** DALL-E 2's five squares, left to right, RGB. */
const COLOURS = [
  [255, 255, 102],
  [66, 255, 255],
  [81, 218, 76],
  [255, 110, 60],
  [60, 70, 255],
] as const;

/** Side of a square: a 64th of the picture's. Smaller than this it is a smear. */
const SQUARES_A_SIDE = 64;
const LEAST_SIDE = 4;

/** Largest difference of a channel's mean, in grey levels: JPEG at usual qualities changes it by 1. */
const TOLERANCE = 24;

/**
 * True where DALL-E 2's colour bar stands in the lower right corner of a square picture: five squares of a
 * 64th of its side. Only their inner halves are compared, which scaling does not blur into each other.
 */
export function hasColourBar(pixels: PixelSource): boolean {
  const { width, height } = pixels;
  const side = width / SQUARES_A_SIDE;
  if (width !== height || side < LEAST_SIDE) return false;
  return COLOURS.every((colour, at) => {
    const x = Math.floor(width - (COLOURS.length - at - 0.25) * side);
    const y = Math.floor(height - 0.75 * side);
    const inner = Math.max(1, Math.floor(side / 2));
    const { data } = pixels.region({ x, y, width: inner, height: inner });
    return colour.every((wanted, channel) => {
      let sum = 0;
      for (let from = channel; from < data.length; from += 4) sum += data[from] ?? 0;
      return Math.abs((4 * sum) / data.length - wanted) <= TOLERANCE;
    });
  });
}

/** Where the bar stands in a square picture. */
export function colourBarRegion({ width, height }: PixelSource): Region {
  const side = width / SQUARES_A_SIDE;
  const across = Math.ceil(COLOURS.length * side);
  const down = Math.ceil(side);
  return { x: width - across, y: height - down, width: across, height: down, score: 1 };
}
