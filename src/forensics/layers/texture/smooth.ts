import { quantileOfSorted, sorted } from '../../dsp/statistics';
import type { ForensicImage } from '../../image';
import type { EvidenceMap } from '../../report';
import { message } from '../../text';
import { CELL, type Cell, openStrip, THOUSAND } from './cell-kernel';

/** Cells along the longer side of the picture, at most; in larger pictures they are read apart from each other. */
const MOST_CELLS = 48;
/** A cell whose brightness (mean luma) lies nearer to an end of the scale is clipped, not smoothed. */
const MARGIN = 16;
/** Detail below this, levels: less than the rounding of an 8-bit picture with any noise leaves. */
const SMOOTH = 0.35;
/** A fall of at least this many levels from side to side: a shaded surface, not a blank background. */
const SHADED = 3;

export interface Smoothness {
  readonly columns: number;
  readonly rows: number;
  /** Step from one cell to the next, px. */
  readonly step: number;
  /** Fine detail per usable cell, levels: robust deviation of the Laplacian, in units of a pixel's noise. */
  readonly detail: Float32Array;
  /** 1 where a cell is neither clipped nor blank. */
  readonly usable: Uint8Array;
  /** Shares of the usable cells, 0..1. */
  readonly smooth: number;
  /** Median detail, levels, and the share by which its tenth lies below it. */
  readonly typical: number;
  readonly calmest: number;
}

/**
 * Fine detail cell by cell. Noise of a sensor lies on every surface of a photograph, also on skin and sky;
 * where a cell is shaded and yet has none, something smoothed it: noise reduction, a filter, retouching,
 * scaling, strong compression or a generator. The Laplacian of Immerkaer (Fast noise variance estimation,
 * CVIU 1996) sees noise and not shading; the median keeps edges out.
 */
export async function measureSmoothness(image: ForensicImage): Promise<Smoothness> {
  const { width, height } = image;
  const step = Math.max(CELL, Math.ceil(Math.max(width, height) / MOST_CELLS));
  const columns = Math.floor((width - CELL) / step) + 1;
  const rows = Math.floor((height - CELL) / step) + 1;
  const detail = new Float32Array(columns * rows);
  const usable = new Uint8Array(columns * rows);
  const memory = [new Int32Array(width * CELL), new Int32Array(width * CELL)] as const;
  // One strip a row of cells: the fewest reads from the decoded bitmap. The next one is read while one is worked on.
  const read = (row: number) =>
    image.pixels.raw({ x: 0, y: row * step, width, height: CELL }, memory[row % 2 === 0 ? 0 : 1]);
  let coming = read(0);
  for (let row = 0; row < rows; row++) {
    const order = await coming;
    if (row + 1 < rows) coming = read(row + 1);
    const strip = openStrip(memory[row % 2 === 0 ? 0 : 1], width, order);
    for (let column = 0; column < columns; column++) {
      if (!isUsable(strip.look(column * step))) continue;
      const at = row * columns + column;
      usable[at] = 1;
      detail[at] = (MEDIAN_TO_SD * strip.median()) / (MASK_NORM * THOUSAND);
    }
  }
  const ascending = sorted(detail.filter((_, at) => usable[at] === 1));
  const typical = ascending.length > 0 ? quantileOfSorted(ascending, 0.5) : 0;
  const smooth = ascending.reduce((n, value) => n + (value < SMOOTH ? 1 : 0), 0);
  const tenth = ascending.length > 0 ? quantileOfSorted(ascending, 0.1) : 0;
  return {
    columns,
    rows,
    step,
    detail,
    usable,
    smooth: ascending.length > 0 ? smooth / ascending.length : 0,
    typical,
    calmest: typical > 0 ? 1 - tenth / typical : 0,
  };
}

/** Root of the weights' squares of the mask 1 -2 1 / -2 4 -2 / 1 -2 1, and median to deviation of a normal one. */
const MASK_NORM = 6;
const MEDIAN_TO_SD = 1.4826;

/** Neither near an end of the scale nor without any shading. */
function isUsable({ sum, least, most }: Cell): boolean {
  const mean = sum / (CELL * CELL) / THOUSAND;
  return mean > MARGIN && mean < 255 - MARGIN && most - least >= SHADED * THOUSAND;
}

/** Bright: smoother than the picture's typical cell; cells that were not judged are 0. */
export function smoothnessMap(image: ForensicImage, found: Smoothness): EvidenceMap {
  const width = Math.ceil(image.width / found.step);
  const height = Math.ceil(image.height / found.step);
  const data = new Float32Array(width * height);
  const scale = Math.max(found.typical, SMOOTH);
  for (let row = 0; row < found.rows; row++) {
    for (let column = 0; column < found.columns; column++) {
      const at = row * found.columns + column;
      if (found.usable[at] !== 1) continue;
      data[row * width + column] = Math.max(0, 1 - (found.detail[at] ?? 0) / scale);
    }
  }
  return { width, height, data, cell: found.step, shows: message('layers.texture.map') };
}
