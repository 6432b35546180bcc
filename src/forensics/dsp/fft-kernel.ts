import {
  add,
  addInt,
  advance,
  assemble,
  type Code,
  get,
  I32,
  isBelow,
  lanes,
  load,
  loadInt,
  loadSplat,
  multiply,
  repeat,
  set,
  store,
  subtract,
  V128,
  VECTOR,
  type WasmFunction,
  WORD,
} from './wasm';

/**
 * Combines rows, for each butterfly of a list: its words from `entry` to `end`, `ENTRY` bytes each, are the byte where
 * its first row begins and the real and imaginary parts of the twiddle factors of the others. Addresses and lengths are
 * in bytes; the imaginary part of a sample lies `plane` bytes after its real part.
 * @param width of a row, a multiple of 16
 * @param step from one row of a butterfly to the next
 */
type Combine = (entry: number, end: number, width: number, step: number) => void;

/** The inner loops of `float-fft.ts`, four columns at once. */
export interface FftKernel {
  readonly halves: Combine;
  readonly quarters: Combine;
  /** Four rows whose factors are all 1. */
  readonly fours: Combine;
  /** Exchanges squares of 4 x 4 along a row, from `a` to `end`, with those down a column from `b`, transposed. */
  readonly exchange: (a: number, b: number, end: number) => void;
}

/** Bytes of a butterfly in a list: eight words. */
export const ENTRY = 32;

/**
 * @param stride bytes from one row to the next
 * @param plane bytes from a real part to its imaginary part
 */
export function fftKernel(memory: WebAssembly.Memory, stride: number, plane: number): FftKernel {
  const { call } = assemble(
    [
      halves(plane),
      quarters('quarters', plane, true),
      quarters('fours', plane, false),
      exchange(stride, plane),
    ],
    memory,
  );
  return {
    halves: call('halves'),
    quarters: call('quarters'),
    fours: call('fours'),
    exchange: call('exchange'),
  };
}

/** (r + i j) times (c + i s), stored at an address. */
function storeTurned(to: Code, plane: number, r: Code, j: Code, c: Code, s: Code): Code {
  return [
    ...store(to, 0, subtract(multiply(r, c), multiply(j, s))),
    ...store(to, plane, add(multiply(r, s), multiply(j, c))),
  ];
}

/** Parameters of all that combine rows, and the locals that follow them. */
const [entry, last, width, step, a, end] = [0, 1, 2, 3, 4, 5];
const COMBINE = [I32, I32, I32, I32];

/** For each butterfly, all columns. @param factors how many words of twiddle factors are read */
function eachButterfly(factors: number, firstFactor: number, columns: Code): Code {
  return repeat(
    [
      ...set(a, loadInt(get(entry))),
      ...set(end, addInt(get(a), get(width))),
      ...Array.from({ length: factors }, (_, at) =>
        set(firstFactor + at, loadSplat(get(entry), (1 + at) * WORD)),
      ).flat(),
      ...repeat([...columns, ...advance(a, VECTOR)], isBelow(get(a), get(end))),
      ...advance(entry, ENTRY),
    ],
    isBelow(get(entry), get(last)),
  );
}

function halves(plane: number): WasmFunction {
  const [b, c, s, ar, ai, br, bi] = [6, 7, 8, 9, 10, 11, 12];
  return {
    name: 'halves',
    params: COMBINE,
    locals: [I32, I32, I32, ...Array(6).fill(V128)],
    body: eachButterfly(2, c, [
      ...set(b, addInt(get(a), get(step))),
      ...set(ar, load(get(a))),
      ...set(ai, load(get(a), plane)),
      ...set(br, load(get(b))),
      ...set(bi, load(get(b), plane)),
      ...store(get(a), 0, add(get(ar), get(br))),
      ...store(get(a), plane, add(get(ai), get(bi))),
      ...set(ar, subtract(get(ar), get(br))),
      ...set(ai, subtract(get(ai), get(bi))),
      ...storeTurned(get(b), plane, get(ar), get(ai), get(c), get(s)),
    ]),
  };
}

/** A butterfly of four, decimation in frequency. @param turned whether there are twiddle factors */
function quarters(name: string, plane: number, turned: boolean): WasmFunction {
  const factors = turned ? 6 : 0;
  const [b, c, d] = [6, 7, 8];
  const twiddle = (at: number) => 9 + at;
  const local = (at: number) => 9 + factors + at;
  const [sr, si, tr, ti, ur, ui, vr, vi] = [0, 1, 2, 3, 4, 5, 6, 7].map(local) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const to = (address: number, k: number, r: Code, j: Code): Code => {
    if (!turned) return [...store(get(address), 0, r), ...store(get(address), plane, j)];
    const [x, y] = [local(8), local(9)];
    return [
      ...set(x, r),
      ...set(y, j),
      ...storeTurned(get(address), plane, get(x), get(y), get(twiddle(2 * k)), get(twiddle(2 * k + 1))),
    ];
  };
  return {
    name,
    params: COMBINE,
    locals: [I32, I32, I32, I32, I32, ...Array(factors + 10).fill(V128)],
    body: eachButterfly(factors, twiddle(0), [
      ...set(b, addInt(get(a), get(step))),
      ...set(c, addInt(get(b), get(step))),
      ...set(d, addInt(get(c), get(step))),
      ...set(sr, add(load(get(a)), load(get(c)))),
      ...set(si, add(load(get(a), plane), load(get(c), plane))),
      ...set(tr, subtract(load(get(a)), load(get(c)))),
      ...set(ti, subtract(load(get(a), plane), load(get(c), plane))),
      ...set(ur, add(load(get(b)), load(get(d)))),
      ...set(ui, add(load(get(b), plane), load(get(d), plane))),
      ...set(vr, subtract(load(get(b)), load(get(d)))),
      ...set(vi, subtract(load(get(b), plane), load(get(d), plane))),
      ...store(get(a), 0, add(get(sr), get(ur))),
      ...store(get(a), plane, add(get(si), get(ui))),
      ...to(b, 0, add(get(tr), get(vi)), subtract(get(ti), get(vr))),
      ...to(c, 1, subtract(get(sr), get(ur)), subtract(get(si), get(ui))),
      ...to(d, 2, subtract(get(tr), get(vi)), add(get(ti), get(vr))),
    ]),
  };
}

function exchange(stride: number, plane: number): WasmFunction {
  const [a, b, end] = [0, 1, 2];
  /** Four rows of the square at an address, transposed: into the locals `to` to `to + 3`, by way of 11 to 14. */
  const transposed = (address: number, offset: number, to: number): Code => {
    const row = (at: number) => load(get(address), offset + at * stride);
    return [
      ...set(11, lanes(row(0), row(1), 0, 4, 1, 5)),
      ...set(12, lanes(row(0), row(1), 2, 6, 3, 7)),
      ...set(13, lanes(row(2), row(3), 0, 4, 1, 5)),
      ...set(14, lanes(row(2), row(3), 2, 6, 3, 7)),
      ...set(to, lanes(get(11), get(13), 0, 1, 4, 5)),
      ...set(to + 1, lanes(get(11), get(13), 2, 3, 6, 7)),
      ...set(to + 2, lanes(get(12), get(14), 0, 1, 4, 5)),
      ...set(to + 3, lanes(get(12), get(14), 2, 3, 6, 7)),
    ];
  };
  const put = (address: number, offset: number, from: number): Code =>
    [0, 1, 2, 3].flatMap((at) => store(get(address), offset + at * stride, get(from + at)));
  const swap = (offset: number): Code => [
    ...transposed(a, offset, 3),
    ...transposed(b, offset, 7),
    ...put(a, offset, 7),
    ...put(b, offset, 3),
  ];
  return {
    name: 'exchange',
    params: [I32, I32, I32],
    locals: Array(12).fill(V128),
    body: repeat(
      [...swap(0), ...swap(plane), ...advance(a, VECTOR), ...advance(b, 4 * stride)],
      isBelow(get(a), get(end)),
    ),
  };
}
