import type { ImageFormat } from '../report';
import { isTiffBlock, startsWith, u8, u16be, u16le, u24le, u32be, u32le } from './bytes';
import { BoxBudget, readMeta } from './isobmff';
import { isFrameHeader, jpegSegments } from './jpeg';
import { MAX_ICONS } from './limits';
import { sniffFormat, svgRoot } from './sniff';
import { tiffDirectory, tiffNumber, tiffOrder } from './tiff';
import { webpChunks } from './webp';

/** What a file declares about its picture, read without decoding any of it. */
export interface ImageHeader {
  readonly format: ImageFormat;
  /** Pixels as stored, before any EXIF or `irot` rotation. At least 1. */
  readonly width: number;
  readonly height: number;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * Reads the declared dimensions, so that a decoding bomb is refused before it is decoded. The
 * largest size is taken where a file declares several for the same picture.
 * @returns null where the bytes are no known image or declare no size
 */
export function readHeader(bytes: Uint8Array): ImageHeader | null {
  const format = sniffFormat(bytes);
  if (format === null) return null;
  const size = SIZES[format](bytes);
  if (size === null || !(size.width >= 1 && size.height >= 1)) return null;
  return { format, width: size.width, height: size.height };
}

const SIZES: Readonly<Record<ImageFormat, (bytes: Uint8Array) => Size | null>> = {
  jpeg: jpegSize,
  png: pngSize,
  webp: webpSize,
  gif: (bytes) => (bytes.length < 10 ? null : { width: u16le(bytes, 6), height: u16le(bytes, 8) }),
  avif: isobmffSize,
  heic: isobmffSize,
  bmp: bmpSize,
  tiff: tiffSize,
  ico: icoSize,
  svg: svgSize,
};

/** First frame header: precision, lines, samples per line (T.81, B.2.2). */
function jpegSize(bytes: Uint8Array): Size | null {
  for (const { marker, payload } of jpegSegments(bytes)) {
    if (!isFrameHeader(marker)) continue;
    return payload.length < 6 ? null : { width: u16be(payload, 3), height: u16be(payload, 1) };
  }
  return null;
}

function pngSize(bytes: Uint8Array): Size | null {
  if (!startsWith(bytes, 12, 'IHDR') || bytes.length < 24) return null;
  return { width: u32be(bytes, 16), height: u32be(bytes, 20) };
}

/** Canvas of VP8X, frame of VP8 or VP8L (RFC 9649, RFC 6386); the largest of them. */
function webpSize(bytes: Uint8Array): Size | null {
  let size: Size | null = null;
  for (const { type, payload } of webpChunks(bytes)) {
    let found: Size | null = null;
    if (type === 'VP8X' && payload.length >= 10) {
      found = { width: 1 + u24le(payload, 4), height: 1 + u24le(payload, 7) };
    } else if (type === 'VP8 ' && startsWith(payload, 3, '\x9d\x01\x2a') && payload.length >= 10) {
      found = { width: u16le(payload, 6) & 0x3fff, height: u16le(payload, 8) & 0x3fff };
    } else if (type === 'VP8L' && payload[0] === 0x2f && payload.length >= 5) {
      const bits = u32le(payload, 1);
      found = { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) };
    }
    size = larger(size, found);
  }
  return size;
}

function larger(a: Size | null, b: Size | null): Size | null {
  if (a === null || b === null) return a ?? b;
  return { width: Math.max(a.width, b.width), height: Math.max(a.height, b.height) };
}

/** `ispe` of the primary item; of any item where the primary names none (ISO 23008-12, 6.5.3). */
function isobmffSize(bytes: Uint8Array): Size | null {
  const meta = readMeta(bytes, new BoxBudget(), () => {});
  if (meta === null) return null;
  const sizeOf = (index: number): Size | null => {
    const box = meta.properties[index];
    if (box?.type !== 'ispe' || box.end - box.start < 12) return null;
    return { width: u32be(bytes, box.start + 4), height: u32be(bytes, box.start + 8) };
  };
  const associated = meta.primary === null ? [] : (meta.associations.get(meta.primary) ?? []);
  for (const number of associated) {
    const size = sizeOf(number - 1);
    if (size !== null) return size;
  }
  return meta.properties.reduce<Size | null>((size, _, index) => larger(size, sizeOf(index)), null);
}

/** CORE headers hold 16-bit sizes, later ones signed 32-bit; a negative height means top-down. */
function bmpSize(bytes: Uint8Array): Size | null {
  if (u32le(bytes, 14) === 12) return { width: u16le(bytes, 18), height: u16le(bytes, 20) };
  return { width: u32le(bytes, 18) | 0, height: Math.abs(u32le(bytes, 22) | 0) };
}

function tiffSize(bytes: Uint8Array): Size | null {
  if (!isTiffBlock(bytes)) return null; // BigTIFF, which no browser decodes either
  const { entries } = tiffDirectory(bytes, tiffOrder(bytes).u32(4));
  const width = tiffNumber(
    bytes,
    entries.find((entry) => entry.tag === 256),
  );
  const height = tiffNumber(
    bytes,
    entries.find((entry) => entry.tag === 257),
  );
  return width === null || height === null ? null : { width, height };
}

/** Largest icon. The directory has one byte a side (0 is 256), but a PNG inside may declare more. */
function icoSize(bytes: Uint8Array): Size | null {
  let size: Size | null = null;
  const count = Math.min(u16le(bytes, 4), MAX_ICONS);
  for (let at = 6; at < 6 + 16 * count && at + 16 <= bytes.length; at += 16) {
    const inside = bytes.subarray(u32le(bytes, at + 12));
    const png = startsWith(inside, 0, '\x89PNG') ? pngSize(inside) : null;
    size = larger(size, larger({ width: u8(bytes, at) || 256, height: u8(bytes, at + 1) || 256 }, png));
  }
  return size;
}

/** `width` and `height` in pixels, else the view box. Other units have no size in pixels. */
function svgSize(bytes: Uint8Array): Size | null {
  const root = svgRoot(bytes) ?? '';
  const attribute = (name: string) =>
    new RegExp(`\\s${name}\\s*=\\s*["']([^"']{0,64})["']`).exec(root)?.[1] ?? '';
  const pixels = (text: string) =>
    Math.round(Number(/^\s*(\d{1,9}(?:\.\d{1,9})?)(?:px)?\s*$/.exec(text)?.[1] ?? 0));
  const width = pixels(attribute('width'));
  const height = pixels(attribute('height'));
  if (width > 0 && height > 0) return { width, height };
  const box = attribute('viewBox')
    .trim()
    .split(/[\s,]+/)
    .map(Number);
  return { width: Math.round(box[2] ?? 0), height: Math.round(box[3] ?? 0) };
}
