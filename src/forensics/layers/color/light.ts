/** sRGB value 0..255 to linear light 0..1 (IEC 61966-2-1). */
export const LINEAR = Float64Array.from({ length: 256 }, (_, value) => {
  const v = value / 255;
  return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
});

export interface LightColour {
  /** Correlated colour temperature, kelvin, 1500..15000. */
  readonly kelvin: number;
  /** Distance from the colours of glowing bodies in CIE 1960 u, v: above 0 greenish, below 0 pinkish. */
  readonly tint: number;
}

/** Searched in mired (a million over kelvin), on whose scale equal steps look alike. */
const COOLEST = 1e6 / 15_000;
const WARMEST = 1e6 / 1_500;
const STEPS = 120;

/**
 * Colour temperature and tint of a light, from its linear sRGB. The Planckian locus by Krystek's rational
 * approximation (An algorithm to calculate correlated colour temperature, Color Research and Application
 * 1985), good to 1e-4 in u, v. Daylight lies at about +0.003.
 * @returns null for no light at all
 */
export function lightColour(r: number, g: number, b: number): LightColour | null {
  const x = 0.4124564 * r + 0.3575761 * g + 0.1804375 * b;
  const y = 0.2126729 * r + 0.7151522 * g + 0.072175 * b;
  const z = 0.0193339 * r + 0.119192 * g + 0.9503041 * b;
  const sum = x + 15 * y + 3 * z;
  if (!(sum > 0)) return null;
  const u = (4 * x) / sum;
  const v = (6 * y) / sum;
  let best = { mired: 0, distance: Number.POSITIVE_INFINITY };
  const look = (mired: number) => {
    const [pu, pv] = planckian(1e6 / mired);
    const distance = Math.hypot(u - pu, v - pv);
    if (distance < best.distance) best = { mired, distance };
  };
  const step = (WARMEST - COOLEST) / STEPS;
  for (let at = 0; at <= STEPS; at++) look(COOLEST + at * step);
  const coarse = best.mired;
  for (let at = -STEPS; at <= STEPS; at++) {
    const mired = coarse + (at * step) / STEPS;
    if (mired >= COOLEST && mired <= WARMEST) look(mired);
  }
  const kelvin = 1e6 / best.mired;
  const [, locus] = planckian(kelvin);
  return { kelvin, tint: v >= locus ? best.distance : -best.distance };
}

function planckian(t: number): readonly [number, number] {
  const u =
    (0.860117757 + 1.54118254e-4 * t + 1.28641212e-7 * t * t) /
    (1 + 8.42420235e-4 * t + 7.08145163e-7 * t * t);
  const v =
    (0.317398726 + 4.22806245e-5 * t + 4.20481691e-8 * t * t) /
    (1 - 2.89741816e-5 * t + 1.61456053e-7 * t * t);
  return [u, v];
}

/** Angle between two colours as vectors, degrees; 0 where one is black. */
export function angleBetween(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [ab, aa, bb] = [0, 0, 0];
  for (let at = 0; at < 3; at++) {
    const p = a[at] ?? 0;
    const q = b[at] ?? 0;
    ab += p * q;
    aa += p * p;
    bb += q * q;
  }
  if (aa === 0 || bb === 0) return 0;
  return (Math.acos(Math.min(1, ab / Math.sqrt(aa * bb))) * 180) / Math.PI;
}
