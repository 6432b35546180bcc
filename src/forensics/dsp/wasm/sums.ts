import type { Code } from './encoding';
import { addDouble, get, int, lanes, load, multiplyDouble, promote, set, store } from './instructions';
import { LANES } from './layout';

/** Sum of the four lanes that a kernel left from an index on, one after another. */
export function sumOfLanes(values: Float32Array | Int32Array, from: number): number {
  let sum = 0;
  for (let at = from; at < from + LANES; at++) sum += values[at] ?? 0;
  return sum;
}

/**
 * Adds a local's four floats to two doubles of memory: the first and the third to one, the second and the fourth to the
 * other. For long sums: those of a row are short enough for single precision, those of a picture are not.
 */
export function addToDoubles(address: number, local: number): Code {
  const sums = addDouble(promote(get(local)), promoteUpper(local));
  return store(int(0), address, addDouble(load(int(0), address), sums));
}

/**
 * Adds a local's four floats, as doubles, to the two doubles of the local `sum`, and their squares to those of `squares`.
 * @param half a local to work in
 */
export function addMoments(local: number, half: number, sum: number, squares: number): Code {
  const addHalf = (doubles: Code): Code => [
    ...set(half, doubles),
    ...set(sum, addDouble(get(sum), get(half))),
    ...set(squares, addDouble(get(squares), multiplyDouble(get(half), get(half)))),
  ];
  return [...addHalf(promote(get(local))), ...addHalf(promoteUpper(local))];
}

/** The last two of a local's four floats as doubles. */
const promoteUpper = (local: number): Code => promote(lanes(get(local), get(local), 2, 3, 2, 3));
