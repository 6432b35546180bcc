import { quantileInPlace } from '../../dsp/statistics';
import type { EvidencePicture } from '../../report';
import { message } from '../../text';
import type { Peak } from './peaks';

/** The spectrum with frequency 0 in the middle, brightness by log power, peaks marked on both sides. */
export function spectrumPicture(
  logPower: Float64Array,
  size: number,
  peaks: readonly Peak[],
): EvidencePicture {
  const half = size / 2;
  // The lower half mirrors the upper one.
  const levels = logPower.slice(0, half * size);
  const dark = quantileInPlace(levels, 0.02);
  const bright = Math.max(quantileInPlace(levels, 0.9998), dark + 1e-6);
  const scale = 255 / (bright - dark);
  const data = new Uint8ClampedArray(size * size);
  for (let y = 0; y < size; y++) {
    const row = ((y + half) % size) * size;
    for (let x = 0; x < size; x++) {
      const u = x < half ? x + half : x - half;
      data[y * size + x] = ((logPower[row + u] ?? 0) - dark) * scale;
    }
  }
  const marks = peaks.flatMap(({ fx, fy }, at) => {
    const label = String(at + 1);
    return [
      { x: half + fx * size, y: half + fy * size, label },
      { x: half - fx * size, y: half - fy * size, label },
    ].map((mark) => ({ ...mark, x: inside(mark.x, size), y: inside(mark.y, size) }));
  });
  return { width: size, height: size, data, shows: message('layers.frequency.picture'), marks };
}

/** A peak at the highest frequency may be located a part of a cell beyond it, on either side. */
function inside(place: number, size: number): number {
  return Math.min(size - 1, Math.max(0, place));
}
