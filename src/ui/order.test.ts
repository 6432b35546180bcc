import fc from 'fast-check';
import { expect, test } from 'vitest';
import { moved } from './order';

test('takes an item out and puts it where it is to stand', () => {
  expect(moved(['a', 'b', 'c', 'd'], 0, 2)).toEqual(['b', 'c', 'a', 'd']);
  expect(moved(['a', 'b', 'c', 'd'], 3, 0)).toEqual(['d', 'a', 'b', 'c']);
  expect(moved(['a', 'b'], 1, 1)).toEqual(['a', 'b']);
});

test('loses nothing, keeps the order of the others, and moving back undoes it', () => {
  const lists = fc.uniqueArray(fc.nat(), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(lists, fc.nat(), fc.nat(), (list, a, b) => {
      const [from, to] = [a % list.length, b % list.length];
      const changed = moved(list, from, to);
      expect(changed[to]).toBe(list[from]);
      expect(changed.filter((item) => item !== list[from])).toEqual(
        list.filter((_, index) => index !== from),
      );
      expect(moved(changed, to, from)).toEqual(list);
    }),
  );
});
