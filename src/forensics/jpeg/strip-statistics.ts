import { once } from '../dsp/once';
import {
  add,
  addInt,
  advance,
  andBits,
  assemble,
  type Code,
  float,
  get,
  I32,
  int,
  isAtLeast,
  isAtMost,
  isBelow,
  least,
  load,
  magnitude,
  multiply,
  orBits,
  repeat,
  set,
  splat,
  store,
  subtract,
  subtractInts,
  sumOfLanes,
  V128,
  VECTOR,
  type WasmFunction,
  WORD,
} from '../dsp/wasm';

/** Rows of a strip: two rows of 8 x 8 blocks. */
export const STRIP = 16;

/** Grey levels beyond which a bend is a contour of the scene and says nothing of blocks. */
const BEND_LIMIT = 24;
/** Luma up to the first and from the second is cut off. */
const CLIPPED = { low: 2, high: 253 } as const;

/** Columns worked on at once: their rows stay in the processor's second cache. No cell is wider. */
const MOST_COLUMNS = 2048;
/** Columns beside those worked on, which the masks reach into. */
const MARGIN = 8;
const ROW = (MOST_COLUMNS + 2 * MARGIN) * WORD;
/** Where the ones of the last vector lie, the sums, and the rows. */
const SUMS = VECTOR;
const ROWS = SUMS + 3 * VECTOR;

/** Sums over the inner pixels of a cell. */
export interface CellSums {
  /** Absolute differences to the neighbours to the left and above. */
  readonly differences: number;
  /** Absolute answers of Immerkaer's mask. */
  readonly residual: number;
  /** Pixels at 0..2 or 253..255. */
  readonly cut: number;
}

interface Kernel {
  readonly rows: Float32Array;
  readonly sums: Float32Array;
  readonly counts: Int32Array;
  readonly cell: (from: number, bytes: number) => void;
  readonly along: (from: number, end: number) => void;
  readonly down: (from: number, end: number) => void;
}

const kernel = once((): Kernel => {
  const { memory, call } = assemble([cell(), along(), down()], ROWS + STRIP * ROW);
  new Int32Array(memory.buffer, 0, 4).set([-1, -1, 0, 0]);
  return {
    rows: new Float32Array(memory.buffer, ROWS, (STRIP * ROW) / WORD),
    sums: new Float32Array(memory.buffer, SUMS, 12),
    counts: new Int32Array(memory.buffer, SUMS + 2 * VECTOR, 4),
    cell: call('cell'),
    along: call('along'),
    down: call('down'),
  };
});

/**
 * Texture, noise and clipping of the cells of a strip, and how much brightness bends across the borders of blocks.
 * @param luma 16 rows of `columns * width` samples, 0..255, the first at the grid's origin
 * @param width of a cell in px, a multiple of 16, at most 2048
 * @param phasesX receives the bends along rows, added to the phase of each column
 * @param phasesY the same down
 * @param onCell called for each cell from left to right
 */
export function describeStrip(
  luma: Float32Array,
  columns: number,
  width: number,
  phasesX: Float64Array,
  phasesY: Float64Array,
  onCell: (column: number, sums: CellSums) => void,
): void {
  const work = kernel();
  const across = columns * width;
  const atOnce = Math.max(1, Math.floor(MOST_COLUMNS / width));
  for (let first = 0; first < columns; first += atOnce) {
    const cells = Math.min(atOnce, columns - first);
    const left = first * width;
    const right = left + cells * width;
    copyRows(work, luma, across, left, right);
    for (let column = 0; column < cells; column++) {
      work.cell(addressOf(column * width + 1, 1), width * WORD);
      const [differences, residual] = [sumOfLanes(work.sums, 0), sumOfLanes(work.sums, 4)];
      onCell(first + column, { differences, residual, cut: sumOfLanes(work.counts, 0) });
    }
    addPhases(work, luma, across, left, right, phasesX, phasesY);
  }
}

/** Address in a row of the kernel's of the column that many px from the first one worked on. */
function addressOf(column: number, row: number): number {
  return ROWS + row * ROW + (MARGIN + column) * WORD;
}

function copyRows(work: Kernel, luma: Float32Array, across: number, left: number, right: number): void {
  const from = Math.max(0, left - MARGIN);
  const to = Math.min(across, right + MARGIN);
  for (let row = 0; row < STRIP; row++) {
    const at = (row * ROW) / WORD + MARGIN - (left - from);
    work.rows.set(luma.subarray(row * across + from, row * across + to), at);
  }
}

/**
 * Adds to the strength of every phase of an 8-px grid. A border between blocks bends the profile:
 * |x[-2] - 3 x[-1] + 3 x[0] - x[1]| is 0 on any parabola's slope.
 */
function addPhases(
  work: Kernel,
  luma: Float32Array,
  across: number,
  left: number,
  right: number,
  phasesX: Float64Array,
  phasesY: Float64Array,
): void {
  // The outermost blocks lack neighbours: one by one.
  const inner = Math.max(left, 8);
  const end = Math.max(inner, Math.min(right, across - 8));
  for (let y = 0; y < STRIP; y += 3) {
    work.along(addressOf(inner - left, y), addressOf(end - left, y));
    if (end > inner) for (let phase = 0; phase < 8; phase++) addTo(phasesX, phase, work.sums[phase] ?? 0);
    const row = y * across;
    if (left === 0) addBends(phasesX, luma, row, 2, Math.min(8, across - 1));
    if (right === across) addBends(phasesX, luma, row, Math.max(8, across - 8), across - 1);
  }
  for (let y = 2; y < STRIP - 1; y++) {
    work.down(addressOf(0, y), addressOf(right - left, y));
    // Every second sample of a row, alternately: neighbours tell nearly the same.
    const sum = (work.sums[y & 1] ?? 0) + (work.sums[2 + (y & 1)] ?? 0);
    // Of rows 2 to 14 phases 7, 0 and 1 have one, the others two.
    addTo(phasesY, y & 7, (y === 8 || y === 7 || y === 9 ? 2 : 1) * sum);
  }
}

/** Bends of a row's columns from `from` up to `to`, to the phase of each. */
function addBends(phases: Float64Array, luma: Float32Array, row: number, from: number, to: number): void {
  for (let x = from; x < to; x++) {
    const at = row + x;
    const outer = (luma[at - 2] ?? 0) - (luma[at + 1] ?? 0);
    const inner = (luma[at] ?? 0) - (luma[at - 1] ?? 0);
    addTo(phases, x & 7, Math.min(BEND_LIMIT, Math.abs(outer + 3 * inner)));
  }
}

function addTo(phases: Float64Array, phase: number, value: number): void {
  phases[phase] = (phases[phase] ?? 0) + value;
}

/** Sums of a cell's inner pixels, from its second in the second row, as vectors; its sides are not looked at. */
function cell(): WasmFunction {
  const [from, bytes, at, end, row, two, four, low, high, last] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
  const [differences, residual, cut, here] = [10, 11, 12, 13];
  const near = (byte: number): Code => load(get(at), byte);
  // Offsets are never negative: the address is that of the pixel above and to the left.
  const [aboveLeft, above, aboveRight] = [near(0), near(WORD), near(2 * WORD)];
  const [left, middle, right] = [near(ROW), near(ROW + WORD), near(ROW + 2 * WORD)];
  const [belowLeft, below, belowRight] = [near(2 * ROW), near(2 * ROW + WORD), near(2 * ROW + 2 * WORD)];
  const corners = add(add(aboveLeft, aboveRight), add(belowLeft, belowRight));
  const sides = add(add(above, below), add(left, right));
  const mask = add(subtract(corners, multiply(get(two), sides)), multiply(get(four), get(here)));
  const step = (kept: (value: Code) => Code): Code => [
    ...set(here, middle),
    ...set(
      differences,
      add(
        get(differences),
        kept(add(magnitude(subtract(get(here), left)), magnitude(subtract(get(here), above)))),
      ),
    ),
    ...set(residual, add(get(residual), kept(magnitude(mask)))),
    ...set(
      cut,
      subtractInts(get(cut), kept(orBits(isAtMost(get(here), get(low)), isAtLeast(get(here), get(high))))),
    ),
    ...advance(at, VECTOR),
  ];
  return {
    name: 'cell',
    params: [I32, I32],
    locals: [I32, I32, I32, ...Array(9).fill(V128)],
    body: [
      ...set(two, splat(float(2))),
      ...set(four, splat(float(4))),
      ...set(low, splat(float(CLIPPED.low))),
      ...set(high, splat(float(CLIPPED.high))),
      ...set(last, load(int(0))),
      ...advance(from, -ROW - WORD),
      ...repeat(
        [
          ...set(at, get(from)),
          // All but the last two of the pixels that are neither first nor last.
          ...set(end, addInt(get(from), addInt(get(bytes), int(-4 * WORD)))),
          ...repeat(
            step((value) => value),
            isBelow(get(at), get(end)),
          ),
          ...step((value) => andBits(value, get(last))),
          ...advance(from, ROW),
          ...advance(row, 1),
        ],
        isBelow(get(row), int(STRIP - 2)),
      ),
      ...store(int(0), SUMS, get(differences)),
      ...store(int(0), SUMS + VECTOR, get(residual)),
      ...store(int(0), SUMS + 2 * VECTOR, get(cut)),
    ],
  };
}

/** Sums of the bends along a row by phase, of whole blocks of 8 columns. */
function along(): WasmFunction {
  const [from, end, three, limit, sums] = [0, 1, 2, 3, 4];
  const near = (byte: number): Code => load(get(from), byte + 2 * WORD);
  const bend = (byte: number) =>
    bendOf(near(byte - 2 * WORD), near(byte - WORD), near(byte), near(byte + WORD), three, limit);
  return {
    name: 'along',
    params: [I32, I32],
    locals: Array(4).fill(V128),
    body: [
      ...set(three, splat(float(3))),
      ...set(limit, splat(float(BEND_LIMIT))),
      ...advance(from, -2 * WORD),
      ...advance(end, -2 * WORD),
      ...repeat(
        [
          ...set(sums, add(get(sums), bend(0))),
          ...set(sums + 1, add(get(sums + 1), bend(VECTOR))),
          ...advance(from, 2 * VECTOR),
        ],
        isBelow(get(from), get(end)),
      ),
      ...store(int(0), SUMS, get(sums)),
      ...store(int(0), SUMS + VECTOR, get(sums + 1)),
    ],
  };
}

/** Sums of the bends down at a row's columns, by column modulo 4. */
function down(): WasmFunction {
  const [from, end, three, limit, sums] = [0, 1, 2, 3, 4];
  const near = (row: number): Code => load(get(from), row * ROW);
  return {
    name: 'down',
    params: [I32, I32],
    locals: Array(3).fill(V128),
    body: [
      ...set(three, splat(float(3))),
      ...set(limit, splat(float(BEND_LIMIT))),
      ...advance(from, -2 * ROW),
      ...advance(end, -2 * ROW),
      ...repeat(
        [
          ...set(sums, add(get(sums), bendOf(near(0), near(1), near(2), near(3), three, limit))),
          ...advance(from, VECTOR),
        ],
        isBelow(get(from), get(end)),
      ),
      ...store(int(0), SUMS, get(sums)),
    ],
  };
}

/** |a - 3 b + 3 c - d|, at most the limit. */
function bendOf(a: Code, b: Code, c: Code, d: Code, three: number, limit: number): Code {
  return least(magnitude(add(subtract(a, d), multiply(get(three), subtract(c, b)))), get(limit));
}
