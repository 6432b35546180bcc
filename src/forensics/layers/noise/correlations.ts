import { onceEach } from '../../dsp/once';
import { correlation } from '../../dsp/statistics';
import { FLOAT } from '../../dsp/wasm';
import type { ForensicImage } from '../../image';
import { RESIDUAL_MARGIN, type ResidualTile } from '../../pixels/residual';
import { rawAll } from '../../pixels/source';
import { figuresKernel, SUMS } from './figures-kernel';

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
  const total = new Float64Array(SUMS);
  let count = 0;
  for (const { residual, size } of tiles) {
    const { field, sums, limit, addRow } = kernelOf(size);
    field.set(residual);
    limit(0, field.byteLength, LIMIT * rootMeanSquare(residual));
    sums.fill(0);
    const end = size - RESIDUAL_MARGIN;
    for (let y = RESIDUAL_MARGIN; y < end; y++) {
      addRow(FLOAT * (y * size + RESIDUAL_MARGIN), FLOAT * (y * size + end));
    }
    for (let at = 0; at < SUMS; at++) {
      total[at] = (total[at] ?? 0) + (sums[2 * at] ?? 0) + (sums[2 * at + 1] ?? 0);
    }
    count += (end - RESIDUAL_MARGIN) ** 2;
  }
  const [squares = 0, fourth = 0, across = 0, down = 0, diagonal = 0, second = 0] = total;
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

const kernelOf = onceEach(figuresKernel);

function rootMeanSquare(field: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < field.length; at++) {
    const value = field[at] ?? 0;
    sum += value * value;
  }
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
export async function channelFigures(
  image: ForensicImage,
  tiles: readonly ResidualTile[],
): Promise<ChannelFigures> {
  const perTile = (COLOUR_SIDE / 4) ** 2;
  // In the order of a word's bytes, which is red first or blue first for a whole picture.
  const [lowest, green, third] = [0, 1, 2].map(() => new Float64Array(perTile * tiles.length));
  if (!lowest || !green || !third || tiles.length === 0) return { redGreen: 0, greenBlue: 0, redBlue: 0 };
  const words = new Int32Array(tiles.length * COLOUR_SIDE * COLOUR_SIDE);
  const places = tiles.map(({ x, y, size }) => {
    const inset = Math.floor((size - COLOUR_SIDE) / 2);
    return { x: x + inset, y: y + inset, width: COLOUR_SIDE, height: COLOUR_SIDE };
  });
  const order = await rawAll(image.pixels, places, words);
  // Squares lie one below the other.
  for (let y = 0, count = 0; y < tiles.length * COLOUR_SIDE; y += 4) {
    for (let x = 0; x < COLOUR_SIDE; x += 4, count++) {
      lowest[count] = diagonalDetail(words, x, y, 0);
      green[count] = diagonalDetail(words, x, y, 8);
      third[count] = diagonalDetail(words, x, y, 16);
    }
  }
  const [red, blue] = order === 'rgb' ? [lowest, third] : [third, lowest];
  return {
    redGreen: correlation(red, green),
    greenBlue: correlation(green, blue),
    redBlue: correlation(red, blue),
  };
}

/**
 * Difference of the diagonals of 2 x 2 squares of 2 x 2 px each, limited to 24 grey levels.
 * @param shift of the channel in a word, bits
 */
function diagonalDetail(words: Int32Array, x: number, y: number, shift: number): number {
  let detail = 0;
  for (let dy = 0; dy < 4; dy++) {
    const row = (y + dy) * COLOUR_SIDE + x;
    const left = (((words[row] ?? 0) >>> shift) & 255) + (((words[row + 1] ?? 0) >>> shift) & 255);
    const right = (((words[row + 2] ?? 0) >>> shift) & 255) + (((words[row + 3] ?? 0) >>> shift) & 255);
    detail += dy < 2 ? left - right : right - left;
  }
  return Math.min(24, Math.max(-24, detail / 4));
}
