/**
 * Evidence 0..1 as colour over a photograph: from transparent over violet and orange to pale yellow.
 * Lightness rises all the way, so the order survives every colour-vision deficiency and grey print.
 */
const STOPS: readonly (readonly [number, number, number, number])[] = [
  [20, 11, 53, 0],
  [81, 18, 124, 110],
  [183, 55, 121, 165],
  [252, 137, 97, 205],
  [252, 253, 191, 235],
];

/** Writes RGBA (not premultiplied) for each value; values outside 0..1 are clamped, NaN reads as 0. */
export function paintMap(values: Float32Array, into: Uint8ClampedArray): void {
  const last = STOPS.length - 1;
  for (let index = 0; index < values.length; index += 1) {
    const value = Math.min(1, Math.max(0, values[index] || 0)) * last;
    const below = Math.min(last - 1, Math.floor(value));
    const share = value - below;
    const from = STOPS[below];
    const to = STOPS[below + 1];
    if (!from || !to) continue;
    for (let channel = 0; channel < 4; channel += 1) {
      const start = from[channel] ?? 0;
      into[index * 4 + channel] = start + ((to[channel] ?? 0) - start) * share;
    }
  }
}
