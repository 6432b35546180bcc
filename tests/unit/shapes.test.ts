import { expect, test } from 'vitest';
import { optionsFrom } from '../../entrypoints/batch/options';
import { SHAPES } from '../../scripts/check/shapes.mjs';
import { SHAPE_NAMES } from '../../src/forensics/shapes';

test('the command line knows the same shapes as the engine', () => {
  expect([...SHAPES].sort()).toEqual(Object.keys(SHAPE_NAMES).sort());
});

test('the batch page takes each of them, and no other', () => {
  const shapeOf = (query: string) => optionsFrom(new URLSearchParams(query), 4).shape;
  for (const shape of SHAPES) expect(shapeOf(`shape=${shape}`)).toBe(shape);
  for (const other of ['', 'shape=', 'shape=FakeSec', 'shape=toString']) expect(shapeOf(other)).toBeNull();
});
