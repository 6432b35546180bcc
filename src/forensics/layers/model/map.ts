import type { DetectorResult } from '../../layer';
import { sigmoid } from '../../model/card';
import type { EvidenceMap } from '../../report';
import { message } from '../../text';

/** Cells along the longer side: a few crops carry no more detail than this. */
const CELLS = 24;

/**
 * A soft map of what each close-up was judged to be: between their centres the judgements are blended by
 * inverse squared distance (Shepard 1968). It shows a tendency, not an outline.
 * @param width of the analysed image in px; crops lie in the same pixels
 */
export function cropMap(width: number, height: number, crops: DetectorResult['crops']): EvidenceMap {
  const cell = Math.max(1, Math.ceil(Math.max(width, height) / CELLS));
  const columns = Math.ceil(width / cell);
  const rows = Math.ceil(height / cell);
  const data = new Float32Array(columns * rows);
  const looks = crops.map(({ x, y, size, logit }) => ({
    x: x + Math.min(size, width) / 2,
    y: y + Math.min(size, height) / 2,
    value: sigmoid(logit),
  }));
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let sum = 0;
      let weights = 0;
      for (const look of looks) {
        const across = (column + 0.5) * cell - look.x;
        const down = (row + 0.5) * cell - look.y;
        // One cell's area in the denominator keeps the weight finite at a centre.
        const weight = 1 / (across * across + down * down + cell * cell);
        sum += weight * look.value;
        weights += weight;
      }
      data[row * columns + column] = sum / weights;
    }
  }
  return { width: columns, height: rows, data, cell, shows: message('layers.model.map') };
}
