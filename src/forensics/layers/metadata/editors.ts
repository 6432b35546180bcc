import { softwareFields } from './traces/software';
import type { MetadataView } from './view';

/** Programs that can repaint pixels: their name says that the picture may have been changed, not how. */
const EDITORS =
  /\b(?:photoshop(?! lightroom)|gimp|affinity|paint\.net|picsart|snapseed|pixelmator|canva|photoscape|krita|pixlr|photopea|fotor|facetune|faceapp|meitu|beautyplus|remini|airbrush|luminar|topaz|imageready|inkscape|paintshop|corel|acdsee|picasa|vsco|polarr|befunky|figma|procreate|clip studio|paint 3d|photofiltre)\b/i;

/** Programs that develop raw pictures or manage them: part of a photographer's ordinary way. */
const DEVELOPERS =
  /\b(?:lightroom|camera raw|capture one|darktable|rawtherapee|dxo|aperture|bridge|digikam|photo mechanic|nikon transfer|viewnx|capture nx|digital photo professional|silkypix|imagemagick|graphicsmagick|apple photos|shotwell)\b/i;

export interface Programs {
  /** First program that can repaint, or null. */
  readonly editor: string | null;
  /** First raw developer or organiser, or null. */
  readonly developer: string | null;
  /** First program named at all. */
  readonly any: string | null;
}

/** Sorts the programs that the file names; the same field may be both a camera's firmware and neither. */
export function findPrograms(view: MetadataView): Programs {
  const names = softwareFields(view).map(({ text }) => text);
  return {
    editor: names.find((name) => EDITORS.test(name)) ?? null,
    developer: names.find((name) => DEVELOPERS.test(name)) ?? null,
    any: names[0] ?? null,
  };
}
