import { median } from '../dsp/statistics';
import type { BlockSample } from './blocks';

/** What the block borders of JPEG leave in the pixels, and whether there is a second set of them. */
export interface BlockGrid {
  /** Bend of brightness over the file's own block borders, relative to the quiet phases; 1 means no blocks. */
  readonly strength: number;
  /** The strongest other phase: 0..7 px from the own grid, across and down; 0, 0 where none stands out. */
  readonly otherX: number;
  readonly otherY: number;
  /** Bend at that phase relative to the quiet phases; 1 means none. */
  readonly otherStrength: number;
}

/** Phases next to the own borders, which the four-sample mask touches. */
const QUIET = [2, 3, 4, 5, 6] as const;

/**
 * Block borders by phase (after Fan and de Queiroz, Identification of Bitmap Compression History, IEEE TIP 2003):
 * compression leaves them every 8 px from the grid's origin, so a picture that was compressed, cropped and
 * compressed again has a second set.
 */
export function measureGrid(sample: BlockSample): BlockGrid {
  const x = otherPhase(sample.phasesX);
  const y = otherPhase(sample.phasesY);
  const own = (phases: Float64Array) => (phases[0] ?? 1) / Math.max(1e-9, quiet(phases));
  return {
    strength: (own(sample.phasesX) + own(sample.phasesY)) / 2,
    otherX: x.phase,
    otherY: y.phase,
    otherStrength: Math.max(x.strength, y.strength),
  };
}

function quiet(phases: Float64Array): number {
  return median(QUIET.map((phase) => phases[phase] ?? 1));
}

function otherPhase(phases: Float64Array): { phase: number; strength: number } {
  const level = Math.max(1e-9, quiet(phases));
  let best = { phase: 0, strength: 1 };
  for (const phase of QUIET) {
    const strength = (phases[phase] ?? 1) / level;
    if (strength > best.strength) best = { phase, strength };
  }
  return best;
}
