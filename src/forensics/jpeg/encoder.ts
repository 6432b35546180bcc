import { lenientText, u8, u16be } from '../containers/bytes';
import type { Container } from '../containers/container';
import { tiffDirectory, tiffOrder } from '../containers/tiff';
import { adobeTransform, type JpegFrame, startsWithText } from './frame';
import { type IjgMatch, matchIjg, matchMozjpeg, tableOf } from './tables';

/**
 * Kinds of writers, told by their tables and by the segments that only they write:
 * `ijg` the Independent JPEG Group's library and all that is built on it (browsers, phones, most programs);
 * `mozjpeg` its optimising sister; `adobe` Photoshop and Lightroom; `camera` tables of its own in a file that
 * names a camera; `own` tables of its own, and nothing that tells whose.
 */
type EncoderFamily = 'ijg' | 'mozjpeg' | 'adobe' | 'camera' | 'own';

export interface Encoder {
  readonly family: EncoderFamily;
  /** Nearest quality of the IJG scale, 1..100, by the luminance table. */
  readonly luma: IjgMatch;
  /** The same by the chrominance table; null for grey pictures. */
  readonly chroma: IjgMatch | null;
  /** The writer's own quality: mozjpeg 1..100, Photoshop 0..12 or "save for web" 0..100; null where unknown. */
  readonly ownQuality: number | null;
  /** `12` of 12 or `100` of 100, belonging to `ownQuality`. */
  readonly ownMost: number | null;
  /** Maker of the camera as the file claims it; null where it names none. */
  readonly make: string | null;
}

/** Photoshop image resource that holds the JPEG quality (Adobe Photoshop File Formats Specification, 1030). */
const JPEG_QUALITY_RESOURCE = 0x0406;
const MOST_RESOURCES = 200;

/** @returns null where the file has no luminance table */
export function recogniseEncoder(container: Container, frame: JpegFrame): Encoder | null {
  const table = tableOf(container.quantisationTables, frame.components[0]?.table);
  if (!table) return null;
  const chromaTable = tableOf(container.quantisationTables, frame.components[1]?.table);
  const luma = matchIjg(table);
  const chroma = chromaTable ? matchIjg(chromaTable, 'chroma') : null;
  const make = readMake(container.exif);
  const common = { luma, chroma, make };
  const moz = luma.exact ? null : matchMozjpeg(table);
  if (moz !== null) return { ...common, family: 'mozjpeg', ownQuality: moz, ownMost: 100 };
  // A chrominance table from another scale is somebody's own, whatever the luminance table is.
  if (luma.exact && (!chroma || chroma.exact)) {
    return { ...common, family: 'ijg', ownQuality: null, ownMost: null };
  }
  if (adobeTransform(container) !== null) {
    const own = photoshopQuality(container);
    return { ...common, family: 'adobe', ownQuality: own?.quality ?? null, ownMost: own?.most ?? null };
  }
  return { ...common, family: make ? 'camera' : 'own', ownQuality: null, ownMost: null };
}

function photoshopQuality(container: Container): { quality: number; most: number } | null {
  for (const { type, payload } of container.segments) {
    // "Ducky" of "save for web": tag 1, length 4, quality.
    if (type === 'APP12' && startsWithText(payload, 'Ducky') && u16be(payload, 5) === 1) {
      const quality = u16be(payload, 11);
      if (u16be(payload, 7) === 4 && quality <= 100) return { quality, most: 100 };
    }
    if (type === 'APP13' && startsWithText(payload, 'Photoshop 3.0\0')) {
      const quality = qualityResource(payload);
      if (quality !== null) return { quality, most: 12 };
    }
  }
  return null;
}

/** The quality slider 0..12, stored as -4..8. */
function qualityResource(payload: Uint8Array): number | null {
  let at = 14;
  for (let pieces = 0; pieces < MOST_RESOURCES && at + 12 <= payload.length; pieces++) {
    if (!startsWithText(payload.subarray(at, at + 4), '8BIM')) return null;
    const id = u16be(payload, at + 4);
    const nameLength = u8(payload, at + 6) + 1;
    const sizeAt = at + 6 + nameLength + (nameLength & 1);
    const size = u16be(payload, sizeAt) * 0x10000 + u16be(payload, sizeAt + 2);
    if (id === JPEG_QUALITY_RESOURCE && size >= 2) {
      const stored = u16be(payload, sizeAt + 4);
      const quality = (stored >= 0x8000 ? stored - 0x10000 : stored) + 4;
      return quality >= 0 && quality <= 12 ? quality : null;
    }
    at = sizeAt + 4 + size + (size & 1);
  }
  return null;
}

const MAKE = 0x010f;

/** First words of the camera's maker in EXIF: hostile text, cut to 40 characters. */
function readMake(exif: Uint8Array | null): string | null {
  if (!exif || exif.length < 14) return null;
  const entry = tiffDirectory(exif, tiffOrder(exif).u32(4)).entries.find(({ tag }) => tag === MAKE);
  if (entry?.type !== 2) return null;
  const text = lenientText(exif.subarray(entry.offset, entry.offset + Math.min(entry.length, 41)));
  const printable = text
    .replace(/\0[\s\S]*$/, '')
    .replace(/[^\p{L}\p{N} .,&-]/gu, '')
    .trim();
  return printable === '' ? null : printable.slice(0, 40);
}
