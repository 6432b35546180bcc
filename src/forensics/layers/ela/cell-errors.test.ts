import { expect, it } from 'vitest';
import { seeded } from '../../synthetic.fixture';
import { CELL, compareCells } from './cell-errors';

it.each([1, 32, 45])('%i cells are compared pixel by pixel', (cells) => {
  const random = seeded(cells);
  const width = cells * CELL + 3;
  const wordsOf = () => Int32Array.from({ length: width * CELL + 5 }, () => Math.floor(2 ** 32 * random()));
  const [before, after] = [wordsOf(), wordsOf()];
  const empty = () => new Float32Array(cells + 2).fill(-1);
  const errors = { luma: empty(), chroma: empty(), activity: empty() };
  compareCells(before, after, 5, width, cells, errors, 1);

  const channels = (word = 0) => [word & 255, (word >>> 8) & 255, (word >>> 16) & 255] as const;
  const lumaOf = ([red, green, blue]: readonly [number, number, number]) =>
    0.299 * red + 0.587 * green + 0.114 * blue;
  for (let cell = 0; cell < cells; cell++) {
    const place = (x: number, y: number) => 5 + y * width + cell * CELL + x;
    const luma = (x: number, y: number) => lumaOf(channels(before[place(x, y)]));
    let [lumaSum, chromaSum, activity] = [0, 0, 0];
    for (let y = 0; y < CELL; y++) {
      for (let x = 0; x < CELL; x++) {
        const [was, is] = [channels(before[place(x, y)]), channels(after[place(x, y)])];
        const change = lumaOf(is) - lumaOf(was);
        lumaSum += Math.abs(change);
        chromaSum += 0.564 * Math.abs(is[2] - was[2] - change) + 0.713 * Math.abs(is[0] - was[0] - change);
        if (x === 0 || y === 0) continue;
        activity += Math.abs(luma(x, y) - luma(x - 1, y)) + Math.abs(luma(x, y) - luma(x, y - 1));
      }
    }
    expect(errors.luma[1 + cell]).toBeCloseTo(lumaSum / 256, 3);
    expect(errors.chroma[1 + cell]).toBeCloseTo(chromaSum / 512, 3);
    expect(errors.activity[1 + cell]).toBeCloseTo(activity / 450, 3);
  }
  for (const figures of Object.values(errors)) expect([figures[0], figures[cells + 1]]).toEqual([-1, -1]);
});
