import { ContainerBuilder } from './builder';
import { ascii, lenientText, startsWith, u8, u32be, utf8 } from './bytes';
import type { Container } from './container';
import { crc32 } from './crc32';
import { BoundedInflater, InflateError } from './inflate';
import { MAX_EXIF_BYTES, MAX_PIECES } from './limits';

/** Longest keyword that PNG allows. */
const MAX_KEYWORD = 79;
const XMP_KEYWORD = 'XML:com.adobe.xmp';
/** ImageMagick and others keep whole profiles as hexadecimal text under such keywords. */
const RAW_PROFILE = /^Raw profile type (exif|APP1|xmp|iptc)$/i;
/** Chunks that may carry metadata; the CRC of no other is worth computing. */
const READ = new Set([
  'IHDR',
  'tEXt',
  'zTXt',
  'iTXt',
  'eXIf',
  'iCCP',
  'caBX',
  'tIME',
  'pHYs',
  'gAMA',
  'sRGB',
]);

/**
 * Reads a PNG's chunks from IHDR to IEND (PNG third edition, 5 and 11). A chunk whose CRC is wrong,
 * and anything after IEND, is not believed.
 */
export function readPng(bytes: Uint8Array): Container {
  const builder = new ContainerBuilder('png');
  const inflater = new BoundedInflater();
  let at = 8;
  for (let pieces = 0; pieces < MAX_PIECES; pieces++) {
    if (at + 12 > bytes.length) {
      builder.problem('no IEND');
      break;
    }
    const length = u32be(bytes, at);
    const type = ascii(bytes, at + 4, 4);
    const end = at + 12 + length;
    if (!/^[A-Za-z]{4}$/.test(type) || (pieces === 0) !== (type === 'IHDR')) {
      builder.problem(`unexpected chunk at ${at}`);
      break;
    }
    if (end > bytes.length) {
      builder.problem(`truncated chunk ${type} at ${at}`);
      break;
    }
    if (type === 'IEND') {
      if (end < bytes.length) builder.problem(`${bytes.length - end} bytes after the end of the image`);
      break;
    }
    if (READ.has(type)) {
      const payload = bytes.subarray(at + 8, at + 8 + length);
      if (crc32(bytes, at + 4, length + 4) !== u32be(bytes, at + 8 + length)) {
        builder.problem(`chunk ${type} at ${at} has a wrong checksum`);
      } else {
        builder.segment(type, at + 8, payload);
        readChunk(type, payload, builder, inflater);
      }
    }
    at = end;
  }
  return builder.build();
}

function readChunk(
  type: string,
  payload: Uint8Array,
  builder: ContainerBuilder,
  inflater: BoundedInflater,
): void {
  try {
    if (type === 'eXIf') builder.setExif(payload, 'eXIf');
    else if (type === 'caBX') {
      if (!builder.setC2pa(payload, 'caBX')) builder.problem('caBX is no C2PA manifest store');
    } else if (type === 'iCCP') {
      const { after } = keyword(payload);
      builder.setIcc(inflater.unzlib(payload.subarray(after + 1)), 'iCCP');
    } else if (type === 'tEXt' || type === 'zTXt' || type === 'iTXt')
      readText(type, payload, builder, inflater);
  } catch (error) {
    if (!(error instanceof InflateError)) throw error;
    builder.problem(`${type}: compressed data ${error.message}`);
  }
}

/** The keyword before the first zero byte, and where what follows it begins. */
function keyword(payload: Uint8Array): { name: string; after: number } {
  const end = payload.subarray(0, MAX_KEYWORD + 1).indexOf(0);
  return end < 1 ? { name: '', after: 0 } : { name: lenientText(payload.subarray(0, end)), after: end + 1 };
}

function readText(
  type: string,
  payload: Uint8Array,
  builder: ContainerBuilder,
  inflater: BoundedInflater,
): void {
  const { name, after } = keyword(payload);
  if (name === '') {
    builder.problem(`${type} without a keyword`);
    return;
  }
  let data: Uint8Array;
  if (type === 'iTXt') {
    const body = internationalText(payload, after);
    if (body === null) {
      builder.problem('malformed iTXt');
      return;
    }
    data = body.compressed ? inflater.unzlib(body.data) : body.data;
  } else if (type === 'zTXt') {
    if (u8(payload, after) !== 0) {
      builder.problem('zTXt with an unknown compression');
      return;
    }
    data = inflater.unzlib(payload.subarray(after + 1));
  } else {
    data = payload.subarray(after);
  }
  if (name === XMP_KEYWORD) {
    builder.setXmp(data, type);
    return;
  }
  const profile = RAW_PROFILE.exec(name)?.[1]?.toLowerCase();
  if (profile !== undefined) {
    readRawProfile(profile, data, builder);
    return;
  }
  builder.text(name, type === 'iTXt' ? utf8(data) : lenientText(data), type);
}

/** iTXt after its keyword: compression flag and method, language, translated keyword, text. */
function internationalText(
  payload: Uint8Array,
  at: number,
): { data: Uint8Array; compressed: boolean } | null {
  const compressed = u8(payload, at) === 1;
  const languageEnd = payload.indexOf(0, at + 2);
  const keywordEnd = languageEnd < 0 ? -1 : payload.indexOf(0, languageEnd + 1);
  if (keywordEnd < 0 || (compressed && u8(payload, at + 1) !== 0)) return null;
  return { data: payload.subarray(keywordEnd + 1), compressed };
}

/** `\n<name>\n<length>\n<hexadecimal, 72 digits a line>\n` */
function readRawProfile(profile: string, data: Uint8Array, builder: ContainerBuilder): void {
  if (data.length > 2 * MAX_EXIF_BYTES) {
    builder.problem(`raw profile ${profile} over the cap`);
    return;
  }
  const match = /^\s*\S+\s+(\d+)\s+([0-9a-fA-F\s]*)$/.exec(lenientText(data));
  const hex = match?.[2]?.replace(/\s+/g, '') ?? '';
  if (match === null || hex.length < 2 * Number(match[1])) {
    builder.problem(`malformed raw profile ${profile}`);
    return;
  }
  const bytes = new Uint8Array(Number(match[1]));
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  const where = `raw profile ${profile}`;
  if (profile === 'iptc') {
    builder.setIptc(iptcOfResources(bytes), where);
    return;
  }
  const XMP_PREFIX = 'http://ns.adobe.com/xap/1.0/\0';
  if (startsWith(bytes, 0, XMP_PREFIX)) {
    builder.setXmp(bytes.subarray(XMP_PREFIX.length), where);
    return;
  }
  if (profile === 'xmp') {
    builder.setXmp(bytes, where);
    return;
  }
  builder.setExif(bytes, where);
}

/** ImageMagick wraps IPTC in one Photoshop resource: `8BIM`, 0x0404, empty name, length. */
function iptcOfResources(bytes: Uint8Array): Uint8Array {
  return startsWith(bytes, 0, '8BIM\x04\x04\0\0') ? bytes.subarray(12, 12 + u32be(bytes, 8)) : bytes;
}
