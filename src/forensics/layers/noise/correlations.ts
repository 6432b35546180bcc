import { correlation } from '../../dsp/statistics';
import type { ForensicImage } from '../../image';
import { RESIDUAL_MARGIN, type ResidualTile } from '../../pixels/residual';

/** Residual samples beyond this many standard deviations are limited: one contour must not speak for all. */
const LIMIT = 4;

export interface ResidualFigures {
  /** Root mean square of the residual, grey levels. */
  readonly rms: number;
  /** Correlation with the next sample across, down, on the diagonal, and with the next but one (mean of both axes). */
  readonly across: number;
  readonly down: number;
  readonly diagonal: number;
  readonly second: number;
  /** Fourth moment over the squared second, less 3: 0 for normal noise. */
  readonly kurtosis: number;
}

/** Moments and autocorrelations of the residual over all tiles, their borders left out. */
export function residualFigures(tiles: readonly ResidualTile[]): ResidualFigures {
  let [count, squares, fourth] = [0, 0, 0];
  let [across, down, diagonal, second] = [0, 0, 0, 0];
  for (const { residual, size } of tiles) {
    const limit = LIMIT * rootMeanSquare(residual);
    const field = residual.map((value) => Math.min(limit, Math.max(-limit, value)));
    for (let y = RESIDUAL_MARGIN; y < size - RESIDUAL_MARGIN; y++) {
      for (let x = RESIDUAL_MARGIN; x < size - RESIDUAL_MARGIN; x++) {
        const at = y * size + x;
        const here = field[at] ?? 0;
        const square = here * here;
        squares += square;
        fourth += square * square;
        across += here * (field[at + 1] ?? 0);
        down += here * (field[at + size] ?? 0);
        diagonal += here * ((field[at + size + 1] ?? 0) + (field[at + size - 1] ?? 0));
        second += here * ((field[at + 2] ?? 0) + (field[at + 2 * size] ?? 0));
        count++;
      }
    }
  }
  if (count === 0 || squares <= 0) {
    return { rms: 0, across: 0, down: 0, diagonal: 0, second: 0, kurtosis: 0 };
  }
  return {
    rms: Math.sqrt(squares / count),
    across: across / squares,
    down: down / squares,
    diagonal: diagonal / (2 * squares),
    second: second / (2 * squares),
    kurtosis: (fourth * count) / (squares * squares) - 3,
  };
}

function rootMeanSquare(field: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < field.length; at++) sum += (field[at] ?? 0) ** 2;
  return Math.sqrt(sum / Math.max(1, field.length));
}

export interface ChannelFigures {
  readonly redGreen: number;
  readonly greenBlue: number;
  readonly redBlue: number;
}

/** Side of the colour squares read from the middle of each tile, in px. */
const COLOUR_SIDE = 64;

/**
 * Correlation of the noise of two colour channels, -1..1: diagonal details after averaging 2 x 2 px, which
 * JPEG's halved chroma would otherwise make all alike.
 */
export function channelFigures(image: ForensicImage, tiles: readonly ResidualTile[]): ChannelFigures {
  const perTile = (COLOUR_SIDE / 4) ** 2;
  const details = [0, 1, 2].map(() => new Float64Array(perTile * tiles.length));
  let count = 0;
  for (const tile of tiles) {
    const inset = Math.floor((tile.size - COLOUR_SIDE) / 2);
    const { data } = image.pixels.region({
      x: tile.x + inset,
      y: tile.y + inset,
      width: COLOUR_SIDE,
      height: COLOUR_SIDE,
    });
    for (let y = 0; y < COLOUR_SIDE; y += 4) {
      for (let x = 0; x < COLOUR_SIDE; x += 4, count++) {
        for (const [channel, values] of details.entries())
          values[count] = diagonalDetail(data, x, y, channel);
      }
    }
  }
  const [red, green, blue] = details;
  if (!red || !green || !blue || count === 0) return { redGreen: 0, greenBlue: 0, redBlue: 0 };
  return {
    redGreen: correlation(red, green),
    greenBlue: correlation(green, blue),
    redBlue: correlation(red, blue),
  };
}

/** Difference of the diagonals of 2 x 2 squares of 2 x 2 px each, limited to 24 grey levels. */
function diagonalDetail(data: Uint8ClampedArray, x: number, y: number, channel: number): number {
  let detail = 0;
  for (let dy = 0; dy < 4; dy++) {
    for (let dx = 0; dx < 4; dx++) {
      const sign = dx < 2 === dy < 2 ? 1 : -1;
      detail += sign * (data[((y + dy) * COLOUR_SIDE + x + dx) * 4 + channel] ?? 0);
    }
  }
  return Math.min(24, Math.max(-24, detail / 4));
}
