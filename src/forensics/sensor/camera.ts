/** The pattern of one camera's sensor, learned from photographs of it. */
export interface CameraFingerprint {
  /** As its owner calls it. */
  readonly name: string;
  /** Size of the photographs it was learned from, in px. */
  readonly width: number;
  readonly height: number;
  /** Side of the square in their middle that `pattern` covers, in px. */
  readonly side: number;
  /** Photographs it was learned from. */
  readonly photos: number;
  /** side x side, row-major, in units of `scale`. */
  readonly pattern: Int8Array;
  readonly scale: number;
  /** Least peak-to-correlation energy of its own photographs against the pattern of the others. */
  readonly leastOwn: number;
}

/** Standard deviations that 127 stands for: a normal pattern is hardly ever cut. */
const RANGE = 5;

/** A pattern in bytes: one part in 25 of its deviation is far below what it is sure to. */
export function packPattern(pattern: Float32Array): { pattern: Int8Array<ArrayBuffer>; scale: number } {
  let squares = 0;
  for (let at = 0; at < pattern.length; at++) squares += (pattern[at] ?? 0) ** 2;
  const scale = (RANGE * Math.sqrt(squares / Math.max(1, pattern.length))) / 127;
  const packed = new Int8Array(pattern.length);
  if (scale > 0) {
    for (let at = 0; at < pattern.length; at++) {
      packed[at] = Math.max(-127, Math.min(127, Math.round((pattern[at] ?? 0) / scale)));
    }
  }
  return { pattern: packed, scale };
}

export function unpackPattern({
  pattern,
  scale,
}: Pick<CameraFingerprint, 'pattern' | 'scale'>): Float32Array {
  return Float32Array.from(pattern, (value) => value * scale);
}
