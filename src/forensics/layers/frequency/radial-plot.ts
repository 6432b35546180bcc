import type { EvidencePlot } from '../../report';
import { message } from '../../text';
import { planeOf } from './plane';
import { DECIBEL, FIT_FROM, type RadialProfile } from './radial';

/**
 * The fall-off as a curve: mean power of each ring of the spectrum in dB (up to the same constant), and the
 * straight line that was fitted between 1/32 and 1/4 cycles per px, drawn on to the finest detail.
 * @param logPower mean ln power, size x size, u along rows
 */
export function radialPlot(logPower: Float64Array, size: number, profile: RadialProfile): EvidencePlot {
  // Rings one cell wide, to the corners.
  const rings = Math.floor(size * Math.SQRT1_2) + 1;
  const sums = new Float64Array(rings);
  const counts = new Int32Array(rings);
  const { ring, weight } = planeOf(size);
  // The mean, at 0, has no frequency.
  for (let at = 1; at < ring.length; at++) {
    const cells = weight[(at / size) | 0] ?? 0;
    const to = Math.min(rings - 1, ring[at] ?? 0);
    sums[to] = (sums[to] ?? 0) + cells * (logPower[at] ?? 0);
    counts[to] = (counts[to] ?? 0) + cells;
  }
  const shown = Array.from({ length: rings }, (_, ring) => ring).filter(
    (ring) => ring / size >= FIT_FROM / 2 && (counts[ring] ?? 0) > 0,
  );
  const frequencies = shown.map((ring) => ring / size);
  return {
    title: message('layers.frequency.plot.title'),
    x: { label: message('layers.frequency.plot.x'), scale: 'log', values: frequencies },
    y: { label: message('layers.frequency.plot.y') },
    series: [
      {
        label: message('layers.frequency.plot.measured'),
        kind: 'line',
        values: shown.map((ring) => (DECIBEL * (sums[ring] ?? 0)) / (counts[ring] ?? 1)),
      },
      {
        label: message('layers.frequency.plot.line'),
        kind: 'line',
        reference: true,
        values: frequencies.map((f) => DECIBEL * (profile.intercept - profile.slope * Math.log(f))),
      },
    ],
  };
}
