import type { ForensicImage } from '../forensics/image';
import { packPattern, unpackPattern } from '../forensics/sensor/camera';
import {
  addView,
  emptySums,
  estimatePattern,
  type PatternSums,
  peakToCorrelationEnergy,
  type SensorView,
  sensorLuma,
  sensorSide,
  sensorView,
} from '../forensics/sensor/pattern';
import { HELD_BACK } from './settings';
import type { Enrolment, PhotoOutcome } from './types';

/** Shift allowed between a photograph and the pattern of the others, px: the camera did not move. */
const SAME_PLACE = 1;

/** Learns the pattern of a camera, photograph by photograph. The first readable one sets the size. */
export class CameraLearner {
  #size: { readonly width: number; readonly height: number; readonly side: number } | null = null;
  #sums: PatternSums | null = null;
  readonly #held: SensorView[] = [];
  readonly #outcomes: Record<PhotoOutcome, number> = {
    used: 0,
    unreadable: 0,
    'other-size': 0,
    'too-small': 0,
  };

  get used(): number {
    return this.#outcomes.used;
  }

  get outcomes(): Readonly<Record<PhotoOutcome, number>> {
    return { ...this.#outcomes };
  }

  /** @param image a photograph, or null where it could not be read */
  add(image: ForensicImage | null): PhotoOutcome {
    const outcome = image ? this.#learn(image) : 'unreadable';
    this.#outcomes[outcome] += 1;
    return outcome;
  }

  #learn(image: ForensicImage): PhotoOutcome {
    const { width, height } = image;
    const side = sensorSide(width, height);
    if (side === null) return 'too-small';
    this.#size ??= { width, height, side };
    if (width !== this.#size.width || height !== this.#size.height) return 'other-size';
    const view = sensorView(sensorLuma(image, side), side);
    this.#sums ??= emptySums(side);
    addView(this.#sums, view);
    if (this.#held.length < HELD_BACK) this.#held.push(view);
    return 'used';
  }

  /**
   * The pattern, and how well the held-back photographs match the pattern of all the others.
   * @throws RangeError with fewer than two photographs
   */
  finish(): Enrolment['fingerprint'] {
    const sums = this.#sums;
    if (!sums || !this.#size || sums.photos < 2) throw new RangeError('Expected two photographs or more');
    let leastOwn = Number.POSITIVE_INFINITY;
    for (const view of this.#held) {
      addView(sums, view, -1);
      leastOwn = Math.min(leastOwn, peakToCorrelationEnergy(view, estimatePattern(sums), SAME_PLACE).pce);
      addView(sums, view);
    }
    return { ...this.#size, photos: sums.photos, leastOwn, ...packPattern(estimatePattern(sums)) };
  }
}

/** Energy of a photograph against a packed pattern, for tests and measurements. */
export function energyAgainst(image: ForensicImage, camera: Enrolment['fingerprint'], reach: number): number {
  const view = sensorView(sensorLuma(image, camera.side), camera.side);
  return peakToCorrelationEnergy(view, unpackPattern(camera), reach).pce;
}
