import { ContainerBuilder } from './builder';
import { ascii, concat, startsWith, u8, u16be, u32be, u64be } from './bytes';
import type { Container } from './container';
import { MAX_BOXES, MAX_EXIF_BYTES, MAX_EXTENTS, MAX_ITEMS, MAX_XMP_BYTES } from './limits';

/** `uuid` types: C2PA 2.2, A.5.1, and XMP part 3, 1.2.7. */
const C2PA_UUID = '\xd8\xfe\xc3\xd6\x1b\x0e\x48\x3c\x92\x97\x58\x28\x87\x7e\xc4\x81';
const XMP_UUID = '\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac';

export interface Box {
  readonly type: string;
  /** Where the contents begin and end in the file. */
  readonly start: number;
  readonly end: number;
}

/** Counts boxes over all levels, so that many small boxes at every depth still end. */
export class BoxBudget {
  left = MAX_BOXES;
}

/**
 * Boxes side by side between two offsets (ISO 14496-12, 4.2). A size of zero means "to the end",
 * a size too small for its own header ends the walk: both would make a trusting reader loop.
 */
export function* boxes(
  bytes: Uint8Array,
  from: number,
  to: number,
  budget: BoxBudget,
  onProblem: (text: string) => void = () => {},
): Generator<Box> {
  let at = from;
  while (at + 8 <= to) {
    if (budget.left-- <= 0) {
      onProblem(`more than ${MAX_BOXES} boxes`);
      return;
    }
    const type = ascii(bytes, at + 4, 4);
    const short = u32be(bytes, at);
    const header = short === 1 ? 16 : 8;
    const size = short === 0 ? to - at : short === 1 ? u64be(bytes, at + 8) : short;
    if (size < header || at + header > to) {
      onProblem(`box at ${at} has an impossible size`);
      return;
    }
    const end = at + size;
    if (end > to) onProblem(`truncated box at ${at}`);
    // `mdat` may be cut and the rest still be of use; anything else that is cut is not believed.
    if (end > to && type !== 'mdat') return;
    yield { type, start: at + header, end: Math.min(end, to) };
    at = end;
  }
}

export interface Item {
  readonly id: number;
  readonly type: string;
  readonly contentType: string;
}

interface Extent {
  readonly offset: number;
  readonly length: number;
}

interface Location {
  /** 0: offsets in the file; 1: in the `idat` box. Others are not read. */
  readonly method: number;
  readonly extents: readonly Extent[];
}

/** What a `meta` box tells (ISO 14496-12, 8.11; ISO 23008-12, 9.3). */
export interface Meta {
  readonly primary: number | null;
  readonly items: readonly Item[];
  readonly locations: ReadonlyMap<number, Location>;
  /** `ipco` properties in order; associations count from 1. */
  readonly properties: readonly Box[];
  /** Property numbers by item. */
  readonly associations: ReadonlyMap<number, readonly number[]>;
  readonly idat: Box | null;
}

/**
 * Reads the file's `meta` box, or null where there is none. No walk here calls itself: the deepest
 * way, meta > iprp > ipco > property, is written out, so a file cannot choose the depth.
 */
export function readMeta(
  bytes: Uint8Array,
  budget: BoxBudget,
  onProblem: (text: string) => void,
): Meta | null {
  for (const box of boxes(bytes, 0, bytes.length, budget, onProblem)) {
    if (box.type === 'meta') return metaBox(bytes, box, budget, onProblem);
  }
  return null;
}

function metaBox(bytes: Uint8Array, box: Box, budget: BoxBudget, onProblem: (text: string) => void): Meta {
  let primary: number | null = null;
  let items: Item[] = [];
  let locations = new Map<number, Location>();
  let idat: Box | null = null;
  const properties: Box[] = [];
  const associations = new Map<number, number[]>();
  for (const child of boxes(bytes, box.start + 4, box.end, budget, onProblem)) {
    const version = u8(bytes, child.start);
    if (child.type === 'pitm')
      primary = version === 0 ? u16be(bytes, child.start + 4) : u32be(bytes, child.start + 4);
    else if (child.type === 'iinf') items = readItems(bytes, child, budget, onProblem);
    else if (child.type === 'iloc') locations = readLocations(bytes, child, onProblem);
    else if (child.type === 'idat') idat = child;
    else if (child.type === 'iprp') readProperties(bytes, child, budget, onProblem, properties, associations);
  }
  return { primary, items, locations, properties, associations, idat };
}

function readProperties(
  bytes: Uint8Array,
  box: Box,
  budget: BoxBudget,
  onProblem: (text: string) => void,
  properties: Box[],
  associations: Map<number, number[]>,
): void {
  for (const part of boxes(bytes, box.start, box.end, budget, onProblem)) {
    if (part.type === 'ipco') properties.push(...boxes(bytes, part.start, part.end, budget, onProblem));
    else if (part.type === 'ipma') readAssociations(bytes, part, associations);
  }
}

function readItems(
  bytes: Uint8Array,
  box: Box,
  budget: BoxBudget,
  onProblem: (text: string) => void,
): Item[] {
  const items: Item[] = [];
  const first = box.start + 4 + (u8(bytes, box.start) === 0 ? 2 : 4);
  for (const entry of boxes(bytes, first, box.end, budget, onProblem)) {
    const version = u8(bytes, entry.start);
    if (entry.type !== 'infe' || version < 2) continue;
    if (items.length >= MAX_ITEMS) break;
    const idSize = version === 2 ? 2 : 4;
    const at = entry.start + 4;
    const id = idSize === 2 ? u16be(bytes, at) : u32be(bytes, at);
    const typeAt = at + idSize + 2;
    if (typeAt + 4 > entry.end) continue;
    const rest = bytes.subarray(typeAt + 4, entry.end);
    const nameEnd = rest.indexOf(0);
    const contentType = nameEnd < 0 ? '' : ascii(rest, nameEnd + 1, Math.min(64, rest.length - nameEnd - 1));
    items.push({ id, type: ascii(bytes, typeAt, 4), contentType: contentType.split('\0', 1)[0] ?? '' });
  }
  return items;
}

function readLocations(
  bytes: Uint8Array,
  box: Box,
  onProblem: (text: string) => void,
): Map<number, Location> {
  const locations = new Map<number, Location>();
  const version = u8(bytes, box.start);
  if (version > 2) return locations;
  const sizes = u16be(bytes, box.start + 4);
  const offsetSize = sizes >> 12;
  const lengthSize = (sizes >> 8) & 15;
  const baseSize = (sizes >> 4) & 15;
  const indexSize = version === 0 ? 0 : sizes & 15;
  const idSize = version < 2 ? 2 : 4;
  let at = box.start + 6;
  const sized = (size: number): number => {
    const value =
      size === 4 ? u32be(bytes, at) : size === 8 ? u64be(bytes, at) : size === 2 ? u16be(bytes, at) : 0;
    at += size;
    return value;
  };
  const count = sized(idSize);
  for (let i = 0; i < count && i < MAX_ITEMS; i++) {
    if (at + idSize + 4 > box.end) break;
    const id = sized(idSize);
    const method = version === 0 ? 0 : sized(2) & 15;
    at += 2; // data reference: only "this file" occurs in images
    const base = sized(baseSize);
    const extentCount = sized(2);
    const extents: Extent[] = [];
    const entrySize = indexSize + offsetSize + lengthSize;
    if (at + extentCount * entrySize > box.end) {
      onProblem(`iloc of item ${id} is cut`);
      break;
    }
    const next = at + extentCount * entrySize;
    for (let e = 0; e < extentCount && e < MAX_EXTENTS; e++) {
      at += indexSize;
      const offset = base + sized(offsetSize);
      extents.push({ offset, length: sized(lengthSize) });
    }
    at = next;
    locations.set(id, { method, extents });
  }
  return locations;
}

function readAssociations(bytes: Uint8Array, box: Box, into: Map<number, number[]>): void {
  const idSize = u8(bytes, box.start) < 1 ? 2 : 4;
  const wide = (u8(bytes, box.start + 3) & 1) === 1;
  const count = u32be(bytes, box.start + 4);
  let at = box.start + 8;
  for (let i = 0; i < count && i < MAX_ITEMS && at + idSize + 1 <= box.end; i++) {
    const id = idSize === 2 ? u16be(bytes, at) : u32be(bytes, at);
    const properties = u8(bytes, at + idSize);
    at += idSize + 1;
    const numbers: number[] = [];
    for (let p = 0; p < properties && at < box.end; p++) {
      numbers.push(wide ? u16be(bytes, at) & 0x7fff : u8(bytes, at) & 0x7f);
      at += wide ? 2 : 1;
    }
    into.set(id, numbers);
  }
}

/** Joins an item's extents, all of which must lie inside the file; null where they do not. */
function itemData(bytes: Uint8Array, meta: Meta, id: number, cap: number): Uint8Array | null {
  const location = meta.locations.get(id);
  if (!location || location.extents.length === 0 || location.method > 1) return null;
  const start = location.method === 1 ? meta.idat?.start : 0;
  const end = location.method === 1 ? meta.idat?.end : bytes.length;
  if (start === undefined || end === undefined) return null;
  const parts: Uint8Array[] = [];
  let total = 0;
  for (const { offset, length } of location.extents) {
    // A length of zero means "all that follows" and is only unambiguous for a single extent.
    const size = length === 0 && location.extents.length === 1 ? end - start - offset : length;
    total += size;
    if (size <= 0 || start + offset + size > end || total > cap) return null;
    parts.push(bytes.subarray(start + offset, start + offset + size));
  }
  return parts.length === 1 && parts[0] ? parts[0] : concat(parts);
}

/** Reads the metadata of AVIF and HEIC files: Exif and XMP items, ICC colour property, C2PA box. */
export function readIsobmff(bytes: Uint8Array, format: 'avif' | 'heic'): Container {
  const builder = new ContainerBuilder(format);
  const budget = new BoxBudget();
  const onProblem = (text: string) => builder.problem(text);
  for (const box of boxes(bytes, 0, bytes.length, budget, onProblem)) {
    if (box.type === 'uuid') readUuid(bytes, box, builder);
  }
  const meta = readMeta(bytes, budget, () => {}); // the walk above has named the top level's problems
  if (meta === null) builder.problem('no meta box');
  else readMetaItems(bytes, meta, builder);
  return builder.build();
}

function readMetaItems(bytes: Uint8Array, meta: Meta, builder: ContainerBuilder): void {
  for (const item of meta.items) {
    const isExif = item.type === 'Exif';
    const isXmp = item.type === 'mime' && item.contentType === 'application/rdf+xml';
    if (!isExif && !isXmp) continue;
    const data = itemData(bytes, meta, item.id, isExif ? MAX_EXIF_BYTES : MAX_XMP_BYTES);
    if (data === null) {
      builder.problem(`item ${item.id} (${item.type}) lies outside the file`);
      continue;
    }
    builder.segment(`iloc:${item.type}`, data.byteOffset - bytes.byteOffset, data);
    // Exif items begin with the distance to the TIFF header (ISO 23008-12, A.2.1).
    if (isExif) builder.setExif(data.subarray(4 + u32be(data, 0)), 'Exif item');
    else builder.setXmp(data, 'XMP item');
  }
  for (const property of meta.properties) {
    if (property.type !== 'colr') continue;
    const kind = ascii(bytes, property.start, 4);
    if (kind === 'prof' || kind === 'rICC')
      builder.setIcc(bytes.subarray(property.start + 4, property.end), 'colr');
  }
}

function readUuid(bytes: Uint8Array, box: Box, builder: ContainerBuilder): void {
  const payload = bytes.subarray(box.start, box.end);
  if (startsWith(payload, 0, XMP_UUID)) builder.setXmp(payload.subarray(16), 'uuid');
  if (!startsWith(payload, 0, C2PA_UUID)) return;
  builder.segment('uuid:C2PA', box.start, payload);
  // Version and flags, purpose as a C string, then for a manifest the offset of the Merkle box.
  const purposeEnd = payload.subarray(0, 20 + 32).indexOf(0, 20);
  if (purposeEnd < 0 || ascii(payload, 20, purposeEnd - 20) !== 'manifest') return;
  builder.setC2pa(payload.subarray(purposeEnd + 1 + 8), 'uuid');
}
