import type { CloseUp, Survey } from '../../layer';
import { sigmoid } from '../../model/card';
import type { EvidenceMap, LaterMap } from '../../report';
import { message } from '../../text';

/** Cells along the longer side: close-ups carry no more detail than this. */
const CELLS = 24;

/** Standard deviation of the survey's smoothing, in sides of a close-up: close-ups half a side away count half. */
const SMOOTHING = 0.45;

/**
 * A soft map of what each of a few close-ups was judged to be: between their centres the judgements are blended by
 * inverse squared distance (Shepard 1968). It shows a tendency, not an outline.
 * @param width of the analysed image in px; crops lie in the same pixels
 */
export function cropMap(width: number, height: number, crops: readonly CloseUp[]): EvidenceMap {
  const cell = cellOf(width, height);
  // One cell's area in the denominator keeps the weight finite at a centre.
  const data = blended(width, height, crops, (square) => 1 / (square + cell * cell));
  return { ...data, shows: message('layers.model.map') };
}

/**
 * The map of close-ups all over the picture: their judgements smoothed by a Gaussian (Nadaraya 1964, Watson 1964), which
 * follows them closer than inverse distances do, and without a spot at each centre.
 */
export function laterMapOf({ width, height, crops }: Survey): LaterMap {
  const side = Math.max(...crops.map(({ size }) => size));
  const variance = (SMOOTHING * side) ** 2;
  const data = blended(width, height, crops, (square) => Math.exp(-square / (2 * variance)));
  return { layer: 'model', map: { ...data, shows: message('layers.model.map_of_many', crops.length) } };
}

function cellOf(width: number, height: number): number {
  return Math.max(1, Math.ceil(Math.max(width, height) / CELLS));
}

/**
 * Mean of the close-ups' probabilities at each cell.
 * @param weigh a close-up's weight from the squared distance of its centre, in px
 */
function blended(
  width: number,
  height: number,
  crops: readonly CloseUp[],
  weigh: (squaredDistance: number) => number,
): Omit<EvidenceMap, 'shows'> {
  const cell = cellOf(width, height);
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
        const weight = weigh(across * across + down * down);
        sum += weight * look.value;
        weights += weight;
      }
      data[row * columns + column] = sum / weights;
    }
  }
  return { width: columns, height: rows, data, cell };
}
