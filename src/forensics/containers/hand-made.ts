/**
 * Image files made by hand, byte by byte, for tests: known answers without any encoder. Pixels are
 * left out or are filler; nothing here is meant to be decoded.
 */
import { zlibSync } from 'fflate';
import { concat } from './bytes';
import { crc32 } from './crc32';

type Part = Uint8Array | string | readonly number[];

/** Characters as bytes (one each); numbers as bytes. */
export function bytes(...parts: Part[]): Uint8Array {
  return concat(
    parts.map((part) =>
      typeof part === 'string' ? Uint8Array.from(part, (char) => char.charCodeAt(0)) : Uint8Array.from(part),
    ),
  );
}

export function utf8Bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** UTF-16 without a byte-order mark. */
export function utf16Bytes(text: string, littleEndian: boolean): Uint8Array {
  return Uint8Array.from(
    [...text].flatMap((char) => {
      const code = char.charCodeAt(0);
      return littleEndian ? [code & 255, code >> 8] : [code >> 8, code & 255];
    }),
  );
}

export const be16 = (value: number): number[] => [(value >> 8) & 255, value & 255];
export const be32 = (value: number): number[] => [...be16(Math.floor(value / 65536)), ...be16(value)];
export const le16 = (value: number): number[] => be16(value).reverse();
export const le32 = (value: number): number[] => be32(value).reverse();

// ── PNG ──

export function pngChunk(type: string, payload: Uint8Array, crc?: number): Uint8Array {
  const typed = bytes(type, payload);
  return bytes(be32(payload.length), typed, be32(crc ?? crc32(typed)));
}

export function pngText(keyword: string, text: string): Uint8Array {
  return pngChunk('tEXt', bytes(keyword, [0], utf8Bytes(text)));
}

export function pngCompressedText(keyword: string, text: Uint8Array): Uint8Array {
  return pngChunk('zTXt', bytes(keyword, [0, 0], zlibSync(text)));
}

export function pngInternationalText(keyword: string, text: string, compressed = false): Uint8Array {
  const body = utf8Bytes(text);
  return pngChunk(
    'iTXt',
    bytes(keyword, [0, compressed ? 1 : 0, 0], 'en\0', '\0', compressed ? zlibSync(body) : body),
  );
}

/** Signature, IHDR, the chunks, one IDAT, IEND. */
export function png(chunks: readonly Uint8Array[] = [], width = 8, height = 8): Uint8Array {
  const header = pngChunk('IHDR', bytes(be32(width), be32(height), [8, 2, 0, 0, 0]));
  const data = pngChunk('IDAT', zlibSync(new Uint8Array(8)));
  return bytes('\x89PNG\r\n\x1a\n', header, ...chunks, data, pngChunk('IEND', bytes()));
}

// ── JPEG ──

export function jpegSegment(marker: number, payload: Uint8Array): Uint8Array {
  return bytes([0xff, marker], be16(payload.length + 2), payload);
}

export function jpegExif(tiff: Uint8Array): Uint8Array {
  return jpegSegment(0xe1, bytes('Exif\0\0', tiff));
}

export function jpegXmp(packet: string): Uint8Array {
  return jpegSegment(0xe1, bytes('http://ns.adobe.com/xap/1.0/\0', utf8Bytes(packet)));
}

/** One JUMBF box in APP11 packets of `size` bytes of content each. */
export function jpegJumbf(box: Uint8Array, size = 60_000, instance = 1): Uint8Array[] {
  const header = box.subarray(0, 8);
  const segments: Uint8Array[] = [];
  for (let at = 8, sequence = 1; at < box.length || sequence === 1; at += size, sequence++) {
    segments.push(
      jpegSegment(0xeb, bytes('JP', be16(instance), be32(sequence), header, box.subarray(at, at + size))),
    );
  }
  return segments;
}

/** IPTC-IIM data sets of record 2 in a Photoshop APP13 segment. */
export function jpegIptc(fields: Readonly<Record<number, string>>): Uint8Array {
  const iptc = bytes(
    ...Object.entries(fields).map(([id, text]) =>
      bytes([0x1c, 2, Number(id)], be16(utf8Bytes(text).length), utf8Bytes(text)),
    ),
  );
  const padded = iptc.length & 1 ? bytes(iptc, [0]) : iptc;
  return jpegSegment(0xed, bytes('Photoshop 3.0\0', '8BIM', [4, 4], [0, 0], be32(iptc.length), padded));
}

/** SOI, the segments, a frame header, a scan, EOI. */
export function jpeg(segments: readonly Uint8Array[] = [], width = 8, height = 8): Uint8Array {
  const frame = jpegSegment(0xc0, bytes([8], be16(height), be16(width), [1, 1, 0x11, 0]));
  const scan = jpegSegment(0xda, bytes([1, 1, 0, 0, 63, 0]));
  return bytes([0xff, 0xd8], ...segments, frame, scan, [0x12, 0x34], [0xff, 0xd9]);
}

// ── WebP ──

export function riffChunk(type: string, payload: Uint8Array): Uint8Array {
  return bytes(type, le32(payload.length), payload, payload.length & 1 ? [0] : []);
}

/** RIFF form with a VP8X canvas, a VP8L frame of the same size, and the chunks. */
export function webp(chunks: readonly Uint8Array[] = [], width = 8, height = 8): Uint8Array {
  const le24 = (value: number) => le32(value).slice(0, 3);
  const canvas = riffChunk('VP8X', bytes([0, 0, 0, 0], le24(width - 1), le24(height - 1)));
  const frame = riffChunk('VP8L', bytes([0x2f], le32((width - 1) | ((height - 1) << 14)), [0, 0, 0]));
  const body = bytes('WEBP', canvas, frame, ...chunks);
  return bytes('RIFF', le32(body.length), body);
}

// ── GIF ──

/** Data in sub-blocks of up to 255 bytes, closed. */
export function subBlocks(data: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < data.length; at += 255) {
    const part = data.subarray(at, at + 255);
    parts.push(bytes([part.length], part));
  }
  return bytes(...parts, [0]);
}

export function gifXmp(packet: string): Uint8Array {
  const trailer = [1, ...Array.from({ length: 256 }, (_, i) => 255 - i), 0];
  return bytes([0x21, 0xff, 11], 'XMP DataXMP', utf8Bytes(packet), trailer);
}

export function gif(blocks: readonly Uint8Array[] = [], width = 8, height = 8): Uint8Array {
  const image = bytes([0x2c, 0, 0, 0, 0], le16(width), le16(height), [0, 2], subBlocks(bytes([0x44, 0x01])));
  return bytes('GIF89a', le16(width), le16(height), [0, 0, 0], ...blocks, image, [0x3b]);
}

// ── ISO base media ──

export function box(type: string, ...contents: Part[]): Uint8Array {
  const body = bytes(...contents);
  return bytes(be32(body.length + 8), type, body);
}

interface HandMadeItem {
  readonly type: string;
  readonly data: Uint8Array;
  readonly contentType?: string;
}

/** An AVIF whose items lie in `idat` (construction method 1), with `ispe` for the first, extra boxes last. */
export function avif(
  items: readonly HandMadeItem[] = [],
  { width = 8, height = 8, extra = [] as readonly Uint8Array[], brand = 'avif' } = {},
): Uint8Array {
  const all: readonly HandMadeItem[] = [{ type: 'av01', data: bytes([1, 2, 3]) }, ...items];
  let offset = 0;
  const infe: Uint8Array[] = [];
  const locations: Uint8Array[] = [];
  for (const [index, item] of all.entries()) {
    const id = index + 1;
    infe.push(
      box(
        'infe',
        [2, 0, 0, 0],
        be16(id),
        [0, 0],
        item.type,
        '\0',
        item.contentType ? `${item.contentType}\0` : '',
      ),
    );
    locations.push(bytes(be16(id), [0, 1], [0, 0], be16(1), be32(offset), be32(item.data.length)));
    offset += item.data.length;
  }
  const meta = box(
    'meta',
    [0, 0, 0, 0],
    box('pitm', [0, 0, 0, 0], be16(1)),
    box('iinf', [0, 0, 0, 0], be16(all.length), ...infe),
    box('iloc', [1, 0, 0, 0], [0x44, 0], be16(all.length), ...locations),
    box(
      'iprp',
      box('ipco', box('ispe', [0, 0, 0, 0], be32(width), be32(height))),
      box('ipma', [0, 0, 0, 0], be32(1), be16(1), [1, 1]),
    ),
    box('idat', ...all.map((item) => item.data)),
  );
  return bytes(box('ftyp', brand, be32(0), 'mif1'), meta, ...extra);
}

// ── EXIF ──

type TagValue = string | number | readonly [numerator: number, denominator: number] | Uint8Array;

/**
 * A little-endian TIFF block: IFD0, and an Exif and a GPS directory where tags are given. Texts become
 * ASCII, numbers LONG, pairs RATIONAL, byte arrays UNDEFINED.
 */
export function tiff(
  ifd0: Readonly<Record<number, TagValue>>,
  exif: Readonly<Record<number, TagValue>> = {},
  gps: Readonly<Record<number, TagValue>> = {},
): Uint8Array {
  const pointers = (Object.keys(exif).length > 0 ? 1 : 0) + (Object.keys(gps).length > 0 ? 1 : 0);
  const first = directory(ifd0, 8, pointers);
  const exifAt = 8 + first.length;
  const second = Object.keys(exif).length > 0 ? directory(exif, exifAt, 0) : bytes();
  const gpsAt = exifAt + second.length;
  const third = Object.keys(gps).length > 0 ? directory(gps, gpsAt, 0) : bytes();
  const linked: Record<number, TagValue> = { ...ifd0 };
  if (second.length > 0) linked[0x8769] = exifAt;
  if (third.length > 0) linked[0x8825] = gpsAt;
  return bytes('II*\0', le32(8), directory(linked, 8, 0), second, third);
}

function directory(tags: Readonly<Record<number, TagValue>>, at: number, spare: number): Uint8Array {
  const entries = Object.entries(tags).sort(([a], [b]) => Number(a) - Number(b));
  let valueAt = at + 2 + 12 * (entries.length + spare) + 4;
  const head: Uint8Array[] = [];
  const values: Uint8Array[] = [];
  for (const [tag, value] of entries) {
    const { type, count, data } = encoded(value);
    const inline = data.length <= 4;
    head.push(
      bytes(
        le16(Number(tag)),
        le16(type),
        le32(count),
        inline ? bytes(data, new Uint8Array(4 - data.length)) : le32(valueAt),
      ),
    );
    if (inline) continue;
    values.push(data);
    valueAt += data.length;
  }
  return bytes(le16(entries.length), ...head, new Uint8Array(12 * spare), le32(0), ...values);
}

function encoded(value: TagValue): { type: number; count: number; data: Uint8Array } {
  if (typeof value === 'string') {
    const data = bytes(utf8Bytes(value), [0]);
    return { type: 2, count: data.length, data };
  }
  if (typeof value === 'number') return { type: 4, count: 1, data: bytes(le32(value)) };
  if (value instanceof Uint8Array) return { type: 7, count: value.length, data: value };
  return { type: 5, count: 1, data: bytes(le32(value[0]), le32(value[1])) };
}

// ── JUMBF and CBOR ──

const JUMBF_TAIL = [0, 0x11, 0, 0x10, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];

/** A superbox: description with the four-letter type and a label, then the contents. */
export function superbox(type: string, label: string, ...contents: Uint8Array[]): Uint8Array {
  return box('jumb', box('jumd', type, JUMBF_TAIL, [3], `${label}\0`), ...contents);
}

/** A value as CBOR: texts, numbers under 2^32, booleans, arrays, plain objects. */
export function cbor(value: unknown): Uint8Array {
  const head = (major: number, n: number) => (n < 24 ? [(major << 5) | n] : [(major << 5) | 26, ...be32(n)]);
  if (typeof value === 'string') return bytes(head(3, utf8Bytes(value).length), utf8Bytes(value));
  if (typeof value === 'number') return bytes(head(0, value));
  if (typeof value === 'boolean') return bytes([value ? 0xf5 : 0xf4]);
  if (Array.isArray(value)) return bytes(head(4, value.length), ...value.map(cbor));
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value);
    return bytes(head(5, entries.length), ...entries.flatMap(([key, member]) => [cbor(key), cbor(member)]));
  }
  return bytes([0xf6]);
}

interface HandMadeManifest {
  readonly claim: Readonly<Record<string, unknown>>;
  readonly actions?: readonly unknown[];
  readonly assertion?: string;
}

/** A C2PA manifest store with the manifests in order; the last one is active. Nothing in it is signed. */
export function c2paStore(...manifests: HandMadeManifest[]): Uint8Array {
  return superbox(
    'c2pa',
    'c2pa',
    ...manifests.map(({ claim, actions, assertion }, index) =>
      superbox(
        'c2ma',
        `urn:uuid:${index}`,
        superbox(
          'c2as',
          'c2pa.assertions',
          ...(actions ? [superbox('cbor', 'c2pa.actions', box('cbor', cbor({ actions })))] : []),
          ...(assertion ? [superbox('cbor', assertion, box('cbor', cbor({})))] : []),
        ),
        superbox('c2cl', 'c2pa.claim', box('cbor', cbor(claim))),
      ),
    ),
  );
}
