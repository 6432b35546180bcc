/** Neighbours of a sample in a square of 3 x 3, as steps across and down. */
const NEIGHBOURS = [
  [-1, -1],
  [0, -1],
  [1, -1],
  [-1, 0],
  [1, 0],
  [-1, 1],
  [0, 1],
  [1, 1],
] as const;
const COUNT = NEIGHBOURS.length;
/** The weights hardly move after these. */
const ROUNDS = 4;
/** Likelihood of a sample that is not interpolated: all 256 levels alike. */
const UNIFORM = 1 / 256;
const LEAST_SIGMA = 0.4;
/** Samples of less probability than this do not move the weights. */
const NEGLIGIBLE = 1e-4;

/**
 * Probability of each sample to be a weighted sum of its neighbours, by expectation-maximisation of the
 * weights (Popescu and Farid 2005, for the colour filter array).
 * @param field row-major, size x size, grey levels
 * @returns probabilities 0..1, 0 on the border; null where the neighbours give no solution (flat fields)
 */
export function interpolationProbability(field: Float64Array, size: number): Float64Array | null {
  const steps = NEIGHBOURS.map(([dx, dy]) => dy * size + dx);
  let weights: Float64Array<ArrayBufferLike> = new Float64Array(COUNT).fill(1 / COUNT);
  let sigma = 2;
  const probability = new Float64Array(size * size);
  for (let round = 0; round < ROUNDS; round++) {
    const spread = expect(field, size, steps, weights, sigma, probability);
    if (spread === null) return null;
    // The last probabilities need no further weights.
    if (round === ROUNDS - 1) break;
    const solved = maximise(field, size, steps, probability);
    if (!solved) return null;
    weights = solved;
    sigma = Math.max(LEAST_SIGMA, spread);
  }
  return probability;
}

/** Probabilities from weights; answers the spread of the errors that they weigh, or null where none counts. */
function expect(
  field: Float64Array,
  size: number,
  steps: readonly number[],
  weights: Float64Array,
  sigma: number,
  probability: Float64Array,
): number | null {
  const sums = new Float64Array(2);
  for (let y = 1; y < size - 1; y++) expectRow(field, size, y, steps, weights, sigma, probability, sums);
  const [sum = 0, squares = 0] = sums;
  return sum > 0 ? Math.sqrt(squares / sum) : null;
}

/**
 * A function of its own: V8 leaves a loop that it compiled while it ran inside another at the end of every row.
 * @param sums of the probabilities, and of the squared errors that they weigh; those of the row are added
 */
function expectRow(
  field: Float64Array,
  size: number,
  y: number,
  steps: readonly number[],
  weights: Float64Array,
  sigma: number,
  probability: Float64Array,
  sums: Float64Array,
): void {
  const top = 1 / (sigma * Math.sqrt(2 * Math.PI));
  let [sum = 0, squares = 0] = sums;
  for (let at = y * size + 1; at < y * size + size - 1; at++) {
    const error = errorAt(field, at, steps, weights);
    const likelihood = top * Math.exp(-(error * error) / (2 * sigma * sigma));
    const share = likelihood / (likelihood + UNIFORM);
    probability[at] = share;
    sum += share;
    squares += share * error * error;
  }
  sums[0] = sum;
  sums[1] = squares;
}

function errorAt(field: Float64Array, at: number, steps: readonly number[], weights: Float64Array): number {
  let error = field[at] ?? 0;
  for (let k = 0; k < COUNT; k++) error -= (weights[k] ?? 0) * (field[at + (steps[k] ?? 0)] ?? 0);
  return error;
}

/** Weighted least squares: the weights that explain the samples that count best. */
function maximise(
  field: Float64Array,
  size: number,
  steps: readonly number[],
  probability: Float64Array,
): Float64Array | null {
  // Normal equations with their right side as the last column.
  const width = COUNT + 1;
  const system = new Float64Array(COUNT * width);
  const around = new Float64Array(width);
  for (let y = 1; y < size - 1; y++) {
    for (let x = 1; x < size - 1; x++) {
      const at = y * size + x;
      const share = probability[at] ?? 0;
      if (share < NEGLIGIBLE) continue;
      for (let k = 0; k < COUNT; k++) around[k] = field[at + (steps[k] ?? 0)] ?? 0;
      around[COUNT] = field[at] ?? 0;
      addEquation(system, around, share);
    }
  }
  for (let i = 0; i < COUNT; i++) {
    for (let j = 0; j < i; j++) system[i * width + j] = system[j * width + i] ?? 0;
  }
  return solve(system, COUNT);
}

/** Adds one sample's products to the upper half of the normal equations. */
function addEquation(system: Float64Array, around: Float64Array, share: number): void {
  for (let i = 0, row = 0; i < COUNT; i++, row += COUNT + 1) {
    const left = share * (around[i] ?? 0);
    for (let j = i; j <= COUNT; j++) system[row + j] = (system[row + j] ?? 0) + left * (around[j] ?? 0);
  }
}

/** Gauss' elimination with pivots. @param system rows of n coefficients and the right side */
function solve(system: Float64Array, n: number): Float64Array | null {
  const width = n + 1;
  const cell = (row: number, column: number) => system[row * width + column] ?? 0;
  const largest = Math.max(...Array.from({ length: n }, (_, at) => Math.abs(cell(at, at))));
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let row = column + 1; row < n; row++) {
      if (Math.abs(cell(row, column)) > Math.abs(cell(pivot, column))) pivot = row;
    }
    if (Math.abs(cell(pivot, column)) <= 1e-10 * largest) return null;
    for (let at = 0; at < width; at++) {
      const held = cell(column, at);
      system[column * width + at] = cell(pivot, at);
      system[pivot * width + at] = held;
    }
    for (let row = 0; row < n; row++) {
      if (row === column) continue;
      const factor = cell(row, column) / cell(column, column);
      for (let at = column; at < width; at++) {
        system[row * width + at] = cell(row, at) - factor * cell(column, at);
      }
    }
  }
  return Float64Array.from({ length: n }, (_, row) => cell(row, n) / cell(row, row));
}
