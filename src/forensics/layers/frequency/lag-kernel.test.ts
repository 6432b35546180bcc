import { expect, it } from 'vitest';
import { seeded } from '../../synthetic.fixture';
import { lagKernel } from './lag-kernel';

// Counts that leave three over fours, as the kernel asks.
it.each([7, 31, 47])('%i samples of a line are multiplied with those some lags on', (count) => {
  const size = 64;
  const lags = [0, 1, 4, 16];
  const { field, columns, sums, addLine } = lagKernel(size, lags);
  const random = seeded(count);
  for (let at = 0; at < field.length; at++) {
    field[at] = random() - 0.5;
    columns[at] = random() - 0.5;
  }
  // A row of the field, and one of the lines beside it.
  const [row, line] = [3 * size, 5 * size];
  addLine(4 * row, 4 * (row + count));
  addLine(columns.byteOffset + 4 * line, columns.byteOffset + 4 * (line + count));
  for (const [at, lag] of lags.entries()) {
    let expected = 0;
    for (let sample = 0; sample < count; sample++) {
      expected += (field[row + sample] ?? 0) * (field[row + sample + lag] ?? 0);
      expected += (columns[line + sample] ?? 0) * (columns[line + sample + lag] ?? 0);
    }
    expect((sums[2 * at] ?? 0) + (sums[2 * at + 1] ?? 0)).toBeCloseTo(expected, 5);
  }
});
