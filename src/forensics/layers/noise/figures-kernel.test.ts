import { expect, it } from 'vitest';
import { seeded } from '../../synthetic.fixture';
import { figuresKernel, SUMS } from './figures-kernel';

it('samples are held to a limit, and multiplied with their neighbours', () => {
  const size = 32;
  const { field, sums, limit, addRow } = figuresKernel(size);
  const random = seeded(9);
  const drawn = Float32Array.from(field, () => 4 * (random() - 0.5));
  field.set(drawn);
  limit(0, 4 * field.length, 1.25);
  expect(field).toEqual(drawn.map((value) => Math.max(-1.25, Math.min(1.25, value))));

  const [first, count] = [3 * size + 5, 16];
  sums.fill(0);
  addRow(4 * first, 4 * (first + count));
  const expected: number[] = Array(SUMS).fill(0);
  for (let sample = first; sample < first + count; sample++) {
    const at = (x: number, y: number) => field[sample + y * size + x] ?? 0;
    const here = at(0, 0);
    const terms = [here, here ** 3, at(1, 0), at(0, 1), at(1, 1) + at(-1, 1), at(2, 0) + at(0, 2)];
    for (const [which, term] of terms.entries()) expected[which] = (expected[which] ?? 0) + here * term;
  }
  for (const [which, sum] of expected.entries()) {
    expect((sums[2 * which] ?? 0) + (sums[2 * which + 1] ?? 0)).toBeCloseTo(sum, 4);
  }
});
