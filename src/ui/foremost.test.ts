import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LayerResult, LayerStatus } from '../forensics/report';
import { layerOf } from '../history/report.fixture';
import { foremost } from './foremost';

const layer = (id: string, status: LayerStatus, contribution = 0) => layerOf({ id, status, contribution });
const ids = (layers: readonly LayerResult[]) => layers.map(({ id }) => id).join(' ');

describe('the foremost layers', () => {
  it('are all of a short list, also those that did not run', () => {
    const layers = ['a', 'b', 'c', 'd'].map((id) => layer(id, 'unavailable'));
    expect(foremost(layers)).toEqual({ first: layers, rest: [] });
  });

  it('are the signs and whatever weighs, filled up with what ran', () => {
    const { first, rest } = foremost([
      layer('heavy', 'clear', -1.2),
      layer('absent', 'unavailable'),
      layer('slight', 'clear', 0.1),
      layer('sign', 'warning', 0.05),
      layer('x', 'clear'),
      layer('y', 'clear'),
      layer('flag', 'flagged'),
    ]);
    expect(ids(first)).toBe('heavy slight sign flag');
    expect(ids(rest)).toBe('absent x y');
  });

  it('never lose a layer and never put one that did not run before others in a long list', () => {
    const status = fc.constantFrom<LayerStatus>('flagged', 'warning', 'clear', 'unavailable');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(status, fc.double({ min: -3, max: 3, noNaN: true })), { maxLength: 20 }),
        (all) => {
          const layers = all.map(([s, weight], i) => layer(`l${i}`, s, weight));
          const { first, rest } = foremost(layers);
          expect([...first, ...rest].map(({ id }) => id).sort()).toEqual(layers.map(({ id }) => id).sort());
          if (rest.length > 0) {
            expect(first.length).toBeLessThanOrEqual(8);
            expect(first.every((l) => l.status !== 'unavailable')).toBe(true);
          }
        },
      ),
    );
  });
});
