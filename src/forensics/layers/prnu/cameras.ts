import type { ForensicImage } from '../../image';
import { type CameraFingerprint, unpackPattern } from '../../sensor/camera';
import {
  peakToCorrelationEnergy,
  SENSOR_SIDES,
  type SensorView,
  sensorLuma,
  sensorView,
  turned,
} from '../../sensor/pattern';

/** From here a picture matches: fewer than 3 in 100,000 others reach it (Goljan, Fridrich and Filler 2009). */
const MATCH_PCE = 60;
/**
 * "Does not match" is said only where the camera's own photographs all reached this: a picture of it would
 * then have to lose half of its energy to be missed.
 */
export const SURE_PCE = 2 * MATCH_PCE;
/** Shift allowed where picture and pattern cover the same place: rounding of the middle, after turning. */
const SAME_PLACE = 3;

type CameraAnswer = 'matches' | 'not' | 'unknown';

export interface CameraComparison {
  readonly camera: string;
  readonly answer: CameraAnswer;
  /** Peak-to-correlation energy; null where the picture is too small to compare. */
  readonly pce: number | null;
  /** Why nothing can be told. */
  readonly reason: 'size' | 'small' | 'weak' | null;
}

/**
 * Compares a picture with each enrolled camera, in every turn that its size allows. A picture of another size
 * than the camera's is compared as a crop: it can match, but never "does not".
 */
export function compareCameras(
  image: ForensicImage,
  cameras: readonly CameraFingerprint[],
  signal: AbortSignal,
): readonly CameraComparison[] {
  const views = new Map<number, SensorView>();
  return cameras.map((camera) => {
    signal.throwIfAborted();
    const name = camera.name;
    if (Math.min(image.width, image.height) < camera.side || !SENSOR_SIDES.some((s) => s === camera.side)) {
      return { camera: name, answer: 'unknown', pce: null, reason: 'small' };
    }
    const { side } = camera;
    const view = views.get(side) ?? sensorView(sensorLuma(image, side), side);
    views.set(side, view);
    return compare(image, view, camera);
  });
}

function compare(image: ForensicImage, view: SensorView, camera: CameraFingerprint): CameraComparison {
  const upright = image.width === camera.width && image.height === camera.height;
  const across = image.width === camera.height && image.height === camera.width;
  const same = upright || across;
  const quarters = [...(upright || !same ? [0, 2] : []), ...(across ? [1, 3] : [])];
  const pattern = unpackPattern(camera);
  const reach = same ? SAME_PLACE : camera.side / 2 - 1;
  const pce = Math.max(
    ...quarters.map((turn) => peakToCorrelationEnergy(turnView(view, turn), pattern, reach).pce),
  );
  const { name } = camera;
  if (pce >= MATCH_PCE) return { camera: name, answer: 'matches', pce, reason: null };
  if (!same) return { camera: name, answer: 'unknown', pce, reason: 'size' };
  if (camera.leastOwn < SURE_PCE) return { camera: name, answer: 'unknown', pce, reason: 'weak' };
  return { camera: name, answer: 'not', pce, reason: null };
}

function turnView({ side, luma, residual }: SensorView, quarters: number): SensorView {
  return { side, luma: turned(luma, side, quarters), residual: turned(residual, side, quarters) };
}
