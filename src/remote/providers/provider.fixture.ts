import { createHash } from 'node:crypto';
import { CheckError, type Failure } from '../../failures';
import type { RemoteRequest } from '../types';

/** What the tests of all providers need: first bytes of files, a request, the failure of a promise. */

export const JPEG = Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, 9, 9, 9, 9, 9, 9, 9, 9]);
export const WEBP = Uint8Array.from(Buffer.from('RIFF\x04\x00\x00\x00WEBPVP8 ', 'latin1'));
export const GIF = Uint8Array.from(Buffer.from('GIF89a\x01\x00\x01\x00', 'latin1'));
export const HEIC = Uint8Array.from(Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1'));
export const MP4 = Uint8Array.from(Buffer.from('\0\0\0\x18ftypisom\0\0\0\0isomiso2', 'latin1'));
export const WAV = Uint8Array.from(Buffer.from('RIFF\x24\0\0\0WAVEfmt ', 'latin1'));

/** A PNG whose header says 1920 x 1080, as VeriPlus's example. */
export const PNG = Uint8Array.from(
  Buffer.from('89504e470d0a1a0a0000000d4948445200000780000004380802000000', 'hex'),
);

export const never = new AbortController().signal;

export function request(bytes: Uint8Array, url: string | null = null): RemoteRequest {
  return { bytes, url, mime: 'image/x-whatever', sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** Bytes that begin as an image does, filled up to a size. */
export function ofSize(bytes: Uint8Array, size: number): Uint8Array {
  const whole = new Uint8Array(size);
  whole.set(bytes);
  return whole;
}

/** The failure that a promise ends with; anything else fails the test. */
export async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  const thrown: unknown = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(thrown instanceof CheckError)) throw new Error(`Expected a CheckError, received ${String(thrown)}`);
  return thrown.failure;
}
