import fc from 'fast-check';
import { expect, it } from 'vitest';
import { dct8x8 } from './dct';

/** ITU-T T.81, A.3.3, as written there. */
function byDefinition(samples: readonly number[], u: number, v: number): number {
  const c = (k: number) => (k === 0 ? Math.SQRT1_2 : 1);
  let sum = 0;
  for (let y = 0; y < 8; y++) {
    for (let x = 0; x < 8; x++) {
      sum +=
        (samples[8 * y + x] ?? 0) *
        Math.cos(((2 * x + 1) * u * Math.PI) / 16) *
        Math.cos(((2 * y + 1) * v * Math.PI) / 16);
    }
  }
  return (c(u) * c(v) * sum) / 4;
}

const samples = fc.array(fc.integer({ min: -128, max: 127 }), { minLength: 64, maxLength: 64 });

it('is the transform of the JPEG standard', () => {
  fc.assert(
    fc.property(samples, (values) => {
      const block = Float64Array.from(values);
      dct8x8(block);
      for (let at = 0; at < 64; at++) {
        expect(Math.abs((block[at] ?? 0) - byDefinition(values, at & 7, at >> 3))).toBeLessThan(1e-9);
      }
    }),
    { numRuns: 20 },
  );
});

it('keeps the energy (Parseval)', () => {
  fc.assert(
    fc.property(samples, (values) => {
      const block = Float64Array.from(values);
      dct8x8(block);
      const energy = (all: ArrayLike<number>) =>
        Array.from(all).reduce((sum, value) => sum + value * value, 0);
      expect(Math.abs(energy(block) - energy(values))).toBeLessThan(1e-6);
    }),
  );
});
