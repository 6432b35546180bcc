import type { BlockSample } from '../../jpeg/blocks';
import { type DoubleCompression, EXAMINED, RANGE } from '../../jpeg/double';
import { ZIGZAG } from '../../jpeg/zigzag';
import { REQUANTISED, requantisationLoss } from './requantise';

/** Added before cutting off the fraction, so that values of either sign are rounded alike. */
const BIAS = 1 << 14;

const VALUES = 2 * RANGE + 1;

/** Share of clipped samples from which a cell's history is not read. */
const CLIPPED = 0.05;

/**
 * Root mean square change of the first coefficients, by cell, if the picture were compressed once more at
 * qualities of the IJG scale: by Parseval's law the change of the pixels. At 90 it is error level analysis; over
 * a range of qualities it falls to a minimum, a ghost, where the part was compressed at that quality before
 * (Farid, Exposing Digital Forgeries from JPEG Ghosts, IEEE TIFS 2009).
 * @returns a field for each quality
 */
export function requantisationErrors(
  sample: BlockSample,
  qualities: readonly number[],
): readonly Float32Array[] {
  return requantisationLoss(sample.coefficients, qualities).map((lost) =>
    meanByCell(sample, lost).map((mean) => Math.sqrt(mean / REQUANTISED)),
  );
}

/**
 * Mean log-likelihood ratio a block, natural, for having shared the picture's first compression: below 0 where a
 * part did not (Bianchi and Piva 2012). Zeros say nothing and count as 0, and so do cells with clipped samples, where
 * the first compression was cut off.
 */
export function sharedHistory(
  sample: BlockSample,
  double: DoubleCompression,
  steps: ArrayLike<number>,
): Float32Array {
  const { coefficients } = sample;
  const places = Int32Array.from({ length: EXAMINED }, (_, at) => ZIGZAG[at + 1] ?? 0);
  const inverse = Float64Array.from(places, (place) => 1 / Math.max(1, steps[place] ?? 1));
  const ratios = new Float64Array(EXAMINED * VALUES);
  for (const [at, own] of double.ratios.entries()) ratios.set(own, at * VALUES);
  const perBlock = new Float32Array(coefficients.length / 64);
  for (let block = 0, from = 0; block < perBlock.length; block++, from += 64) {
    let sum = 0;
    for (let at = 0; at < EXAMINED; at++) {
      const value = (coefficients[from + (places[at] ?? 0)] ?? 0) * (inverse[at] ?? 1);
      if (value >= -0.5 && value < 0.5) continue;
      const cell = ((value + BIAS + 0.5) | 0) - BIAS + RANGE;
      if (cell >= 0 && cell <= 2 * RANGE) sum += ratios[at * VALUES + cell] ?? 0;
    }
    perBlock[block] = sum;
  }
  const cells = meanByCell(sample, perBlock);
  for (let cell = 0; cell < cells.length; cell++) {
    if ((sample.clipped[cell] ?? 0) > CLIPPED) cells[cell] = 0;
  }
  return cells;
}

function meanByCell(sample: BlockSample, perBlock: Float32Array): Float32Array {
  const { columns, rows, cell, blocksAcross } = sample;
  const perSide = cell / 8;
  const cells = new Float32Array(columns * rows);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let sum = 0;
      for (let half = 0; half < 2; half++) {
        const from = (2 * row + half) * blocksAcross + column * perSide;
        for (let at = 0; at < perSide; at++) sum += perBlock[from + at] ?? 0;
      }
      cells[row * columns + column] = sum / (2 * perSide);
    }
  }
  return cells;
}
