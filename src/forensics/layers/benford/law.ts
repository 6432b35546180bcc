/** Relative frequency of the first digits 1..9, index 0 for digit 1. */
type Digits = readonly number[];

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
const POWERS: Span = { from: 0.5, to: 6, steps: 56 };
const SHIFTS: Span = { from: -0.95, to: 3, steps: 80 };

/**
 * Least squares fit of the generalised Benford law (Fu, Shi and Su, A generalized Benford's law for JPEG
 * coefficients and its applications in image forensics, SPIE 2007) by a grid over power and shift, refined once;
 * the scale follows in closed form.
 */
export function fitLaw(digits: Digits): { law: GeneralisedLaw; error: number } {
  let best: Fit = { power: 1, shift: 0, scale: 1, squares: Number.POSITIVE_INFINITY };
  const search = (powers: Span, shifts: Span) => {
    for (let p = 0; p <= powers.steps; p++) {
      const power = powers.from + ((powers.to - powers.from) * p) / powers.steps;
      best = bestAtPower(digits, power, shifts, best);
    }
  };
  search(POWERS, SHIFTS);
  const { power, shift } = best;
  search(
    { from: power - 0.1, to: power + 0.1, steps: 20 },
    { from: Math.max(-0.99, shift - 0.05), to: shift + 0.05, steps: 20 },
  );
  const law = { scale: best.scale, shift: best.shift, power: best.power };
  const left = digits.reduce((sum, share, at) => sum + (lawAt(law, at + 1) - share) ** 2, 0);
  return { law, error: Math.sqrt(left / 9) };
}

interface Span {
  readonly from: number;
  readonly to: number;
  readonly steps: number;
}

interface Fit extends GeneralisedLaw {
  /** Sum of squared errors less the sum of squared shares, which is the same for all laws. */
  readonly squares: number;
}

/**
 * The best fit so far or at one power. At the best scale, (u d) / (u u) for a law's shape u and the shares d, the
 * squared errors add up to d d - (u d)^2 / (u u).
 */
function bestAtPower(digits: Digits, power: number, shifts: Span, before: Fit): Fit {
  const raised = Float64Array.from({ length: 9 }, (_, at) => (at + 1) ** power);
  let best = before;
  for (let s = 0; s <= shifts.steps; s++) {
    const shift = shifts.from + ((shifts.to - shifts.from) * s) / shifts.steps;
    let dot = 0;
    let square = 0;
    for (let at = 0; at < 9; at++) {
      const unit = Math.log10(1 + 1 / (shift + (raised[at] ?? 1)));
      dot += unit * (digits[at] ?? 0);
      square += unit * unit;
    }
    const squares = (-dot * dot) / square;
    if (squares < best.squares) best = { power, shift, scale: dot / square, squares };
  }
  return best;
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
