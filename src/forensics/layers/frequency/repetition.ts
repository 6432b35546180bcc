import { RESIDUAL_MARGIN, type ResidualTile } from '../../pixels/residual';

/** Periods of upsampling by powers of two, in px; longer ones need more than a tile holds. */
export const REPEATS = [2, 4, 8, 16] as const;
const LONGEST_LAG = 17;
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
  const products = new Float64Array(LONGEST_LAG + 1);
  for (const { residual, size } of tiles) {
    const end = size - RESIDUAL_MARGIN;
    for (let line = RESIDUAL_MARGIN; line < end; line += LINE_STEP) {
      addLine(products, residual, line * size, 1, RESIDUAL_MARGIN, end);
      addLine(products, residual, line, size, RESIDUAL_MARGIN, end);
    }
  }
  const power = products[0] ?? 0;
  const at = (lag: number) => (power > 0 ? (products[lag] ?? 0) / power : 0);
  const excess = (lag: number) => at(lag) - (at(lag - 1) + at(lag + 1)) / 2;
  return { repeat2: excess(2), repeat4: excess(4), repeat8: excess(8), repeat16: excess(16) };
}

/** Adds the products of a line's samples with those `lag` further on; all lags see the same first samples. */
function addLine(
  products: Float64Array,
  field: Float32Array,
  start: number,
  step: number,
  from: number,
  end: number,
): void {
  for (let at = from; at + LONGEST_LAG < end; at++) {
    const here = field[start + at * step] ?? 0;
    for (let lag = 0; lag <= LONGEST_LAG; lag++) {
      products[lag] = (products[lag] ?? 0) + here * (field[start + (at + lag) * step] ?? 0);
    }
  }
}
