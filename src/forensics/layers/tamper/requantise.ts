import { once } from '../../dsp/once';
import {
  add,
  advance,
  assemble,
  type Code,
  get,
  I32,
  int,
  isBelow,
  lanes,
  load,
  multiply,
  nearest,
  repeat,
  set,
  store,
  subtract,
  V128,
  VECTOR,
  type WasmFunction,
  WORD,
} from '../../dsp/wasm';
import { ijgTable } from '../../jpeg/tables';
import { ZIGZAG } from '../../jpeg/zigzag';

/** Zigzag places 1..REQUANTISED enter the errors of trial compressions: the rest is mostly zero. */
export const REQUANTISED = 20;

/** Blocks in one call, a multiple of 4: they stay in the processor's nearest cache. */
const MOST_BLOCKS = 64;
const BLOCK = 64 * WORD;
/** Where the steps lie, their inverses, the blocks, and what they lose. */
const INVERSES = BLOCK;
const BLOCKS = 2 * BLOCK;
const LOST = BLOCKS + MOST_BLOCKS * BLOCK;

/**
 * A step as good as none: divided and multiplied by it again, any coefficient is what it was, as powers of two
 * change no digit. For the places that do not count.
 */
const NO_STEP = 2 ** -23;

const COUNTED: readonly number[] = ZIGZAG.slice(1, REQUANTISED + 1);
/** Fours of natural places with at least one that counts. */
const VECTORS = [...new Set(COUNTED.map((place) => place >> 2))];

interface Kernel {
  readonly steps: Float32Array;
  readonly inverses: Float32Array;
  readonly blocks: Float32Array;
  readonly lost: Float32Array;
  readonly lose: (from: number, to: number, end: number) => void;
}

const kernel = once((): Kernel => {
  const { memory, call } = assemble([lose()], LOST + MOST_BLOCKS * WORD);
  return {
    steps: new Float32Array(memory.buffer, 0, 64),
    inverses: new Float32Array(memory.buffer, INVERSES, 64),
    blocks: new Float32Array(memory.buffer, BLOCKS, 64 * MOST_BLOCKS),
    lost: new Float32Array(memory.buffer, LOST, MOST_BLOCKS),
    lose: call('lose'),
  };
});

/**
 * What blocks would lose if they were compressed once more.
 * @param coefficients 64 of every block in natural order
 * @param qualities of the IJG scale, 1..100
 * @returns by quality and block: sum of the squared changes of the first REQUANTISED AC coefficients in zigzag order
 */
export function requantisationLoss(
  coefficients: Float32Array,
  qualities: readonly number[],
): readonly Float32Array[] {
  const work = kernel();
  const blocks = coefficients.length / 64;
  return qualities.map((quality) => {
    const table = ijgTable(quality);
    work.steps.fill(NO_STEP);
    for (const place of COUNTED) work.steps[place] = table[place] ?? 1;
    for (let at = 0; at < 64; at++) work.inverses[at] = 1 / (work.steps[at] ?? 1);
    const lost = new Float32Array(blocks);
    for (let done = 0; done < blocks; done += MOST_BLOCKS) {
      const count = Math.min(MOST_BLOCKS, blocks - done);
      work.blocks.set(coefficients.subarray(64 * done, 64 * (done + count)));
      work.lose(BLOCKS, LOST, BLOCKS + count * BLOCK);
      lost.set(count === MOST_BLOCKS ? work.lost : work.lost.subarray(0, count), done);
    }
    return lost;
  });
}

/** What the blocks from the first parameter up to the third lose, to the second; always four at a time. */
function lose(): WasmFunction {
  const [from, to, end, sums, change] = [0, 1, 2, 3, 7];
  const squared = (block: number, vector: number): Code => {
    const place = vector * VECTOR;
    const value = load(get(from), block * BLOCK + place);
    const whole = nearest(multiply(value, load(int(0), INVERSES + place)));
    return [
      ...set(change, subtract(value, multiply(whole, load(int(0), place)))),
      ...multiply(get(change), get(change)),
    ];
  };
  const sumOf = (block: number): Code => {
    const [first = 0, ...rest] = VECTORS;
    const total = rest.reduce<Code>((sum, vector) => add(sum, squared(block, vector)), squared(block, first));
    return set(sums + block, total);
  };
  /** Sums of the two halves of two vectors' lanes. */
  const halves = (a: number, b: number): Code =>
    add(lanes(get(a), get(b), 0, 1, 4, 5), lanes(get(a), get(b), 2, 3, 6, 7));
  return {
    name: 'lose',
    params: [I32, I32, I32],
    locals: Array(5).fill(V128),
    body: repeat(
      [
        ...[0, 1, 2, 3].flatMap(sumOf),
        ...set(sums, halves(sums, sums + 1)),
        ...set(sums + 1, halves(sums + 2, sums + 3)),
        ...store(
          get(to),
          0,
          add(lanes(get(sums), get(sums + 1), 0, 2, 4, 6), lanes(get(sums), get(sums + 1), 1, 3, 5, 7)),
        ),
        ...advance(from, 4 * BLOCK),
        ...advance(to, VECTOR),
      ],
      isBelow(get(from), get(end)),
    ),
  };
}
