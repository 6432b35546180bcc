import { ComplexFft2d } from '../dsp/complex-fft';
import { LocalWiener } from '../dsp/local-wiener';
import { onceEach } from '../dsp/once';
import { standardDeviation } from '../dsp/statistics';
import { WienerDenoiser } from '../dsp/wiener';
import type { ForensicImage } from '../image';
import { toLuma } from '../pixels/luma-tiles';

/** Sides of the middle square that is looked at, in px: the largest that fits. A million pixels are plenty. */
export const SENSOR_SIDES = [1024, 512] as const;
/** Luma beyond these holds no pattern: clipped, or below what the sensor answers to. */
const BRIGHTEST = 250;
const DARKEST = 5;

/** The middle of a picture and its noise residual, row-major, side x side. */
export interface SensorView {
  readonly side: number;
  readonly luma: Float32Array;
  /** Cleaned of rows, columns and periodic parts, which all cameras of a make share. */
  readonly residual: Float32Array;
}

const denoiser = onceEach((side: number) => new WienerDenoiser(side, side));
const filterOf = onceEach((side: number) => new LocalWiener(side, side, side, side));
const transform = onceEach((side: number) => new ComplexFft2d(side));

/** Side of the square that a picture of this size allows, or null where it is too small. */
export function sensorSide(width: number, height: number): number | null {
  return SENSOR_SIDES.find((side) => Math.min(width, height) >= side) ?? null;
}

/**
 * Luma of the square in the middle of a picture.
 * @param side one of SENSOR_SIDES, at most the picture's shorter side
 */
export function sensorLuma({ width, height, pixels }: ForensicImage, side: number): Float32Array {
  const x = Math.floor((width - side) / 2);
  const y = Math.floor((height - side) / 2);
  return toLuma(pixels.region({ x, y, width: side, height: side }));
}

/**
 * Noise residual ready to be compared: wavelet Wiener filter, means of rows and columns taken out for each
 * of the four places of the colour filter, and peaks of the spectrum cut (Chen, Fridrich, Goljan and Lukas
 * 2008). About 0.3 s for 1024 x 1024.
 */
export function sensorView(luma: Float32Array, side: number): SensorView {
  const residual = denoiser(side).residual(luma);
  zeroMeans(residual, side);
  return { side, luma, residual: cutSpectralPeaks(residual, side) };
}

/** Turned by quarters clockwise, 0..3. */
export function turned(field: Float32Array, side: number, quarters: number): Float32Array {
  if (quarters % 4 === 0) return field;
  const out = new Float32Array(field.length);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const to =
        quarters % 4 === 1
          ? x * side + side - 1 - y
          : quarters % 4 === 2
            ? (side - 1 - y) * side + side - 1 - x
            : (side - 1 - x) * side + y;
      out[to] = field[y * side + x] ?? 0;
    }
  }
  return out;
}

/** Sums over photographs from which a camera's pattern is estimated. */
export interface PatternSums {
  readonly side: number;
  photos: number;
  readonly products: Float32Array;
  readonly squares: Float32Array;
}

export function emptySums(side: number): PatternSums {
  return {
    side,
    photos: 0,
    products: new Float32Array(side * side),
    squares: new Float32Array(side * side),
  };
}

/** Adds a photograph, or with `sign` -1 takes it out again. */
export function addView(sums: PatternSums, { luma, residual }: SensorView, sign: 1 | -1 = 1): void {
  const { products, squares } = sums;
  for (let at = 0; at < products.length; at++) {
    const value = luma[at] ?? 0;
    if (value > BRIGHTEST || value < DARKEST) continue;
    products[at] = (products[at] ?? 0) + sign * (residual[at] ?? 0) * value;
    squares[at] = (squares[at] ?? 0) + sign * value * value;
  }
  sums.photos += sign;
}

/**
 * Maximum likelihood estimate of the sensor's pattern, K = sum(W I) / sum(I^2) for residuals W and
 * pictures I (Chen, Fridrich, Goljan and Lukas 2008), cleaned as residuals are.
 */
export function estimatePattern(sums: PatternSums): Float32Array {
  const pattern = new Float32Array(sums.products.length);
  for (let at = 0; at < pattern.length; at++) {
    pattern[at] = (sums.products[at] ?? 0) / ((sums.squares[at] ?? 0) + 1);
  }
  zeroMeans(pattern, sums.side);
  return cutSpectralPeaks(pattern, sums.side);
}

/** Takes the means of columns, then of rows, out of each of the four places of a 2 x 2 colour filter. */
function zeroMeans(field: Float32Array, side: number): void {
  for (const [step, line] of [
    [side, 1],
    [1, side],
  ] as const) {
    for (let at = 0; at < side; at++) {
      for (let phase = 0; phase < 2; phase++) {
        let sum = 0;
        for (let k = phase; k < side; k += 2) sum += field[at * line + k * step] ?? 0;
        const mean = (2 * sum) / side;
        for (let k = phase; k < side; k += 2) {
          const to = at * line + k * step;
          field[to] = (field[to] ?? 0) - mean;
        }
      }
    }
  }
}

/** Keeps of the spectrum's magnitude what is noise: peaks are periodic, and so not the sensor's own. */
function cutSpectralPeaks(field: Float32Array, side: number): Float32Array {
  const noise = standardDeviation(field);
  if (!(noise > 0)) return field;
  const fft = transform(side);
  const spectrum = fft.fromReal(field);
  fft.forward(spectrum);
  const magnitude = new Float32Array(side * side);
  for (let at = 0; at < magnitude.length; at++) {
    magnitude[at] = Math.hypot(spectrum[2 * at] ?? 0, spectrum[2 * at + 1] ?? 0) / side;
  }
  const local = filterOf(side);
  const kept = local.field;
  kept.set(magnitude);
  local.keepNoise(0, 0, side, side, noise * noise);
  for (let at = 0; at < magnitude.length; at++) {
    const size = magnitude[at] ?? 0;
    const gain = size > 1e-9 ? (kept[at] ?? 0) / size : 0;
    spectrum[2 * at] = (spectrum[2 * at] ?? 0) * gain;
    spectrum[2 * at + 1] = (spectrum[2 * at + 1] ?? 0) * gain;
  }
  fft.inverse(spectrum);
  return Float32Array.from(field, (_, at) => spectrum[2 * at] ?? 0);
}

export interface Match {
  /** Peak-to-correlation energy, with the peak's sign. */
  readonly pce: number;
  /** Where the peak lies: how far the picture is moved against the pattern, in px. */
  readonly dx: number;
  readonly dy: number;
}

/** Half-width of the square around the peak that does not count as its surroundings. */
const PEAK_REACH = 5;

/**
 * Peak-to-correlation energy of a picture's residual against a pattern (Goljan, Fridrich and Filler 2009):
 * the squared peak of their cross-correlation over its mean square elsewhere.
 * @param reach how far the peak may lie from no shift, in px: a few where picture and pattern should
 *   cover the same place, side / 2 where the picture may be a crop
 */
export function peakToCorrelationEnergy(view: SensorView, pattern: Float32Array, reach: number): Match {
  const { side, luma, residual } = view;
  const fft = transform(side);
  const expected = new Float32Array(side * side);
  let sum = 0;
  for (let at = 0; at < expected.length; at++) sum += (luma[at] ?? 0) * (pattern[at] ?? 0);
  const mean = sum / expected.length;
  // Both fields in one transform: residual as the real part, expected as the imaginary one.
  const field = fft.fromReal(residual);
  for (let at = 0; at < expected.length; at++) {
    field[2 * at + 1] = (luma[at] ?? 0) * (pattern[at] ?? 0) - mean;
  }
  fft.forward(field);
  const product = crossSpectrum(field, side);
  fft.inverse(product);
  return findPeak(product, side, reach);
}

/** conj(B) A of two real fields A, B transformed together as A + iB. */
function crossSpectrum(field: Float64Array, side: number): Float64Array {
  const out = new Float64Array(field.length);
  for (let v = 0; v < side; v++) {
    const mirrorRow = ((side - v) % side) * side;
    for (let u = 0; u < side; u++) {
      const at = 2 * (v * side + u);
      const mirror = 2 * (mirrorRow + ((side - u) % side));
      const re = field[at] ?? 0;
      const im = field[at + 1] ?? 0;
      const mirrorRe = field[mirror] ?? 0;
      const mirrorIm = field[mirror + 1] ?? 0;
      const aRe = (re + mirrorRe) / 2;
      const aIm = (im - mirrorIm) / 2;
      const bRe = (im + mirrorIm) / 2;
      const bIm = (mirrorRe - re) / 2;
      out[at] = aRe * bRe + aIm * bIm;
      out[at + 1] = aIm * bRe - aRe * bIm;
    }
  }
  return out;
}

function findPeak(correlation: Float64Array, side: number, reach: number): Match {
  let best = Number.NEGATIVE_INFINITY;
  let [dx, dy] = [0, 0];
  for (let y = -reach; y <= reach; y++) {
    for (let x = -reach; x <= reach; x++) {
      const value = correlation[2 * (((y + side) % side) * side + ((x + side) % side))] ?? 0;
      if (value > best) [best, dx, dy] = [value, x, y];
    }
  }
  let energy = 0;
  let count = 0;
  for (let y = 0; y < side; y++) {
    const fromPeakY = Math.abs(((y - dy + side + side / 2) % side) - side / 2);
    for (let x = 0; x < side; x++) {
      const fromPeakX = Math.abs(((x - dx + side + side / 2) % side) - side / 2);
      if (fromPeakX <= PEAK_REACH && fromPeakY <= PEAK_REACH) continue;
      energy += (correlation[2 * (y * side + x)] ?? 0) ** 2;
      count++;
    }
  }
  const mean = energy / count;
  return { pce: mean > 0 ? (Math.sign(best) * best * best) / mean : 0, dx, dy };
}
