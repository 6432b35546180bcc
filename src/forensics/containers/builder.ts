import type { ImageFormat } from '../report';
import { isTiffBlock, startsWith, u32be, utf8 } from './bytes';
import type { Container, Segment, TextEntry } from './container';
import {
  MAX_C2PA_BYTES,
  MAX_EXIF_BYTES,
  MAX_ICC_BYTES,
  MAX_PROBLEMS,
  MAX_SEGMENTS,
  MAX_TEXT_CHARS,
  MAX_TEXTS,
  MAX_XMP_BYTES,
} from './limits';

/** JUMBF type of a C2PA manifest store: `c2pa` in the ISO 8000-00AA00389B71 form (C2PA 2.2, 11.1.4). */
const C2PA_STORE_TYPE = 'c2pa\0\x11\0\x10\x80\0\0\xaa\0\x38\x9b\x71';

/** Collects what one reader finds, under the caps, first come first kept. */
export class ContainerBuilder {
  private readonly segments: Segment[] = [];
  private readonly texts: TextEntry[] = [];
  private readonly problems: string[] = [];
  private problemCount = 0;
  private exif: Uint8Array | null = null;
  private xmp: string | null = null;
  private iptc: Uint8Array | null = null;
  private icc: Uint8Array | null = null;
  private c2pa: Uint8Array | null = null;
  readonly quantisationTables = new Map<number, Uint16Array>();

  constructor(private readonly format: ImageFormat) {}

  problem(text: string): void {
    this.problemCount++;
    if (this.problems.length < MAX_PROBLEMS) this.problems.push(text);
  }

  segment(type: string, offset: number, payload: Uint8Array): void {
    if (this.segments.length < MAX_SEGMENTS) this.segments.push({ type, offset, payload });
    else this.problem(`more than ${MAX_SEGMENTS} segments`);
  }

  text(keyword: string, text: string, segment: string): void {
    if (this.texts.length >= MAX_TEXTS) {
      this.problem(`more than ${MAX_TEXTS} texts`);
      return;
    }
    if (text.length > MAX_TEXT_CHARS) this.problem(`${segment} text cut at ${MAX_TEXT_CHARS} characters`);
    this.texts.push({ keyword: keyword.slice(0, 80), text: text.slice(0, MAX_TEXT_CHARS), segment });
  }

  /** Takes a TIFF block, with or without the `Exif\0\0` prefix. */
  setExif(bytes: Uint8Array, where: string): void {
    const at = startsWith(bytes, 0, 'Exif\0') ? 6 : 0;
    if (!isTiffBlock(bytes, at)) {
      this.problem(`${where}: EXIF does not begin with a byte order`);
      return;
    }
    if (this.exif) {
      this.problem(`${where}: second EXIF block ignored`);
      return;
    }
    if (bytes.length > MAX_EXIF_BYTES) this.problem(`${where}: EXIF cut at ${MAX_EXIF_BYTES} bytes`);
    this.exif = bytes.subarray(at, at + MAX_EXIF_BYTES);
  }

  setXmp(bytes: Uint8Array, where: string): void {
    if (bytes.length > MAX_XMP_BYTES) {
      this.problem(`${where}: XMP over ${MAX_XMP_BYTES} bytes ignored`);
      return;
    }
    if (this.xmp !== null) {
      this.problem(`${where}: second XMP packet ignored`);
      return;
    }
    this.xmp = utf8(bytes);
  }

  setIptc(bytes: Uint8Array, where: string): void {
    if (bytes[0] !== 0x1c) {
      this.problem(`${where}: IPTC does not begin with its marker`);
      return;
    }
    if (this.iptc) {
      this.problem(`${where}: second IPTC block ignored`);
      return;
    }
    this.iptc = bytes;
  }

  setIcc(bytes: Uint8Array, where: string): void {
    if (bytes.length > MAX_ICC_BYTES) {
      this.problem(`${where}: ICC over ${MAX_ICC_BYTES} bytes ignored`);
      return;
    }
    if (!startsWith(bytes, 36, 'acsp')) {
      this.problem(`${where}: ICC profile without its signature`);
      return;
    }
    this.icc ??= bytes;
  }

  /**
   * Takes a JUMBF superbox where it is whole and is a C2PA manifest store: type and label `c2pa`.
   * @returns whether the bytes are such a superbox
   */
  setC2pa(bytes: Uint8Array, where: string): boolean {
    if (!startsWith(bytes, 4, 'jumb') || !startsWith(bytes, 12, 'jumd')) return false;
    if (!startsWith(bytes, 16, C2PA_STORE_TYPE) || !startsWith(bytes, 33, 'c2pa\0')) return false;
    const length = u32be(bytes, 0);
    if (length > bytes.length || length < 38) this.problem(`${where}: truncated C2PA manifest store`);
    else if (length > MAX_C2PA_BYTES)
      this.problem(`${where}: C2PA store over ${MAX_C2PA_BYTES} bytes ignored`);
    else if (this.c2pa) this.problem(`${where}: second C2PA manifest store ignored`);
    else this.c2pa = bytes.subarray(0, length);
    return true;
  }

  build(): Container {
    const more = this.problemCount - this.problems.length;
    return {
      format: this.format,
      segments: this.segments,
      exif: this.exif,
      xmp: this.xmp,
      iptc: this.iptc,
      icc: this.icc,
      texts: this.texts,
      hasC2pa: this.c2pa !== null,
      c2pa: this.c2pa,
      quantisationTables: this.quantisationTables,
      problems: more > 0 ? [...this.problems, `and ${more} more`] : this.problems,
    };
  }
}
