import { ContainerBuilder } from './builder';
import { isTiffBlock, u16be, u16le, u32be, u32le } from './bytes';
import type { Container } from './container';
import { MAX_IFD_ENTRIES } from './limits';

/** Bytes of one value by TIFF type 1..13 (TIFF 6.0, page 15; 13 is IFD). */
const TYPE_SIZES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4];

interface TiffEntry {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  /** Where the value stands. */
  readonly offset: number;
  /** Bytes of the value; all of them lie inside the block. */
  readonly length: number;
  /** Where the 12-byte entry stands. */
  readonly at: number;
}

/** A directory's entries: those whose value lies inside the block, and where the impossible ones stand. */
export interface TiffDirectory {
  readonly entries: readonly TiffEntry[];
  readonly impossibleAt: readonly number[];
}

/** Reads the 16-bit and 32-bit numbers of a TIFF structure in its own byte order. */
interface TiffOrder {
  u16(at: number): number;
  u32(at: number): number;
}

export function tiffOrder(block: Uint8Array): TiffOrder {
  return block[0] === 0x49
    ? { u16: (at) => u16le(block, at), u32: (at) => u32le(block, at) }
    : { u16: (at) => u16be(block, at), u32: (at) => u32be(block, at) };
}

/** Reads one image file directory (TIFF 6.0, section 2) without following anything. */
export function tiffDirectory(block: Uint8Array, offset: number): TiffDirectory {
  const order = tiffOrder(block);
  const entries: TiffEntry[] = [];
  const impossibleAt: number[] = [];
  if (offset < 8 || offset + 2 > block.length) return { entries, impossibleAt };
  const count = Math.min(order.u16(offset), MAX_IFD_ENTRIES);
  for (let at = offset + 2; at < offset + 2 + 12 * count && at + 12 <= block.length; at += 12) {
    const type = order.u16(at + 2);
    const values = order.u32(at + 4);
    const length = (TYPE_SIZES[type] ?? 0) * values;
    const valueAt = length <= 4 ? at + 8 : order.u32(at + 8);
    if ((TYPE_SIZES[type] ?? 0) === 0 || valueAt + length > block.length) impossibleAt.push(at);
    else entries.push({ tag: order.u16(at), type, count: values, offset: valueAt, length, at });
  }
  return { entries, impossibleAt };
}

/** The first value of a SHORT or LONG entry, or null. */
export function tiffNumber(block: Uint8Array, entry: TiffEntry | undefined): number | null {
  if (entry === undefined || entry.count < 1) return null;
  const order = tiffOrder(block);
  if (entry.type === 3) return order.u16(entry.offset);
  return entry.type === 4 || entry.type === 13 ? order.u32(entry.offset) : null;
}

/** Reads a TIFF file's first directory: XMP (700), IPTC (33723), ICC (34675), C2PA (52545). */
export function readTiff(bytes: Uint8Array): Container {
  const builder = new ContainerBuilder('tiff');
  if (!isTiffBlock(bytes)) {
    builder.problem('BigTIFF directories are not read');
    return builder.build();
  }
  builder.setExif(bytes, 'TIFF');
  const { entries, impossibleAt } = tiffDirectory(bytes, tiffOrder(bytes).u32(4));
  if (entries.length === 0) builder.problem('no image file directory');
  if (impossibleAt.length > 0) builder.problem(`${impossibleAt.length} entries point outside the file`);
  for (const entry of entries) {
    const payload = bytes.subarray(entry.offset, entry.offset + entry.length);
    if (entry.tag === 700) builder.setXmp(payload, 'tag 700');
    else if (entry.tag === 33723) builder.setIptc(payload, 'tag 33723');
    else if (entry.tag === 34675) builder.setIcc(payload, 'tag 34675');
    else if (entry.tag === 52545) builder.setC2pa(payload, 'tag 52545');
    else continue;
    builder.segment(`IFD0:${entry.tag}`, entry.offset, payload);
  }
  return builder.build();
}
