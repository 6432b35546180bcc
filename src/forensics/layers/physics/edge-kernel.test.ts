import fc from 'fast-check';
import { expect, it } from 'vitest';
import { seeded } from '../../../../tests/fixtures/noise';
import { EdgeKernel } from './edge-kernel';

const LEAST = 8;

it('marks strong samples that are not below the neighbours their gradient points to, by its definition', () => {
  const kernel = new EdgeKernel(LEAST);
  fc.assert(
    fc.property(
      fc.integer({ min: 5, max: 23 }),
      fc.integer({ min: 5, max: 12 }),
      fc.integer(),
      fc.constantFrom(10, 60, 255),
      (width, height, seed, range) => {
        const random = seeded(seed);
        const luma = Float32Array.from({ length: width * height }, () => range * random());
        const planes = kernel.planes(width, height);
        const { stride, gx, gy, marks } = planes;
        // Whatever the last picture left beside the rows.
        planes.luma.fill(999);
        for (let y = 0; y < height; y++) {
          planes.luma.set(luma.subarray(y * width, (y + 1) * width), y * stride);
        }
        kernel.run(planes, width, height);
        const at = (x: number, y: number) => luma[y * width + x] ?? 0;
        const slope = (x: number, y: number) => {
          let [across, down] = [0, 0];
          for (const [side, weight] of [
            [-1, 1],
            [0, 2],
            [1, 1],
          ] as const) {
            across += (weight * (at(x + 1, y + side) - at(x - 1, y + side))) / 8;
            down += (weight * (at(x + side, y + 1) - at(x + side, y - 1))) / 8;
          }
          return { across, down, power: across * across + down * down };
        };
        for (let y = 0; y < height; y++) {
          for (let x = 0; x < stride; x++) {
            const marked = ((marks[(y * stride + x) >> 2] ?? 0) >> (x & 3)) & 1;
            if (x < 2 || y < 2 || x > width - 3 || y > height - 3) {
              expect(marked).toBe(0);
              continue;
            }
            const { across, down, power } = slope(x, y);
            expect(gx[y * stride + x]).toBeCloseTo(across, 3);
            expect(gy[y * stride + x]).toBeCloseTo(down, 3);
            const step = (part: number) => (4 * part * part < power ? 0 : Math.sign(part));
            const ahead = slope(x + step(across), y + step(down)).power;
            const behind = slope(x - step(across), y - step(down)).power;
            const least = Math.min(power - LEAST ** 2, power - ahead, power - behind);
            const turn = Math.min(...[across, down].map((part) => Math.abs(4 * part * part - power)));
            // What single precision may decide either way is not asked.
            if (Math.abs(least) > 1e-3 * power && turn > 1e-3 * power) expect(marked).toBe(least > 0 ? 1 : 0);
          }
        }
      },
    ),
    { numRuns: 60 },
  );
});
