/**
 * ln Gamma(x) for x > 0, by Stirling's series after shifting x above 8 (relative error below 1e-10).
 * @throws RangeError for x <= 0
 */
export function logGamma(x: number): number {
  if (!(x > 0)) throw new RangeError(`Expected a positive number but received ${x}`);
  let shift = 0;
  let z = x;
  while (z < 8) {
    shift += Math.log(z);
    z++;
  }
  const series = 1 / (12 * z) - 1 / (360 * z ** 3) + 1 / (1260 * z ** 5);
  return (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + series - shift;
}
