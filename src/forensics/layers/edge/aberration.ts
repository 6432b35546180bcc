import type { ForensicImage, WordOrder } from '../../image';
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
export async function measureAberration(image: ForensicImage): Promise<Aberration | null> {
  const { width, height } = image;
  const reds: Shift[] = [];
  const blues: Shift[] = [];
  const columns = Math.min(COLUMNS, Math.floor(width / SIDE));
  const rows = Math.min(ROWS, Math.floor(height / SIDE));
  const work = new Square(SIDE);
  const words = new Int32Array(SIDE * SIDE);
  let squares = 0;
  let difference = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const x = spread(column, columns, width - SIDE);
      const y = spread(row, rows, height - SIDE);
      const rect = { x, y, width: SIDE, height: SIDE };
      work.read(words, await image.pixels.raw(rect, words));
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
  readonly #green: Float64Array;
  readonly #red: Float64Array;
  readonly #blue: Float64Array;
  readonly #across: Int32Array;
  /** Where green has an edge; `places` of them. */
  readonly #edges: Int32Array;
  readonly #normal = new Float64Array(UNKNOWNS * UNKNOWNS);
  readonly #right = [new Float64Array(UNKNOWNS), new Float64Array(UNKNOWNS)] as const;
  readonly #power = new Float64Array(2);
  places = 0;
  /** Mean absolute difference of red and blue to green, levels. */
  colourfulness = 0;

  constructor(readonly side: number) {
    this.#green = new Float64Array(side * side);
    this.#red = new Float64Array(side * side);
    this.#blue = new Float64Array(side * side);
    this.#across = new Int32Array(side * side);
    this.#edges = new Int32Array(side * side);
  }

  /** Takes the pixels in; where green has too few edges, no more than that is found out. */
  read(words: Int32Array, order: WordOrder): void {
    let difference = 0;
    for (let at = 0; at < words.length; at++) {
      const word = words[at] ?? 0;
      const green = (word >>> 8) & 255;
      difference += Math.abs((word & 255) - green) + Math.abs(((word >>> 16) & 255) - green);
    }
    this.colourfulness = difference / (2 * words.length);
    this.#smooth(words, 8, this.#green);
    this.#findEdges();
    if (this.places < LEAST_PLACES) return;
    this.#smooth(words, order === 'rgb' ? 0 : 16, this.#red);
    this.#smooth(words, order === 'rgb' ? 16 : 0, this.#blue);
    this.#accumulate();
  }

  /**
   * Binomial 1 4 6 4 1 in both directions, but for two pixels at the border: derivatives of a pixel's sharpness
   * would not be linear.
   * @param shift of the channel in a word, bits
   */
  #smooth(words: Int32Array, shift: number, plane: Float64Array): void {
    const { side } = this;
    const across = this.#across;
    for (let row = 0; row < side * side; row += side) {
      let a = ((words[row] ?? 0) >>> shift) & 255;
      let b = ((words[row + 1] ?? 0) >>> shift) & 255;
      let c = ((words[row + 2] ?? 0) >>> shift) & 255;
      let d = ((words[row + 3] ?? 0) >>> shift) & 255;
      for (let at = row + 2; at < row + side - 2; at++) {
        const e = ((words[at + 2] ?? 0) >>> shift) & 255;
        across[at] = a + e + 4 * (b + d) + 6 * c;
        a = b;
        b = c;
        c = d;
        d = e;
      }
    }
    for (let y = 2; y < side - 2; y++) {
      for (let at = y * side + 2; at < (y + 1) * side - 2; at++) {
        const sum =
          (across[at - 2 * side] ?? 0) +
          (across[at + 2 * side] ?? 0) +
          4 * ((across[at - side] ?? 0) + (across[at + side] ?? 0)) +
          6 * (across[at] ?? 0);
        plane[at] = sum / 256;
      }
    }
  }

  #findEdges(): void {
    const { side } = this;
    const green = this.#green;
    const edges = this.#edges;
    let places = 0;
    for (let y = 3; y < side - 3; y++) {
      for (let at = y * side + 3; at < (y + 1) * side - 3; at++) {
        const dx = (green[at + 1] ?? 0) - (green[at - 1] ?? 0);
        const dy = (green[at + side] ?? 0) - (green[at - side] ?? 0);
        if (dx * dx + dy * dy >= LEAST_GRADIENT2) edges[places++] = at;
      }
    }
    this.places = places;
  }

  /** Adds every edge's equation R = a G + b + p Gx + q Gy, and that of blue, to the normal equations. */
  #accumulate(): void {
    const { side, places } = this;
    const [green, red, blue] = [this.#green, this.#red, this.#blue];
    const edges = this.#edges;
    let [gg, g1, gx, gy, xx, xy, yy, x1, y1] = [0, 0, 0, 0, 0, 0, 0, 0, 0];
    let [rg, r1, rx, ry, rr] = [0, 0, 0, 0, 0];
    let [bg, b1, bx, by, bb] = [0, 0, 0, 0, 0];
    for (let place = 0; place < places; place++) {
      const at = edges[place] ?? 0;
      const g = green[at] ?? 0;
      const dx = ((green[at + 1] ?? 0) - (green[at - 1] ?? 0)) / 2;
      const dy = ((green[at + side] ?? 0) - (green[at - side] ?? 0)) / 2;
      const r = red[at] ?? 0;
      const b = blue[at] ?? 0;
      gg += g * g;
      g1 += g;
      gx += g * dx;
      gy += g * dy;
      x1 += dx;
      y1 += dy;
      xx += dx * dx;
      xy += dx * dy;
      yy += dy * dy;
      rg += r * g;
      r1 += r;
      rx += r * dx;
      ry += r * dy;
      rr += r * r;
      bg += b * g;
      b1 += b;
      bx += b * dx;
      by += b * dy;
      bb += b * b;
    }
    // Row by row of the upper half: green, 1, across, down.
    this.#normal.set([gg, g1, gx, gy, 0, places, x1, y1, 0, 0, xx, xy, 0, 0, 0, yy]);
    this.#right[0].set([rg, r1, rx, ry]);
    this.#right[1].set([bg, b1, bx, by]);
    this.#power.set([rr, bb]);
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
