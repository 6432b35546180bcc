import { onceEach } from '../../dsp/once';
import { type InterpolationKernel, interpolationKernel } from './interpolation-kernel';

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
  const work = workOf(size);
  work.field.set(field);
  work.weights.fill(1 / COUNT);
  let sigma = 2;
  const probability = new Float64Array(size * size);
  for (let round = 0; round < ROUNDS; round++) {
    work.measure();
    const spread = expect(work, size, sigma);
    if (spread === null) return null;
    // The last probabilities need no further weights.
    if (round === ROUNDS - 1) break;
    const solved = maximise(work);
    if (!solved) return null;
    work.weights.set(solved);
    sigma = Math.max(LEAST_SIGMA, spread);
  }
  probability.set(work.shares);
  return probability;
}

const workOf = onceEach((size: number) => {
  const steps = NEIGHBOURS.map(([dx, dy]) => dy * size + dx);
  return interpolationKernel(size, steps, NEGLIGIBLE);
});

/** Probabilities from errors; answers the spread of the errors that they weigh, or null where none counts. */
function expect({ errors, shares }: InterpolationKernel, size: number, sigma: number): number | null {
  const sums = new Float64Array(2);
  for (let y = 1; y < size - 1; y++) {
    expectRow(errors, shares, y * size + 1, y * size + size - 1, sigma, sums);
  }
  const [sum = 0, squares = 0] = sums;
  return sum > 0 ? Math.sqrt(squares / sum) : null;
}

/**
 * A function of its own: V8 leaves a loop that it compiled while it ran inside another at the end of every row.
 * @param sums of the probabilities, and of the squared errors that they weigh; those of the row are added
 */
function expectRow(
  errors: Float64Array,
  shares: Float64Array,
  from: number,
  end: number,
  sigma: number,
  sums: Float64Array,
): void {
  const top = 1 / (sigma * Math.sqrt(2 * Math.PI));
  const narrow = -1 / (2 * sigma * sigma);
  let sum = sums[0] ?? 0;
  let squares = sums[1] ?? 0;
  for (let at = from; at < end; at++) {
    const error = errors[at] ?? 0;
    const likelihood = top * Math.exp(error * error * narrow);
    const share = likelihood / (likelihood + UNIFORM);
    shares[at] = share;
    sum += share;
    squares += share * error * error;
  }
  sums[0] = sum;
  sums[1] = squares;
}

/** Weighted least squares: the weights that explain the samples that count best. */
function maximise({ accumulate, products }: InterpolationKernel): Float64Array | null {
  accumulate();
  // Normal equations with their right side as the last column.
  const width = COUNT + 1;
  const system = new Float64Array(COUNT * width);
  for (let i = 0, at = 0; i < COUNT; i++) {
    for (let j = i; j <= COUNT; j++, at += 2) {
      const sum = (products[at] ?? 0) + (products[at + 1] ?? 0);
      system[i * width + j] = sum;
      if (j < COUNT) system[j * width + i] = sum;
    }
  }
  return solve(system, COUNT);
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
