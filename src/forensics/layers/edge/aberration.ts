import type { ForensicImage } from '../../image';
import { fitRadial, type RadialFit, type Shift } from './radial-fit';

/** Squares in which the shift between colours is measured. */
const SIDE = 64;
const COLUMNS = 12;
const ROWS = 9;
/** A place counts when green changes by this many levels over 2 px (after smoothing), squared. */
const LEAST_GRADIENT2 = 36;
const LEAST_PLACES = 150;
/** Longest believable shift, px: beyond it the linear step does not hold. */
const LONGEST = 2.5;
/** Mean difference of two channels, levels, below which a picture has no colours to compare. */
const LEAST_COLOUR = 1;

export interface Aberration {
  /** Red against green, and blue against green; null where too few squares have edges. */
  readonly red: RadialFit | null;
  readonly blue: RadialFit | null;
  /** Squares with edges enough. */
  readonly squares: number;
  /** Half the diagonal, px: what a magnification is multiplied with to get the shift in the corners. */
  readonly corner: number;
}

/**
 * Lateral chromatic aberration: a lens magnifies each colour a little differently, so edges part into
 * colours more and more towards the corners. After Johnson and Farid (Exposing digital forgeries through
 * chromatic aberration, MM&Sec 2006), who fit one magnification per channel about a centre; the shift is
 * measured in squares first and fitted then, as Gloe, Borowka and Winkler (Efficient estimation and
 * large-scale evaluation of lateral chromatic aberration for digital image forensics, SPIE 2010) showed to
 * be faster and no less exact. Here each square is solved in one least-squares step (Lucas and Kanade
 * 1981): R = a G + b + p Gx + q Gy, shift (p, q) / a.
 * @returns null for a picture without colours
 */
export function measureAberration(image: ForensicImage): Aberration | null {
  const { width, height } = image;
  const reds: Shift[] = [];
  const blues: Shift[] = [];
  const columns = Math.min(COLUMNS, Math.floor(width / SIDE));
  const rows = Math.min(ROWS, Math.floor(height / SIDE));
  const work = new Square(SIDE);
  let squares = 0;
  let difference = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const x = spread(column, columns, width - SIDE);
      const y = spread(row, rows, height - SIDE);
      work.read(image.pixels.region({ x, y, width: SIDE, height: SIDE }).data);
      difference += work.colourfulness;
      if (work.places < LEAST_PLACES) continue;
      squares++;
      const place = { x: x + SIDE / 2 - width / 2, y: y + SIDE / 2 - height / 2 };
      const red = work.solve(0);
      const blue = work.solve(1);
      if (red) reds.push({ ...place, ...red });
      if (blue) blues.push({ ...place, ...blue });
    }
  }
  if (rows * columns === 0 || difference / (rows * columns) < LEAST_COLOUR) return null;
  const corner = Math.hypot(width, height) / 2;
  return { red: fitRadial(reds, corner), blue: fitRadial(blues, corner), squares, corner };
}

function spread(at: number, count: number, room: number): number {
  return count === 1 ? Math.floor(room / 2) : Math.floor((at * room) / (count - 1));
}

const UNKNOWNS = 4;

/** One square's channels, smoothed, and the normal equations of both fits; reused from square to square. */
class Square {
  readonly #green: Float32Array;
  readonly #red: Float32Array;
  readonly #blue: Float32Array;
  readonly #line: Float32Array;
  readonly #normal = new Float64Array(UNKNOWNS * UNKNOWNS);
  readonly #right = [new Float64Array(UNKNOWNS), new Float64Array(UNKNOWNS)] as const;
  readonly #power = new Float64Array(2);
  places = 0;
  /** Mean absolute difference of red and blue to green, levels. */
  colourfulness = 0;

  constructor(readonly side: number) {
    this.#green = new Float32Array(side * side);
    this.#red = new Float32Array(side * side);
    this.#blue = new Float32Array(side * side);
    this.#line = new Float32Array(side);
  }

  read(rgba: Uint8ClampedArray): void {
    const [green, red, blue] = [this.#green, this.#red, this.#blue];
    let difference = 0;
    for (let at = 0, from = 0; at < green.length; at++, from += 4) {
      const r = rgba[from] ?? 0;
      const g = rgba[from + 1] ?? 0;
      const b = rgba[from + 2] ?? 0;
      red[at] = r;
      green[at] = g;
      blue[at] = b;
      difference += Math.abs(r - g) + Math.abs(b - g);
    }
    this.colourfulness = difference / (2 * green.length);
    for (const plane of [red, green, blue]) this.#smooth(plane);
    this.#accumulate();
  }

  /** Binomial 1 4 6 4 1 in both directions: derivatives of a pixel's sharpness would not be linear. */
  #smooth(plane: Float32Array): void {
    const { side } = this;
    const line = this.#line;
    for (const step of [1, side]) {
      const next = step === 1 ? side : 1;
      for (let row = 0; row < side; row++) {
        const base = row * next;
        for (let at = 0; at < side; at++) line[at] = plane[base + at * step] ?? 0;
        for (let at = 2; at < side - 2; at++) {
          plane[base + at * step] =
            ((line[at - 2] ?? 0) +
              4 * (line[at - 1] ?? 0) +
              6 * (line[at] ?? 0) +
              4 * (line[at + 1] ?? 0) +
              (line[at + 2] ?? 0)) /
            16;
        }
      }
    }
  }

  #accumulate(): void {
    const { side } = this;
    const [green, red, blue] = [this.#green, this.#red, this.#blue];
    const normal = this.#normal.fill(0);
    const [forRed, forBlue] = this.#right;
    forRed.fill(0);
    forBlue.fill(0);
    this.#power.fill(0);
    this.places = 0;
    const row = new Float64Array(UNKNOWNS);
    for (let y = 3; y < side - 3; y++) {
      for (let x = 3; x < side - 3; x++) {
        const at = y * side + x;
        const dx = (green[at + 1] ?? 0) - (green[at - 1] ?? 0);
        const dy = (green[at + side] ?? 0) - (green[at - side] ?? 0);
        if (dx * dx + dy * dy < LEAST_GRADIENT2) continue;
        this.places++;
        row[0] = green[at] ?? 0;
        row[1] = 1;
        row[2] = dx / 2;
        row[3] = dy / 2;
        const r = red[at] ?? 0;
        const b = blue[at] ?? 0;
        addTo(normal, forRed, forBlue, row, r, b);
        this.#power[0] = (this.#power[0] ?? 0) + r * r;
        this.#power[1] = (this.#power[1] ?? 0) + b * b;
      }
    }
  }

  /**
   * Shift of red (0) or blue (1) against green: the content of the channel lies that much further right and
   * down. With its variance in both directions, px squared. Null where the channel does not follow green.
   */
  solve(channel: 0 | 1): { dx: number; dy: number; varianceX: number; varianceY: number } | null {
    const inverse = invert(this.#normal);
    const right = this.#right[channel];
    if (!inverse) return null;
    const solution = new Float64Array(UNKNOWNS);
    let explained = 0;
    for (let i = 0; i < UNKNOWNS; i++) {
      let value = 0;
      for (let j = 0; j < UNKNOWNS; j++) value += (inverse[i * UNKNOWNS + j] ?? 0) * (right[j] ?? 0);
      solution[i] = value;
      explained += value * (right[i] ?? 0);
    }
    const gain = solution[0] ?? 0;
    if (gain < 0.2) return null;
    const noise = Math.max(0.05, ((this.#power[channel] ?? 0) - explained) / (this.places - UNKNOWNS));
    // R(x) = a G(x - d) + b, to first order a G(x) - a d G'(x) + b.
    const dx = -(solution[2] ?? 0) / gain;
    const dy = -(solution[3] ?? 0) / gain;
    if (Math.hypot(dx, dy) > LONGEST) return null;
    const variance = (at: number) => (noise * (inverse[at * UNKNOWNS + at] ?? 0)) / (gain * gain);
    return { dx, dy, varianceX: variance(2), varianceY: variance(3) };
  }
}

/** Inverse of a symmetric 4 x 4 matrix given by its upper half, by Gauss and Jordan; null where singular. */
function invert(upper: Float64Array): Float64Array | null {
  const n = UNKNOWNS;
  const m = new Float64Array(n * 2 * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) m[i * 2 * n + j] = upper[Math.min(i, j) * n + Math.max(i, j)] ?? 0;
    m[i * 2 * n + n + i] = 1;
  }
  for (let pivot = 0; pivot < n; pivot++) {
    // Symmetric and positive: pivots stay positive, and shrink to rounding where a direction is missing.
    if ((m[pivot * 2 * n + pivot] ?? 0) < 1e-7 * Math.max(1, upper[pivot * n + pivot] ?? 0)) return null;
    eliminate(m, pivot);
  }
  const inverse = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) inverse[i * n + j] = m[i * 2 * n + n + j] ?? 0;
  }
  return inverse;
}

function eliminate(m: Float64Array, pivot: number): void {
  const width = 2 * UNKNOWNS;
  const scale = m[pivot * width + pivot] ?? 1;
  for (let j = 0; j < width; j++) m[pivot * width + j] = (m[pivot * width + j] ?? 0) / scale;
  for (let i = 0; i < UNKNOWNS; i++) {
    if (i === pivot) continue;
    const factor = m[i * width + pivot] ?? 0;
    for (let j = 0; j < width; j++) {
      m[i * width + j] = (m[i * width + j] ?? 0) - factor * (m[pivot * width + j] ?? 0);
    }
  }
}

/** Adds one pixel's equation to the normal equations, upper half, of both channels. */
function addTo(
  normal: Float64Array,
  forRed: Float64Array,
  forBlue: Float64Array,
  row: Float64Array,
  red: number,
  blue: number,
): void {
  for (let i = 0; i < UNKNOWNS; i++) {
    const value = row[i] ?? 0;
    for (let j = i; j < UNKNOWNS; j++) {
      normal[i * UNKNOWNS + j] = (normal[i * UNKNOWNS + j] ?? 0) + value * (row[j] ?? 0);
    }
    forRed[i] = (forRed[i] ?? 0) + value * red;
    forBlue[i] = (forBlue[i] ?? 0) + value * blue;
  }
}
