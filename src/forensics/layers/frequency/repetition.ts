import { onceEach } from '../../dsp/once';
import { FLOAT } from '../../dsp/wasm';
import { RESIDUAL_MARGIN, type ResidualTile } from '../../pixels/residual';
import { lagKernel } from './lag-kernel';

/** Periods of upsampling by powers of two, in px; longer ones need more than a tile holds. */
const REPEATS = [2, 4, 8, 16] as const;
const LONGEST_LAG = 17;
/** Those that are asked for: 0, and the periods with the lags beside them. */
const LAGS = [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17] as const;
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
    const { field, columns, sums, addLine } = kernelOf(size);
    field.set(residual);
    sums.fill(0);
    const length = size - 2 * RESIDUAL_MARGIN;
    // All lags see the same first samples.
    const seen = (length - LONGEST_LAG) * FLOAT;
    for (let y = RESIDUAL_MARGIN; y < size - RESIDUAL_MARGIN; y += LINE_STEP) {
      const from = (y * size + RESIDUAL_MARGIN) * FLOAT;
      addLine(from, from + seen);
    }
    const count = Math.ceil(length / LINE_STEP);
    for (let y = 0; y < length; y++) {
      copyColumns(residual, (y + RESIDUAL_MARGIN) * size + RESIDUAL_MARGIN, columns, y, length, count);
    }
    for (let column = 0; column < count; column++) {
      const from = columns.byteOffset + column * length * FLOAT;
      addLine(from, from + seen);
    }
    for (const [at, lag] of LAGS.entries()) {
      products[lag] = (products[lag] ?? 0) + (sums[2 * at] ?? 0) + (sums[2 * at + 1] ?? 0);
    }
  }
  const power = products[0] ?? 0;
  const at = (lag: number) => (power > 0 ? (products[lag] ?? 0) / power : 0);
  const excess = (lag: number) => at(lag) - (at(lag - 1) + at(lag + 1)) / 2;
  return { repeat2: excess(2), repeat4: excess(4), repeat8: excess(8), repeat16: excess(16) };
}

/** Every third sample of a row into the columns, which lie one behind the other. */
function copyColumns(
  residual: Float32Array,
  from: number,
  columns: Float32Array,
  to: number,
  length: number,
  count: number,
): void {
  for (let at = 0; at < count; at++) columns[to + at * length] = residual[from + LINE_STEP * at] ?? 0;
}

const kernelOf = onceEach((size: number) => lagKernel(size, LAGS));
