import { expect, it } from 'vitest';
import { seeded } from '../synthetic.fixture';
import { GRIDS } from './block-sums';
import { folderOf } from './fold';

it.each([
  [1, 0, 24],
  [30, 24, 24],
  [77, 24, 7],
])('%i levels from %i on are folded at every period up to %i', (levels, first, largest) => {
  const random = seeded(levels);
  const counts = Uint32Array.from({ length: levels * GRIDS }, () => Math.floor(1000 * random()));
  const { fold } = folderOf(counts, first, largest);
  for (let period = 1; period <= largest; period++) {
    const expected = new Uint32Array(period * GRIDS);
    for (const [at, count] of counts.entries()) {
      const remainder = (first + Math.floor(at / GRIDS)) % period;
      const to = remainder * GRIDS + (at % GRIDS);
      expected[to] = (expected[to] ?? 0) + count;
    }
    expect(fold(period).slice(0, expected.length)).toEqual(expected);
  }
});
