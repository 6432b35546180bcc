import { cellTable } from './plane';
import { DECIBEL } from './radial';

/** Band over which directions are compared, cycles per px: fine detail that every direction reaches. */
const FROM = 1 / 8;
const TO = 1 / 2;
/** Sectors of 15 degrees over the half turn (the other half mirrors it). */
const SECTORS = 12;
/** Rings of equal width: each is compared with itself, so that the fall-off does not count. */
const RINGS = 12;

export interface Azimuth {
  /** Root mean square over the sectors of their power beside the mean of all, in dB: 0 is alike all round. */
  readonly spread: number;
  /** Power of the two sectors around the axes over that of the two around the diagonals, in dB. */
  readonly axes: number;
}

/**
 * How power depends on direction, whatever the fall-off (the angular spectrum of Corvi et al. 2023): nets
 * that enlarge along rows and columns, and pixel grids, favour the axes; lenses and sensors hardly do.
 * @param logPower mean ln power, size x size, u along rows
 */
export function azimuth(logPower: Float64Array, size: number): Azimuth {
  const sums = new Float64Array(SECTORS * RINGS);
  const counts = new Int32Array(SECTORS * RINGS);
  const places = placesOf(size);
  for (let at = 0; at < places.length; at++) {
    const place = places[at] ?? NONE;
    if (place === NONE) continue;
    sums[place] = (sums[place] ?? 0) + (logPower[at] ?? 0);
    counts[place] = (counts[place] ?? 0) + 1;
  }
  const sectors = meanBesideRing(sums, counts);
  const spread = Math.sqrt(sectors.reduce((sum, value) => sum + value * value, 0) / SECTORS);
  const at = (sector: number) => sectors[sector] ?? 0;
  const axes = (at(0) + at(SECTORS / 2) - at(SECTORS / 4) - at((3 * SECTORS) / 4)) / 2;
  return { spread: spread * DECIBEL, axes: axes * DECIBEL };
}

const NONE = -1;

/** Ring and sector of each cell, `ring * SECTORS + sector`, or NONE. */
const placesOf = cellTable((u, v, size) => {
  const radius = Math.sqrt(u * u + v * v);
  // Row size / 2 mirrors onto itself.
  if (v === size / 2 || radius < Math.ceil(FROM * size) || radius >= TO * size) return NONE;
  // Half a sector on, so that each axis lies in the middle of one.
  const turn = (Math.atan2(v, u) / Math.PI) * SECTORS + 0.5;
  const ring = Math.min(RINGS - 1, Math.floor(((radius / size - FROM) / (TO - FROM)) * RINGS));
  return ring * SECTORS + (Math.floor(turn) % SECTORS);
});

/** Mean over the rings of each sector's power less the ring's own mean, in nepers. */
function meanBesideRing(sums: Float64Array, counts: Int32Array): Float64Array {
  const sectors = new Float64Array(SECTORS);
  let rings = 0;
  for (let ring = 0; ring < RINGS; ring++) {
    const means = Array.from({ length: SECTORS }, (_, sector) => {
      const at = ring * SECTORS + sector;
      return (sums[at] ?? 0) / Math.max(1, counts[at] ?? 0);
    });
    const whole = Array.from({ length: SECTORS }, (_, sector) => counts[ring * SECTORS + sector] ?? 0);
    if (whole.some((count) => count === 0)) continue;
    rings++;
    const mean = means.reduce((sum, value) => sum + value, 0) / SECTORS;
    for (const [sector, value] of means.entries()) sectors[sector] = (sectors[sector] ?? 0) + value - mean;
  }
  return sectors.map((sum) => sum / Math.max(1, rings));
}
