import type { Survey } from '../../layer';
import { sigmoid } from '../../model/card';
import type { LaterMap } from '../../report';
import { message } from '../../text';

/** Cells along the longer side: close-ups carry no more detail than this. */
const CELLS = 24;

/** Standard deviation of the smoothing, in sides of a close-up: close-ups half a side away count half. */
const SMOOTHING = 0.45;

/**
 * A soft map of what close-ups all over the picture were judged to be: at each cell the mean of their probabilities,
 * weighed by a Gaussian of their distance (Nadaraya 1964, Watson 1964). It shows a tendency, not an outline.
 */
export function laterMapOf({ width, height, crops }: Survey): LaterMap {
  const cell = Math.max(1, Math.ceil(Math.max(width, height) / CELLS));
  const columns = Math.ceil(width / cell);
  const rows = Math.ceil(height / cell);
  const data = new Float32Array(columns * rows);
  const variance = (SMOOTHING * Math.max(...crops.map(({ size }) => size))) ** 2;
  const centres = crops.map(({ x, y, size, logit }) => ({
    x: x + Math.min(size, width) / 2,
    y: y + Math.min(size, height) / 2,
    value: sigmoid(logit),
  }));
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let sum = 0;
      let weights = 0;
      for (const centre of centres) {
        const across = (column + 0.5) * cell - centre.x;
        const down = (row + 0.5) * cell - centre.y;
        const weight = Math.exp(-(across * across + down * down) / (2 * variance));
        sum += weight * centre.value;
        weights += weight;
      }
      data[row * columns + column] = sum / weights;
    }
  }
  const shows = message('layers.model.map_of_many', crops.length);
  return { layer: 'model', map: { width: columns, height: rows, data, cell, shows } };
}
