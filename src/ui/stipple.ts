/** A grain on the probability scale: position 0..1 along and across the band, radius in units of the drawing. */
export interface Grain {
  readonly x: number;
  readonly y: number;
  readonly r: number;
}

/**
 * A fixed number of grains spread over the band, denser towards its middle: the wider the
 * uncertainty, the thinner the grain lies. Always the same pattern for the same count.
 *
 * Positions follow the R2 low-discrepancy sequence (Roberts, 2018), which fills evenly without
 * clumps; a small shake breaks up its visible lines, and a triangular distribution along the band
 * thickens the middle.
 */
export function grains(count: number): Grain[] {
  const plastic = 1.324717957244746;
  const stepX = 1 / plastic;
  const stepY = 1 / (plastic * plastic);
  return Array.from({ length: count }, (_, index) => {
    const u = (0.5 + index * stepX + 0.09 * shake(index)) % 1;
    const v = (0.5 + index * stepY + 0.16 * shake(index + 0.5)) % 1;
    const x = u < 0.5 ? Math.sqrt(u / 2) : 1 - Math.sqrt((1 - u) / 2);
    return { x, y: v, r: 0.75 + 0.75 * ((index * 0.6180339887) % 1) };
  });
}

/** 0..1, the same for the same number, without pattern from one to the next. */
function shake(number: number): number {
  const wave = Math.sin(number * 12.9898 + 4.1414) * 43758.5453;
  return wave - Math.floor(wave);
}
