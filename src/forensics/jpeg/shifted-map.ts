import { dct8x8 } from '../dsp/dct';
import type { ForensicImage } from '../image';
import { toLuma } from '../pixels/luma-tiles';
import type { EvidenceMap } from '../report';
import { message } from '../text';
import type { BlockSample } from './blocks';
import type { ShiftedCompression } from './shifted';
import { ijgTable } from './tables';
import { ZIGZAG } from './zigzag';

/** Coefficients that vote, in zigzag order: higher ones are mostly zero, which says nothing. */
const VOTING = 10;
/** Blocks transformed at most: some 10 ms, and only where an earlier grid is seen. */
const MOST_BLOCKS = 12_000;
/** Share of values that may follow no such history. */
const OTHERS = 0.05;
/** Cells on each side whose votes count for a cell too. */
const REACH = 1;

/**
 * Where the picture was compressed before on the shifted grid: by cell, how likely its first coefficients are about
 * multiples of the earlier steps against anywhere (Bianchi and Piva, Image Forgery Localization via Block-Grained
 * Analysis of JPEG Artifacts, IEEE TIFS 2012, the non-aligned case, with the deviation measured on the picture
 * itself). A first coefficient always votes, the others where they are not about zero, which is common anyhow.
 * @returns values 0 (not compressed on that grid) to 1 (compressed), 0.5 where nothing tells
 */
export function shiftedMap(
  image: ForensicImage,
  sample: BlockSample,
  found: ShiftedCompression,
): EvidenceMap {
  const { cell, columns, rows, origin } = sample;
  const votes = new Float64Array(columns * rows);
  const table = ijgTable(found.quality);
  const steps = Array.from({ length: VOTING }, (_, at) =>
    at === 0 ? found.step : (table[ZIGZAG[at] ?? 0] ?? 1),
  );
  const across = columns * cell;
  const perRow = Math.floor((across - found.x) / 8);
  const every = Math.ceil((perRow * rows) / MOST_BLOCKS);
  const block = new Float64Array(64);
  for (let row = 0; row < rows; row++) {
    const top = origin.y + row * cell + found.y;
    if (top + 8 > image.height) break;
    const luma = toLuma(image.pixels.region({ x: origin.x, y: top, width: across, height: 8 }));
    for (let at = row % every; at < perRow; at += every) {
      const left = found.x + 8 * at;
      for (let place = 0; place < 64; place++)
        block[place] = luma[(place >> 3) * across + left + (place & 7)] ?? 0;
      dct8x8(block);
      const to = row * columns + Math.min(columns - 1, Math.floor((left + 4) / cell));
      votes[to] = (votes[to] ?? 0) + votesOf(block, steps, found.spread);
    }
  }
  return {
    width: columns,
    height: rows,
    data: smoothed(votes, columns, rows),
    shows: message('layers.jpeg.map.shifted', found.x, found.y),
    cell,
  };
}

/** Natural log-likelihood ratio of a block's coefficients: about multiples of the steps, against anywhere. */
function votesOf(block: Float64Array, steps: readonly number[], spread: number): number {
  let sum = 0;
  for (let at = 0; at < VOTING; at++) {
    const step = steps[at] ?? 1;
    const value = block[ZIGZAG[at] ?? 0] ?? 0;
    const nearest = Math.round(value / step);
    if (step < 2 || (at > 0 && nearest === 0)) continue;
    sum += Math.log((1 - OTHERS) * step * densityAbout(value - nearest * step, step, spread) + OTHERS);
  }
  return sum;
}

/** Density of a normal law wrapped around a circle of `step`, the nearest three turns of it. */
function densityAbout(off: number, step: number, spread: number): number {
  let sum = 0;
  for (let turn = -1; turn <= 1; turn++) sum += Math.exp(-0.5 * ((off + turn * step) / spread) ** 2);
  return sum / (spread * Math.sqrt(2 * Math.PI));
}

/** Votes of a cell and its neighbours as a probability, with even odds before. */
function smoothed(votes: Float64Array, columns: number, rows: number): Float32Array {
  const data = new Float32Array(votes.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let sum = 0;
      for (let y = Math.max(0, row - REACH); y <= Math.min(rows - 1, row + REACH); y++) {
        for (let x = Math.max(0, column - REACH); x <= Math.min(columns - 1, column + REACH); x++) {
          sum += votes[y * columns + x] ?? 0;
        }
      }
      data[row * columns + column] = 1 / (1 + Math.exp(-sum));
    }
  }
  return data;
}
