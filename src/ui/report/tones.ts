/** How often each of the 256 steps of brightness occurs, in the grey picture and in each colour. */
export interface Tones {
  readonly luma: Uint32Array;
  readonly red: Uint32Array;
  readonly green: Uint32Array;
  readonly blue: Uint32Array;
}

export function noTones(): Tones {
  const empty = () => new Uint32Array(256);
  return { luma: empty(), red: empty(), green: empty(), blue: empty() };
}

/**
 * Counts RGBA pixels (8 bits, not premultiplied) into `tones`. Luma by Rec. 601, as JPEG computes it;
 * fully transparent pixels have no colour and are left out.
 */
export function countTones(rgba: Uint8ClampedArray, tones: Tones): void {
  const { luma, red, green, blue } = tones;
  for (let i = 0; i + 3 < rgba.length; i += 4) {
    if (rgba[i + 3] === 0) continue;
    const r = rgba[i] ?? 0;
    const g = rgba[i + 1] ?? 0;
    const b = rgba[i + 2] ?? 0;
    const y = Math.round(0.299 * r + 0.587 * g + 0.114 * b);
    luma[y] = (luma[y] ?? 0) + 1;
    red[r] = (red[r] ?? 0) + 1;
    green[g] = (green[g] ?? 0) + 1;
    blue[b] = (blue[b] ?? 0) + 1;
  }
}

/** Share of all pixels in each step, in percent. */
export function shares(counts: Uint32Array): number[] {
  const all = counts.reduce((sum, count) => sum + count, 0);
  return Array.from(counts, (count) => (all > 0 ? (100 * count) / all : 0));
}

/** The tone curve: share of all pixels at most this bright, in percent; it ends at 100. */
export function cumulated(counts: Uint32Array): number[] {
  let sum = 0;
  return shares(counts).map((share) => {
    sum += share;
    return Math.min(100, sum);
  });
}
