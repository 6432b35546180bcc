import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Layer, SharedPart } from '../forensics/layer';
import { LAYERS } from '../forensics/layers';
import { takeNext } from './next-layer';

const PARTS = ['reduced', 'patches', 'residual', 'blocks'] as const;

function layer(id: string, shares?: readonly SharedPart[]): Layer {
  return {
    // Any name serves: only the parts are looked at.
    id: id as Layer['id'],
    family: 'pixels',
    needs: ['pixels'],
    ...(shares && { shares }),
    analyze: () => Promise.reject(new Error('Not run here')),
  };
}

describe('takeNext', () => {
  it('takes the first where nothing is computed yet, and remembers its parts', () => {
    const mine = new Set<SharedPart>();
    const queue = [layer('a', ['blocks']), layer('b', ['residual'])];
    expect(takeNext(queue, mine, [])?.id).toBe('a');
    expect([...mine]).toEqual(['blocks']);
    expect(queue.map(({ id }) => id)).toEqual(['b']);
  });

  it('prefers what this worker has, then what nobody has, then nothing shared, then what another has', () => {
    const queue = [
      layer('theirs', ['blocks']),
      layer('none'),
      layer('new', ['residual']),
      layer('ours', ['patches']),
    ];
    const mine = new Set<SharedPart>(['patches']);
    const others = [new Set<SharedPart>(['blocks'])];
    const order = queue.map(() => 0).map(() => takeNext(queue, mine, others)?.id);
    expect(order).toEqual(['ours', 'new', 'none', 'theirs']);
    expect(takeNext(queue, mine, others)).toBeUndefined();
  });

  it('hands out every layer once, whichever worker asks', () => {
    const layers = fc.array(fc.subarray([...PARTS]), { maxLength: 20 });
    fc.assert(
      fc.property(layers, fc.array(fc.nat(2), { minLength: 20, maxLength: 20 }), (all, turns) => {
        const queue = all.map((shares, at) => layer(String(at), shares));
        const held = [0, 1, 2].map(() => new Set<SharedPart>());
        const taken = turns.map((turn) => {
          const mine = held[turn] ?? new Set<SharedPart>();
          return takeNext(
            queue,
            mine,
            held.filter((one) => one !== mine),
          )?.id;
        });
        const ids = taken.filter((id) => id !== undefined);
        expect(ids).toHaveLength(all.length);
        expect(new Set(ids).size).toBe(all.length);
      }),
    );
  });

  it('computes no part twice when two workers take turns at the real layers', () => {
    const queue = LAYERS.filter(({ waits }) => !waits);
    const waiting = LAYERS.filter(({ waits }) => waits).flatMap(({ shares = [] }) => shares);
    const held = [new Set<SharedPart>(waiting), new Set<SharedPart>()] as const;
    while (queue.length > 0) {
      takeNext(queue, held[0], [held[1]]);
      takeNext(queue, held[1], [held[0]]);
    }
    const twice = PARTS.filter((part) => held[0].has(part) && held[1].has(part));
    expect(twice.length).toBeLessThanOrEqual(1);
  });
});
