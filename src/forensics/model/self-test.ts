import type { ModelCard, ModelView } from './card';

/** Log-odds of one square for each view, by the backend under test. */
type RunSquare = (view: ModelView, square: Float32Array<ArrayBuffer>) => Promise<number>;

/**
 * The fixed picture of the self-test, normalised for a view: sharp ramps that wrap around, so that every
 * filter has something to answer to. Channel c at (x, y) is (7x + 13y + 29c + (x * y mod 97)) mod 256.
 */
export function selfTestSquare(input: ModelView['input']): Float32Array<ArrayBuffer> {
  const { size, layout, mean, std } = input;
  const square = new Float32Array(3 * size * size);
  for (let channel = 0; channel < 3; channel++) {
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        const value = (7 * x + 13 * y + 29 * channel + ((x * y) % 97)) % 256;
        const at = layout === 'nchw' ? (channel * size + y) * size + x : (y * size + x) * 3 + channel;
        square[at] = (value - (mean[channel] ?? 0)) / (std[channel] ?? 1);
      }
    }
  }
  return square;
}

/** The self-test's log-odds of every view, in the card's order. */
export async function selfTestLogits(card: ModelCard, run: RunSquare): Promise<number[]> {
  const logits: number[] = [];
  for (const view of card.views) logits.push(await run(view, selfTestSquare(view.input)));
  return logits;
}

/**
 * Largest difference between two sets of log-odds.
 * @returns Infinity where one is missing or not a number
 */
export function largestDifference(some: readonly number[], others: readonly number[]): number {
  if (some.length !== others.length) return Number.POSITIVE_INFINITY;
  const differences = some.map((logit, at) => Math.abs(logit - (others[at] ?? Number.NaN)));
  return differences.reduce(
    (most, one) => (Number.isNaN(one) ? Number.POSITIVE_INFINITY : Math.max(most, one)),
    0,
  );
}
