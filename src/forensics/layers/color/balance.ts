import { asWords } from '../../dsp/resample';
import { median } from '../../dsp/statistics';
import type { Patch } from '../../pixels/patches';
import { angleBetween, LINEAR, type LightColour, lightColour } from './light';
import { addEdgePowers, CLIPPED, countLevels } from './light-kernel';

/** Every second pixel is read; of lines too for the edges, and for the highlights where there are plenty. */
const STEP = 2;
const PLENTY = 1 << 19;
/** Minkowski's exponent: the strongest edges tell most about the light (van de Weijer et al. use 1 to 7). */
const POWER = 5;
/** Share of the pixels, brightest first, that make the highlights. */
const HIGHLIGHTS = 0.01;
/** A picture that comes as one patch is judged in this many parts a side. */
const PARTS = 4;
/** A part with less edge strength than this share of the mean part says nothing about its light. */
const LEAST_STRENGTH = 0.2;

export interface BalanceFindings {
  /** Colour of the light by the edges, and by the highlights; null without any. */
  readonly edges: LightColour | null;
  readonly highlights: LightColour | null;
  /** Angle between the two estimates, degrees. */
  readonly disagreement: number;
  /** Median angle of the parts' lights to the whole's, degrees. */
  readonly spread: number;
  readonly parts: number;
}

/**
 * Colour of the light that the picture seems to stand in. By edges: van de Weijer, Gevers and Gijsenij
 * (Edge-based color constancy, IEEE TIP 2007); by highlights, which mirror the light (Lee, Method for
 * computing the scene-illuminant chromaticity from specular highlights, JOSA A 1986); by parts, as pasted
 * ones may stand in another light (Riess and Angelopoulou, Scene illumination as an indicator of image
 * manipulation, IH 2010).
 */
export function measureBalance(patches: readonly Patch[]): BalanceFindings {
  const whole = new Float64Array(3);
  const parts: Float64Array[] = [];
  for (const patch of patches) {
    const split = patches.length === 1 ? PARTS : 1;
    for (let part = 0; part < split * split; part++) {
      const sums = edgePowers(patch, split, part % split, Math.floor(part / split));
      for (let channel = 0; channel < 3; channel++) {
        whole[channel] = (whole[channel] ?? 0) + (sums[channel] ?? 0);
      }
      parts.push(root(sums));
    }
  }
  const light = root(whole);
  const strength = (colour: Float64Array) => (colour[0] ?? 0) + (colour[1] ?? 0) + (colour[2] ?? 0);
  const mean = parts.reduce((sum, part) => sum + strength(part), 0) / Math.max(1, parts.length);
  const angles = parts
    .filter((part) => strength(part) > LEAST_STRENGTH * mean)
    .map((part) => angleBetween(part, light));
  const bright = highlightColour(patches);
  return {
    edges: lightColour(light[0] ?? 0, light[1] ?? 0, light[2] ?? 0),
    highlights: lightColour(bright[0] ?? 0, bright[1] ?? 0, bright[2] ?? 0),
    disagreement: angleBetween(light, bright),
    spread: angles.length > 0 ? median(angles) : 0,
    parts: angles.length,
  };
}

/** Sums of the POWERth powers of each channel's gradient, in linear light, over one part of a patch. */
function edgePowers(
  { rgba, width, height }: Patch,
  split: number,
  column: number,
  row: number,
): Float64Array {
  const left = Math.max(1, Math.floor((column * width) / split));
  const right = Math.min(width - 1, Math.floor(((column + 1) * width) / split));
  const top = Math.max(1, Math.floor((row * height) / split));
  const bottom = Math.min(height - 1, Math.floor(((row + 1) * height) / split));
  const words = asWords(rgba);
  const sums = new Float64Array(3);
  for (let y = top; y < bottom; y += STEP) {
    addEdgePowers(words, width, y * width + left, y * width + right, sums);
  }
  return sums;
}

/** Whether a channel is CLIPPED or above: what is missing to 256 is added to all, and the ninth bits are looked at. */
function isClipped(pixel: number): boolean {
  const outer = (pixel & 0xff00ff) + (256 - CLIPPED) * 0x10001;
  const green = ((pixel >>> 8) & 0xff) + (256 - CLIPPED);
  return ((outer | green) & 0x1000100) !== 0;
}

function root(sums: Float64Array): Float64Array {
  return sums.map((sum) => sum ** (1 / POWER));
}

/**
 * Mean linear colour of the brightest pixels that are not clipped: first counted by level, then the colours of
 * those levels alone are added up.
 */
function highlightColour(patches: readonly Patch[]): Float64Array {
  const pixels = patches.reduce((sum, { width, height }) => sum + width * height, 0);
  const lines = pixels > PLENTY ? STEP : 1;
  const least = brightest(patches, lines, HIGHLIGHTS);
  const sums = new Float64Array(3);
  for (const { rgba, luma, width } of patches) {
    const words = asWords(rgba);
    for (let row = 0; row < words.length; row += lines * width) {
      addBright(words, luma, row, row + width, least, sums);
    }
  }
  return sums;
}

// Loops over the pixels of a row are functions of their own: V8 leaves one that it compiled while it ran inside
// another loop at the end of every row, and begins again slowly.

/** Adds the linear colours of a row's pixels that are at least so bright and not clipped. */
function addBright(
  words: Int32Array,
  luma: Float32Array,
  from: number,
  end: number,
  least: number,
  sums: Float64Array,
): void {
  let [red = 0, green = 0, blue = 0] = sums;
  for (let at = from; at < end; at += STEP) {
    if ((luma[at] ?? 0) + 0.5 < least) continue;
    const pixel = words[at] ?? 0;
    if (isClipped(pixel)) continue;
    red += LINEAR[pixel & 0xff] ?? 0;
    green += LINEAR[(pixel >>> 8) & 0xff] ?? 0;
    blue += LINEAR[(pixel >>> 16) & 0xff] ?? 0;
  }
  sums[0] = red;
  sums[1] = green;
  sums[2] = blue;
}

/** Least level such that this share of the pixels that are not clipped is as bright; 256 without any. */
function brightest(patches: readonly Patch[], lines: number, share: number): number {
  const counts = countLevels(rowsOf(patches, lines));
  const total = counts.reduce((sum, count) => sum + count, 0);
  let least = 256;
  for (let taken = 0; least > 0 && taken < share * total; ) taken += counts[--least] ?? 0;
  return least;
}

/** Every `step`th row. */
function* rowsOf(patches: readonly Patch[], step: number): Iterable<Int32Array> {
  for (const { rgba, width } of patches) {
    const words = asWords(rgba);
    for (let row = 0; row < words.length; row += step * width) yield words.subarray(row, row + width);
  }
}
