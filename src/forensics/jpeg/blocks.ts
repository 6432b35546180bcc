import { dctOfBlocks } from '../dsp/block-dct';
import type { ForensicImage, Rect } from '../image';
import { readAhead } from '../pixels/source';
import { lumaOfWords } from '../pixels/words';
import { countFirstCoefficients } from './block-sums';
import { gridOrigin, readOrientation } from './orientation';
import { emptyFirstCoefficients, type FirstCoefficients } from './shifted';
import { describeStrip, STRIP } from './strip-statistics';
import { ZIGZAG } from './zigzag';

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
  /** First coefficients of blocks on all 64 grids, one row of blocks a strip and phase. */
  readonly firstCoefficients: FirstCoefficients;
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

const known = new WeakMap<ForensicImage, Promise<BlockSample | null>>();

/**
 * The sample of an image, computed once; null where the image is smaller than one cell.
 * @throws the signal's reason when it is aborted
 */
export function readBlocks(image: ForensicImage, signal: AbortSignal): Promise<BlockSample | null> {
  const before = known.get(image);
  if (before) return before;
  const sample = read(image, signal);
  known.set(image, sample);
  // What was aborted may be asked for again.
  sample.catch(() => known.delete(image));
  return sample;
}

async function read(image: ForensicImage, signal: AbortSignal): Promise<BlockSample | null> {
  const sample = emptySample(image);
  if (!sample) return null;
  const luma = new Float32Array(sample.blocksAcross * 8 * STRIP);
  const rects = Array.from({ length: sample.rows }, (_, row) => stripOf(sample, row));
  let row = 0;
  for await (const { words, order } of readAhead(image.pixels, rects)) {
    signal.throwIfAborted();
    lumaOfWords(words, order, luma);
    addStrip(sample, row, luma);
    row++;
  }
  normalisePhases(sample);
  return sample;
}

/** What is to be filled strip by strip. */
function emptySample(image: ForensicImage): BlockSample | null {
  const { width, height } = image;
  const isJpeg = image.format === 'jpeg' && image.bytes !== null;
  const orientation = isJpeg ? readOrientation(image.container()?.exif ?? null) : 1;
  const origin = gridOrigin(orientation, width, height);
  const cell = STRIP * Math.ceil((width * height) / MOST_PIXELS);
  const columns = Math.floor((width - origin.x) / cell);
  const rows = Math.floor((height - origin.y) / cell);
  if (columns < 1 || rows < 1) return null;
  const blocksAcross = (columns * cell) / 8;
  return {
    cell,
    origin,
    columns,
    rows,
    blocksAcross,
    coefficients: new Float32Array(rows * 2 * blocksAcross * 64),
    shifted: new Float32Array(rows * Math.floor((blocksAcross - 1) / SHIFTED_EVERY) * SHIFTED_KEPT),
    firstCoefficients: emptyFirstCoefficients(),
    phasesX: new Float64Array(8),
    phasesY: new Float64Array(8),
    activity: new Float32Array(columns * rows),
    noise: new Float32Array(columns * rows),
    clipped: new Float32Array(columns * rows),
  };
}

/** The pixels read of a row of cells. */
function stripOf({ origin, cell, columns }: BlockSample, row: number): Rect {
  return { x: origin.x, y: origin.y + row * cell, width: columns * cell, height: STRIP };
}

function addStrip(sample: BlockSample, row: number, luma: Float32Array): void {
  transformStrip(sample, row, luma);
  describeCells(sample, row, luma);
  countFirstCoefficients(sample.firstCoefficients, luma, sample.blocksAcross * 8);
}

/** To a mean of 1 over the eight phases. */
function normalisePhases({ phasesX, phasesY }: BlockSample): void {
  for (const phases of [phasesX, phasesY]) {
    const sum = phases.reduce((all, value) => all + value, 0);
    for (let phase = 0; phase < 8; phase++) phases[phase] = sum > 0 ? (8 * (phases[phase] ?? 0)) / sum : 1;
  }
}

/** A row of blocks on the shifted grid, of which not all is kept. */
let moved = new Float32Array(0);

function transformStrip(sample: BlockSample, row: number, luma: Float32Array): void {
  const { blocksAcross, coefficients, shifted } = sample;
  const across = blocksAcross * 8;
  for (let half = 0; half < 2; half++) {
    const to = (2 * row + half) * blocksAcross * 64;
    dctOfBlocks(luma, 8 * half * across, across, blocksAcross, coefficients, to);
  }
  const perRow = Math.floor((blocksAcross - 1) / SHIFTED_EVERY);
  if (moved.length < 64 * blocksAcross) moved = new Float32Array(64 * blocksAcross);
  dctOfBlocks(luma, 4 * across + 4, across, blocksAcross - 1, moved, 0);
  for (let at = 0; at < perRow; at++) keepShifted(shifted, (row * perRow + at) * SHIFTED_KEPT, at);
}

/** Keeps what is wanted of one of the blocks in `moved`. */
function keepShifted(shifted: Float32Array, to: number, at: number): void {
  const from = 64 * SHIFTED_EVERY * at;
  for (let k = 0; k < SHIFTED_KEPT; k++) shifted[to + k] = moved[from + (ZIGZAG[k] ?? 0)] ?? 0;
}

/** Mean of |Immerkaer's mask| of white noise of deviation 1: 6 sqrt(2 / pi). */
const IMMERKAER = 6 * Math.sqrt(2 / Math.PI);

/** Texture, noise and clipping by cell, and the bends at block borders. */
function describeCells(sample: BlockSample, row: number, luma: Float32Array): void {
  const { cell, columns, activity, noise, clipped, phasesX, phasesY } = sample;
  const counted = (STRIP - 2) * (cell - 2);
  describeStrip(luma, columns, cell, phasesX, phasesY, (column, { differences, residual, cut }) => {
    const target = row * columns + column;
    activity[target] = differences / (2 * counted);
    noise[target] = residual / (IMMERKAER * counted);
    clipped[target] = cut / counted;
  });
}
