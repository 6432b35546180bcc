import { asWords } from '../../dsp/resample';
import type { Patch } from '../../pixels/patches';
import { countTones } from './tone-kernel';

const LEVELS = 256;
/** Tones outside these shares are the rare ends of the scale, where bins are empty by nature. */
const ENDS = 0.005;
/** Fewest pixels that the neighbouring bins hold on average, for an empty bin to mean something. */
const LEAST_EXPECTED = 40;
/** A bin this far below, or above, what its neighbours let expect is a gap, or a spike. */
const GAP = 0.15;
const SPIKE = 2;
/** Frequencies from here on (of 0..128 over 256 tones) are no shape of a scene (Stamm and Liu's cut-off). */
const CUT_OFF = 112;
/** Tones at each end over which the histogram is faded in: clipping must not ring (their pinch-off). */
const PINCH = 8;

export interface ToneFindings {
  /** Shares of the tones in use, 0..1. */
  readonly gaps: number;
  readonly spikes: number;
  /** Mean magnitude of the histogram's fast waves over that of all, 0..1: Stamm and Liu's measure. */
  readonly comb: number;
  /** Shares of pixels, 0..1: pure black, pure white, and with at least one channel at an end. */
  readonly black: number;
  readonly white: number;
  readonly clipped: number;
  /** Different tones of luma in use. */
  readonly tones: number;
}

/**
 * Traces in the distribution of tones: stretching a range of tones leaves gaps, squeezing it leaves
 * spikes (Stamm and Liu, Forensic detection of image manipulation using statistical intrinsic
 * fingerprints, IEEE TIFS 2010). Read from luma and from green, and the calmer of both is told: saving
 * as JPEG mixes the channels, so an innocent picture may look combed in one of them only.
 */
export function measureTones(patches: readonly Patch[]): ToneFindings {
  const { luma, green, black, white, clipped } = countTones(patches.map(({ rgba }) => asWords(rgba)));
  const all = Math.max(
    1,
    patches.reduce((sum, { width, height }) => sum + width * height, 0),
  );
  const byLuma = judgeHistogram(luma, all);
  const byGreen = judgeHistogram(green, all);
  return {
    gaps: Math.min(byLuma.gaps, byGreen.gaps),
    spikes: Math.min(byLuma.spikes, byGreen.spikes),
    comb: Math.min(byLuma.comb, byGreen.comb),
    black: black / all,
    white: white / all,
    clipped: clipped / all,
    tones: luma.reduce((n, count) => n + (count > 0 ? 1 : 0), 0),
  };
}

/**
 * @param histogram 256 counts
 * @param pixels their sum, at least 1
 */
export function judgeHistogram(
  histogram: ArrayLike<number>,
  pixels: number,
): { gaps: number; spikes: number; comb: number } {
  const { low, high } = range(histogram, pixels);
  let gaps = 0;
  let spikes = 0;
  let looked = 0;
  for (let tone = Math.max(2, low); tone <= Math.min(LEVELS - 3, high); tone++) {
    const at = (offset: number) => histogram[tone + offset] ?? 0;
    const expected = (at(-2) + at(-1) + at(1) + at(2)) / 4;
    looked++;
    if (expected < LEAST_EXPECTED) continue;
    if (at(0) < GAP * expected) gaps++;
    // A lone tall neighbour lowers nobody: compared with the taller of the nearest two.
    else if (at(0) > SPIKE * Math.max(at(-1), at(1))) spikes++;
  }
  const share = (count: number) => (looked > 0 ? count / looked : 0);
  return { gaps: share(gaps), spikes: share(spikes), comb: fastWaves(histogram, pixels) };
}

function range(histogram: ArrayLike<number>, pixels: number): { low: number; high: number } {
  let low = 0;
  let high = LEVELS - 1;
  for (let sum = histogram[0] ?? 0; low < LEVELS - 1 && sum < ENDS * pixels; sum += histogram[low] ?? 0)
    low++;
  for (let sum = histogram[high] ?? 0; high > low && sum < ENDS * pixels; sum += histogram[high] ?? 0) high--;
  return { low, high };
}

const COSINES = Float64Array.from({ length: LEVELS }, (_, at) => Math.cos((2 * Math.PI * at) / LEVELS));

/** Sum of the spectrum's magnitudes from CUT_OFF on, over the number of pixels and of waves: 0..1. */
function fastWaves(histogram: ArrayLike<number>, pixels: number): number {
  let sum = 0;
  for (let wave = CUT_OFF; wave <= LEVELS / 2; wave++) {
    let re = 0;
    let im = 0;
    for (let tone = 0; tone < LEVELS; tone++) {
      const value = (histogram[tone] ?? 0) * pinch(tone);
      re += value * (COSINES[(wave * tone) % LEVELS] ?? 0);
      im += value * (COSINES[(wave * tone + LEVELS / 4) % LEVELS] ?? 0);
    }
    sum += Math.hypot(re, im);
  }
  return sum / (LEVELS / 2 - CUT_OFF + 1) / pixels;
}

function pinch(tone: number): number {
  const fromEnd = Math.min(tone, LEVELS - 1 - tone);
  return fromEnd >= PINCH ? 1 : 0.5 - 0.5 * Math.cos((Math.PI * fromEnd) / PINCH);
}
