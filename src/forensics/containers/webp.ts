import { ContainerBuilder } from './builder';
import { ascii, u32le } from './bytes';
import type { Container } from './container';
import { MAX_PIECES } from './limits';

interface RiffChunk {
  readonly type: string;
  readonly offset: number;
  readonly payload: Uint8Array;
}

/**
 * Walks the chunks inside a WebP's RIFF form (RFC 9649, 2.3): nothing past the length that RIFF
 * declares is walked, so that bytes appended to the file are not believed.
 */
export function* webpChunks(
  bytes: Uint8Array,
  onProblem: (text: string) => void = () => {},
): Generator<RiffChunk> {
  const declared = 8 + u32le(bytes, 4);
  const end = Math.min(declared, bytes.length);
  if (declared > bytes.length) onProblem(`truncated: RIFF declares ${declared} of ${bytes.length} bytes`);
  if (declared + 1 < bytes.length) onProblem(`${bytes.length - declared} bytes after the end of the image`);
  let at = 12;
  for (let pieces = 0; pieces < MAX_PIECES && at + 8 <= end; pieces++) {
    const length = u32le(bytes, at + 4);
    const type = ascii(bytes, at, 4);
    const whole = at + 8 + length <= end;
    if (!whole) onProblem(`truncated chunk at ${at}`);
    // Cut picture data still has its dimensions at the front; cut metadata is not believed.
    if (whole || /^VP8[ LX]$/.test(type)) {
      yield { type, offset: at + 8, payload: bytes.subarray(at + 8, Math.min(at + 8 + length, end)) };
    }
    at += 8 + length + (length & 1);
  }
}

/** Reads a WebP's metadata chunks: EXIF, XMP, ICCP, and C2PA (C2PA 2.2, A.4.2). */
export function readWebp(bytes: Uint8Array): Container {
  const builder = new ContainerBuilder('webp');
  for (const { type, offset, payload } of webpChunks(bytes, (text) => builder.problem(text))) {
    if (/^(VP8[ L]|ALPH|ANMF)$/.test(type)) continue;
    builder.segment(type.trimEnd(), offset, payload);
    if (type === 'EXIF') builder.setExif(payload, 'EXIF');
    else if (type === 'XMP ') builder.setXmp(payload, 'XMP');
    else if (type === 'ICCP') builder.setIcc(payload, 'ICCP');
    else if (type === 'C2PA' && !builder.setC2pa(payload, 'C2PA')) {
      builder.problem('C2PA chunk is no C2PA manifest store');
    }
  }
  return builder.build();
}
