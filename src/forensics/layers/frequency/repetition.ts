import { RESIDUAL_MARGIN, type ResidualTile } from '../../pixels/residual';

/** Periods of upsampling by powers of two, in px; longer ones need more than a tile holds. */
export const REPEATS = [2, 4, 8, 16] as const;
const LONGEST_LAG = 17;
/** Lags looked at, from 0. */
const LAGS = LONGEST_LAG + 1;
/** The first of each three lags that are asked for: 0, and the periods with the lags beside them. */
const FIRST_LAGS = [0, 3, 7, 15] as const;
/** Every third line is enough, and three is coprime to all the periods. */
const LINE_STEP = 3;

/** Excess of the residual's autocorrelation at a lag over the mean of the lags beside it. */
export type Repetition = Readonly<Record<`repeat${(typeof REPEATS)[number]}`, number>>;

/**
 * Whether the noise residual repeats itself at 2, 4, 8 or 16 px along rows and columns: its autocorrelation
 * there less the mean of the two lags beside, -2..2, mean of both axes. Nets that enlarge by powers of two
 * repeat their noise so (autocorrelation of the residual: Corvi et al. 2023); JPEG does at 8 px.
 */
export function repetition(tiles: readonly ResidualTile[]): Repetition {
  const products = new Float64Array(LAGS);
  for (const { residual, size } of tiles) {
    const length = size - 2 * RESIDUAL_MARGIN;
    const line = new Float64Array(length);
    for (let place = RESIDUAL_MARGIN; place < size - RESIDUAL_MARGIN; place += LINE_STEP) {
      const across = place * size + RESIDUAL_MARGIN;
      for (let at = 0; at < length; at++) line[at] = residual[across + at] ?? 0;
      addLine(products, line);
      const down = RESIDUAL_MARGIN * size + place;
      for (let at = 0; at < length; at++) line[at] = residual[down + at * size] ?? 0;
      addLine(products, line);
    }
  }
  const power = products[0] ?? 0;
  const at = (lag: number) => (power > 0 ? (products[lag] ?? 0) / power : 0);
  const excess = (lag: number) => at(lag) - (at(lag - 1) + at(lag + 1)) / 2;
  return { repeat2: excess(2), repeat4: excess(4), repeat8: excess(8), repeat16: excess(16) };
}

/** Adds the products of a line's samples with those `lag` further on; all lags see the same first samples. */
function addLine(products: Float64Array, line: Float64Array): void {
  const end = line.length - LONGEST_LAG;
  // Three lags at a time: their sums stay in registers.
  for (const lag of FIRST_LAGS) {
    let a = 0;
    let b = 0;
    let c = 0;
    for (let at = 0; at < end; at++) {
      const here = line[at] ?? 0;
      a += here * (line[at + lag] ?? 0);
      b += here * (line[at + lag + 1] ?? 0);
      c += here * (line[at + lag + 2] ?? 0);
    }
    products[lag] = (products[lag] ?? 0) + a;
    products[lag + 1] = (products[lag + 1] ?? 0) + b;
    products[lag + 2] = (products[lag + 2] ?? 0) + c;
  }
}
