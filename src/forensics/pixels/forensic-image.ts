import { readContainer } from '../containers';
import type { Container } from '../containers/container';
import type { ForensicImage, LumaTile, PixelSource } from '../image';
import { type AcquiredBy, type ImageFormat, isOriginalFile } from '../report';
import type { RgbaImage } from '../rgba';
import { chooseLumaTiles } from './luma-tiles';
import { resizeSource, resizeSourceSoon, sizeForShorterSide } from './scaled';

interface ForensicImageParts {
  readonly how: AcquiredBy;
  readonly format: ImageFormat;
  /** The acquired bytes. Withheld from the layers where they are not the file as published. */
  readonly bytes: Uint8Array;
  readonly pixels: PixelSource;
}

/** Joins decoded pixels and file into what layers ask of an image; parts are computed at the first asking. */
export function createForensicImage(parts: ForensicImageParts): ForensicImage & { close(): void } {
  const { how, format, pixels } = parts;
  const bytes = isOriginalFile(how) ? parts.bytes : null;
  let container: Container | null = null;
  const tiles = new Map<string, readonly LumaTile[]>();
  const scaled = new Map<number, RgbaImage>();
  const onTheWay = new Map<number, Promise<RgbaImage>>();
  return {
    how,
    format,
    width: pixels.width,
    height: pixels.height,
    bytes,
    pixels,
    container() {
      if (bytes) container ??= readContainer(bytes);
      return container;
    },
    lumaTiles: (size, count) => cached(tiles, `${size} ${count}`, () => chooseLumaTiles(pixels, size, count)),
    scaledToShorterSide(side) {
      const size = sizeForShorterSide(pixels.width, pixels.height, side);
      return cached(scaled, Math.min(size.width, size.height), () =>
        resizeSource(pixels, size.width, size.height, 'bicubic'),
      );
    },
    async scaledSoon(side) {
      const size = sizeForShorterSide(pixels.width, pixels.height, side);
      const key = Math.min(size.width, size.height);
      const known = scaled.get(key);
      if (known) return known;
      const coming = cached(onTheWay, key, () =>
        resizeSourceSoon(pixels, size.width, size.height, 'bicubic'),
      );
      const image = await coming;
      // Another may have computed it meanwhile: all get the same one.
      return cached(scaled, key, () => image);
    },
    close() {
      tiles.clear();
      scaled.clear();
      onTheWay.clear();
      pixels.close();
    },
  };
}

function cached<K, V>(map: Map<K, V>, key: K, compute: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const value = compute();
  map.set(key, value);
  return value;
}
