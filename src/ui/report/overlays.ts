import type { EvidenceMap, EvidenceMark, Region } from '../../forensics/report';
import { t, words } from '../text';
import type { ShownReport } from '../VerdictCard';
import { layerName } from '../verdict';

/** Something that can be laid over the picture. */
export interface Overlay {
  /** The layer's id, or `altered` for the parts that the whole analysis suspects. */
  readonly id: string;
  readonly name: string;
  readonly map: EvidenceMap | null;
  readonly regions: readonly Region[];
  readonly marks: readonly EvidenceMark[];
  /** What it shows, in words. */
  readonly shows: string | null;
}

/** All overlays of a report: the suspected parts first, then layers in their order of weight. */
export function overlaysOf(report: ShownReport): Overlay[] {
  const { regions } = report.manipulation;
  const altered: Overlay[] =
    regions.length > 0
      ? [{ id: 'altered', name: t('report.viewer.altered'), map: null, regions, marks: [], shows: null }]
      : [];
  const layers = report.layers.flatMap(({ id, map, regions: parts = [], marks = [] }): Overlay[] =>
    map || parts.length > 0 || marks.length > 0
      ? [
          {
            id,
            name: layerName(id),
            map: map ?? null,
            regions: parts,
            marks,
            shows: map ? words(map.shows) : null,
          },
        ]
      : [],
  );
  return [...altered, ...layers];
}

/** The map's value under a pixel of the image, 0..1; null without a map or outside. */
export function valueAt(
  map: EvidenceMap | null,
  x: number,
  y: number,
  width: number,
  height: number,
): number | null {
  if (!map || x < 0 || y < 0 || x >= width || y >= height) return null;
  const column = Math.min(map.width - 1, Math.floor((x / width) * map.width));
  const row = Math.min(map.height - 1, Math.floor((y / height) * map.height));
  return map.data[row * map.width + column] ?? null;
}
