import {
  addInt,
  addInts,
  advance,
  andBits,
  assemble,
  type Code,
  get,
  I32,
  int,
  isBelow,
  lanes,
  load,
  magnitudeInts,
  multiplyInts,
  newMemory,
  repeat,
  set,
  shiftRight,
  splatInt,
  store,
  subtractInts,
  V128,
  VECTOR,
} from '../dsp/wasm';

/** Side of a patch in px. */
export const PATCH = 32;
/** Side of the squares that it is parted into, px. */
export const SQUARE = 4;

/** Groups of 4 px that are worked on together: half a patch's width. */
const GROUPS = 4;

/** What a patch of pixels is made of, in integers: luma in thousandths of a grey level. */
export interface PatchKernel {
  readonly memory: WebAssembly.Memory;
  /** Where the caller may keep pixels, bytes. */
  readonly spare: number;
  /** Of each square of 2 x 2 px the difference of its diagonals, without its sign; in no particular order. */
  readonly details: Int32Array;
  /** Sums over squares of 4 x 4 px, row-major. */
  readonly squares: Int32Array;
  /**
   * @param from first pixel, in bytes
   * @param stride bytes from one row of pixels to the next
   * @param lowest, second, third weights of a word's bytes in thousandths
   */
  readonly measure: (from: number, stride: number, lowest: number, second: number, third: number) => void;
}

export function patchKernel(): PatchKernel {
  const details = PATCH * PATCH;
  const squares = (PATCH / SQUARE) ** 2;
  const spare = (details / 4 + squares) * Int32Array.BYTES_PER_ELEMENT;
  const { memory, call } = assemble([measure(details)], newMemory(spare));
  return {
    memory,
    spare,
    // Views of a memory that grows are lost: asked for anew each time.
    get details() {
      return new Int32Array(memory.buffer, 0, details / 4);
    },
    get squares() {
      return new Int32Array(memory.buffer, details, squares);
    },
    measure: call('measure'),
  };
}

const even = (a: number, b: number) => lanes(get(a), get(b), 0, 2, 4, 6);
const odd = (a: number, b: number) => lanes(get(a), get(b), 1, 3, 5, 7);

/** @param squares where the sums go, bytes; the details go to the first ones */
function measure(squares: number) {
  const [from, stride, row, detail, sum] = [0, 1, 5, 6, 7];
  const [mask, words, luma, above, weight] = [8, 9, 10, 11, 12];
  const group = (first: number) => (at: number) => weight + 3 + first * GROUPS + at;
  const [total, fall] = [group(0), group(1)];
  const byte = (shift: number): Code =>
    andBits(shift === 0 ? get(words) : shiftRight(get(words), int(shift)), get(mask));
  const weighed = [0, 8, 16].map((shift, at) => multiplyInts(byte(shift), get(weight + at)));
  const [lowest = [], second = [], third = []] = weighed;
  /** Luma of four rows of a group, added up; the falls of both pairs of rows. */
  const readGroup = (at: number): Code => [
    ...set(row, get(from)),
    ...[0, 1, 2, 3].flatMap((y) => [
      ...set(words, load(get(row), at * VECTOR)),
      ...set(luma, addInts(addInts(lowest, second), third)),
      ...set(total(at), y === 0 ? get(luma) : addInts(get(total(at)), get(luma))),
      ...(y % 2 === 0
        ? set(above, get(luma))
        : set(fall(2 * at + (y >> 1)), subtractInts(get(above), get(luma)))),
      ...advance(row, get(stride)),
    ]),
  ];
  const storeDetails = (at: number, pair: number): Code => {
    const [left, right] = [fall(2 * at + pair), fall(2 * at + 2 + pair)];
    return [
      ...store(get(detail), 0, magnitudeInts(subtractInts(even(left, right), odd(left, right)))),
      ...advance(detail, VECTOR),
    ];
  };
  const half: Code = [
    ...Array.from({ length: GROUPS }, (_, at) => readGroup(at)).flat(),
    ...[0, 2].flatMap((at) => [...storeDetails(at, 0), ...storeDetails(at, 1)]),
    ...set(words, addInts(even(total(0), total(1)), odd(total(0), total(1)))),
    ...set(luma, addInts(even(total(2), total(3)), odd(total(2), total(3)))),
    ...store(get(sum), squares, addInts(even(words, luma), odd(words, luma))),
    ...advance(sum, VECTOR),
  ];
  const across = GROUPS * VECTOR;
  return {
    name: 'measure',
    params: [I32, I32, I32, I32, I32],
    locals: [I32, I32, I32, ...Array(7 + 3 * GROUPS).fill(V128)],
    body: [
      ...set(mask, splatInt(int(255))),
      ...[0, 1, 2].flatMap((at) => set(weight + at, splatInt(get(2 + at)))),
      ...repeat(
        [
          ...half,
          ...advance(from, across),
          ...half,
          // `row` is four rows below the second half.
          ...set(from, addInt(get(row), int(-across))),
        ],
        isBelow(get(sum), int((PATCH / SQUARE) ** 2 * 4)),
      ),
    ],
  };
}
