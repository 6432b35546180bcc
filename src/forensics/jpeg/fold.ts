import {
  addInts,
  advance,
  assemble,
  type Code,
  get,
  I32,
  int,
  isBelow,
  load,
  repeat,
  set,
  store,
  VECTOR,
  type WasmFunction,
  WORD,
  when,
} from '../dsp/wasm';
import { GRIDS } from './block-sums';

/** Bytes of one level's counts, one for each grid. */
const ROW = GRIDS * WORD;

/** Counts of many levels, to be folded at one period after another. */
interface Folder {
  /**
   * @param period 1 to the largest that was asked for
   * @returns sums over all levels by their remainder, `remainder * GRIDS + grid`; overwritten by the next call
   */
  fold(period: number): Uint32Array;
}

interface Kernel {
  readonly memory: WebAssembly.Memory;
  readonly levels: number;
  readonly largest: number;
  readonly fold: (from: number, end: number, last: number) => void;
}

/** Assembled when first asked for, once in each thread, and again for another size. */
let known: Kernel | null = null;

function kernel(levels: number, largest: number): Kernel {
  if (known?.levels === levels && known.largest === largest) return known;
  const { memory, call } = assemble([fold()], (largest + levels) * ROW);
  known = { memory, levels, largest, fold: call('fold') };
  return known;
}

/**
 * Lays counts out for folding; what an earlier call laid out is gone.
 * @param counts `level * GRIDS + grid`, of whole levels
 * @param first remainders count from level 0: the level of the first counts
 * @param largest period that will be asked for
 */
export function folderOf(counts: Uint32Array, first: number, largest: number): Folder {
  const levels = counts.length / GRIDS;
  const work = kernel(levels, largest);
  const from = largest * ROW;
  new Uint32Array(work.memory.buffer, from, counts.length).set(counts);
  const folded = new Uint32Array(work.memory.buffer, 0, largest * GRIDS);
  const turned = new Uint32Array(folded.length);
  return {
    fold(period) {
      folded.fill(0);
      work.fold(from, from + levels * ROW, (period - 1) * ROW);
      // The kernel begins at remainder 0 with the first level.
      const shift = (first % period) * GRIDS;
      const length = period * GRIDS;
      turned.set(folded.subarray(0, length - shift), shift);
      turned.set(folded.subarray(length - shift, length), 0);
      return turned;
    },
  };
}

/** Adds the rows from the first parameter up to the second to those from 0 on to the third, again and again. */
function fold(): WasmFunction {
  const [from, end, last, to] = [0, 1, 2, 3];
  const addFour = (at: number): Code =>
    store(get(to), at * VECTOR, addInts(load(get(to), at * VECTOR), load(get(from), at * VECTOR)));
  return {
    name: 'fold',
    params: [I32, I32, I32],
    locals: [I32],
    body: repeat(
      [
        ...Array.from({ length: ROW / VECTOR }, (_, at) => addFour(at)).flat(),
        ...advance(from, ROW),
        ...advance(to, ROW),
        ...when(isBelow(get(last), get(to)), set(to, int(0))),
      ],
      isBelow(get(from), get(end)),
    ),
  };
}
