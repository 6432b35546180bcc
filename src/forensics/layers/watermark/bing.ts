import type { PixelSource } from '../../image';
import { cellMeans, drawShape, inPolygon, readCorner } from './corner';

/**
 * Bing Image Creator's mark of 2023, in 1,024ths of the picture's side, measured from the lower left corner: a
 * strip of five greys along the side, and the letter "b" as a folded ribbon. Both cover three quarters of what is
 * under them.
 */
const SIDE = 1024;
const COVER = 0.75;
const STRIP_WIDTH = 6.7;
/** Upper border of each grey above the picture's lower side, and its level. */
const GREYS = [
  [51, 247],
  [41, 189],
  [31, 135],
  [21, 106],
  [11, 41],
] as const;
/** The ribbon's level, a middle of its shades. */
const RIBBON = 228;
const LETTER: readonly (readonly (readonly [number, number])[])[] = [
  [
    [16.8, 41],
    [19, 41],
    [24, 36.5],
    [24, 16],
    [19.5, 12],
    [16.8, 15.5],
  ],
  [
    [24, 17],
    [31.5, 21],
    [29, 24],
    [26, 31],
    [28, 31],
    [36, 27],
    [39, 23],
    [39, 21],
    [36.5, 16],
    [25, 10.2],
    [20, 12],
  ],
];

/** The part of the corner compared, in the same units, and its cells. */
const WIDE = 48;
const HIGH = 60;
const CELL = 2;

/** What the mark covers, in 1,024ths of the side, from the lower left corner. */
export const BING_REGION = { width: 40, height: 51 } as const;

const COLUMNS = WIDE / CELL;
const ROWS = HIGH / CELL;
/** The letter's columns begin here: the strip and the letter must each fit. */
const LETTER_FROM = 12 / CELL;

/** Smaller pictures show it in too few pixels. */
const LEAST_SIDE = 256;

/** Share of each cell that the mark covers, and the light it adds there. */
const strip = drawShape(COLUMNS, ROWS, (x, y) => CELL * x < STRIP_WIDTH && HIGH - CELL * y < 51);
const letter = drawShape(COLUMNS, ROWS, (x, y) =>
  LETTER.some((polygon) => inPolygon(polygon, CELL * x, HIGH - CELL * y)),
);
const added = Float64Array.from(
  strip,
  (share, at) =>
    COVER * (share * greyAt(HIGH - CELL * (Math.floor(at / COLUMNS) + 0.5)) + RIBBON * (letter[at] ?? 0)),
);
const left = Float64Array.from(strip, (share, at) => 1 - COVER * (share + (letter[at] ?? 0)));

function greyAt(height: number): number {
  let grey = 0;
  for (const [top, level] of GREYS) if (height < top) grey = level;
  return grey;
}

/** How well the mark explains the corner. */
interface BingMark {
  /** Share of the variance around a plane that the mark explains where the strip is: at most 1, negative where it harms. */
  readonly strip: number;
  /** The same where the letter is. */
  readonly letter: number;
}

/**
 * Fits two descriptions to the lower left corner by least squares: a plane alone, and a plane with the mark over
 * it. The mark's place, levels and transparency are known, so nothing else is free.
 * @returns null where the picture is not square, or too small
 */
export function findBingMark(pixels: PixelSource): BingMark | null {
  const { width, height } = pixels;
  if (width !== height || width < LEAST_SIDE) return null;
  const unit = width / SIDE;
  const across = Math.ceil(WIDE * unit);
  const down = Math.ceil(HIGH * unit);
  const corner = readCorner(pixels, { x: 0, y: height - down, width: across, height: down });
  const cells = new Float64Array(COLUMNS * ROWS);
  cellMeans(corner, 0, height - HIGH * unit, CELL * unit, COLUMNS, ROWS, cells);
  const marked = errors(cells, added, left);
  const plain = errors(cells, null, null);
  const share = (from: number, to: number) => {
    let [with_, without] = [0, 0];
    for (let at = 0; at < cells.length; at++) {
      const column = at % COLUMNS;
      if (column < from || column >= to) continue;
      with_ += (marked[at] ?? 0) ** 2;
      without += (plain[at] ?? 0) ** 2;
    }
    return without > cells.length * FLAT ? 1 - with_ / without : 0;
  };
  return { strip: share(0, LETTER_FROM), letter: share(LETTER_FROM, COLUMNS) };
}

/** Mean square in levels below which there is nothing to explain. */
const FLAT = 1;

/** What is left of the cells after the best plane, seen through the mark where there is one. */
function errors(cells: Float64Array, over: Float64Array | null, through: Float64Array | null): Float64Array {
  const n = new Float64Array(9);
  const r = new Float64Array(3);
  const base = new Float64Array(3);
  const rowOf = (at: number) => {
    const seen = through?.[at] ?? 1;
    base[0] = seen;
    base[1] = seen * ((at % COLUMNS) / COLUMNS - 0.5);
    base[2] = seen * (Math.floor(at / COLUMNS) / ROWS - 0.5);
  };
  for (let at = 0; at < cells.length; at++) {
    rowOf(at);
    const target = (cells[at] ?? 0) - (over?.[at] ?? 0);
    for (let i = 0; i < 3; i++) {
      r[i] = (r[i] ?? 0) + (base[i] ?? 0) * target;
      for (let j = 0; j < 3; j++) n[3 * i + j] = (n[3 * i + j] ?? 0) + (base[i] ?? 0) * (base[j] ?? 0);
    }
  }
  const plane = solve3(n, r);
  return cells.map((value, at) => {
    rowOf(at);
    const fitted = (base[0] ?? 0) * plane[0] + (base[1] ?? 0) * plane[1] + (base[2] ?? 0) * plane[2];
    return value - (over?.[at] ?? 0) - fitted;
  });
}

/** Cramer's rule; the sums are never singular, as the grid is fixed. */
function solve3(n: Float64Array, r: Float64Array): readonly [number, number, number] {
  const column = (at: number): number[] => [n[at] ?? 0, n[at + 3] ?? 0, n[at + 6] ?? 0];
  const [a, b, c] = [column(0), column(1), column(2)];
  const right = [...r];
  const whole = determinant(a, b, c);
  return [
    determinant(right, b, c) / whole,
    determinant(a, right, c) / whole,
    determinant(a, b, right) / whole,
  ];
}

function determinant(a: readonly number[], b: readonly number[], c: readonly number[]): number {
  const [a0 = 0, a1 = 0, a2 = 0] = a;
  const [b0 = 0, b1 = 0, b2 = 0] = b;
  const [c0 = 0, c1 = 0, c2 = 0] = c;
  return a0 * (b1 * c2 - b2 * c1) - b0 * (a1 * c2 - a2 * c1) + c0 * (a1 * b2 - a2 * b1);
}
