import { RESIDUAL_MARGIN, type ResidualTile } from '../../pixels/residual';
import { DECIBEL } from '../frequency/radial';

export interface LinePattern {
  /** Variance of the means of rows over what independent noise would leave, dB; 0 is none. */
  readonly rows: number;
  readonly columns: number;
}

/**
 * Linear pattern: rows and columns of a sensor are read by circuits of their own, which leave faint lines
 * (Chen, Fridrich, Goljan and Lukas 2008). Means of the residual along the lines of each tile against the
 * mean of n independent samples. Texture along the axes and the blocks of JPEG raise it, too.
 */
export function linePattern(tiles: readonly ResidualTile[]): LinePattern {
  let [rows, columns, expected] = [0, 0, 0];
  for (const { residual, size } of tiles) {
    const end = size - RESIDUAL_MARGIN;
    const length = end - RESIDUAL_MARGIN;
    const across = new Float64Array(length);
    const down = new Float64Array(length);
    let squares = 0;
    for (let y = 0; y < length; y++) {
      const row = (y + RESIDUAL_MARGIN) * size + RESIDUAL_MARGIN;
      let sum = 0;
      for (let x = 0; x < length; x++) {
        const value = residual[row + x] ?? 0;
        squares += value * value;
        sum += value;
        down[x] = (down[x] ?? 0) + value;
      }
      across[y] = sum;
    }
    // The mean of n samples of variance s^2 has the variance s^2 / n.
    expected += squares / length ** 2 / length;
    rows += across.reduce((sum, value) => sum + (value / length) ** 2, 0) / length;
    columns += down.reduce((sum, value) => sum + (value / length) ** 2, 0) / length;
  }
  if (expected <= 0) return { rows: 0, columns: 0 };
  const decibels = (variance: number) => Math.log(variance / expected + 1e-3) * DECIBEL;
  return { rows: decibels(rows), columns: decibels(columns) };
}
