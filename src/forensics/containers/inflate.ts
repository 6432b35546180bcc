import { type Inflate, Unzlib } from 'fflate';
import { concat } from './bytes';
import { INFLATE_STEP, MAX_INFLATED_BYTES, MAX_INFLATED_TOTAL } from './limits';

export class InflateError extends Error {
  override readonly name = 'InflateError';
}

/** Inflates the compressed chunks of one file, each and all together under a cap. */
export class BoundedInflater {
  private total = 0;

  /**
   * @param data a zlib stream (RFC 1950)
   * @throws InflateError where the stream is malformed, ends early, or grows past a cap
   */
  unzlib(data: Uint8Array): Uint8Array {
    const parts: Uint8Array[] = [];
    let size = 0;
    let ended = false;
    const stream: Inflate | Unzlib = new Unzlib((part, final) => {
      size += part.length;
      ended ||= final;
      if (part.length > 0) parts.push(part);
    });
    try {
      for (let at = 0; at < data.length; at += INFLATE_STEP) {
        stream.push(data.subarray(at, at + INFLATE_STEP), at + INFLATE_STEP >= data.length);
        if (size > MAX_INFLATED_BYTES) throw new InflateError(`grows past ${MAX_INFLATED_BYTES} bytes`);
        if (this.total + size > MAX_INFLATED_TOTAL)
          throw new InflateError('texts together grow past the cap');
      }
    } catch (error) {
      this.total += size;
      throw error instanceof InflateError ? error : new InflateError('malformed stream');
    }
    this.total += size;
    if (!ended) throw new InflateError('ends early');
    return concat(parts);
  }
}
