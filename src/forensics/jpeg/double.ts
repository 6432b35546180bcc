import { type BlockSample, SHIFTED_KEPT } from './blocks';
import { countQuantised, LARGEST, PLACE } from './quantised';
import { ijgTable } from './tables';
import { ZIGZAG } from './zigzag';

/**
 * Was the picture compressed before, on the same grid, and with which steps?
 *
 * Quantising by q1 and then by q2 leaves a histogram of coefficients with periodic peaks and gaps (Popescu and
 * Farid, Statistical Tools for Digital Forensics, 2004). What the histogram would be without the first
 * compression is told by the same picture on a grid moved by half a block (Fridrich and Lukas 2003), and what
 * it would be for any q1 follows from that (Bianchi and Piva, Image Forgery Localization via Block-Grained
 * Analysis of JPEG Artifacts, IEEE TIFS 2012): the most likely q1 is taken, coefficient by coefficient and, for
 * the tables of the IJG scale, jointly.
 */
export interface DoubleCompression {
  /** The best quality of the IJG scale for the first compression, 1..100. */
  readonly quality: number;
  /** Log-likelihood ratio for that quality against one compression, natural, per examined coefficient. */
  readonly gain: number;
  /** The same for the best step of each coefficient by itself. */
  readonly freeGain: number;
  /** Steps of the first compression by the joint estimate, zigzag order 1..EXAMINED; 0 where it says nothing. */
  readonly steps: readonly number[];
  /** Natural log-likelihood ratio of quantised value x for zigzag place k: `ratios[k - 1][x + RANGE]`. */
  readonly ratios: readonly Float64Array[];
  /** Coefficients examined in all (blocks times places). */
  readonly examined: number;
}

/**
 * Zigzag places 1..EXAMINED are looked at: beyond them nearly all is zero after any compression. The higher ones
 * tell parts apart best, since what a first compression put to zero there stands out where it is not.
 */
export const EXAMINED = 35;
/** Places whose best step is also searched freely. */
const FREE = 12;
/** Quantised values beyond this are too rare to tell. */
export const RANGE = 40;
const VALUES = 2 * RANGE + 1;
/** First steps tried: IJG quality 30 has 9 places of up to 27. */
const MOST_STEP = 28;
const QUALITIES = { from: 40, to: 99 } as const;
/** Qualities from here on are tried one by one. */
const FINE = 78;
/** Deviation of a coefficient by rounding pixels to 8 bits between the compressions, colour conversion included. */
const ROUNDING = 0.5;
/** Share of blocks allowed to follow no such history: smooth, clipped or pasted ones. */
const OTHERS = 0.1;
/** Unquantised values are counted in cells of this width up to LIMIT. */
const LIMIT = 1200;
const CELLS = 2 * LIMIT + 2;

/**
 * @param steps steps of the last compression, natural order; all 1 where the pixels came without loss
 * @param stored histograms of the coefficients by those steps, where they have been counted already
 */
export function findDoubleCompression(
  sample: BlockSample,
  steps: ArrayLike<number>,
  stored: Int32Array = countQuantised(sample.coefficients, steps),
): DoubleCompression {
  const stepOf = (zigzag: number) => Math.max(1, steps[ZIGZAG[zigzag] ?? 0] ?? 1);
  const seenAt = (zigzag: number) => {
    const zero = (ZIGZAG[zigzag] ?? 0) * PLACE + LARGEST + 1;
    return stored.subarray(zero - RANGE, zero + RANGE + 1);
  };
  const unquantised = countUnquantised(sample);
  const places = Array.from({ length: EXAMINED }, (_, at) => {
    const cells = unquantised.subarray(at * CELLS, (at + 1) * CELLS);
    return new Place(at + 1, stepOf(at + 1), seenAt(at + 1), cells);
  });
  const gainAt = (tried: number) => {
    const table = ijgTable(tried);
    return places.reduce((sum, place) => sum + place.gain(table[place.natural] ?? 1), 0);
  };
  let quality = 0;
  let most = 0;
  const consider = (tried: number) => {
    const sum = gainAt(tried);
    if (sum <= most) return;
    most = sum;
    quality = tried;
  };
  // Below FINE neighbours share most of their steps, so every third is enough to find the hill.
  for (let tried: number = QUALITIES.from; tried < FINE; tried += 3) consider(tried);
  for (let tried = FINE; tried <= QUALITIES.to; tried++) consider(tried);
  const hill = quality;
  for (const tried of [hill - 2, hill - 1, hill + 1, hill + 2]) {
    if (hill > 0 && hill < FINE) consider(tried);
  }
  const table = quality > 0 ? ijgTable(quality) : null;
  let free = 0;
  for (const place of places.slice(0, FREE)) free += place.best().gain;
  const examined = places.reduce((sum, place) => sum + place.count, 0);
  return {
    quality,
    gain: examined > 0 ? most / examined : 0,
    freeGain: examined > 0 ? free / examined : 0,
    steps: places.map((place) =>
      table && place.tells(table[place.natural] ?? 1) ? (table[place.natural] ?? 0) : 0,
    ),
    ratios: places.map((place) =>
      table ? place.ratios(table[place.natural] ?? 1) : new Float64Array(VALUES),
    ),
    examined,
  };
}

/** Added before cutting off the fraction, so that values of either sign are rounded alike. */
const BIAS = 1 << 14;

/**
 * Cumulated counts of unquantised values of the shifted grid, in cells of 1 from -LIMIT, CELLS to each place. Each
 * value counts with its mirror image: coefficients have no sign to prefer, and it halves the noise.
 */
function countUnquantised({ shifted }: BlockSample): Float64Array {
  const cells = new Float64Array(EXAMINED * CELLS);
  for (let from = 0; from < shifted.length; from += SHIFTED_KEPT) {
    for (let at = 0; at < EXAMINED; at++) {
      const value = (((shifted[from + at + 1] ?? 0) + BIAS + 0.5) | 0) - BIAS;
      if (value < -LIMIT || value > LIMIT) continue;
      const middle = at * CELLS + LIMIT + 1;
      cells[middle + value] = (cells[middle + value] ?? 0) + 1;
      cells[middle - value] = (cells[middle - value] ?? 0) + 1;
    }
  }
  for (let at = 0; at < cells.length; at += CELLS) {
    for (let cell = at + 1; cell < at + CELLS; cell++) {
      cells[cell] = (cells[cell] ?? 0) + (cells[cell - 1] ?? 0);
    }
  }
  return cells;
}

/** One coefficient of the zigzag order: its histogram, and what it would be under either history. */
class Place {
  readonly natural: number;
  /** Quantised values in range. */
  readonly count: number;
  readonly #single: Float64Array;
  /** Largest unquantised value met. */
  readonly #reach: number;
  readonly #gains = new Map<number, number>();

  /**
   * @param seen blocks by quantised value, from -RANGE to RANGE
   * @param cumulated see `countUnquantised`
   */
  constructor(
    zigzag: number,
    readonly step: number,
    readonly seen: Int32Array,
    readonly cumulated: Float64Array,
  ) {
    this.natural = ZIGZAG[zigzag] ?? 0;
    let count = 0;
    for (let at = 0; at < VALUES; at++) count += seen[at] ?? 0;
    this.count = count;
    let lowest = 0;
    while (lowest < LIMIT && cumulated[lowest + 1] === 0) lowest++;
    this.#reach = LIMIT - lowest;
    this.#single = this.#expected(1);
  }

  /** Whether a first step of this size would leave a mark: it must not be lost in the last one's own. */
  tells(first: number): boolean {
    return first > 1 && first !== this.step;
  }

  /** Log-likelihood ratio of the histogram for a first compression with this step against none. */
  gain(first: number): number {
    if (!this.tells(first) || this.count === 0) return 0;
    const before = this.#gains.get(first);
    if (before !== undefined) return before;
    const ratios = this.ratios(first);
    let sum = 0;
    for (let at = 0; at < ratios.length; at++) sum += (this.seen[at] ?? 0) * (ratios[at] ?? 0);
    this.#gains.set(first, sum);
    return sum;
  }

  best(): { step: number; gain: number } {
    let best = { step: 1, gain: 0 };
    for (let step = 2; step <= MOST_STEP; step++) {
      const gain = this.gain(step);
      if (gain > best.gain) best = { step, gain };
    }
    return best;
  }

  ratios(first: number): Float64Array {
    if (!this.tells(first)) return new Float64Array(VALUES);
    const ratios = this.#expected(first);
    for (let at = 0; at < ratios.length; at++) {
      const once = this.#single[at] ?? 0;
      ratios[at] = once > 0 ? Math.log((1 - OTHERS) * ((ratios[at] ?? 0) / once) + OTHERS) : 0;
    }
    return ratios;
  }

  /** Shares of quantised values if the picture had been compressed with `first` before; 1 means it had not. */
  #expected(first: number): Float64Array {
    const shares = new Float64Array(VALUES);
    const most = Math.ceil(Math.min(LIMIT - 1, this.#reach, (RANGE + 1) * this.step) / first);
    for (let multiple = -most; multiple <= most; multiple++) {
      const mass = this.#between((multiple - 0.5) * first, (multiple + 0.5) * first);
      if (mass <= 0) continue;
      const centre = multiple * first;
      const from = Math.round((centre - 3 * ROUNDING) / this.step);
      const to = Math.round((centre + 3 * ROUNDING) / this.step);
      for (let value = Math.max(from, -RANGE); value <= Math.min(to, RANGE); value++) {
        const share =
          from === to
            ? 1
            : normal(((value + 0.5) * this.step - centre) / ROUNDING) -
              normal(((value - 0.5) * this.step - centre) / ROUNDING);
        shares[value + RANGE] = (shares[value + RANGE] ?? 0) + mass * share;
      }
    }
    let sum = 0;
    for (let at = 0; at < shares.length; at++) sum += shares[at] ?? 0;
    // A little of a smooth law everywhere, so that one stray value does not decide.
    for (let at = 0; at < shares.length; at++) shares[at] = (shares[at] ?? 0) / Math.max(1e-9, sum) + 1e-4;
    return shares;
  }

  /** Mass of unquantised values between two bounds, linear inside a cell. */
  #between(low: number, high: number): number {
    return this.#until(high) - this.#until(low);
  }

  #until(bound: number): number {
    const place = Math.min(CELLS - 1, Math.max(0, bound + LIMIT + 0.5));
    const below = Math.floor(place);
    const low = this.cumulated[below] ?? 0;
    const high = this.cumulated[Math.min(below + 1, CELLS - 1)] ?? low;
    return low + (high - low) * (place - below);
  }
}

/** Distribution function of the standard normal law (Abramowitz and Stegun 26.2.17, error below 1e-7). */
function normal(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const tail =
    0.3989422804 *
    Math.exp((-z * z) / 2) *
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return z >= 0 ? 1 - tail : tail;
}
