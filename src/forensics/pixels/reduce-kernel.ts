import {
  add,
  addInt,
  addInts,
  advance,
  andBits,
  assemble,
  type Code,
  divide,
  dotShorts,
  F32,
  get,
  I32,
  int,
  isBelow,
  lanes,
  load,
  loadInt,
  loadLane,
  loadSplat,
  multiply,
  repeat,
  set,
  shiftRight,
  splat,
  splatInt,
  store,
  subtractInt,
  toFloats,
  V128,
  VECTOR,
  type WasmFunction,
} from '../dsp/wasm';

/** Sides of the squares that can be averaged, in pixels that are read. */
export type Box = 1 | 2 | 3;

/**
 * Inner loops of a reduction, four samples at once, in a memory of their own. All addresses are bytes, those of results
 * multiples of 16; up to three samples more than asked for are written.
 */
interface ReduceKernel {
  readonly memory: WebAssembly.Memory;
  /**
   * Mean luma of a row of squares of box x box pixels, each `step` bytes from the next.
   * @param to, end where the results begin and end
   * @param side bytes from square to square
   * @param row bytes from one row that is read to the next
   * @param outer weights of the lowest byte and, in the upper half, of the third one, thousandths; `green` the second's
   * @param divisor 1000 box^2
   */
  readonly average: (
    box: Box,
    from: number,
    to: number,
    end: number,
    step: number,
    side: number,
    row: number,
    outer: number,
    green: number,
    divisor: number,
  ) => void;
  /**
   * Weighted sums along a row.
   * @param starts where, in bytes from `from`, the taps of each result begin: four numbers for four results
   * @param weights for four results the first four taps of each, then the next four, `groups` times
   */
  readonly across: (
    from: number,
    to: number,
    end: number,
    starts: number,
    weights: number,
    groups: number,
  ) => void;
  /** Weighted sums of `taps` rows, each `pitch` bytes from the next. */
  readonly down: (
    from: number,
    to: number,
    end: number,
    pitch: number,
    weights: number,
    taps: number,
  ) => void;
}

export function assembleReduceKernel(): ReduceKernel {
  const { memory, call } = assemble([average(1), average(2), average(3), across(), down()], 1);
  const averages = { 1: call('average1'), 2: call('average2'), 3: call('average3') };
  return {
    memory,
    average: (box, ...values) => averages[box](...values),
    across: call('across'),
    down: call('down'),
  };
}

/** The lowest and third byte of each word, as two lanes of 16 bits: they hold the sum of 128 pixels. */
const EVEN_BYTES = 0x00ff00ff;

function average(box: Box): WasmFunction {
  const [from, to, end, step, side, row] = [0, 1, 2, 3, 4, 5];
  const [outerWeights, greenWeights, mask, divisor] = [9, 10, 11, 12];
  const [outer, green, words] = [13, 14, 15];
  const [line, at, place] = [16, 17, 18];
  const gather: Code = [
    ...set(place, get(at)),
    ...set(words, loadSplat(get(place))),
    ...[1, 2, 3].flatMap((lane) => [
      ...advance(place, get(side)),
      ...set(words, loadLane(get(place), get(words), lane)),
    ]),
  ];
  const even = andBits(get(words), get(mask));
  const odd = andBits(shiftRight(get(words), int(8)), get(mask));
  const pixels = Array.from({ length: box * box }, (_, pixel): Code => {
    const move =
      pixel === 0
        ? [...set(line, get(from)), ...set(at, get(from))]
        : pixel % box === 0
          ? [...advance(line, get(row)), ...set(at, get(line))]
          : advance(at, get(step));
    return [
      ...move,
      ...gather,
      ...set(outer, pixel === 0 ? even : addInts(get(outer), even)),
      ...set(green, pixel === 0 ? odd : addInts(get(green), odd)),
    ];
  });
  return {
    name: `average${box}`,
    params: [I32, I32, I32, I32, I32, I32, I32, I32, F32],
    locals: [V128, V128, V128, V128, V128, V128, V128, I32, I32, I32],
    body: [
      ...set(outerWeights, splatInt(get(6))),
      ...set(greenWeights, splatInt(get(7))),
      ...set(divisor, splat(get(8))),
      ...set(mask, splatInt(int(EVEN_BYTES))),
      ...repeat(
        [
          ...pixels.flat(),
          ...store(
            get(to),
            0,
            divide(
              toFloats(
                addInts(dotShorts(get(outer), get(outerWeights)), dotShorts(get(green), get(greenWeights))),
              ),
              get(divisor),
            ),
          ),
          // `place` is at the fourth square's last pixel; `from` moves on by four squares.
          ...[1, 2, 3, 4].flatMap(() => advance(from, get(side))),
          ...advance(to, VECTOR),
        ],
        isBelow(get(to), get(end)),
      ),
    ],
  };
}

function across(): WasmFunction {
  const [from, to, end, starts, weights, groups] = [0, 1, 2, 3, 4, 5];
  const sums = [6, 7, 8, 9];
  const places = [10, 11, 12, 13];
  const group = 14;
  const [s0, s1, s2, s3] = [get(6), get(7), get(8), get(9)];
  const [left, right] = [6, 8];
  return {
    name: 'across',
    params: [I32, I32, I32, I32, I32, I32],
    locals: [V128, V128, V128, V128, I32, I32, I32, I32, I32],
    body: repeat(
      [
        ...places.flatMap((place, at) => set(place, addInt(get(from), loadInt(get(starts), 4 * at)))),
        ...sums.flatMap((sum) => set(sum, splatInt(int(0)))),
        ...set(group, get(groups)),
        ...repeat(
          [
            ...sums.flatMap((sum, at) =>
              set(sum, add(get(sum), multiply(load(get(places[at] ?? 0)), load(get(weights), VECTOR * at)))),
            ),
            ...places.flatMap((place) => advance(place, VECTOR)),
            ...advance(weights, 4 * VECTOR),
            ...set(group, subtractInt(get(group), int(1))),
          ],
          get(group),
        ),
        ...set(left, add(lanes(s0, s1, 0, 1, 4, 5), lanes(s0, s1, 2, 3, 6, 7))),
        ...set(right, add(lanes(s2, s3, 0, 1, 4, 5), lanes(s2, s3, 2, 3, 6, 7))),
        ...store(
          get(to),
          0,
          add(lanes(get(left), get(right), 0, 2, 4, 6), lanes(get(left), get(right), 1, 3, 5, 7)),
        ),
        ...advance(starts, VECTOR),
        ...advance(to, VECTOR),
      ],
      isBelow(get(to), get(end)),
    ),
  };
}

function down(): WasmFunction {
  const [from, to, end, pitch, weights, taps] = [0, 1, 2, 3, 4, 5];
  const [sum, row, weight, tap] = [6, 7, 8, 9];
  return {
    name: 'down',
    params: [I32, I32, I32, I32, I32, I32],
    locals: [V128, I32, I32, I32],
    body: repeat(
      [
        ...set(sum, splatInt(int(0))),
        ...set(row, get(from)),
        ...set(weight, get(weights)),
        ...set(tap, get(taps)),
        ...repeat(
          [
            ...set(sum, add(get(sum), multiply(load(get(row)), loadSplat(get(weight))))),
            ...advance(row, get(pitch)),
            ...advance(weight, 4),
            ...set(tap, subtractInt(get(tap), int(1))),
          ],
          get(tap),
        ),
        ...store(get(to), 0, get(sum)),
        ...advance(from, VECTOR),
        ...advance(to, VECTOR),
      ],
      isBelow(get(to), get(end)),
    ),
  };
}
