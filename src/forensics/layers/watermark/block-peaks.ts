import { once } from '../../dsp/once';
import {
  addInts,
  advance,
  andBits,
  assemble,
  type Code,
  get,
  I32,
  int,
  isBelow,
  lane,
  lanes,
  largestInts,
  load,
  multiplyInts,
  repeat,
  set,
  shiftRight,
  splatInt,
  storeInt,
  subtractInts,
  V128,
  VECTOR,
  type WasmFunction,
  WORD,
} from '../../dsp/wasm';
import type { WordOrder } from '../../image';

/** Side of a block in px. */
export const BLOCK = 8;

/** Blocks in one call: they stay in the processor's nearest cache. */
const MOST_BLOCKS = 64;
const ROW = MOST_BLOCKS * BLOCK * WORD;
/** Where the zero of the first coefficient lies, the pixels, and the answers. */
const PIXELS = VECTOR;
const PEAKS = PIXELS + BLOCK * ROW;

/** Weights of OpenCV's conversion from RGB to YUV, in parts of 2^14, and the half that rounds. */
const LUMA = { red: 4899, green: 9617, blue: 1868 } as const;
const BLUE_TO_U = 8061;
const BITS = 14;
const HALF = 1 << (BITS - 1);
const MIDDLE = 128 << BITS;

interface Kernel {
  readonly pixels: Int32Array;
  readonly peaks: Int32Array;
  readonly find: (from: number, end: number, to: number, red: number, blue: number) => void;
}

const kernel = once((): Kernel => {
  const { memory, call } = assemble([find()], PEAKS + MOST_BLOCKS * WORD);
  new Int32Array(memory.buffer, 0, 4).set([0, -1, -1, -1]);
  return {
    pixels: new Int32Array(memory.buffer, PIXELS, (BLOCK * ROW) / WORD),
    peaks: new Int32Array(memory.buffer, PEAKS, MOST_BLOCKS),
    find: call('find'),
  };
});

/**
 * Largest sum of 2 x 2 neighbours of U in each block of a row of blocks, the first 2 x 2 left out: twice the largest
 * coefficient but the first of a Haar step's approximation. U as OpenCV has it (BT.601, in whole numbers).
 * @param words 8 rows of `columns * 8` pixels, as `PixelSource.raw` answers them
 * @param peaks receives one value a block, from `at` on
 */
export function findPeaks(
  words: Int32Array,
  columns: number,
  order: WordOrder,
  peaks: Int32Array,
  at: number,
): void {
  const work = kernel();
  for (let done = 0; done < columns; done += MOST_BLOCKS) {
    const count = Math.min(MOST_BLOCKS, columns - done);
    for (let row = 0; row < BLOCK; row++) {
      const first = (row * columns + done) * BLOCK;
      work.pixels.set(words.subarray(first, first + count * BLOCK), (row * ROW) / WORD);
    }
    const red = order === 'rgb' ? 0 : 16;
    work.find(PIXELS, PIXELS + count * BLOCK * WORD, PEAKS, red, 16 - red);
    peaks.set(count === MOST_BLOCKS ? work.peaks : work.peaks.subarray(0, count), at + done);
  }
}

/** Blocks whose first pixels lie from the first parameter up to the second; `red` and `blue` are the shifts of these bytes. */
function find(): WasmFunction {
  const [from, end, to, red, blue, pixel, blues, peak, left, right] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
  const constants = [255, LUMA.red, LUMA.green, LUMA.blue, HALF, BLUE_TO_U, MIDDLE + HALF];
  const constant = (at: number) => get(10 + at);
  const byte = (shift: Code) => andBits(shiftRight(get(pixel), shift), constant(0));
  const luma = shiftRight(
    addInts(
      addInts(multiplyInts(byte(get(red)), constant(1)), multiplyInts(byte(int(8)), constant(2))),
      addInts(multiplyInts(get(blues), constant(3)), constant(4)),
    ),
    int(BITS),
  );
  const u = shiftRight(
    addInts(multiplyInts(subtractInts(get(blues), luma), constant(5)), constant(6)),
    int(BITS),
  );
  /** U of four pixels, added to a local or put there. */
  const take = (local: number, byteAt: number, added: boolean): Code => [
    ...set(pixel, load(get(from), byteAt)),
    ...set(blues, byte(get(blue))),
    ...set(local, added ? addInts(get(local), u) : u),
  ];
  const rows = (at: number): Code => {
    const sums = addInts(lanes(get(left), get(right), 0, 2, 4, 6), lanes(get(left), get(right), 1, 3, 5, 7));
    return [
      ...take(left, 2 * at * ROW, false),
      ...take(left, (2 * at + 1) * ROW, true),
      ...take(right, 2 * at * ROW + VECTOR, false),
      ...take(right, (2 * at + 1) * ROW + VECTOR, true),
      // The first coefficient holds the block's mean in the library's eyes, and is passed over.
      ...set(peak, at === 0 ? andBits(sums, load(int(0))) : largestInts(get(peak), sums)),
    ];
  };
  return {
    name: 'find',
    params: [I32, I32, I32, I32, I32],
    locals: Array(5 + constants.length).fill(V128),
    body: [
      ...constants.flatMap((value, at) => set(10 + at, splatInt(int(value)))),
      ...repeat(
        [
          ...[0, 1, 2, 3].flatMap(rows),
          ...set(peak, largestInts(get(peak), lanes(get(peak), get(peak), 2, 3, 0, 1))),
          ...set(peak, largestInts(get(peak), lanes(get(peak), get(peak), 1, 0, 3, 2))),
          ...storeInt(get(to), 0, lane(get(peak), 0)),
          ...advance(to, WORD),
          ...advance(from, BLOCK * WORD),
        ],
        isBelow(get(from), get(end)),
      ),
    ],
  };
}
