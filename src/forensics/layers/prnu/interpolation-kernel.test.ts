import { expect, it } from 'vitest';
import { seeded } from '../../../../tests/fixtures/noise';
import { interpolationKernel } from './interpolation-kernel';

const SIZE = 10;
const STEPS = [-SIZE - 1, -SIZE, 1, SIZE];
const NEGLIGIBLE = 0.25;

it('measures errors and adds up normal equations by their definitions, the border left out', () => {
  const random = seeded(5);
  const kernel = interpolationKernel(SIZE, STEPS, NEGLIGIBLE);
  const { field, errors, shares, weights, products } = kernel;
  for (const list of [field, shares, weights]) list.set(Float64Array.from(list, random));
  kernel.measure();
  kernel.accumulate();
  const n = STEPS.length;
  const expected = new Float64Array(products.length / 2);
  for (let y = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++) {
      const at = y * SIZE + x;
      if (x === 0 || y === 0 || x === SIZE - 1 || y === SIZE - 1) {
        expect(errors[at]).toBe(0);
        continue;
      }
      const around = [...STEPS.map((step) => field[at + step] ?? 0), field[at] ?? 0];
      const error = STEPS.reduce((rest, _, k) => rest - (weights[k] ?? 0) * (around[k] ?? 0), around[n] ?? 0);
      expect(errors[at]).toBeCloseTo(error, 12);
      const share = shares[at] ?? 0;
      if (share < NEGLIGIBLE) continue;
      addProducts(expected, around, share);
    }
  }
  for (const [at, value] of expected.entries()) {
    expect((products[2 * at] ?? 0) + (products[2 * at + 1] ?? 0)).toBeCloseTo(value, 12);
  }
});

/** Of each but the last with itself and those after it. */
function addProducts(sums: Float64Array, around: readonly number[], share: number): void {
  for (let i = 0, to = 0; i < around.length - 1; i++) {
    for (let j = i; j < around.length; j++, to++) {
      sums[to] = (sums[to] ?? 0) + share * (around[i] ?? 0) * (around[j] ?? 0);
    }
  }
}
