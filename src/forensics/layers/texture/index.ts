import type { ForensicImage } from '../../image';
import type { Layer } from '../../layer';
import { readPatches } from '../../pixels/patches';
import type { Explanation, Fact, LayerResult } from '../../report';
import { message, type Text } from '../../text';
import { unavailable } from '../../unavailable';
import { CELL } from './cell-kernel';
import { type Cooccurrence, cooccurrence } from './cooccurrence';
import { binaryPatterns, entropy } from './patterns';
import { measureSmoothness, type Smoothness, smoothnessMap } from './smooth';

const LEAST_SIDE = 64;
/**
 * Every third pixel in both directions: 100,000 fill 10 bins, and a 32 x 32 matrix, and of a JPEG's blocks all places
 * are met. Small pictures need every second.
 */
const STEP = 3;
const SMALL_STEP = 2;
const SMALL_PIXELS = 200_000;
/** Distances at which neighbours are compared, px: one sees the finest grain, the other the surface. */
const NEAR = 1;
const FAR = 4;
/** Fewest cells (16 x 16 px) that are shaded and not clipped, for their smoothness to be told. */
const LEAST_CELLS = 12;
/** Share of such cells without any grain from which smooth surfaces are mentioned. For the words alone. */
const SMOOTH_SEEN = 0.25;

/** Surfaces: which patterns neighbouring pixels form, and where grain is missing. */
export const texture: Layer = {
  id: 'texture',
  family: 'pixels',
  needs: ['pixels'],
  shares: ['patches'],
  async analyze(image, _services, signal) {
    signal.throwIfAborted();
    const patches = await readPatches(image);
    if (Math.min(image.width, image.height) < LEAST_SIDE || patches.length === 0) {
      return unavailable(texture, message('layers.texture.unavailable.small', LEAST_SIDE));
    }
    const smoothness = await measureSmoothness(image);
    if (countUsable(smoothness) < LEAST_CELLS) {
      return unavailable(texture, message('layers.texture.unavailable.blank', CELL));
    }
    signal.throwIfAborted();
    const step = image.width * image.height < SMALL_PIXELS ? SMALL_STEP : STEP;
    return judge(image, {
      smoothness,
      fine: binaryPatterns(patches, NEAR, step),
      coarse: binaryPatterns(patches, 2, step),
      near: cooccurrence(patches, NEAR, step),
      far: cooccurrence(patches, FAR, step),
    });
  },
};

interface Findings {
  readonly smoothness: Smoothness;
  readonly fine: Float64Array;
  readonly coarse: Float64Array;
  readonly near: Cooccurrence;
  readonly far: Cooccurrence;
}

function countUsable({ usable }: Smoothness): number {
  return usable.reduce((sum, value) => sum + value, 0);
}

function judge(image: ForensicImage, findings: Findings): LayerResult {
  const { smoothness, fine, coarse, near, far } = findings;
  const smooth = smoothness.smooth >= SMOOTH_SEEN;
  return {
    id: 'texture',
    family: 'pixels',
    status: 'clear',
    score: null,
    features: {
      ...Object.fromEntries(Array.from(fine, (share, bin) => [`fine${bin}`, share])),
      ...Object.fromEntries(Array.from(coarse, (share, bin) => [`coarse${bin}`, share])),
      fineEntropy: entropy(fine),
      coarseEntropy: entropy(coarse),
      ...prefixed('near', near),
      ...prefixed('far', far),
      smoothShare: smoothness.smooth,
      detail: smoothness.typical,
      calmest: smoothness.calmest,
    },
    label: message(smooth ? 'layers.texture.label.smooth' : 'layers.texture.label.grain'),
    explanation: explain(findings, smooth),
    facts: listFacts(findings),
    map: smoothnessMap(image, smoothness),
  };
}

function prefixed(prefix: 'near' | 'far', found: Cooccurrence): Record<string, number> {
  return Object.fromEntries(
    Object.entries(found).map(([name, value]) => [
      `${prefix}${name.charAt(0).toUpperCase()}${name.slice(1)}`,
      value,
    ]),
  );
}

function explain({ smoothness, fine }: Findings, smooth: boolean): Explanation {
  const cells = countUsable(smoothness);
  const seen: Text[] = [
    message('layers.texture.seen.cells', cells, CELL, percent(smoothness.smooth)),
    message('layers.texture.seen.detail', round(smoothness.typical, 2)),
    message('layers.texture.seen.patterns', percent(fine.at(-1) ?? 0), percent(fine[0] ?? 0)),
  ];
  return {
    seen,
    means: [message(smooth ? 'layers.texture.means.smooth' : 'layers.texture.means.grain')],
    otherwise: [message(smooth ? 'layers.texture.otherwise.smooth' : 'layers.texture.otherwise.grain')],
  };
}

function listFacts({ smoothness, fine, near, far }: Findings): readonly Fact[] {
  const fact = (key: string, ...args: (string | number)[]): Fact => ({
    name: message(`layers.texture.fact.${key}.name`),
    value: message(`layers.texture.fact.${key}.value`, ...args),
  });
  return [
    fact('cells', countUsable(smoothness), smoothness.columns * smoothness.rows),
    fact('smooth', percent(smoothness.smooth)),
    fact('detail', round(smoothness.typical, 2)),
    fact('patterns', round(entropy(fine), 2)),
    fact('homogeneity', round(near.homogeneity, 2), round(far.homogeneity, 2)),
    fact('correlation', round(near.correlation, 3), round(far.correlation, 3)),
  ];
}

function percent(share: number): number {
  return round(100 * share, 0);
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
