import exifr from 'exifr';
import { isTiffBlock, lenientText, startsWith } from '../../containers/bytes';
import { type TiffDirectory, tiffDirectory, tiffNumber, tiffOrder } from '../../containers/tiff';
import type { ExifTags } from '../../layer';
import { MAX_EXIF_NUMBERS, MAX_EXIF_TEXT } from './limits';

const EXIF_POINTER = 0x8769;
const GPS_POINTER = 0x8825;
const GPS_LATITUDE = 2;
const MAKER_NOTE = 0x927c;
/** Belongs into the Exif directory, but some writers put it into IFD0, where exifr has no name for it. */
const USER_COMMENT = 0x9286;

/** What the layer reads, and nothing else, so that exifr touches nothing else (Exif 2.32, tables 4 to 7). */
const IFD0_TAGS = [
  0x000b,
  0x010e,
  0x010f,
  0x0110,
  0x0112,
  0x0131,
  0x0132,
  0x013b,
  0x8298,
  0x9c9b,
  0x9c9c,
  0x9c9e,
  USER_COMMENT,
  EXIF_POINTER,
];
const EXIF_TAGS = [
  0x829a, 0x829d, 0x8827, 0x9003, 0x9004, 0x9286, 0x920a, 0xa002, 0xa003, 0xa405, 0xa433, 0xa434,
];

const OPTIONS = {
  tiff: true,
  ifd0: { pick: IFD0_TAGS },
  exif: { pick: EXIF_TAGS },
  gps: false,
  ifd1: false,
  interop: false,
  makerNote: false,
  userComment: true,
  xmp: false,
  iptc: false,
  icc: false,
  jfif: false,
  ihdr: false,
  translateKeys: true,
  translateValues: false,
  reviveValues: false,
  mergeOutput: true,
  silentErrors: true,
} as const;

/**
 * Decodes a TIFF-structured EXIF block to flat tags, text cleaned of padding and sizes capped.
 *
 * exifr is given the block alone, never a file: its HEIC reader loops on a zero-length box, and its
 * sniffing cannot reach that reader from bytes that begin with a byte order. Callers still run this
 * where a deadline can end it. Beyond exifr's own names there are `HasGps` (1; the coordinates never
 * leave this function) and `MakerNoteBytes` (length of the maker's own record) and, where that
 * record is short text, `MakerNoteText`.
 *
 * @param tiff the block, from its byte-order mark on
 * @throws Error where the block is malformed beyond use
 */
export async function decodeExif(tiff: Uint8Array): Promise<ExifTags> {
  if (!isTiffBlock(tiff)) throw new Error('Expected a TIFF byte order');
  // A copy: impossible entries are blanked in it, and exifr gets a buffer of exactly the block.
  const block = tiff.slice();
  const directories = readDirectories(block);
  for (const directory of [directories.ifd0, directories.exif]) {
    // An entry of 500 million values would be allocated before its bounds are noticed.
    for (const at of directory?.impossibleAt ?? []) block.fill(0, at, at + 12);
  }
  // `gps: false` alone does not keep exifr from the coordinates; without the pointer it has no way there.
  const toGps = directories.ifd0.entries.find((entry) => entry.tag === GPS_POINTER);
  if (toGps) block.fill(0, toGps.at, toGps.at + 12);
  const own = ownTags(block, directories);
  const raw: unknown = await exifr.parse(block.buffer, OPTIONS);
  return { ...cleanTags(raw), ...own };
}

interface Directories {
  readonly ifd0: TiffDirectory;
  readonly exif: TiffDirectory | null;
  readonly gps: TiffDirectory | null;
}

function readDirectories(block: Uint8Array): Directories {
  const ifd0 = tiffDirectory(block, tiffOrder(block).u32(4));
  const behind = (pointer: number): TiffDirectory | null => {
    const offset = tiffNumber(
      block,
      ifd0.entries.find((entry) => entry.tag === pointer),
    );
    return offset === null ? null : tiffDirectory(block, offset);
  };
  return { ifd0, exif: behind(EXIF_POINTER), gps: behind(GPS_POINTER) };
}

function ownTags(block: Uint8Array, { exif, gps }: Directories): ExifTags {
  const tags: Record<string, string | number> = {};
  const latitude = gps?.entries.find((entry) => entry.tag === GPS_LATITUDE);
  // Phones without a fix write the tag with zeros.
  if (
    latitude &&
    block.subarray(latitude.offset, latitude.offset + latitude.length).some((byte) => byte !== 0)
  ) {
    tags.HasGps = 1;
  }
  const note = exif?.entries.find((entry) => entry.tag === MAKER_NOTE);
  if (note) {
    tags.MakerNoteBytes = note.length;
    const bytes = block.subarray(note.offset, note.offset + note.length);
    if (note.length <= 64 && bytes.every((byte) => byte === 0 || (byte >= 32 && byte < 127))) {
      tags.MakerNoteText = trimText(lenientText(bytes));
    }
  }
  return tags;
}

/** Keeps finite numbers, short number arrays, and texts; bytes become text where the tag is one. */
function cleanTags(raw: unknown): ExifTags {
  if (typeof raw !== 'object' || raw === null) return {};
  const tags: Record<string, string | number | readonly number[]> = {};
  for (const [name, value] of Object.entries(raw)) {
    const key = name === 'userComment' || name === String(USER_COMMENT) ? 'UserComment' : name;
    const clean = cleanValue(key, value);
    if (clean !== null && clean !== '') tags[key] = clean;
  }
  return tags;
}

function cleanValue(name: string, value: unknown): string | number | readonly number[] | null {
  if (typeof value === 'string') return trimText(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (value instanceof Uint8Array) {
    if (name === 'UserComment') return userComment(value);
    return name.startsWith('XP') ? trimText(utf16(value, true)) : null;
  }
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    const numbers = Array.from(value as ArrayLike<unknown>).slice(0, MAX_EXIF_NUMBERS);
    const finite = numbers.filter(
      (item): item is number => typeof item === 'number' && Number.isFinite(item),
    );
    return finite.length === numbers.length && finite.length > 0 ? finite : null;
  }
  return null;
}

/** UserComment: eight bytes name the character code (Exif 2.32, 4.6.5). */
function userComment(bytes: Uint8Array): string {
  const body = bytes.subarray(8, 8 + 2 * MAX_EXIF_TEXT);
  if (startsWith(bytes, 0, 'UNICODE\0')) return trimText(utf16(body, isLittleEndianText(body)));
  if (startsWith(bytes, 0, 'ASCII\0\0\0') || startsWith(bytes, 0, '\0\0\0\0\0\0\0\0'))
    return trimText(lenientText(body));
  return trimText(lenientText(bytes)); // many writers leave the character code out
}

/** The standard leaves the byte order of UNICODE open, and writers differ: Latin text tells by where its zeros are. */
function isLittleEndianText(bytes: Uint8Array): boolean {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return true;
  let even = 0;
  let odd = 0;
  for (let i = 0; i + 1 < Math.min(bytes.length, 512); i += 2) {
    if (bytes[i] === 0) even++;
    if (bytes[i + 1] === 0) odd++;
  }
  return odd > even;
}

function utf16(bytes: Uint8Array, littleEndian: boolean): string {
  return new TextDecoder(littleEndian ? 'utf-16le' : 'utf-16be').decode(bytes);
}

function trimText(text: string): string {
  return text.slice(0, MAX_EXIF_TEXT).replace(/\0+$/, '').trim();
}
