import type { ForensicImage } from '../../image';
import { readBlocks } from '../../jpeg/blocks';
import { compressionHistory } from '../../jpeg/history';
import { LARGEST, PLACE } from '../../jpeg/quantised';
import type { Layer } from '../../layer';
import type { Explanation, Fact, LayerResult } from '../../report';
import { message, type Text } from '../../text';
import { unavailable } from '../../unavailable';
import { BENFORD, divergence, firstDigit, fitLaw, type GeneralisedLaw, lawAt } from './law';

/** Fewest coefficients other than zero from which nine shares can be told to about one part in a hundred. */
const LEAST_COUNTED = 4_000;

const DIGIT_OF = Uint8Array.from({ length: LARGEST + 1 }, (_, value) => firstDigit(value));

/** First digits of the DCT coefficients against the generalised Benford law (Fu, Shi and Su 2007). */
export const benford: Layer = {
  id: 'benford',
  family: 'compression',
  needs: ['pixels'],
  shares: ['blocks'],
  async analyze(image, _services, signal) {
    signal.throwIfAborted();
    const sample = await readBlocks(image, signal);
    if (!sample) return unavailable(benford, message('layers.benford.unavailable.small'));
    const { steps, stored } = compressionHistory(image, sample);
    const counts = countDigits(stored);
    const counted = counts.reduce((sum, count) => sum + count, 0);
    if (counted < LEAST_COUNTED) return unavailable(benford, message('layers.benford.unavailable.few'));
    return describe(image, steps, counts, counted);
  },
};

/**
 * First digits of the AC coefficients as the file stores them (divided by the steps and rounded); by single
 * grey levels where the file is no JPEG.
 * @param stored histograms of the coefficients, as `countQuantised` answers them
 * @returns counts of the digits 1..9, index 0 for digit 1
 */
function countDigits(stored: Int32Array): number[] {
  const counts: number[] = Array(10).fill(0);
  for (let zero = PLACE + LARGEST + 1; zero < stored.length; zero += PLACE) {
    for (let value = 1; value <= LARGEST; value++) {
      const digit = DIGIT_OF[value] ?? 0;
      counts[digit] = (counts[digit] ?? 0) + (stored[zero + value] ?? 0) + (stored[zero - value] ?? 0);
    }
  }
  return counts.slice(1);
}

function describe(
  image: ForensicImage,
  steps: Uint16Array,
  counts: readonly number[],
  counted: number,
): LayerResult {
  const digits = counts.map((count) => count / counted);
  const { law, error } = fitLaw(digits);
  const fromLaw = divergence(digits, BENFORD);
  const fromFit = divergence(digits, law);
  const isStored = steps.some((step) => step > 1);
  return {
    id: 'benford',
    family: 'compression',
    // Kinds of pictures differ more in this than histories do (README.md): no threshold kept its promise.
    status: 'clear',
    score: null,
    features: {
      divergence: fromLaw,
      fitDivergence: fromFit,
      fitError: error,
      scale: law.scale,
      shift: law.shift,
      power: law.power,
      firstDigit: digits[0] ?? 0,
      largestGap: largestGap(digits, law),
      counted,
    },
    label: message('layers.benford.label', percent(digits[0] ?? 0)),
    explanation: explain(image, isStored, digits, fromFit, law),
    facts: listFacts(digits, counted, law, fromLaw, fromFit),
  };
}

/** Largest absolute difference between seen and fitted share, of nine. */
function largestGap(digits: readonly number[], law: GeneralisedLaw): number {
  const fitted = digits.map((_, at) => Math.max(0, lawAt(law, at + 1)));
  return digits.reduce((most, share, at) => Math.max(most, Math.abs(share - (fitted[at] ?? 0))), 0);
}

function explain(
  image: ForensicImage,
  isStored: boolean,
  digits: readonly number[],
  fromFit: number,
  law: GeneralisedLaw,
): Explanation {
  const seen: Text[] = [
    message(
      isStored ? 'layers.benford.seen.stored' : 'layers.benford.seen.pixels',
      percent(digits[0] ?? 0),
      percent(digits[8] ?? 0),
      image.format.toUpperCase(),
    ),
    message('layers.benford.seen.fit', round(fromFit, 4), round(law.power, 2), round(law.shift, 2)),
  ];
  return {
    seen,
    means: [message('layers.benford.means')],
    otherwise: [message('layers.benford.otherwise')],
  };
}

function listFacts(
  digits: readonly number[],
  counted: number,
  law: GeneralisedLaw,
  fromLaw: number,
  fromFit: number,
): readonly Fact[] {
  const fact = (key: string, ...args: (string | number)[]): Fact => ({
    name: message(`layers.benford.fact.${key}.name`),
    value: message(`layers.benford.fact.${key}.value`, ...args),
  });
  const shares = digits.map((share) => percent(share));
  return [
    fact('digits', shares.join(' - ')),
    fact('counted', counted),
    fact('law', round(law.scale, 2), round(law.shift, 2), round(law.power, 2)),
    fact('divergence', round(fromLaw, 4), round(fromFit, 5)),
  ];
}

function percent(share: number): number {
  return round(100 * share, 1);
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
