/** Relative frequency of the first digits 1..9, index 0 for digit 1. */
export type Digits = readonly number[];

/** First significant digit 1..9 of a whole number; 0 has none and answers 0. */
export function firstDigit(value: number): number {
  let rest = Math.abs(value);
  while (rest >= 10) rest = Math.floor(rest / 10);
  return rest;
}

export interface GeneralisedLaw {
  /** p(d) = scale * log10(1 + 1 / (shift + d^power)). */
  readonly scale: number;
  readonly shift: number;
  readonly power: number;
}

/** p(d) of the generalised law for digit d = 1..9. */
export function lawAt({ scale, shift, power }: GeneralisedLaw, digit: number): number {
  return scale * Math.log10(1 + 1 / (shift + digit ** power));
}

/** Benford's law itself: the generalised one with scale 1, shift 0, power 1. */
export const BENFORD: GeneralisedLaw = { scale: 1, shift: 0, power: 1 };

/** Bounds of the fit: Fu, Shi and Su found powers of 1.4 to 2 and shifts of -0.6 to 0.1 for qualities 50 to 100. */
const POWERS = { from: 0.5, to: 6, steps: 56 } as const;
const SHIFTS = { from: -0.95, to: 3, steps: 80 } as const;

/**
 * Least squares fit of the generalised Benford law (Fu, Shi and Su, A generalized Benford's law for JPEG
 * coefficients and its applications in image forensics, SPIE 2007) by a grid over power and shift, refined once;
 * the scale follows in closed form.
 */
export function fitLaw(digits: Digits): { law: GeneralisedLaw; error: number } {
  let best = { law: BENFORD, error: Number.POSITIVE_INFINITY };
  const search = (
    powers: { from: number; to: number; steps: number },
    shifts: { from: number; to: number; steps: number },
  ) => {
    for (let p = 0; p <= powers.steps; p++) {
      const power = powers.from + ((powers.to - powers.from) * p) / powers.steps;
      for (let s = 0; s <= shifts.steps; s++) {
        const shift = shifts.from + ((shifts.to - shifts.from) * s) / shifts.steps;
        const fitted = atScale(digits, power, shift);
        if (fitted.error < best.error) best = fitted;
      }
    }
  };
  search(POWERS, SHIFTS);
  const { power, shift } = best.law;
  search(
    { from: power - 0.1, to: power + 0.1, steps: 20 },
    { from: Math.max(-0.99, shift - 0.05), to: shift + 0.05, steps: 20 },
  );
  return best;
}

/** The best scale for a power and shift, and the root mean square error it leaves. */
function atScale(digits: Digits, power: number, shift: number): { law: GeneralisedLaw; error: number } {
  let dot = 0;
  let square = 0;
  for (let digit = 1; digit <= 9; digit++) {
    const unit = lawAt({ scale: 1, shift, power }, digit);
    dot += unit * (digits[digit - 1] ?? 0);
    square += unit * unit;
  }
  const scale = dot / square;
  let left = 0;
  for (let digit = 1; digit <= 9; digit++) {
    left += (scale * lawAt({ scale: 1, shift, power }, digit) - (digits[digit - 1] ?? 0)) ** 2;
  }
  return { law: { scale, shift, power }, error: Math.sqrt(left / 9) };
}

/**
 * Chi-squared divergence of seen digits from a law, sum of (seen - law)^2 / law, both as shares; 0 where they
 * agree. The law is normalised to the nine digits first.
 */
export function divergence(digits: Digits, law: GeneralisedLaw): number {
  let all = 0;
  for (let digit = 1; digit <= 9; digit++) all += lawAt(law, digit);
  let sum = 0;
  for (let digit = 1; digit <= 9; digit++) {
    const expected = lawAt(law, digit) / all;
    sum += ((digits[digit - 1] ?? 0) - expected) ** 2 / expected;
  }
  return sum;
}
