import {
  type EvidenceMap,
  type GeneratorClaim,
  isOriginalFile,
  type LayerResult,
  type Manipulation,
  type Region,
} from '../report';
import type { FusionConfig } from './config';
import { logisticLogOdds, sigmoid } from './evidence';
import type { FusionFacts } from './fuse';

const NOT_CHECKED: Manipulation = { state: 'not-checked', score: null, regions: [] };

/** A map may break into hundreds of specks; a person can look at a few places. */
const MOST_REGIONS = 8;

/**
 * Signs that a part was pasted or painted in, from error level analysis. Checked only for published
 * files in the formats of the fit: elsewhere the previous compression, on which the method rests, is
 * not in the pixels. How far it may be trusted was measured on spliced photographs (README); states
 * that the measurement does not support have no threshold and are never given.
 *
 * A file that itself states an AI composite is likely manipulated whatever its pixels show.
 */
export function assessManipulation(
  results: readonly LayerResult[],
  claim: GeneratorClaim | null,
  facts: FusionFacts,
  config: FusionConfig,
): Manipulation {
  const { manipulation } = config;
  const ela = results.find((r) => r.id === 'ela' && r.status !== 'unavailable');
  const checkable = isOriginalFile(facts.how) && manipulation.formats.includes(facts.format);
  const logOdds = ela && checkable ? logisticLogOdds(manipulation.fit, ela.features) : null;
  const measured = ela && logOdds !== null ? measure(ela, sigmoid(logOdds), facts, config) : NOT_CHECKED;
  return claim?.kind === 'composite' ? { ...measured, state: 'likely' } : measured;
}

function measure(ela: LayerResult, score: number, facts: FusionFacts, config: FusionConfig): Manipulation {
  const { possible, likely } = config.manipulation;
  const state =
    likely !== null && score >= likely
      ? 'likely'
      : possible !== null && score >= possible
        ? 'possible'
        : 'none-seen';
  const regions = state === 'none-seen' || !ela.map ? [] : brightRegions(ela.map, otsu(ela.map.data), facts);
  return { state, score, regions };
}

const BINS = 256;

/**
 * The level that best parts values in 0..1 into a dark and a bright class: the one of the largest
 * variance between the classes (Otsu 1979, "A threshold selection method from gray-level histograms").
 */
export function otsu(values: Float32Array): number {
  const counts = new Array<number>(BINS).fill(0);
  for (const value of values) {
    const bin = Math.min(BINS - 1, Math.max(0, Math.floor(value * BINS)));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const total = values.length;
  const whole = counts.reduce((sum, count, bin) => sum + count * bin, 0);
  let below = 0;
  let sumBelow = 0;
  let best = { level: 1, variance: 0 };
  counts.forEach((count, bin) => {
    below += count;
    sumBelow += count * bin;
    if (below === 0 || below === total) return;
    const apart = sumBelow / below - (whole - sumBelow) / (total - below);
    const variance = below * (total - below) * apart * apart;
    if (variance > best.variance) best = { level: (bin + 1) / BINS, variance };
  });
  return best.level;
}

/**
 * Boxes around the connected (8-neighbour) bright cells of a map, most evidence first.
 * @param level cells at or above count, 0..1
 * @returns boxes in image pixels, held inside the image; score is the mean of the box's bright cells
 */
export function brightRegions(
  map: EvidenceMap,
  level: number,
  image: { readonly width: number; readonly height: number },
): readonly Region[] {
  const seen = new Uint8Array(map.width * map.height);
  const found: { region: Region; cells: number }[] = [];
  for (let start = 0; start < seen.length; start++) {
    if (seen[start] || (map.data[start] ?? 0) < level) continue;
    found.push(flood(map, start, level, seen, image));
  }
  return found
    .filter(({ cells }) => cells > 1) // a lone block is noise: ELA varies that much on any edge
    .sort((a, b) => b.cells * b.region.score - a.cells * a.region.score)
    .slice(0, MOST_REGIONS)
    .map(({ region }) => region);
}

function flood(
  map: EvidenceMap,
  start: number,
  level: number,
  seen: Uint8Array,
  image: { readonly width: number; readonly height: number },
): { region: Region; cells: number } {
  let left = map.width;
  let top = map.height;
  let right = 0;
  let bottom = 0;
  let sum = 0;
  let cells = 0;
  const open = [start];
  seen[start] = 1;
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const x = at % map.width;
    const y = Math.floor(at / map.width);
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x + 1);
    bottom = Math.max(bottom, y + 1);
    sum += map.data[at] ?? 0;
    cells++;
    for (let ny = Math.max(0, y - 1); ny <= Math.min(map.height - 1, y + 1); ny++) {
      for (let nx = Math.max(0, x - 1); nx <= Math.min(map.width - 1, x + 1); nx++) {
        const next = ny * map.width + nx;
        if (seen[next] || (map.data[next] ?? 0) < level) continue;
        seen[next] = 1;
        open.push(next);
      }
    }
  }
  const x = Math.min(image.width, left * map.cell);
  const y = Math.min(image.height, top * map.cell);
  const width = Math.min(image.width, right * map.cell) - x;
  const height = Math.min(image.height, bottom * map.cell) - y;
  return { region: { x, y, width, height, score: Math.min(1, sum / cells) }, cells };
}
