import type { EvidenceMap, EvidencePicture, LaterMap, LayerResult } from '../forensics/report';
import { keptPlots, keptTree } from './extras';
import { EVIDENCE_MAX_BYTES, RASTER_MAX_CELLS } from './settings';
import type { EvidenceRow, StoredExtras, StoredRaster } from './types';

/**
 * Takes the rasters, trees and plots out of the layers and makes them small: rasters of 8 bits a cell,
 * at most `RASTER_MAX_CELLS` cells each and `EVIDENCE_MAX_BYTES` together; trees and plots within
 * their own caps.
 *
 * Heat maps are averaged over the cells that fall together; pictures keep the brightest, because
 * the peaks of a spectrum are single cells and are what the picture is shown for.
 */
export function packEvidence(
  id: string,
  layers: readonly LayerResult[],
): { layers: LayerResult[]; evidence: EvidenceRow } {
  const budget = rasterBudget(
    layers.flatMap(({ map, picture }) => [map, picture].flatMap((r) => (r ? [r.width * r.height] : []))),
  );
  const rasters: StoredRaster[] = [];
  const extras: StoredExtras[] = [];
  const bare = layers.map(({ map, picture, tree, plots, ...layer }) => {
    if (map) rasters.push(packMap(layer.id, map, budget));
    if (picture) rasters.push(packPicture(layer.id, picture, budget));
    if (tree || plots) {
      extras.push({
        layer: layer.id,
        ...(tree ? { tree: keptTree(tree) } : {}),
        ...(plots ? { plots: keptPlots(plots) } : {}),
      });
    }
    return layer;
  });
  return { layers: bare, evidence: { id, rasters, extras } };
}

/** Cells that each raster may have so that all fit: what small ones leave over goes to the large ones. */
function rasterBudget(cells: readonly number[]): number {
  const ascending = [...cells].sort((a, b) => a - b);
  let left = EVIDENCE_MAX_BYTES;
  for (const [index, size] of ascending.entries()) {
    const share = Math.floor(left / (ascending.length - index));
    if (size > share) return Math.min(RASTER_MAX_CELLS, share);
    left -= size;
  }
  return RASTER_MAX_CELLS;
}

/** Puts all of it back where it was. The evidence of a layer that is not there is left out. */
export function unpackEvidence(
  layers: readonly LayerResult[],
  evidence: EvidenceRow | undefined,
): LayerResult[] {
  return layers.map((layer) => {
    const mine = evidence?.rasters.filter((raster) => raster.layer === layer.id) ?? [];
    const { tree, plots } = evidence?.extras?.find((extra) => extra.layer === layer.id) ?? {};
    return mine.reduce(withRaster, { ...layer, ...(tree ? { tree } : {}), ...(plots ? { plots } : {}) });
  });
}

/**
 * Puts a map with its layer, in the place of an earlier one if there is one. It takes what room the others leave.
 */
export function withMap(evidence: EvidenceRow, { layer, map }: LaterMap): EvidenceRow {
  const others = evidence.rasters.filter((raster) => raster.kind !== 'map' || raster.layer !== layer);
  const left = EVIDENCE_MAX_BYTES - others.reduce((sum, { data }) => sum + data.byteLength, 0);
  if (left <= 0) return evidence;
  return { ...evidence, rasters: [...others, packMap(layer, map, Math.min(RASTER_MAX_CELLS, left))] };
}

/** Bytes of the rasters, and of the rest as its text would take. */
export function evidenceSize(evidence: EvidenceRow): number {
  const rest = evidence.extras?.length ? JSON.stringify(evidence.extras).length : 0;
  return evidence.rasters.reduce((sum, { data }) => sum + data.byteLength, rest);
}

function withRaster(layer: LayerResult, raster: StoredRaster): LayerResult {
  if (raster.kind === 'map') {
    return { ...layer, map: { ...raster.frame, data: Float32Array.from(raster.data, (cell) => cell / 255) } };
  }
  return { ...layer, picture: { ...raster.frame, data: new Uint8ClampedArray(raster.data) } };
}

function packMap(layer: string, { data, ...frame }: EvidenceMap, budget: number): StoredRaster {
  const small = shrink(data, frame.width, frame.height, budget, mean);
  return {
    kind: 'map',
    layer,
    data: Uint8Array.from(small.data, (value) => toByte(value * 255)),
    frame: { ...frame, width: small.width, height: small.height, cell: frame.cell * small.factor },
  };
}

function packPicture(layer: string, { data, ...frame }: EvidencePicture, budget: number): StoredRaster {
  const small = shrink(data, frame.width, frame.height, budget, max);
  const marks = frame.marks.map((mark) => ({
    ...mark,
    x: Math.floor(mark.x / small.factor),
    y: Math.floor(mark.y / small.factor),
  }));
  return {
    kind: 'picture',
    layer,
    data: Uint8Array.from(small.data, toByte),
    frame: { ...frame, width: small.width, height: small.height, marks },
  };
}

/** Not finite (a hostile or broken figure) counts as dark. */
function toByte(value: number): number {
  return Number.isFinite(value) ? Math.min(255, Math.max(0, Math.round(value))) : 0;
}

type Join = (values: readonly number[]) => number;
const mean: Join = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const max: Join = (values) => values.reduce((highest, value) => Math.max(highest, value), 0);

/** Joins `factor` x `factor` cells to one, with the smallest whole factor that fits the budget. */
function shrink(
  data: ArrayLike<number>,
  width: number,
  height: number,
  budget: number,
  join: Join,
): { data: ArrayLike<number>; width: number; height: number; factor: number } {
  let factor = 1;
  while (Math.ceil(width / factor) * Math.ceil(height / factor) > budget) factor++;
  if (factor === 1) return { data, width, height, factor };
  const across = Math.ceil(width / factor);
  const down = Math.ceil(height / factor);
  const out = new Float32Array(across * down);
  for (let y = 0; y < down; y++) {
    for (let x = 0; x < across; x++) {
      const cells: number[] = [];
      for (let j = y * factor; j < Math.min(height, (y + 1) * factor); j++) {
        for (let i = x * factor; i < Math.min(width, (x + 1) * factor); i++) {
          cells.push(data[j * width + i] ?? 0);
        }
      }
      out[y * across + x] = join(cells);
    }
  }
  return { data: out, width: across, height: down, factor };
}
