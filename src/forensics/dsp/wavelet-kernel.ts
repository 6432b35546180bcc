import {
  add,
  addInt,
  advance,
  assemble,
  type Code,
  FLOAT,
  float,
  get,
  I32,
  int,
  isBelow,
  lanes,
  load,
  multiply,
  repeat,
  set,
  splat,
  store,
  subtract,
  V128,
  VECTOR,
  type WasmFunction,
} from './wasm';

/**
 * The inner loops of `wavelet.ts`, four samples at once. Addresses and lengths are in bytes, lengths multiples of 16.
 */
export interface WaveletKernel {
  /** Parts a line from `from` to `end` into its approximation at `low` and its detail at `high`, half as long each. */
  readonly rowForward: (from: number, end: number, low: number, high: number) => void;
  /** The same of eight rows of the work field, the first from `from` to `end`: one row each to `low` and `high`. */
  readonly rowsForward: (from: number, end: number, low: number, high: number) => void;
  /** Joins bands along a line: `half` bytes each from `low` and `high`, with room for 16 bytes ahead of each. */
  readonly rowInverse: (low: number, high: number, half: number, to: number) => void;
  /**
   * Joins four rows of the approximation, the latest from `a` to `end` and its predecessors at `b`, `c` and `d`, with
   * the rows of the detail `down` further on: two rows of the work field from `to` on.
   */
  readonly rowsInverse: (
    a: number,
    end: number,
    b: number,
    c: number,
    d: number,
    down: number,
    to: number,
  ) => void;
}

/**
 * @param low the scaling filter, eight taps; the wavelet is the same backwards with alternating signs
 * @param stride bytes from one row of the work field to the next
 * @param lines where two lines of half a row and a vector may be kept, one behind the other
 * @param line bytes of each
 */
export function waveletKernel(
  memory: WebAssembly.Memory,
  low: readonly number[],
  stride: number,
  lines: number,
  line: number,
): WaveletKernel {
  const { call } = assemble(
    [
      rowForward(low, lines, lines + line),
      rowsForward(low, stride),
      rowInverse(low),
      rowsInverse(low, stride),
    ],
    memory,
  );
  return {
    rowForward: call('rowForward'),
    rowsForward: call('rowsForward'),
    rowInverse: call('rowInverse'),
    rowsInverse: call('rowsInverse'),
  };
}

/** The filter's taps in eight locals from `first` on: they stay in registers. */
const taps = (low: readonly number[], first: number): Code =>
  low.flatMap((value, at) => set(first + at, splat(float(value))));

/** Sums of eight samples times the taps of the scaling filter and of the wavelet, into two locals. */
function filtered(samples: readonly Code[], tap: number, sample: number, low: number, high: number): Code {
  return samples.flatMap((value, t) => {
    const approximation = multiply(get(sample), get(tap + t));
    const detail = multiply(get(sample), get(tap + 7 - t));
    return [
      ...set(sample, value),
      ...set(low, t === 0 ? approximation : add(get(low), approximation)),
      ...set(high, t === 0 ? detail : (t % 2 === 0 ? add : subtract)(get(high), detail)),
    ];
  });
}

function rowForward(low: readonly number[], evens: number, odds: number): WasmFunction {
  const [from, end, toLow, toHigh, at, length] = [0, 1, 2, 3, 4, 5];
  const [a, b, c, tap] = [6, 7, 8, 9];
  // Sample 2 k + t of the line, for four k.
  const samples = low.map((_, t) => load(get(at), (t % 2 === 0 ? evens : odds) + (t >> 1) * FLOAT));
  return {
    name: 'rowForward',
    params: [I32, I32, I32, I32],
    locals: [I32, I32, ...Array(11).fill(V128)],
    body: [
      ...taps(low, tap),
      ...repeat(
        [
          ...set(a, load(get(from))),
          ...set(b, load(get(from), VECTOR)),
          ...store(get(length), evens, lanes(get(a), get(b), 0, 2, 4, 6)),
          ...store(get(length), odds, lanes(get(a), get(b), 1, 3, 5, 7)),
          ...advance(from, 2 * VECTOR),
          ...advance(length, VECTOR),
        ],
        isBelow(get(from), get(end)),
      ),
      // The line begins again behind its end.
      ...store(get(length), evens, load(int(0), evens)),
      ...store(get(length), odds, load(int(0), odds)),
      ...repeat(
        [
          ...filtered(samples, tap, c, a, b),
          ...store(get(toLow), 0, get(a)),
          ...store(get(toHigh), 0, get(b)),
          ...advance(toLow, VECTOR),
          ...advance(toHigh, VECTOR),
          ...advance(at, VECTOR),
        ],
        isBelow(get(at), get(length)),
      ),
    ],
  };
}

function rowsForward(low: readonly number[], stride: number): WasmFunction {
  const [from, end, toLow, toHigh] = [0, 1, 2, 3];
  const [a, b, c, tap] = [4, 5, 6, 7];
  const samples = low.map((_, t) => load(get(from), t * stride));
  return {
    name: 'rowsForward',
    params: [I32, I32, I32, I32],
    locals: Array(11).fill(V128),
    body: [
      ...taps(low, tap),
      ...repeat(
        [
          ...filtered(samples, tap, c, a, b),
          ...store(get(toLow), 0, get(a)),
          ...store(get(toHigh), 0, get(b)),
          ...advance(toLow, VECTOR),
          ...advance(toHigh, VECTOR),
          ...advance(from, VECTOR),
        ],
        isBelow(get(from), get(end)),
      ),
    ],
  };
}

/**
 * Even and odd samples of a line, into two locals, as sums over four of each band (polyphase form).
 * @param bands the approximation's four values, the latest first, then the detail's
 */
function joined(bands: readonly Code[], tap: number, value: number, even: number, odd: number): Code {
  return bands.flatMap((band, at) => {
    const t = 2 * (at % 4);
    const own = set(value, band);
    // Of the wavelet, tap t is tap 7 - t of the scaling filter, the odd ones negative.
    if (at >= 4) {
      return [
        ...own,
        ...set(even, add(get(even), multiply(get(value), get(tap + 7 - t)))),
        ...set(odd, subtract(get(odd), multiply(get(value), get(tap + 6 - t)))),
      ];
    }
    const [forEven, forOdd] = [multiply(get(value), get(tap + t)), multiply(get(value), get(tap + t + 1))];
    return [
      ...own,
      ...set(even, at === 0 ? forEven : add(get(even), forEven)),
      ...set(odd, at === 0 ? forOdd : add(get(odd), forOdd)),
    ];
  });
}

function rowInverse(low: readonly number[]): WasmFunction {
  const [fromLow, fromHigh, half, to, end] = [0, 1, 2, 3, 4];
  const [even, odd, value, tap] = [5, 6, 7, 8];
  const before = 3 * FLOAT;
  // Three samples back is where the addresses begin.
  const bands = [fromLow, fromHigh].flatMap((band) =>
    [0, 1, 2, 3].map((back) => load(get(band), before - back * FLOAT)),
  );
  const wrapped = (band: number): Code => [
    ...advance(band, -VECTOR),
    ...store(get(band), 0, load(addInt(get(band), get(half)))),
    ...advance(band, VECTOR - before),
  ];
  return {
    name: 'rowInverse',
    params: [I32, I32, I32, I32],
    locals: [I32, ...Array(11).fill(V128)],
    body: [
      ...taps(low, tap),
      ...wrapped(fromLow),
      ...wrapped(fromHigh),
      ...set(end, addInt(get(fromLow), get(half))),
      ...repeat(
        [
          ...joined(bands, tap, value, even, odd),
          ...store(get(to), 0, lanes(get(even), get(odd), 0, 4, 1, 5)),
          ...store(get(to), VECTOR, lanes(get(even), get(odd), 2, 6, 3, 7)),
          ...advance(fromLow, VECTOR),
          ...advance(fromHigh, VECTOR),
          ...advance(to, 2 * VECTOR),
        ],
        isBelow(get(fromLow), get(end)),
      ),
    ],
  };
}

function rowsInverse(low: readonly number[], stride: number): WasmFunction {
  const [a, end, b, c, d, down, to] = [0, 1, 2, 3, 4, 5, 6];
  const [even, odd, value, tap] = [7, 8, 9, 10];
  const rows = [a, b, c, d];
  const bands = [
    ...rows.map((row) => load(get(row))),
    ...rows.map((row) => load(addInt(get(row), get(down)))),
  ];
  return {
    name: 'rowsInverse',
    params: Array(7).fill(I32),
    locals: Array(11).fill(V128),
    body: [
      ...taps(low, tap),
      ...repeat(
        [
          ...joined(bands, tap, value, even, odd),
          ...store(get(to), 0, get(even)),
          ...store(get(to), stride, get(odd)),
          ...[a, b, c, d, to].flatMap((pointer) => advance(pointer, VECTOR)),
        ],
        isBelow(get(a), get(end)),
      ),
    ],
  };
}
