import { once } from '../../dsp/once';
import {
  add,
  advance,
  andBits,
  assemble,
  type Code,
  float,
  get,
  I32,
  int,
  isBelow,
  load,
  magnitude,
  multiply,
  repeat,
  set,
  shiftRight,
  splat,
  splatInt,
  store,
  subtract,
  sumOfLanes,
  toFloats,
  V128,
  VECTOR,
  type WasmFunction,
  WORD,
} from '../../dsp/wasm';

/** One cell: four 8 x 8 luma blocks and one of each chroma, as halved chroma has it. */
export const CELL = 16;

/** Cells in one call: their pixels before and after stay in the processor's second cache. */
const MOST_CELLS = 32;
const ROW = MOST_CELLS * CELL * WORD;
const PICTURE = CELL * ROW;
/** Sums of a cell: changes of luma, of chroma, and differences of neighbours, four lanes each. */
const SUMS = 3 * VECTOR;
/** Where the ones of the last vector lie, the luma of one cell, the pixels before and after, and the sums. */
const LUMA = VECTOR;
const LUMA_ROW = CELL * WORD;
const BEFORE = LUMA + CELL * LUMA_ROW + VECTOR;
const AFTER = BEFORE + PICTURE;
const ANSWERS = AFTER + PICTURE;

interface Kernel {
  readonly before: Int32Array;
  readonly after: Int32Array;
  readonly answers: Float32Array;
  readonly compare: (from: number, end: number, to: number) => void;
}

const kernel = once((): Kernel => {
  const { memory, call } = assemble([compare()], ANSWERS + MOST_CELLS * SUMS);
  new Int32Array(memory.buffer, 0, 4).set([-1, -1, -1, 0]);
  return {
    before: new Int32Array(memory.buffer, BEFORE, PICTURE / WORD),
    after: new Int32Array(memory.buffer, AFTER, PICTURE / WORD),
    answers: new Float32Array(memory.buffer, ANSWERS, (MOST_CELLS * SUMS) / WORD),
    compare: call('compare'),
  };
});

/** Figures of cells, in grey levels; each array receives one value a cell. */
export interface CellErrors {
  /** Mean absolute change of luma. */
  readonly luma: Float32Array;
  /** Mean absolute change of Cb and Cr. */
  readonly chroma: Float32Array;
  /** Mean absolute difference of each pixel before from the ones to its left and above, within the cell. */
  readonly activity: Float32Array;
}

/**
 * Compares a row of cells before and after a trial compression.
 * @param before 16 rows of `stride` pixels from `from` on, red in the lowest byte; cells lie side by side
 * @param cells how many
 * @param at where the first cell's figures go in `errors`
 */
export function compareCells(
  before: Int32Array,
  after: Int32Array,
  from: number,
  stride: number,
  cells: number,
  errors: CellErrors,
  at: number,
): void {
  const work = kernel();
  for (let done = 0; done < cells; done += MOST_CELLS) {
    const count = Math.min(MOST_CELLS, cells - done);
    for (let row = 0; row < CELL; row++) {
      const first = from + row * stride + done * CELL;
      const to = (row * ROW) / WORD;
      work.before.set(before.subarray(first, first + count * CELL), to);
      work.after.set(after.subarray(first, first + count * CELL), to);
    }
    work.compare(BEFORE, BEFORE + count * CELL * WORD, ANSWERS);
    for (let cell = 0; cell < count; cell++) {
      const sum = (which: number) => sumOfLanes(work.answers, (cell * SUMS + which * VECTOR) / WORD);
      errors.luma[at + done + cell] = sum(0) / CELL ** 2;
      errors.chroma[at + done + cell] = sum(1) / (2 * CELL ** 2);
      errors.activity[at + done + cell] = sum(2) / (2 * (CELL - 1) ** 2);
    }
  }
}

/** Rec. 601 luma, and JFIF's Cb = 0.564 (B - Y), Cr = 0.713 (R - Y). */
const FACTORS = [0.299, 0.587, 0.114, 0.564, 0.713];

/** Sums of the cells whose first pixels lie from the first parameter up to the second, to the third. */
function compare(): WasmFunction {
  const [from, end, to, at, row, mask, last] = [0, 1, 2, 3, 4, 5, 6];
  const [lumaSum, chromaSum, activity, red, green, blue, change] = [7, 8, 9, 10, 11, 12, 13];
  const factor = (which: number) => get(14 + which);
  const channel = (offset: number, shift: number): Code => {
    const words = load(get(at), offset);
    return toFloats(andBits(shift === 0 ? words : shiftRight(words, int(shift)), get(mask)));
  };
  const weighed = add(
    add(multiply(factor(0), get(red)), multiply(factor(1), get(green))),
    multiply(factor(2), get(blue)),
  );
  const four = (vector: number): Code => {
    const byte = vector * VECTOR;
    const changeOf = (shift: number, before: number) => subtract(channel(PICTURE + byte, shift), get(before));
    return [
      ...set(red, channel(byte, 0)),
      ...set(green, channel(byte, 8)),
      ...set(blue, channel(byte, 16)),
      ...store(get(row), LUMA + byte, weighed),
      ...set(red, changeOf(0, red)),
      ...set(green, changeOf(8, green)),
      ...set(blue, changeOf(16, blue)),
      ...set(change, weighed),
      ...set(lumaSum, add(get(lumaSum), magnitude(get(change)))),
      ...set(
        chromaSum,
        add(
          get(chromaSum),
          add(
            multiply(factor(3), magnitude(subtract(get(blue), get(change)))),
            multiply(factor(4), magnitude(subtract(get(red), get(change)))),
          ),
        ),
      ),
    ];
  };
  const differences = (vector: number): Code => {
    const here = load(get(row), LUMA + LUMA_ROW + WORD + vector * VECTOR);
    const left = load(get(row), LUMA + LUMA_ROW + vector * VECTOR);
    const above = load(get(row), LUMA + WORD + vector * VECTOR);
    const both = add(magnitude(subtract(here, left)), magnitude(subtract(here, above)));
    // Of the last four the fourth lies in the next row.
    return set(activity, add(get(activity), vector === 3 ? andBits(both, get(last)) : both));
  };
  const rows = (count: number, body: Code): Code => [
    ...set(row, int(0)),
    ...repeat([...body, ...advance(row, LUMA_ROW)], isBelow(get(row), int(count * LUMA_ROW))),
  ];
  const vectors = [0, 1, 2, 3];
  const none = splat(float(0));
  return {
    name: 'compare',
    params: [I32, I32, I32],
    locals: [I32, I32, ...Array(9 + FACTORS.length).fill(V128)],
    body: [
      ...set(mask, splatInt(int(255))),
      ...set(last, load(int(0))),
      ...FACTORS.flatMap((value, which) => set(14 + which, splat(float(value)))),
      ...repeat(
        [
          ...[lumaSum, chromaSum, activity].flatMap((sum) => set(sum, none)),
          ...set(at, get(from)),
          ...rows(CELL, [...vectors.flatMap(four), ...advance(at, ROW)]),
          ...rows(CELL - 1, vectors.flatMap(differences)),
          ...[lumaSum, chromaSum, activity].flatMap((sum, which) => store(get(to), which * VECTOR, get(sum))),
          ...advance(to, SUMS),
          ...advance(from, CELL * WORD),
        ],
        isBelow(get(from), get(end)),
      ),
    ],
  };
}
