import { expect, it } from 'vitest';
import { radialProfile } from './radial';
import { radialPlot } from './radial-plot';

it('draws 1 / f^2 as the straight line that it is: 20 dB a decade', () => {
  const size = 256;
  const logPower = Float64Array.from({ length: size * size }, (_, at) => {
    const axis = (k: number) => (k < size / 2 ? k : k - size) / size;
    const f = Math.hypot(axis(at % size), axis(Math.floor(at / size)));
    return f > 0 ? -2 * Math.log(f) : 0;
  });
  const plot = radialPlot(logPower, size, radialProfile(logPower, size));
  const [measured, line] = plot.series;
  expect(plot.x.values[0]).toBe(1 / 64);
  expect(plot.x.values.at(-1)).toBeCloseTo(Math.SQRT1_2, 2);
  plot.x.values.forEach((f, i) => {
    const power = -20 * Math.log10(f);
    // A ring is one cell wide: at radius r its cells differ from r by half a cell at most.
    const ring = 20 * Math.log10(1 + 0.5 / (f * size));
    expect(Math.abs((measured?.values[i] ?? Number.NaN) - power)).toBeLessThan(ring);
    expect(line?.values[i]).toBeCloseTo(power, 6);
  });
});
