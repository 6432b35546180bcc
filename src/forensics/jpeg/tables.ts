import { fromZigzag } from './zigzag';

/** Luminance and chrominance examples of ITU-T T.81, annex K.1, which libjpeg scales; natural order. */
const LUMA: readonly number[] = [
  16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22,
  29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103,
  121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
];
const CHROMA: readonly number[] = [
  17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99,
  99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
];

/**
 * The table that the Independent JPEG Group's library makes for a quality (`jpeg_quality_scaling`, baseline
 * values 1..255), natural order.
 * @param quality 1..100
 */
export function ijgTable(quality: number, plane: 'luma' | 'chroma' = 'luma'): Uint16Array {
  return scaled(plane === 'luma' ? LUMA : CHROMA, quality);
}

function scaled(base: readonly number[], quality: number): Uint16Array {
  const bounded = Math.min(100, Math.max(1, Math.round(quality)));
  const scale = bounded < 50 ? Math.floor(5000 / bounded) : 200 - 2 * bounded;
  return Uint16Array.from(base, (value) =>
    Math.min(255, Math.max(1, Math.floor((value * scale + 50) / 100))),
  );
}

/** The table of N. Robidoux (2012) that mozjpeg, and so many image optimisers, scale for all planes; natural order. */
const MOZJPEG: readonly number[] = [
  16, 16, 16, 18, 25, 37, 56, 85, 16, 17, 20, 27, 34, 40, 53, 75, 16, 20, 24, 31, 43, 62, 91, 135, 18, 27, 31,
  40, 53, 74, 106, 156, 25, 34, 43, 53, 69, 94, 131, 189, 37, 40, 62, 74, 94, 124, 169, 238, 56, 53, 91, 106,
  131, 169, 226, 311, 85, 75, 135, 156, 189, 238, 311, 418,
];

/** The quality 1..100 at which mozjpeg makes this very luminance table, or null. */
export function matchMozjpeg(table: ArrayLike<number>): number | null {
  for (let quality = 1; quality <= 100; quality++) {
    const own = scaled(MOZJPEG, quality);
    if (own.every((value, at) => value === table[at])) return quality;
  }
  return null;
}

export interface IjgMatch {
  /** 1..100: the quality whose table is nearest by mean absolute difference of logarithms. */
  readonly quality: number;
  /** Whether it is that table to the last number. */
  readonly exact: boolean;
  /** Mean absolute difference of natural logarithms, about the mean relative difference. */
  readonly distance: number;
}

/** The quality of the IJG scale that a table equals, or comes nearest to. */
export function matchIjg(table: ArrayLike<number>, plane: 'luma' | 'chroma' = 'luma'): IjgMatch {
  let best: IjgMatch = { quality: 1, exact: false, distance: Number.POSITIVE_INFINITY };
  for (let quality = 1; quality <= 100; quality++) {
    const own = ijgTable(quality, plane);
    let distance = 0;
    for (let at = 0; at < 64; at++) {
      distance += Math.abs(Math.log(Math.max(1, table[at] ?? 1) / (own[at] ?? 1))) / 64;
    }
    if (distance < best.distance) best = { quality, exact: distance === 0, distance };
  }
  return best;
}

/** Steps of a file's luminance and chrominance, natural order; null where the file has no such table. */
export function tableOf(
  stored: ReadonlyMap<number, Uint16Array>,
  id: number | undefined,
): Uint16Array | null {
  const table = id === undefined ? undefined : stored.get(id);
  return table ? fromZigzag(table) : null;
}
