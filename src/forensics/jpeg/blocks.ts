import { dct8x8 } from '../dsp/dct';
import type { ForensicImage } from '../image';
import { gridOrigin, readOrientation } from './orientation';
import { ZIGZAG } from './zigzag';

/** Rows of pixels read of each row of cells: two rows of 8 x 8 blocks. */
const STRIP = 16;
/**
 * Pixels transformed at most. Histograms of 25,000 blocks are as good as of 200,000, and the map of a larger
 * picture needs no finer cells; so a larger picture is read in strips, and this bounds the time at some 80 ms.
 */
const MOST_PIXELS = 1_600_000;
/** Coefficients kept of the blocks on the shifted grid: in zigzag order, the first one not used. */
export const SHIFTED_KEPT = 36;
/** One block in this many, along the rows, is also taken on the shifted grid. */
const SHIFTED_EVERY = 2;

/**
 * The 8 x 8 DCT of a picture's luma, on JPEG's own grid, with what else the compression layers need of the
 * same pixels. Luma (Rec. 601) of a decoded JPEG is the stored Y but for rounding to 8 bits, of a standard
 * deviation near 0.4 in each coefficient, so where a step is 2 or more the stored integers are got back by
 * rounding, from any format and without an entropy decoder.
 */
export interface BlockSample {
  /** Side of a map cell in px, a multiple of 16; all its pixels are sampled where it is 16. */
  readonly cell: number;
  /** Left upper corner of the first cell in px: the JPEG grid's, 0..7. */
  readonly origin: { readonly x: number; readonly y: number };
  /** Cells across and down; only whole ones. */
  readonly columns: number;
  readonly rows: number;
  /** Blocks in a row of blocks: `columns * cell / 8`. There are `2 * rows` such rows. */
  readonly blocksAcross: number;
  /** 64 coefficients of every block, natural order (8 v + u), block after block, row after row. */
  readonly coefficients: Float32Array;
  /** The first SHIFTED_KEPT in zigzag order of blocks moved by 4 px both ways, off any grid of the file's own. */
  readonly shifted: Float32Array;
  /** How much brightness bends across the border before phase 0..7 of the grid; 1 is the mean of the eight. */
  readonly phasesX: Float64Array;
  readonly phasesY: Float64Array;
  /** Per cell: mean absolute difference of neighbours, in grey levels. */
  readonly activity: Float32Array;
  /** Per cell: noise by Immerkaer's mask (1996), as a standard deviation in grey levels. */
  readonly noise: Float32Array;
  /** Per cell: share of samples at 0..2 or 253..255, where compression history is cut off. */
  readonly clipped: Float32Array;
}

const known = new WeakMap<ForensicImage, BlockSample | null>();

/** The sample of an image, computed once; null where the image is smaller than one cell. */
export function sampleBlocks(image: ForensicImage, signal: AbortSignal): BlockSample | null {
  const before = known.get(image);
  if (before !== undefined) return before;
  const sample = computeSample(image, signal);
  known.set(image, sample);
  return sample;
}

function computeSample(image: ForensicImage, signal: AbortSignal): BlockSample | null {
  const { width, height } = image;
  const isJpeg = image.format === 'jpeg' && image.bytes !== null;
  const orientation = isJpeg ? readOrientation(image.container()?.exif ?? null) : 1;
  const origin = gridOrigin(orientation, width, height);
  const cell = STRIP * Math.ceil((width * height) / MOST_PIXELS);
  const columns = Math.floor((width - origin.x) / cell);
  const rows = Math.floor((height - origin.y) / cell);
  if (columns < 1 || rows < 1) return null;
  const blocksAcross = (columns * cell) / 8;
  const sample: BlockSample = {
    cell,
    origin,
    columns,
    rows,
    blocksAcross,
    coefficients: new Float32Array(rows * 2 * blocksAcross * 64),
    shifted: new Float32Array(rows * Math.floor((blocksAcross - 1) / SHIFTED_EVERY) * SHIFTED_KEPT),
    phasesX: new Float64Array(8),
    phasesY: new Float64Array(8),
    activity: new Float32Array(columns * rows),
    noise: new Float32Array(columns * rows),
    clipped: new Float32Array(columns * rows),
  };
  const across = columns * cell;
  const luma = new Float32Array(across * STRIP);
  for (let row = 0; row < rows; row++) {
    signal.throwIfAborted();
    const y = origin.y + row * cell;
    readLuma(image.pixels.region({ x: origin.x, y, width: across, height: STRIP }).data, luma);
    transformStrip(sample, row, luma);
    describeStrip(sample, row, luma);
  }
  for (const phases of [sample.phasesX, sample.phasesY]) {
    const sum = phases.reduce((all, value) => all + value, 0);
    for (let phase = 0; phase < 8; phase++) phases[phase] = sum > 0 ? (8 * (phases[phase] ?? 0)) / sum : 1;
  }
  return sample;
}

function readLuma(rgba: Uint8ClampedArray, luma: Float32Array): void {
  for (let at = 0, from = 0; at < luma.length; at++, from += 4) {
    luma[at] = 0.299 * (rgba[from] ?? 0) + 0.587 * (rgba[from + 1] ?? 0) + 0.114 * (rgba[from + 2] ?? 0);
  }
}

const block = new Float64Array(64);

function loadBlock(luma: Float32Array, across: number, left: number, top: number): void {
  for (let y = 0, to = 0; y < 8; y++) {
    let from = (top + y) * across + left;
    for (let x = 0; x < 8; x++) block[to++] = luma[from++] ?? 0;
  }
  dct8x8(block);
}

function transformStrip(sample: BlockSample, row: number, luma: Float32Array): void {
  const { blocksAcross, coefficients, shifted } = sample;
  const across = blocksAcross * 8;
  for (let half = 0; half < 2; half++) {
    let to = (2 * row + half) * blocksAcross * 64;
    for (let column = 0; column < blocksAcross; column++, to += 64) {
      loadBlock(luma, across, 8 * column, 8 * half);
      coefficients.set(block, to);
    }
  }
  const perRow = Math.floor((blocksAcross - 1) / SHIFTED_EVERY);
  for (let at = 0; at < perRow; at++) {
    loadBlock(luma, across, 8 * SHIFTED_EVERY * at + 4, 4);
    const to = (row * perRow + at) * SHIFTED_KEPT;
    for (let k = 0; k < SHIFTED_KEPT; k++) shifted[to + k] = block[ZIGZAG[k] ?? 0] ?? 0;
  }
}

/** Mean of |Immerkaer's mask| of white noise of deviation 1: 6 sqrt(2 / pi). */
const IMMERKAER = 6 * Math.sqrt(2 / Math.PI);

/** Texture, noise, clipping by cell, and the strength of every phase of an 8-px grid. */
function describeStrip(sample: BlockSample, row: number, luma: Float32Array): void {
  describeCells(sample, row, luma);
  addGridPhases(sample, luma);
}

function describeCells(sample: BlockSample, row: number, luma: Float32Array): void {
  const { cell, columns, activity, noise, clipped } = sample;
  const across = columns * cell;
  for (let column = 0; column < columns; column++) {
    let differences = 0;
    let residual = 0;
    let cut = 0;
    const left = column * cell;
    for (let y = 1; y < STRIP - 1; y++) {
      let at = y * across + left + 1;
      for (let x = 1; x < cell - 1; x++, at++) {
        const here = luma[at] ?? 0;
        const west = luma[at - 1] ?? 0;
        const east = luma[at + 1] ?? 0;
        const north = luma[at - across] ?? 0;
        const south = luma[at + across] ?? 0;
        const diagonals =
          (luma[at - across - 1] ?? 0) +
          (luma[at - across + 1] ?? 0) +
          (luma[at + across - 1] ?? 0) +
          (luma[at + across + 1] ?? 0);
        differences += Math.abs(here - west) + Math.abs(here - north);
        residual += Math.abs(4 * here - 2 * (west + east + north + south) + diagonals);
        if (here <= 2 || here >= 253) cut++;
      }
    }
    const counted = (STRIP - 2) * (cell - 2);
    const target = row * columns + column;
    activity[target] = differences / (2 * counted);
    noise[target] = residual / (IMMERKAER * counted);
    clipped[target] = cut / counted;
  }
}

function addGridPhases({ cell, columns, phasesX, phasesY }: BlockSample, luma: Float32Array): void {
  const across = columns * cell;
  // A border between blocks bends the profile: |x[-2] - 3 x[-1] + 3 x[0] - x[1]| is 0 on any parabola's slope.
  for (let y = 0; y < STRIP; y += 3) {
    for (let x = 2, at = y * across + 2; x < across - 1; x++, at++) {
      const bend = (luma[at - 2] ?? 0) - 3 * (luma[at - 1] ?? 0) + 3 * (luma[at] ?? 0) - (luma[at + 1] ?? 0);
      phasesX[x & 7] = (phasesX[x & 7] ?? 0) + Math.min(BEND_LIMIT, Math.abs(bend));
    }
  }
  for (let y = 2; y < STRIP - 1; y++) {
    // Of rows 2 to 14 phases 7, 0 and 1 have one, the others two.
    const weight = y === 8 || y === 7 || y === 9 ? 2 : 1;
    for (let x = y & 1, at = y * across + x; x < across; x += 2, at += 2) {
      const bend =
        (luma[at - 2 * across] ?? 0) -
        3 * (luma[at - across] ?? 0) +
        3 * (luma[at] ?? 0) -
        (luma[at + across] ?? 0);
      phasesY[y & 7] = (phasesY[y & 7] ?? 0) + weight * Math.min(BEND_LIMIT, Math.abs(bend));
    }
  }
}

/** Grey levels beyond which a bend is a contour of the scene and says nothing of blocks. */
const BEND_LIMIT = 24;
