import type { ForensicImage } from '../image';
import type { BlockSample } from './blocks';
import { type DoubleCompression, findDoubleCompression } from './double';
import { type JpegFrame, readFrame } from './frame';
import { isTurned, readOrientation } from './orientation';
import { countQuantised } from './quantised';
import { tableOf } from './tables';
import { transposed } from './zigzag';

/**
 * Gain (natural log-likelihood a coefficient) from which an earlier compression is said to be seen. The
 * experiment behind it, and how often pictures compressed once reach it, stand in layers/jpeg/README.md.
 */
const SEEN_GAIN = 0.0015;

/**
 * Best quality of an earlier JPEG that is believed in a file without loss. Above it steps are 1 and 2, which leave
 * next to nothing in pixels of 8 bits, while drawn pictures have rhythms of their own (4 of 10 PNG of the real
 * images answered 97 or 98).
 */
const MOST_LOSSLESS_QUALITY = 95;

/** What the file says of its compression, and what the pixels say of an earlier one. */
export interface CompressionHistory {
  /** Null for files that are no JPEG, and where only pixels were had. */
  readonly frame: JpegFrame | null;
  /** Steps of the file's luminance in natural order of the picture as shown; 1 where it is no JPEG. */
  readonly steps: Uint16Array;
  /** Histograms of the sampled coefficients by these steps (`countQuantised`). */
  readonly stored: Int32Array;
  /** The estimate, whether it says enough or not; null where luma is not what the file stores. */
  readonly estimate: DoubleCompression | null;
  /** The same where an earlier compression is seen. */
  readonly double: DoubleCompression | null;
}

const known = new WeakMap<ForensicImage, CompressionHistory>();

/** Computed once an image. */
export function compressionHistory(image: ForensicImage, sample: BlockSample): CompressionHistory {
  const before = known.get(image);
  if (before) return before;
  const history = compute(image, sample);
  known.set(image, history);
  return history;
}

function compute(image: ForensicImage, sample: BlockSample): CompressionHistory {
  const container = image.format === 'jpeg' ? image.container() : null;
  const frame = container ? readFrame(container) : null;
  const stored =
    container && frame ? tableOf(container.quantisationTables, frame.components[0]?.table) : null;
  const turned = isTurned(readOrientation(container?.exif ?? null));
  const steps = stored ? (turned ? transposed(stored) : stored) : new Uint16Array(64).fill(1);
  const counted = countQuantised(sample.coefficients, steps);
  // Stored as RGB or CMYK the file's blocks are not blocks of luma; drawn or lossy pixels have an unknown grid.
  const readable = stored
    ? (frame?.colour === 'grey' || frame?.colour === 'ycc') && frame.precision === 8
    : image.bytes !== null && LOSSLESS.has(image.format);
  const estimate = readable ? findDoubleCompression(sample, steps, counted) : null;
  const seen =
    estimate !== null &&
    estimate.gain >= SEEN_GAIN &&
    (stored !== null || estimate.quality <= MOST_LOSSLESS_QUALITY);
  return { frame, steps, stored: counted, estimate, double: seen ? estimate : null };
}

/** Formats that keep the pixels of an earlier JPEG as they were. */
const LOSSLESS: ReadonlySet<string> = new Set(['png', 'bmp']);
