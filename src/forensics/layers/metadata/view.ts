import type { Container, TextEntry } from '../../containers/container';
import type { ExifTags } from '../../layer';
import { type C2paClaims, readC2paClaims } from './c2pa-claims';
import { readIptc } from './iptc';
import { readXmp, type XmpProperty } from './xmp';

/** Everything the file says in words, gathered once for the trace detectors. */
export interface MetadataView {
  readonly texts: readonly TextEntry[];
  readonly exif: ExifTags;
  readonly xmp: readonly XmpProperty[];
  /** IPTC-IIM record 2 by data set number. */
  readonly iptc: ReadonlyMap<number, string>;
  readonly c2pa: C2paClaims | null;
}

export function metadataView(
  container: Container,
  exif: ExifTags,
): { view: MetadataView; xmpWhole: boolean } {
  const xmp = container.xmp === null ? { properties: [], whole: true } : readXmp(container.xmp);
  const view = {
    texts: container.texts,
    exif,
    xmp: xmp.properties,
    iptc: container.iptc === null ? new Map<number, string>() : readIptc(container.iptc),
    c2pa: container.c2pa === null ? null : readC2paClaims(container.c2pa),
  };
  return { view, xmpWhole: xmp.whole };
}

/** The first embedded text of that keyword, or null. Keywords are compared as PNG does: case counts. */
export function textOf(view: MetadataView, keyword: string): TextEntry | null {
  return view.texts.find((entry) => entry.keyword === keyword) ?? null;
}

/** An EXIF tag that is a text, or null. */
export function exifText(view: MetadataView, name: string): string | null {
  const value = view.exif[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

export function xmpValues(view: MetadataView, name: string): string[] {
  return view.xmp.filter((property) => property.name === name).map((property) => property.value);
}

/** A text and the place where it stands, for the sentence that names the place. */
export interface Placed {
  readonly text: string;
  readonly where: string;
}

/**
 * Places where generators put one block of settings: the PNG text of that name, and EXIF
 * UserComment, which is where the same programs put it in JPEG and WebP.
 */
export function settingsTexts(view: MetadataView, keyword: string): Placed[] {
  const entry = textOf(view, keyword);
  const comment = exifText(view, 'UserComment');
  return [
    ...(entry ? [{ text: entry.text, where: whereText(entry) }] : []),
    ...(comment ? [{ text: comment, where: 'EXIF UserComment' }] : []),
  ];
}

export function whereText(entry: TextEntry): string {
  const place =
    entry.segment === 'COM' || entry.segment === 'comment' ? 'comment' : `PNG text "${entry.keyword}"`;
  return place;
}
