import { tiffDirectory, tiffNumber, tiffOrder } from '../containers/tiff';

const ORIENTATION = 0x0112;

/** EXIF orientation 1..8 (Exif 2.32, table 4) of a TIFF block; 1 where it is missing or makes no sense. */
export function readOrientation(exif: Uint8Array | null): number {
  if (!exif || exif.length < 8) return 1;
  const { entries } = tiffDirectory(exif, tiffOrder(exif).u32(4));
  const value = tiffNumber(
    exif,
    entries.find(({ tag }) => tag === ORIENTATION),
  );
  return value !== null && value >= 1 && value <= 8 ? value : 1;
}

/** Whether a picture of this orientation is shown with rows and columns exchanged. */
export function isTurned(orientation: number): boolean {
  return orientation >= 5;
}

/**
 * Where the first whole 8 x 8 block of the stored picture begins in the shown one, each 0..7 px: the grid
 * starts at the stored picture's left upper corner, which orientation may bring to any corner.
 * @param width of the picture as shown
 * @param height of the picture as shown
 */
export function gridOrigin(orientation: number, width: number, height: number): { x: number; y: number } {
  // Which shown sides the stored left and upper sides became (Exif 2.32, figure 8).
  const fromRight = [2, 3, 7, 6].includes(orientation);
  const fromBottom = [3, 4, 7, 8].includes(orientation);
  return { x: fromRight ? width % 8 : 0, y: fromBottom ? height % 8 : 0 };
}
