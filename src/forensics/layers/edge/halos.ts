import { median } from '../../dsp/statistics';
import type { Patch } from '../../pixels/patches';

/** Grey levels that a step must rise by, between its two plateaus. */
const LEAST_STEP = 40;
/** Half-length of a profile across an edge, px; its outer PLATEAU values make the plateaus. */
const REACH = 9;
const PLATEAU = 3;
/** A plateau may vary by this share of the step. */
const UNEVEN = 0.12;
/** Levels nearer than this to an end of the scale: an overshoot may have been cut off there. */
const MARGIN = 12;
const MOST_EDGES = 3000;
/** Fewest edges for a median to be told. */
export const LEAST_EDGES = 12;

export interface HaloFindings {
  readonly edges: number;
  /**
   * Median overshoot of both sides, as a share of the step: 0 for a plain blurred edge, 0.05 to 0.2 where
   * sharpening drew a bright and a dark line along it. 0 with fewer than 12 edges.
   */
  readonly halo: number;
  /** Median distance from 10 to 90 % of the step, px. 0 with fewer than 12 edges. */
  readonly width: number;
}

/**
 * Profiles across clean upright and level steps. Unsharp masking adds a part of the difference to a
 * blurred copy, which overshoots beside every edge (Cao, Zhao and Ni, Detection of image sharpening based
 * on histogram aberration and ringing artifacts, ICME 2009).
 */
export function measureHalos(patches: readonly Patch[]): HaloFindings {
  const halos: number[] = [];
  const widths: number[] = [];
  const profile = new Float64Array(2 * REACH + 1);
  for (const patch of patches) {
    // A share for each, so that one fence does not speak for the whole picture.
    const room = Math.ceil(MOST_EDGES / patches.length / 2);
    for (const upright of [true, false]) collect(patch, upright, room, profile, halos, widths);
  }
  if (halos.length < LEAST_EDGES) return { edges: halos.length, halo: 0, width: 0 };
  return { edges: halos.length, halo: median(halos), width: median(widths) };
}

function collect(
  { luma, width, height }: Patch,
  upright: boolean,
  room: number,
  profile: Float64Array,
  halos: number[],
  widths: number[],
): void {
  const along = upright ? 1 : width;
  const aside = upright ? width : 1;
  const length = upright ? width : height;
  const lines = upright ? height : width;
  const full = halos.length + room;
  for (let line = 1; line < lines - 1; line += 3) {
    const end = length - REACH;
    for (let place = REACH; ; place++) {
      place = nextStep(luma, line * aside, along, place, end);
      if (place >= end) break;
      const at = line * aside + place * along;
      const sign = Math.sign((luma[at + along] ?? 0) - (luma[at - along] ?? 0));
      for (let offset = -REACH; offset <= REACH; offset++) {
        const from = at + sign * offset * along;
        // Three lines together: noise of single pixels would look like an overshoot.
        profile[REACH + offset] =
          ((luma[from - aside] ?? 0) + (luma[from] ?? 0) + (luma[from + aside] ?? 0)) / 3;
      }
      const edge = readProfile(profile);
      if (!edge) continue;
      halos.push(edge.halo);
      widths.push(edge.width);
      if (halos.length >= full) return;
      place += REACH;
    }
  }
}

/**
 * The first place of a line, from `place` on, where luma changes most; `end` or beyond where there is none. A function
 * of its own: V8 leaves a loop that it compiled while it ran inside another at the end of every line.
 */
function nextStep(luma: Float32Array, line: number, along: number, place: number, end: number): number {
  for (let next = place; next < end; next++) {
    const at = line + next * along;
    const rise = Math.abs((luma[at + along] ?? 0) - (luma[at - along] ?? 0));
    if (rise >= LEAST_STEP / 2 && isSteepest(luma, at, along, rise)) return next;
  }
  return end;
}

function isSteepest(luma: Float32Array, at: number, along: number, rise: number): boolean {
  for (let offset = -3; offset <= 3; offset++) {
    if (offset === 0) continue;
    const from = at + offset * along;
    if (Math.abs((luma[from + along] ?? 0) - (luma[from - along] ?? 0)) > rise) return false;
  }
  return true;
}

/** @param profile rising from its first to its last value; null where it is no clean step */
export function readProfile(profile: Float64Array): { halo: number; width: number } | null {
  const last = profile.length - 1;
  const low = plateau(profile, 0);
  const high = plateau(profile, last - PLATEAU + 1);
  const step = high.mean - low.mean;
  if (step < LEAST_STEP || low.mean < MARGIN || high.mean > 255 - MARGIN) return null;
  if (Math.max(low.range, high.range) > UNEVEN * step) return null;
  let least = low.mean;
  let most = high.mean;
  for (let at = PLATEAU; at <= last - PLATEAU; at++) {
    least = Math.min(least, profile[at] ?? 0);
    most = Math.max(most, profile[at] ?? 0);
  }
  const rise = (share: number) => crossing(profile, low.mean + share * step);
  return { halo: (low.mean - least + most - high.mean) / (2 * step), width: rise(0.9) - rise(0.1) };
}

function plateau(profile: Float64Array, from: number): { mean: number; range: number } {
  let [sum, least, most] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let at = from; at < from + PLATEAU; at++) {
    const value = profile[at] ?? 0;
    sum += value;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return { mean: sum / PLATEAU, range: most - least };
}

/** Place at which the profile last rises through a level, by linear interpolation. */
function crossing(profile: Float64Array, level: number): number {
  const middle = REACH;
  let at = middle;
  const above = (profile[middle] ?? 0) >= level;
  while (at > 0 && at < profile.length - 1 && (profile[at] ?? 0) >= level === above) at += above ? -1 : 1;
  const low = above ? at : at - 1;
  const from = profile[low] ?? 0;
  const to = profile[low + 1] ?? 0;
  return low + (to > from ? (level - from) / (to - from) : 0);
}
