/** Statistics of plain number arrays. Empty input answers NaN, as there is no such figure: ask first. */

/** Makes the median absolute deviation of normal noise its standard deviation. */
export const MAD_TO_SD = 1.4826;

export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < values.length; at++) sum += values[at] ?? 0;
  return sum / values.length;
}

/** Population standard deviation (divided by n). */
export function standardDeviation(values: ArrayLike<number>): number {
  const centre = mean(values);
  let sum = 0;
  for (let at = 0; at < values.length; at++) {
    const off = (values[at] ?? 0) - centre;
    sum += off * off;
  }
  return Math.sqrt(sum / values.length);
}

/** Ascending copy. */
export function sorted(values: ArrayLike<number>): Float64Array {
  return new Float64Array(values).sort();
}

/**
 * Quantile of ascending values by linear interpolation.
 * @param share 0..1
 */
export function quantileOfSorted(ascending: ArrayLike<number>, share: number): number {
  if (ascending.length === 0) return Number.NaN;
  const place = Math.min(Math.max(share, 0), 1) * (ascending.length - 1);
  const below = Math.floor(place);
  const low = ascending[below] ?? Number.NaN;
  const high = ascending[Math.min(below + 1, ascending.length - 1)] ?? Number.NaN;
  return low + (high - low) * (place - below);
}

export function median(values: ArrayLike<number>): number {
  return medianInPlace(new Float64Array(values));
}

/** Median of values that may be put into another order: a tenth of the time of sorting them. */
export function medianInPlace(values: Float64Array): number {
  return quantileInPlace(values, 0.5);
}

/** As `quantileOfSorted` of the sorted values; puts them into another order. */
export function quantileInPlace(values: Float64Array, share: number): number {
  if (values.length === 0) return Number.NaN;
  const place = Math.min(Math.max(share, 0), 1) * (values.length - 1);
  const below = Math.floor(place);
  const low = ofRank(values, below);
  if (below === place) return low;
  // All that comes after is not less: the next in order is the least of it.
  let high = Number.POSITIVE_INFINITY;
  for (let at = below + 1; at < values.length; at++) high = Math.min(high, values[at] ?? 0);
  return low + (high - low) * (place - below);
}

/**
 * The value that sorting would bring to place `rank`, 0..length - 1; puts the values into another order. Faster
 * than sorting, which takes an array of its own.
 */
function ofRank(values: Float64Array, rank: number): number {
  select(values, rank);
  return values[rank] ?? Number.NaN;
}

/** Brings the value of rank `rank` to its place, no greater ones before it, no lesser ones after (Hoare 1961). */
function select(values: Float64Array, rank: number): void {
  let left = 0;
  let right = values.length - 1;
  while (left < right) {
    const pivot = values[rank] ?? 0;
    let i = left;
    let j = right;
    do {
      while ((values[i] ?? 0) < pivot) i++;
      while (pivot < (values[j] ?? 0)) j--;
      if (i <= j) {
        const swapped = values[i] ?? 0;
        values[i] = values[j] ?? 0;
        values[j] = swapped;
        i++;
        j--;
      }
    } while (i <= j);
    if (j < rank) left = i;
    if (rank < i) right = j;
  }
}

/** Median and robust standard deviation (scaled median absolute deviation). */
export function robust(values: ArrayLike<number>): { centre: number; spread: number } {
  const work = new Float64Array(values);
  const centre = medianInPlace(work);
  for (let at = 0; at < work.length; at++) work[at] = Math.abs((work[at] ?? 0) - centre);
  return { centre, spread: MAD_TO_SD * medianInPlace(work) };
}

/**
 * Least-squares line y = intercept + slope x.
 * @returns also the root mean square of what the line leaves; slope 0 where x does not vary
 */
export function fitLine(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
): { slope: number; intercept: number; error: number } {
  const meanX = mean(x);
  const meanY = mean(y);
  let xx = 0;
  let xy = 0;
  for (let at = 0; at < x.length; at++) {
    const dx = (x[at] ?? 0) - meanX;
    xx += dx * dx;
    xy += dx * ((y[at] ?? 0) - meanY);
  }
  const slope = xx > 0 ? xy / xx : 0;
  const intercept = meanY - slope * meanX;
  let left = 0;
  for (let at = 0; at < x.length; at++) left += ((y[at] ?? 0) - intercept - slope * (x[at] ?? 0)) ** 2;
  return { slope, intercept, error: Math.sqrt(left / x.length) };
}

/** Pearson's correlation, -1..1; 0 where either does not vary. */
export function correlation(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const meanX = mean(x);
  const meanY = mean(y);
  let xx = 0;
  let yy = 0;
  let xy = 0;
  for (let at = 0; at < x.length; at++) {
    const dx = (x[at] ?? 0) - meanX;
    const dy = (y[at] ?? 0) - meanY;
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : 0;
}
