import { expect, test } from 'vitest';
import { arrowBacks } from './arrow';

test('an arrow to the right has its head left of the tip, above and below the shaft alike', () => {
  const [one, other] = arrowBacks({ x: 0, y: 5 }, { x: 100, y: 5 }, 10);
  expect(one.x).toBeCloseTo(100 - 10 * Math.cos(0.44), 10);
  expect(other.x).toBeCloseTo(one.x, 10);
  expect(one.y - 5).toBeCloseTo(-(other.y - 5), 10);
  expect(Math.hypot(one.x - 100, one.y - 5)).toBeCloseTo(10, 10);
});

test('an arrow without a length still has a head of its size', () => {
  for (const { x, y } of arrowBacks({ x: 3, y: 4 }, { x: 3, y: 4 }, 2)) {
    expect(Math.hypot(x - 3, y - 4)).toBeCloseTo(2, 10);
  }
});
