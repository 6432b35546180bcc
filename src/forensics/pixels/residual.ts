import { onceEach } from '../dsp/once';
import { WienerDenoiser } from '../dsp/wiener';
import type { ForensicImage, LumaTile } from '../image';
import { readLumaTiles } from './luma-tiles';

/** Longest side of a tile, px. */
export const LARGEST_TILE = 256;
/** The largest tile that fits is taken: figures of different pictures then mean the same. */
const PLANS = [
  { side: LARGEST_TILE, count: 6 },
  { side: 128, count: 12 },
  { side: 64, count: 16 },
] as const;

/** Samples next to a tile's border that the denoiser's periodic wrapping makes less sure. */
export const RESIDUAL_MARGIN = 8;

/** A luma tile with its noise residual (picture minus denoised picture, grey levels, row-major). */
export interface ResidualTile extends LumaTile {
  readonly residual: Float32Array;
}

/** Computed once an image, for all layers that ask. */
const known = new WeakMap<ForensicImage, readonly ResidualTile[]>();
const denoiserOf = onceEach((size: number) => new WienerDenoiser(size, size));

/**
 * Noise residuals of up to 6 tiles of 256 px (12 of 128, 16 of 64 in small pictures) by the wavelet Wiener
 * filter of `dsp/wiener.ts`. Empty where the image's shorter side is below 64 px.
 */
export function residualTiles(image: ForensicImage): readonly ResidualTile[] {
  const cached = known.get(image);
  if (cached) return cached;
  const plan = planOf(image);
  const tiles = plan ? image.lumaTiles(plan.side, plan.count).map(withResidual) : [];
  known.set(image, tiles);
  return tiles;
}

/** The same, its pixels read past the canvas where nobody has asked before: several times as fast. */
export async function readResidualTiles(image: ForensicImage): Promise<readonly ResidualTile[]> {
  const plan = planOf(image);
  if (plan && !known.has(image)) await readLumaTiles(image.pixels, plan.side, plan.count);
  return residualTiles(image);
}

function planOf({ width, height }: ForensicImage): (typeof PLANS)[number] | undefined {
  return PLANS.find(({ side }) => Math.min(width, height) >= side);
}

function withResidual(tile: LumaTile): ResidualTile {
  return { ...tile, residual: denoiserOf(tile.size).residual(tile.data) };
}
