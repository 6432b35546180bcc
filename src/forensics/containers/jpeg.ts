import { ContainerBuilder } from './builder';
import { ascii, concat, lenientText, startsWith, u8, u16be, u32be } from './bytes';
import type { Container } from './container';
import { JumbfPackets } from './jpeg-jumbf';
import { MAX_ICC_BYTES, MAX_PHOTOSHOP_BYTES, MAX_PIECES, MAX_XMP_BYTES } from './limits';

const XMP = 'http://ns.adobe.com/xap/1.0/\0';
const EXTENDED_XMP = 'http://ns.adobe.com/xmp/extension/\0';
const ICC = 'ICC_PROFILE\0';
const PHOTOSHOP = 'Photoshop 3.0\0';
/** GUID, full length and offset that follow the name of an extended XMP segment. */
const EXTENDED_XMP_HEADER = 32 + 4 + 4;
/** Photoshop image resource that holds IPTC-IIM. */
const IPTC_RESOURCE = 0x0404;

/** One marker segment of a JPEG: `payload` is what follows the length field. */
interface JpegSegment {
  readonly marker: number;
  readonly offset: number;
  readonly payload: Uint8Array;
}

/**
 * Walks marker segments from SOI to the first start of scan (ITU-T T.81, B.1.1). What follows the
 * scan is not walked: metadata appended to a file is not metadata of the file.
 * @param onProblem told of a segment that runs past the end; the walk ends there
 */
export function* jpegSegments(
  bytes: Uint8Array,
  onProblem: (text: string) => void = () => {},
): Generator<JpegSegment> {
  let at = 2;
  for (let pieces = 0; pieces < MAX_PIECES && at + 2 <= bytes.length; pieces++) {
    if (bytes[at] !== 0xff) {
      onProblem(`no marker at ${at}`);
      return;
    }
    while (bytes[at + 1] === 0xff) at++; // fill bytes
    const marker = u8(bytes, at + 1);
    at += 2;
    if (marker === 0xd9) {
      onProblem(`end of image before any scan, at ${at}`);
      return;
    }
    if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) continue; // no payload
    const length = u16be(bytes, at);
    if (length < 2 || at + length > bytes.length) {
      onProblem(`truncated segment ${name(marker)} at ${at}`);
      return;
    }
    yield { marker, offset: at + 2, payload: bytes.subarray(at + 2, at + length) };
    if (marker === 0xda) return;
    at += length;
  }
  onProblem('no start of scan');
}

/** Frame headers SOF0..SOF15 without DHT (C4), JPG (C8) and DAC (CC). */
export function isFrameHeader(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

function name(marker: number): string {
  if (marker >= 0xe0 && marker <= 0xef) return `APP${marker - 0xe0}`;
  if (isFrameHeader(marker)) return `SOF${marker - 0xc0}`;
  const names: Readonly<Record<number, string>> = {
    254: 'COM',
    219: 'DQT',
    218: 'SOS',
    196: 'DHT',
    221: 'DRI',
  };
  return names[marker] ?? `0x${marker.toString(16).padStart(2, '0')}`;
}

/**
 * Reads a JPEG's segments: Exif 2.32 (APP1), XMP part 3 with extended packets (APP1), ICC.1 annex
 * B.4 (APP2), JUMBF by ISO 19566-5 (APP11), Photoshop resources (APP13), COM, DQT.
 */
export function readJpeg(bytes: Uint8Array): Container {
  const builder = new ContainerBuilder('jpeg');
  const xmp = new XmpParts();
  const icc = new IccParts();
  const jumbf = new JumbfPackets();
  const photoshop: Uint8Array[] = [];
  for (const { marker, offset, payload } of jpegSegments(bytes, (text) => builder.problem(text))) {
    if (marker === 0xda) break;
    if (isKept(marker)) builder.segment(name(marker), offset, payload);
    if (marker === 0xdb) readTables(payload, builder);
    else if (marker === 0xfe) builder.text('comment', lenientText(payload).replace(/\0+$/, ''), 'COM');
    else if (marker === 0xe1 && startsWith(payload, 0, 'Exif\0'))
      builder.setExif(payload, `APP1 at ${offset}`);
    else if (marker === 0xe1) xmp.take(payload, builder);
    else if (marker === 0xe2 && startsWith(payload, 0, ICC)) icc.take(payload, builder);
    else if (marker === 0xeb && startsWith(payload, 0, 'JP')) jumbf.take(payload, builder);
    else if (marker === 0xed && startsWith(payload, 0, PHOTOSHOP)) {
      photoshop.push(payload.subarray(PHOTOSHOP.length));
    }
  }
  xmp.finish(builder);
  icc.finish(builder);
  jumbf.finish(builder);
  if (photoshop.length > 0) readPhotoshop(photoshop, builder);
  return builder.build();
}

/** APPn, COM, DQT and frame headers: what layers read. */
function isKept(marker: number): boolean {
  return (marker >= 0xe0 && marker <= 0xef) || marker === 0xfe || marker === 0xdb || isFrameHeader(marker);
}

/** DQT: precision and id in one byte, then 64 values (T.81, B.2.4.1). The first of an id is kept. */
function readTables(payload: Uint8Array, builder: ContainerBuilder): void {
  let at = 0;
  while (at < payload.length) {
    const wide = u8(payload, at) >> 4 !== 0;
    const id = u8(payload, at) & 0x0f;
    const size = wide ? 128 : 64;
    if (at + 1 + size > payload.length || id > 3) {
      builder.problem('malformed quantisation table');
      return;
    }
    const table = new Uint16Array(64);
    for (let i = 0; i < 64; i++) table[i] = wide ? u16be(payload, at + 1 + 2 * i) : u8(payload, at + 1 + i);
    if (!builder.quantisationTables.has(id)) builder.quantisationTables.set(id, table);
    at += 1 + size;
  }
}

/** The standard XMP packet, and extended packets that it names by GUID. */
class XmpParts {
  private main: Uint8Array | null = null;
  private readonly extended = new Map<string, { offset: number; data: Uint8Array }[]>();
  private bytes = 0;

  take(payload: Uint8Array, builder: ContainerBuilder): void {
    if (startsWith(payload, 0, XMP)) {
      if (this.main) {
        builder.problem('second XMP packet ignored');
        return;
      }
      this.main = payload.subarray(XMP.length);
    } else if (startsWith(payload, 0, EXTENDED_XMP)) {
      const at = EXTENDED_XMP.length;
      const data = payload.subarray(at + EXTENDED_XMP_HEADER);
      this.bytes += data.length;
      if (this.bytes > MAX_XMP_BYTES) {
        builder.problem('extended XMP over the cap');
        return;
      }
      const guid = ascii(payload, at, 32);
      const parts = this.extended.get(guid) ?? [];
      parts.push({ offset: u32be(payload, at + 36), data });
      this.extended.set(guid, parts);
    }
  }

  finish(builder: ContainerBuilder): void {
    if (!this.main) {
      if (this.extended.size > 0) builder.problem('extended XMP without a main packet');
      return;
    }
    const packet = lenientText(this.main);
    const guid = /HasExtendedXMP(?:>|=["'])\s*([0-9A-Fa-f]{32})/.exec(packet)?.[1];
    const parts =
      guid === undefined ? [] : (this.extended.get(guid.toUpperCase()) ?? this.extended.get(guid) ?? []);
    parts.sort((a, b) => a.offset - b.offset);
    let expected = 0;
    for (const part of parts) {
      if (part.offset !== expected) {
        builder.problem('extended XMP with a gap');
        builder.setXmp(this.main, 'APP1');
        return;
      }
      expected += part.data.length;
    }
    // Two documents one after the other: the XMP reader takes each `x:xmpmeta` on its own.
    builder.setXmp(
      parts.length === 0 ? this.main : concat([this.main, ...parts.map((part) => part.data)]),
      'APP1',
    );
  }
}

/** ICC profile parts: sequence number and count, both from 1. */
class IccParts {
  private readonly parts = new Map<number, Uint8Array>();
  private count = 0;
  private bytes = 0;

  take(payload: Uint8Array, builder: ContainerBuilder): void {
    const sequence = u8(payload, ICC.length);
    const count = u8(payload, ICC.length + 1);
    const data = payload.subarray(ICC.length + 2);
    this.bytes += data.length;
    if (sequence === 0 || sequence > count || (this.count !== 0 && count !== this.count)) {
      builder.problem(`ICC part ${sequence} of ${count} does not fit the others`);
      return;
    }
    if (this.bytes > MAX_ICC_BYTES) {
      builder.problem('ICC profile over the cap');
      return;
    }
    this.count = count;
    if (!this.parts.has(sequence)) this.parts.set(sequence, data);
  }

  finish(builder: ContainerBuilder): void {
    if (this.count === 0) return;
    const ordered = [...this.parts].sort(([a], [b]) => a - b).map(([, data]) => data);
    if (ordered.length === this.count) builder.setIcc(concat(ordered), 'APP2');
    else builder.problem(`ICC profile has ${ordered.length} of ${this.count} parts`);
  }
}

/** Photoshop image resources: `8BIM`, id, Pascal name padded to even, length, data padded to even. */
function readPhotoshop(parts: readonly Uint8Array[], builder: ContainerBuilder): void {
  if (parts.reduce((sum, part) => sum + part.length, 0) > MAX_PHOTOSHOP_BYTES) {
    builder.problem('Photoshop resources over the cap');
    return;
  }
  const bytes = concat(parts);
  let at = 0;
  for (let pieces = 0; pieces < MAX_PIECES && at + 12 <= bytes.length; pieces++) {
    if (!startsWith(bytes, at, '8BIM')) {
      builder.problem(`no Photoshop resource at ${at}`);
      return;
    }
    const id = u16be(bytes, at + 4);
    const nameLength = u8(bytes, at + 6) + 1;
    const sizeAt = at + 6 + nameLength + (nameLength & 1);
    const size = u32be(bytes, sizeAt);
    const dataAt = sizeAt + 4;
    if (dataAt + size > bytes.length) {
      builder.problem(`truncated Photoshop resource ${id.toString(16)}`);
      return;
    }
    if (id === IPTC_RESOURCE && size > 0) builder.setIptc(bytes.subarray(dataAt, dataAt + size), 'APP13');
    at = dataAt + size + (size & 1);
  }
}
