import { ofRank, quantileOfSorted, sorted } from '../../dsp/statistics';
import type { ForensicImage, WordOrder } from '../../image';
import type { EvidenceMap } from '../../report';
import { message } from '../../text';

/** Side of a cell, px: small enough for a face's cheek in a web picture. */
export const CELL = 16;
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
  const words = new Int32Array(width * CELL);
  const cell = new Int32Array(CELL * CELL);
  const sizes = new Float64Array((CELL - 2) * (CELL - 2));
  for (let row = 0; row < rows; row++) {
    // One strip a row of cells: the fewest reads from the decoded bitmap.
    const order = await image.pixels.raw({ x: 0, y: row * step, width, height: CELL }, words);
    for (let column = 0; column < columns; column++) {
      readCell(words, order, width, column * step, cell);
      const at = row * columns + column;
      if (!isUsable(cell)) continue;
      usable[at] = 1;
      detail[at] = fineDetail(cell, sizes);
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

/** Luma in thousandths of a level: whole numbers. */
const THOUSAND = 1000;

function readCell(words: Int32Array, order: WordOrder, width: number, left: number, cell: Int32Array): void {
  const lowest = order === 'rgb' ? 299 : 114;
  const third = order === 'rgb' ? 114 : 299;
  for (let y = 0, at = 0; y < CELL; y++) {
    const row = y * width + left;
    for (let x = 0; x < CELL; x++, at++) {
      const word = words[row + x] ?? 0;
      cell[at] = lowest * (word & 255) + 587 * ((word >>> 8) & 255) + third * ((word >>> 16) & 255);
    }
  }
}

/** Neither near an end of the scale nor without any shading. */
function isUsable(cell: Int32Array): boolean {
  let sum = 0;
  let least = 255 * THOUSAND;
  let most = 0;
  for (let at = 0; at < cell.length; at++) {
    const value = cell[at] ?? 0;
    sum += value;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const mean = sum / cell.length / THOUSAND;
  return mean > MARGIN && mean < 255 - MARGIN && most - least >= SHADED * THOUSAND;
}

/** Root of the weights' squares of the mask 1 -2 1 / -2 4 -2 / 1 -2 1, and median to deviation of a normal one. */
const MASK_NORM = 6;
const MEDIAN_TO_SD = 1.4826;

/** Robust deviation of the noise, levels a pixel, as far as it is independent from pixel to pixel. */
function fineDetail(cell: Int32Array, sizes: Float64Array): number {
  let count = 0;
  for (let y = 1; y < CELL - 1; y++) {
    const first = y * CELL;
    // The mask is the second difference across of the second difference down.
    let west = bend(cell, first);
    let here = bend(cell, first + 1);
    for (let at = first + 2; at < first + CELL; at++) {
      const east = bend(cell, at);
      sizes[count++] = Math.abs(west - 2 * here + east);
      west = here;
      here = east;
    }
  }
  return (MEDIAN_TO_SD * ofRank(sizes, count >> 1)) / (MASK_NORM * THOUSAND);
}

function bend(cell: Int32Array, at: number): number {
  return (cell[at - CELL] ?? 0) - 2 * (cell[at] ?? 0) + (cell[at + CELL] ?? 0);
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
