import { dctOfBlocks } from '../dsp/block-dct';
import { weighBytes } from '../dsp/weigh-bytes';
import type { ForensicImage, Rect } from '../image';
import { countFirstCoefficients } from './block-sums';
import { gridOrigin, readOrientation } from './orientation';
import { emptyFirstCoefficients, type FirstCoefficients } from './shifted';
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
  const words = new Int32Array(sample.blocksAcross * 8 * STRIP);
  const luma = new Float32Array(words.length);
  for (let row = 0; row < sample.rows; row++) {
    const order = await image.pixels.raw(stripOf(sample, row), words);
    weighBytes(words, order === 'rgb' ? [299, 587, 114] : [114, 587, 299], luma);
    signal.throwIfAborted();
    addStrip(sample, row, luma);
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
  addGridPhases(sample, luma);
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

/** Texture, noise and clipping by cell. */
function describeCells(sample: BlockSample, row: number, luma: Float32Array): void {
  const { cell, columns, activity, noise, clipped } = sample;
  const across = columns * cell;
  const counted = (STRIP - 2) * (cell - 2);
  const sums = { differences: 0, residual: 0, cut: 0 };
  for (let column = 0; column < columns; column++) {
    sums.differences = 0;
    sums.residual = 0;
    sums.cut = 0;
    for (let y = 1; y < STRIP - 1; y++) addCellRow(sums, luma, y * across + column * cell, cell, across);
    const target = row * columns + column;
    activity[target] = sums.differences / (2 * counted);
    noise[target] = sums.residual / (IMMERKAER * counted);
    clipped[target] = sums.cut / counted;
  }
}

/** One line of a cell. A loop in a function of its own is compiled for itself, and not thrown away with others. */
function addCellRow(
  sums: { differences: number; residual: number; cut: number },
  luma: Float32Array,
  first: number,
  cell: number,
  across: number,
): void {
  let differences = 0;
  let residual = 0;
  let cut = 0;
  let west = luma[first] ?? 0;
  let north = luma[first + 1 - across] ?? 0;
  let here = luma[first + 1] ?? 0;
  // Immerkaer's mask is the second difference across of the second difference down.
  let bendWest = (luma[first - across] ?? 0) - 2 * west + (luma[first + across] ?? 0);
  let bend = north - 2 * here + (luma[first + 1 + across] ?? 0);
  for (let at = first + 2; at < first + cell; at++) {
    const east = luma[at] ?? 0;
    const northEast = luma[at - across] ?? 0;
    const bendEast = northEast - 2 * east + (luma[at + across] ?? 0);
    differences += Math.abs(here - west) + Math.abs(here - north);
    residual += Math.abs(bendWest - 2 * bend + bendEast);
    if (here <= 2 || here >= 253) cut++;
    west = here;
    here = east;
    north = northEast;
    bendWest = bend;
    bend = bendEast;
  }
  sums.differences += differences;
  sums.residual += residual;
  sums.cut += cut;
}

/**
 * Adds to the strength of every phase of an 8-px grid. A border between blocks bends the profile:
 * |x[-2] - 3 x[-1] + 3 x[0] - x[1]| is 0 on any parabola's slope.
 */
function addGridPhases({ cell, columns, phasesX, phasesY }: BlockSample, luma: Float32Array): void {
  const across = columns * cell;
  for (let y = 0; y < STRIP; y += 3) addBendsAlong(phasesX, luma, y * across, across);
  for (let y = 2; y < STRIP - 1; y++) {
    // Of rows 2 to 14 phases 7, 0 and 1 have one, the others two.
    const weight = y === 8 || y === 7 || y === 9 ? 2 : 1;
    phasesY[y & 7] = (phasesY[y & 7] ?? 0) + weight * bendsAcross(luma, y * across + (y & 1), across);
  }
}

/** Bends of a row at each of its samples, to the phase of each. */
function addBendsAlong(phases: Float64Array, luma: Float32Array, row: number, across: number): void {
  let a = luma[row] ?? 0;
  let b = luma[row + 1] ?? 0;
  let c = luma[row + 2] ?? 0;
  for (let x = 2; x < across - 1; x++) {
    const d = luma[row + x + 1] ?? 0;
    phases[x & 7] = (phases[x & 7] ?? 0) + Math.min(BEND_LIMIT, Math.abs(a - d + 3 * (c - b)));
    a = b;
    b = c;
    c = d;
  }
}

/** Sum of the bends down at every second sample of a row, from `first` on. */
function bendsAcross(luma: Float32Array, first: number, across: number): number {
  let sum = 0;
  for (let at = first; at < first + across; at += 2) {
    const outer = (luma[at - 2 * across] ?? 0) - (luma[at + across] ?? 0);
    const inner = (luma[at] ?? 0) - (luma[at - across] ?? 0);
    sum += Math.min(BEND_LIMIT, Math.abs(outer + 3 * inner));
  }
  return sum;
}

/** Grey levels beyond which a bend is a contour of the scene and says nothing of blocks. */
const BEND_LIMIT = 24;
