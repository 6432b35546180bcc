import { expect, it } from 'vitest';
import { seeded } from '../synthetic.fixture';
import { type CellSums, describeStrip, STRIP } from './strip-statistics';

// Fewer columns than a call takes, more, cells of which one fills a call, and the narrowest picture.
it.each([
  [1, 16],
  [5, 16],
  [130, 16],
  [17, 128],
  [3, 1008],
])('%i cells of %i px are described as pixel by pixel', (columns, width) => {
  const random = seeded(columns);
  const across = columns * width;
  const luma = Float32Array.from({ length: STRIP * across }, () => {
    const level = Math.floor(300 * random() - 20);
    return Math.max(0, Math.min(255, level));
  });
  const at = (x: number, y: number) => luma[y * across + x] ?? 0;
  const [phasesX, phasesY] = [new Float64Array(8), new Float64Array(8)];
  const cells: CellSums[] = [];
  describeStrip(luma, columns, width, phasesX, phasesY, (_, sums) => cells.push(sums));

  expect(cells.length).toBe(columns);
  for (const [column, cell] of cells.entries()) {
    let [differences, residual, cut] = [0, 0, 0];
    for (let y = 1; y < STRIP - 1; y++) {
      for (let x = column * width + 1; x < (column + 1) * width - 1; x++) {
        differences += Math.abs(at(x, y) - at(x - 1, y)) + Math.abs(at(x, y) - at(x, y - 1));
        const bend = (row: number) => at(x - 1, row) - 2 * at(x, row) + at(x + 1, row);
        residual += Math.abs(bend(y - 1) - 2 * bend(y) + bend(y + 1));
        if (at(x, y) <= 2 || at(x, y) >= 253) cut++;
      }
    }
    // Whole numbers up to 2^24 are exact in single precision, and so are their sums here.
    expect(cell).toEqual({ differences, residual, cut });
  }

  const [alongRows, down] = [new Float64Array(8), new Float64Array(8)];
  const bend = (a: number, b: number, c: number, d: number) => Math.min(24, Math.abs(a - 3 * b + 3 * c - d));
  for (let y = 0; y < STRIP; y += 3) {
    for (let x = 2; x < across - 1; x++) {
      alongRows[x & 7] = (alongRows[x & 7] ?? 0) + bend(at(x - 2, y), at(x - 1, y), at(x, y), at(x + 1, y));
    }
  }
  for (let y = 2; y < STRIP - 1; y++) {
    // Phases 7, 0 and 1 have one row of those from 2 to 14, the others two.
    const weight = [7, 8, 9].includes(y) ? 2 : 1;
    for (let x = y & 1; x < across; x += 2) {
      down[y & 7] = (down[y & 7] ?? 0) + weight * bend(at(x, y - 2), at(x, y - 1), at(x, y), at(x, y + 1));
    }
  }
  expect(phasesX).toEqual(alongRows);
  expect(phasesY).toEqual(down);
});
