import type { ImageFormat } from '../report';
import { ascii, startsWith, u8, u16le, u32be, utf8 } from './bytes';
import { MAX_SVG_PROLOGUE } from './limits';

/** Brands of ISO 23008-12 (HEIF) with HEVC, and the codec-neutral ones that are HEVC in practice. */
const HEIC_BRANDS = new Set(['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1']);

/** Compatible brands looked at; writers list under 10. */
const MAX_BRANDS = 32;

/**
 * Names the format by the file's first bytes; file names and MIME types lie.
 * @returns null where the bytes are no image that Truegrain knows (WHATWG MIME Sniffing, 6.1, and HEIF brands)
 */
export function sniffFormat(bytes: Uint8Array): ImageFormat | null {
  if (startsWith(bytes, 0, '\xff\xd8\xff')) return 'jpeg';
  if (startsWith(bytes, 0, '\x89PNG\r\n\x1a\n')) return 'png';
  if (startsWith(bytes, 0, 'RIFF') && startsWith(bytes, 8, 'WEBP')) return 'webp';
  if (startsWith(bytes, 0, 'GIF87a') || startsWith(bytes, 0, 'GIF89a')) return 'gif';
  if (startsWith(bytes, 4, 'ftyp')) return sniffBrands(bytes);
  if (startsWith(bytes, 0, 'II*\0') || startsWith(bytes, 0, 'MM\0*')) return 'tiff';
  if (startsWith(bytes, 0, 'II+\0') || startsWith(bytes, 0, 'MM\0+')) return 'tiff';
  if (startsWith(bytes, 0, 'BM') && bytes.length >= 26 && isBitmapHeader(u16le(bytes, 14))) return 'bmp';
  // Icons and cursors: reserved 0, type 1 or 2, at least one picture, whose entry ends in a zero byte.
  if (startsWith(bytes, 0, '\0\0\x01\0') || startsWith(bytes, 0, '\0\0\x02\0')) {
    return u16le(bytes, 4) > 0 && bytes.length >= 22 && u8(bytes, 9) === 0 ? 'ico' : null;
  }
  return svgRoot(bytes) === null ? null : 'svg';
}

/** Sizes of the header versions: CORE, OS/2 short and long, INFO, V2, V3, V4, V5. */
function isBitmapHeader(size: number): boolean {
  return [12, 16, 40, 52, 56, 64, 108, 124].includes(size);
}

function sniffBrands(bytes: Uint8Array): ImageFormat | null {
  const end = Math.min(u32be(bytes, 0), bytes.length, 16 + 4 * MAX_BRANDS);
  const brands = [ascii(bytes, 8, 4)];
  for (let at = 16; at + 4 <= end; at += 4) brands.push(ascii(bytes, at, 4));
  if (brands.includes('avif') || brands.includes('avis')) return 'avif';
  return brands.some((brand) => HEIC_BRANDS.has(brand)) ? 'heic' : null;
}

/**
 * The opening tag of an SVG document, or null where the text is not one: only a byte-order mark,
 * an XML declaration, processing instructions, comments and a DOCTYPE may come before it.
 */
export function svgRoot(bytes: Uint8Array): string | null {
  const text = utf8(bytes.subarray(0, MAX_SVG_PROLOGUE)).replace(/^\uFEFF/, '');
  let at = 0;
  while (at < text.length) {
    at = skipSpace(text, at);
    const close = prologueEnd(text, at);
    if (close === null) break;
    if (close < 0) return null;
    at = close;
  }
  if (!/^<svg[\s/>]/.test(text.slice(at, at + 5))) return null;
  const end = text.indexOf('>', at);
  return text.slice(at, end < 0 ? undefined : end + 1);
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && ' \t\r\n'.includes(text.charAt(at))) at++;
  return at;
}

/** End of the prologue part at `at`; -1 where it never ends, null where there is none. */
function prologueEnd(text: string, at: number): number | null {
  const parts = [
    ['<?', '?>'],
    ['<!--', '-->'],
    ['<!DOCTYPE', '>'],
  ] as const;
  for (const [open, close] of parts) {
    if (!text.startsWith(open, at)) continue;
    const internal = open === '<!DOCTYPE' ? text.slice(at, at + MAX_SVG_PROLOGUE).search(/[[>]/) : -1;
    const hasSubset = internal >= 0 && text.charAt(at + internal) === '[';
    const end = text.indexOf(hasSubset ? ']>' : close, at);
    return end < 0 ? -1 : end + (hasSubset ? 2 : close.length);
  }
  return null;
}
