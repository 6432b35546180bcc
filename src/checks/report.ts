import { CheckError } from '../failures';
import { readHeader } from '../forensics/containers';
import type { Analysis, ImageFacts, Report } from '../forensics/report';
import type { RemoteResult } from '../remote';
import type { JobRow } from '../storage/schema';

/** Longest part of a data: or blob: address that is kept: enough to recognise it, not the image again. */
const INLINE_ADDRESS_LENGTH = 64;

/** Longest web address that is kept: what servers and browsers agree to carry. */
const ADDRESS_LENGTH = 8192;

/**
 * A finished check as a report. Its id is the check's: recording twice would write the same entry.
 */
export function makeReport(job: JobRow, analysis: Analysis, engine: string, now: number): Report {
  return {
    ...analysis,
    id: job.id,
    checkedAt: now,
    engine,
    source: {
      url: shorten(job.acquired?.url ?? job.source.url),
      page: shorten(job.acquired?.pageUrl ?? job.source.pageUrl),
      how: job.acquired?.how ?? 'original',
    },
  };
}

/** An address as kept: data: and blob: cut short, since they hold or name the image itself. */
export function shorten(address: string | null): string | null {
  if (address === null) return null;
  const most = /^(data|blob):/i.test(address) ? INLINE_ADDRESS_LENGTH : ADDRESS_LENGTH;
  return address.length <= most ? address : `${address.slice(0, most)}…`;
}

/**
 * What we know ourselves of an image that a provider is to judge, before it is sent anywhere.
 * @throws CheckError `not-an-image` where these bytes are no image
 */
export function factsOf(bytes: Uint8Array, sha256: string): ImageFacts {
  const header = readHeader(bytes);
  if (!header) throw new CheckError({ code: 'not-an-image', detail: 'no image header in the bytes' });
  const { format, width, height } = header;
  return { sha256, bytes: bytes.byteLength, format, width, height };
}

/** A provider's answer with what we know ourselves. @param ms the conversation took */
export function remoteAnalysis(
  result: RemoteResult,
  image: ImageFacts,
  acquireMs: number,
  ms: number,
): Analysis {
  return {
    ...result.analysis,
    image,
    backend: null,
    modelVersion: null,
    timings: { total: acquireMs + ms, acquire: acquireMs, decode: 0, layers: {}, model: 0 },
  };
}
