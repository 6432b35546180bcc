import { ContainerBuilder } from './builder';
import { ascii, concat, lenientText, u8 } from './bytes';
import type { Container } from './container';
import { MAX_C2PA_BYTES, MAX_PIECES, MAX_TEXT_CHARS, MAX_XMP_BYTES } from './limits';

/** The XMP packet is followed by 1, then 255 down to 0: whatever byte a reader stands on leads to the end. */
const XMP_TRAILER = 257;

/** Reads a GIF's comment and application extensions (GIF89a, 24 and 26; XMP part 3, 1.1.2; C2PA 2.2, A.3.6). */
export function readGif(bytes: Uint8Array): Container {
  const builder = new ContainerBuilder('gif');
  const flags = u8(bytes, 10);
  let at = 13 + (flags & 0x80 ? 3 << ((flags & 7) + 1) : 0);
  for (let pieces = 0; pieces < MAX_PIECES; pieces++) {
    const introducer = u8(bytes, at);
    if (at >= bytes.length) {
      builder.problem('no trailer');
      break;
    }
    if (introducer === 0x3b) {
      if (at + 1 < bytes.length) builder.problem(`${bytes.length - at - 1} bytes after the end of the image`);
      break;
    }
    const dataAt = introducer === 0x2c ? imageDataAt(bytes, at) : at + 2;
    const end = introducer === 0x2c || introducer === 0x21 ? subBlocksEnd(bytes, dataAt) : null;
    if (end === null) {
      builder.problem(`malformed block at ${at}`);
      break;
    }
    if (introducer === 0x21) readExtension(bytes, at, end, builder);
    at = end;
  }
  return builder.build();
}

/** Where the sub-blocks of an image begin: after descriptor, local colours and LZW code size. */
function imageDataAt(bytes: Uint8Array, at: number): number {
  const flags = u8(bytes, at + 9);
  return at + 10 + (flags & 0x80 ? 3 << ((flags & 7) + 1) : 0) + 1;
}

/** End of a chain of sub-blocks, terminator included; null where it runs past the file. */
function subBlocksEnd(bytes: Uint8Array, from: number): number | null {
  let at = from;
  while (at < bytes.length) {
    const size = u8(bytes, at);
    at += 1 + size;
    if (size === 0) return at;
  }
  return null;
}

/** The contents of a chain of sub-blocks, cut at `cap` bytes. */
function subBlocks(bytes: Uint8Array, from: number, end: number, cap: number): Uint8Array {
  const parts: Uint8Array[] = [];
  let total = 0;
  for (let at = from; at < end && total < cap; at += 1 + u8(bytes, at)) {
    const part = bytes.subarray(at + 1, at + 1 + u8(bytes, at));
    total += part.length;
    parts.push(part);
  }
  return concat(parts);
}

function readExtension(bytes: Uint8Array, at: number, end: number, builder: ContainerBuilder): void {
  const label = u8(bytes, at + 1);
  if (label === 0xfe) {
    const text = subBlocks(bytes, at + 2, end, MAX_TEXT_CHARS);
    builder.segment('comment', at + 2, bytes.subarray(at + 2, end));
    builder.text('comment', lenientText(text), 'comment');
    return;
  }
  if (label !== 0xff || u8(bytes, at + 2) !== 11) return;
  const application = ascii(bytes, at + 3, 11);
  const dataAt = at + 14;
  builder.segment(application.replace(/[^ -~]/g, ''), dataAt, bytes.subarray(dataAt, end));
  if (application === 'XMP DataXMP') {
    // The packet stands in the file as it is, not cut into sub-blocks; see XMP_TRAILER.
    const packet = bytes.subarray(dataAt, Math.max(dataAt, end - XMP_TRAILER - 1));
    if (packet.length <= MAX_XMP_BYTES) builder.setXmp(packet, 'application extension');
    else builder.problem('XMP over the cap');
  } else if (application === 'ICCRGBG1012') {
    builder.setIcc(subBlocks(bytes, dataAt, end, MAX_XMP_BYTES), 'application extension');
  } else if (application.startsWith('C2PA_GIF')) {
    builder.setC2pa(subBlocks(bytes, dataAt, end, MAX_C2PA_BYTES), 'application extension');
  }
}
