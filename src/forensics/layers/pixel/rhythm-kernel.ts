import { once } from '../../dsp/once';
import {
  add,
  addInt,
  advance,
  assemble,
  type Code,
  divide,
  F32,
  float,
  get,
  I32,
  int,
  isBelow,
  load,
  multiply,
  repeat,
  set,
  splat,
  splatInt,
  store,
  subtract,
  subtractInt,
  V128,
  VECTOR,
  type WasmFunction,
} from '../../dsp/wasm';

/** Largest side of a square, samples. */
const LARGEST_SIDE = 256;
/** Of the four lanes of a row's last vector two are inside. */
const LAST = 0;
const COLUMNS = VECTOR;
/** A vector a row: its sum in four parts. */
const ROWS = COLUMNS + 4 * LARGEST_SIDE;
const LUMA = ROWS + VECTOR * LARGEST_SIDE;
const BYTES = LUMA + 4 * (LARGEST_SIDE * LARGEST_SIDE + 4);

interface Kernel {
  readonly floats: Float32Array;
  readonly predict: (side: number, scale: number) => void;
}

const kernel = once((): Kernel => {
  const { memory, call } = assemble([predict()], BYTES);
  const floats = new Float32Array(memory.buffer);
  floats.set([1, 1, 0, 0], LAST / 4);
  return { floats, predict: call('predict') };
});

/**
 * How well pixels are predicted by the two beside them, 1 / (1 + (2 v - l - r)^2 / half^2), summed along columns; and
 * by those above and below, summed along rows.
 * @param from first pixel of a square of `side`, a multiple of 4 up to LARGEST_SIDE, in a plane of `width`
 * @param half grey levels of a second difference at which a pixel counts as half predictable
 * @param across, down receive `side` sums; the outermost repeat the next, as they have one neighbour only
 */
export function predictability(
  luma: Float32Array,
  width: number,
  from: number,
  side: number,
  half: number,
  across: Float64Array,
  down: Float64Array,
): void {
  const { floats, predict } = kernel();
  for (let y = 0; y < side; y++) {
    const row = from + y * width;
    floats.set(luma.subarray(row, row + side), LUMA / 4 + y * side);
  }
  predict(4 * side, 1 / (half * half));
  for (let at = 1; at < side - 1; at++) {
    across[at] = floats[COLUMNS / 4 + at - 1] ?? 0;
    const row = ROWS / 4 + 4 * (at - 1);
    down[at] = (floats[row] ?? 0) + (floats[row + 1] ?? 0) + (floats[row + 2] ?? 0) + (floats[row + 3] ?? 0);
  }
  for (const line of [across, down]) {
    line[0] = line[1] ?? 0;
    line[side - 1] = line[side - 2] ?? 0;
  }
}

function predict(): WasmFunction {
  const [pitch, scale] = [0, 1];
  const [one, scales, sum, here, beside, below] = [2, 3, 4, 5, 6, 7];
  const [at, column, row, last, end] = [8, 9, 10, 11, 12];
  const square = (difference: number): Code =>
    add(get(one), multiply(multiply(get(difference), get(difference)), get(scales)));
  /** Adds four pixels, of which a mask may leave some out. */
  const four = (mask: Code | null): Code => {
    const kept = (value: Code) => (mask ? multiply(value, mask) : value);
    return [
      ...set(here, load(get(at), 4)),
      ...set(here, add(get(here), get(here))),
      ...set(beside, subtract(subtract(get(here), load(get(at))), load(get(at), 8))),
      ...set(
        below,
        subtract(
          subtract(get(here), load(subtractInt(get(at), get(pitch)), 4)),
          load(addInt(get(at), get(pitch)), 4),
        ),
      ),
      ...set(beside, square(beside)),
      ...set(below, square(below)),
      // Two fractions by one division, which is the slowest step.
      ...set(here, divide(get(one), multiply(get(beside), get(below)))),
      ...store(get(column), 0, add(load(get(column)), kept(multiply(get(below), get(here))))),
      ...set(sum, add(get(sum), kept(multiply(get(beside), get(here))))),
      ...advance(at, VECTOR),
      ...advance(column, VECTOR),
    ];
  };
  return {
    name: 'predict',
    params: [I32, F32],
    locals: [V128, V128, V128, V128, V128, V128, I32, I32, I32, I32, I32],
    body: [
      ...set(one, splat(float(1))),
      ...set(scales, splat(get(scale))),
      // The columns' sums, from nothing on; the last vector's place is `last`.
      ...set(last, addInt(addInt(get(pitch), int(COLUMNS)), int(-VECTOR))),
      ...set(column, int(COLUMNS)),
      ...repeat(
        [...store(get(column), 0, splatInt(int(0))), ...advance(column, VECTOR)],
        isBelow(get(column), addInt(get(last), int(VECTOR))),
      ),
      // Rows 1 to side - 2, of each the columns 1 to side - 2.
      ...set(at, addInt(int(LUMA), get(pitch))),
      ...set(row, int(ROWS)),
      ...set(end, addInt(int(ROWS), addInt(addInt(get(pitch), get(pitch)), addInt(get(pitch), get(pitch))))),
      ...advance(end, -2 * VECTOR),
      ...repeat(
        [
          ...set(sum, splatInt(int(0))),
          ...set(column, int(COLUMNS)),
          ...repeat(four(null), isBelow(get(column), get(last))),
          ...four(load(int(LAST))),
          ...store(get(row), 0, get(sum)),
          ...advance(row, VECTOR),
        ],
        isBelow(get(row), get(end)),
      ),
    ],
  };
}
