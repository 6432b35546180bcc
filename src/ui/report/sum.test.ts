import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layerOf } from '../../history/report.fixture';
import { barOf, sumOf, weighty } from './sum';

const layers = [
  layerOf({ id: 'ela', contribution: -0.5 }),
  layerOf({ id: 'model', contribution: 1.5 }),
  layerOf({ id: 'fauxlens.noise' }),
];

describe('the sum of a report', () => {
  it('is the start and the layers, heaviest first', () => {
    const sum = sumOf({ probability: 0.62, startLogOdds: -0.25, layers });
    expect(sum?.addends).toEqual([
      { layer: null, value: -0.25 },
      { layer: 'model', value: 1.5 },
      { layer: 'ela', value: -0.5 },
    ]);
    expect(sum?.total).toBe(0.75);
    expect(sum?.probability).toBeCloseTo(0.679178699175393, 12);
  });

  it('works the start out where it was not recorded', () => {
    // An even chance with 1 point from the layers: they started at -1.
    const sum = sumOf({ probability: 0.5, layers });
    expect(sum?.addends[0]).toEqual({ layer: null, value: -1 });
    expect(sum?.total).toBe(0);
  });

  it('says nothing where it cannot be known', () => {
    expect(sumOf({ probability: 0.99, layers })).toBeNull();
    expect(sumOf({ probability: 0.5, startLogOdds: 0, layers: [layerOf()] })).toBeNull();
  });

  it('always adds up', () => {
    const finite = fc.double({ min: -30, max: 30, noNaN: true });
    fc.assert(
      fc.property(finite, fc.array(finite, { minLength: 1 }), (start, values) => {
        const sum = sumOf({
          probability: 0.5,
          startLogOdds: start,
          layers: values.map((contribution, i) => layerOf({ id: `l${i}`, contribution })),
        });
        const added = sum?.addends.reduce((total, { value }) => total + value, 0);
        expect(added).toBeCloseTo(sum?.total ?? Number.NaN, 9);
      }),
    );
  });
});

it('tells slight layers as one, and the start always by itself', () => {
  const all = [0.04, -0.02, -0.05].map((contribution, i) => layerOf({ id: `l${i}`, contribution }));
  const sum = sumOf({ probability: 0.5, startLogOdds: 0, layers: all });
  const { one, slight, slightSum } = weighty(sum ?? { addends: [], total: 0, probability: 0 });
  expect(one.map(({ layer }) => layer)).toEqual([null, 'l2']);
  expect(slight.map(({ layer }) => layer)).toEqual(['l0', 'l1']);
  expect(slightSum).toBeCloseTo(0.02, 12);
});

describe('a bar', () => {
  it('grows from the middle to its side', () => {
    expect(barOf(2, 4)).toEqual({ from: 0.5, length: 0.25 });
    expect(barOf(-4, 4)).toEqual({ from: 0, length: 0.5 });
    expect(barOf(0, 0)).toEqual({ from: 0.5, length: 0 });
  });
});
