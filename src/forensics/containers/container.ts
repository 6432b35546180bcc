import type { ImageFormat } from '../report';

/** A piece of a file that may carry metadata, found inside the container's own structure. */
export interface Segment {
  /** `APP1`, `tEXt`, `EXIF` (WebP chunk), `iloc:Exif` ... the container's own name. */
  readonly type: string;
  /** Byte offset of the payload in the file. */
  readonly offset: number;
  readonly payload: Uint8Array;
}

/** Textual metadata of PNG (tEXt, iTXt, zTXt) and GIF or JPEG comments, decoded and size-capped. */
export interface TextEntry {
  /** PNG keyword, or `comment`. */
  readonly keyword: string;
  readonly text: string;
  /** `tEXt`, `iTXt`, `zTXt`, `COM`. */
  readonly segment: string;
}

/** What every container reader answers. Malformed parts are left out and named in `problems`. */
export interface Container {
  readonly format: ImageFormat;
  readonly segments: readonly Segment[];
  /** TIFF-structured EXIF block from its byte-order mark on, or null. */
  readonly exif: Uint8Array | null;
  /** XMP packet as text, or null. */
  readonly xmp: string | null;
  /** IPTC-IIM block (JPEG APP13 resource 0x0404), or null. */
  readonly iptc: Uint8Array | null;
  /** ICC profile, joined from its parts, or null. */
  readonly icc: Uint8Array | null;
  readonly texts: readonly TextEntry[];
  /** True where a C2PA manifest store (JUMBF, label `c2pa`) stands in its proper place. */
  readonly hasC2pa: boolean;
  /** Raw JUMBF bytes of the manifest store, where present, for the provenance layer and for claim names. */
  readonly c2pa: Uint8Array | null;
  /** JPEG quantisation tables in zigzag order as stored, by table id; empty for other formats. */
  readonly quantisationTables: ReadonlyMap<number, Uint16Array>;
  /** What was broken: `truncated segment APP1 at 20`. For the facts table, never fatal. */
  readonly problems: readonly string[];
}
