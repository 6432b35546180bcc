import {
  add,
  advance,
  assemble,
  type Code,
  divide,
  F32,
  FLOAT,
  get,
  greatest,
  I32,
  isBelow,
  least,
  load,
  multiply,
  newMemory,
  repeat,
  set,
  splat,
  store,
  V128,
  VECTOR,
  type WasmFunction,
} from './wasm';

/** Windows of 3, 5, 7 and 9 samples: half-widths 1 to this. */
const REACHES = [1, 2, 3, 4] as const;
const LONGEST = 4;

/** A field in the memory of another kernel, from its first byte on, and where room is. */
interface FieldPlace {
  readonly memory: WebAssembly.Memory;
  readonly spare: number;
}

/**
 * Locally adaptive Wiener filter of coefficients, the noise part of it: a coefficient's own variance is
 * estimated from its surroundings in windows of 3 to 9 samples, the least one counts, and the share
 * v / (s^2 + v) of it is kept, s^2 being what is over the noise variance v. In single precision, four samples at once.
 */
export class LocalWiener {
  /** What is filtered in place: rows of `width` samples. */
  readonly field: Float32Array;
  readonly #memory: WebAssembly.Memory;
  /** Squares of the part, with four rows of zeros before and behind it. */
  readonly #squares: number;
  /** From one row of the squares to the next. */
  readonly #stride: number;
  /** 1 over the columns of the window around each column, for each half-width. */
  readonly #shares: Float32Array;
  readonly #sumColumns: (from: number, end: number) => void;
  readonly #square: (from: number, end: number, to: number) => void;
  readonly #keep: (
    from: number,
    end: number,
    variance: number,
    y1: number,
    y2: number,
    y3: number,
    y4: number,
  ) => void;
  #columns = 0;

  /**
   * @param width, height of the field, samples
   * @param columns, rows size of the largest part to be filtered at once; columns a multiple of 4
   * @param place where the field lies; it gets a memory of its own by itself
   */
  constructor(
    readonly width: number,
    height: number,
    columns: number,
    rows: number,
    place?: FieldPlace,
  ) {
    const spare = place?.spare ?? width * height * FLOAT;
    this.#memory = place?.memory ?? newMemory(spare + LocalWiener.bytes(columns, rows));
    this.field = new Float32Array(this.#memory.buffer, 0, width * height);
    this.#stride = columns * FLOAT;
    this.#squares = spare;
    const sums = spare + (rows + 2 * LONGEST) * this.#stride;
    const line = lineBytes(columns);
    const shares = sums + REACHES.length * line;
    this.#shares = new Float32Array(this.#memory.buffer, shares, REACHES.length * columns);
    const { call } = assemble(
      [square(), sumColumns(this.#stride, sums, line), keep(sums, line, shares, this.#stride)],
      this.#memory,
    );
    this.#square = call('square');
    this.#sumColumns = call('sumColumns');
    this.#keep = call('keep');
  }

  /** Room for parts of a size. */
  static bytes(columns: number, rows: number): number {
    return (rows + 2 * LONGEST + REACHES.length) * columns * FLOAT + REACHES.length * lineBytes(columns);
  }

  /**
   * Keeps of each coefficient of a part of the field, in place, the share that is noise.
   * @param w columns, a multiple of 4
   */
  keepNoise(left: number, top: number, w: number, h: number, variance: number): void {
    this.#setColumns(w);
    const length = w * FLOAT;
    const row = this.width * FLOAT;
    const begin = top * row + left * FLOAT;
    const inside = this.#squares + LONGEST * this.#stride;
    for (let y = 0; y < h; y++) {
      this.#square(begin + y * row, begin + y * row + length, inside + y * this.#stride);
    }
    const bytes = new Uint8Array(this.#memory.buffer);
    bytes.fill(0, this.#squares, inside);
    bytes.fill(0, inside + h * this.#stride, inside + (h + LONGEST) * this.#stride);
    for (let y = 0; y < h; y++) {
      const squares = this.#squares + y * this.#stride;
      this.#sumColumns(squares, squares + length);
      const from = begin + y * row;
      const rows = (reach: number) => 1 / (Math.min(h, y + reach + 1) - Math.max(0, y - reach));
      this.#keep(from, from + length, variance, rows(1), rows(2), rows(3), rows(4));
    }
  }

  /** What depends on the columns of a part: parts of one size come three at a time. */
  #setColumns(w: number): void {
    if (w === this.#columns) return;
    this.#columns = w;
    const columns = this.#stride / FLOAT;
    for (const reach of REACHES) {
      for (let x = 0; x < w; x++) {
        const count = Math.min(w, x + reach + 1) - Math.max(0, x - reach);
        this.#shares[(reach - 1) * columns + x] = 1 / count;
      }
    }
    // Behind the end of shorter lines lie the samples of longer ones.
    const sums =
      this.#squares + (this.#shares.byteOffset - this.#squares - REACHES.length * lineBytes(columns));
    new Uint8Array(this.#memory.buffer).fill(0, sums, this.#shares.byteOffset);
  }
}

/** A line of sums with four zeros before and behind it. */
function lineBytes(columns: number): number {
  return (columns + 2 * LONGEST) * FLOAT;
}

function square(): WasmFunction {
  const [from, end, to, value] = [0, 1, 2, 3];
  return {
    name: 'square',
    params: [I32, I32, I32],
    locals: [V128],
    body: repeat(
      [
        ...set(value, load(get(from))),
        ...store(get(to), 0, multiply(get(value), get(value))),
        ...advance(from, VECTOR),
        ...advance(to, VECTOR),
      ],
      isBelow(get(from), get(end)),
    ),
  };
}

/** Sums over 3, 5, 7 and 9 rows, to the four lines; `from` is in the first of the nine. */
function sumColumns(stride: number, sums: number, line: number): WasmFunction {
  const [from, end, to, sum] = [0, 1, 2, 3];
  const row = (at: number) => load(get(from), (LONGEST + at) * stride);
  return {
    name: 'sumColumns',
    params: [I32, I32],
    locals: [I32, V128],
    body: repeat(
      [
        ...set(sum, row(0)),
        ...REACHES.flatMap((reach) => [
          ...set(sum, add(get(sum), add(row(-reach), row(reach)))),
          ...store(get(to), sums + (reach - 1) * line + LONGEST * FLOAT, get(sum)),
        ]),
        ...advance(from, VECTOR),
        ...advance(to, VECTOR),
      ],
      isBelow(get(from), get(end)),
    ),
  };
}

/** Sums along the lines, the least mean of them, and what it leaves of the field. */
function keep(sums: number, line: number, shares: number, stride: number): WasmFunction {
  const [from, end, noise, at, variance, lowest, sum, rows] = [0, 1, 2, 7, 8, 9, 10, 11];
  const mean = (reach: number): Code => {
    const place = (step: number) => load(get(at), sums + (reach - 1) * line + (LONGEST + step) * FLOAT);
    const steps = Array.from({ length: 2 * reach }, (_, k) => (k < reach ? k - reach : k - reach + 1));
    return [
      ...set(sum, place(0)),
      ...steps.flatMap((step) => set(sum, add(get(sum), place(step)))),
      ...set(
        sum,
        multiply(get(sum), multiply(load(get(at), shares + (reach - 1) * stride), get(rows + reach - 1))),
      ),
    ];
  };
  return {
    name: 'keep',
    params: [I32, I32, F32, F32, F32, F32, F32],
    locals: [I32, ...Array(7).fill(V128)],
    body: [
      ...set(variance, splat(get(noise))),
      ...REACHES.flatMap((reach) => set(rows + reach - 1, splat(get(noise + reach)))),
      ...repeat(
        [
          ...REACHES.flatMap((reach) => [
            ...mean(reach),
            ...set(lowest, reach === 1 ? get(sum) : least(get(lowest), get(sum))),
          ]),
          // The coefficient's own variance is what is over the noise's: v / (max(0, s - v) + v).
          ...store(
            get(from),
            0,
            divide(multiply(load(get(from)), get(variance)), greatest(get(lowest), get(variance))),
          ),
          ...advance(from, VECTOR),
          ...advance(at, VECTOR),
        ],
        isBelow(get(from), get(end)),
      ),
    ],
  };
}
