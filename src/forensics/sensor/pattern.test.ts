import { describe, expect, it } from 'vitest';
import { fractalField, gaussian, greyImage } from '../../../tests/fixtures/noise';
import { correlation } from '../dsp/statistics';
import { compressed } from '../jpeg/compressed.fixture';
import { ijgTable } from '../jpeg/tables';
import { packPattern, unpackPattern } from './camera';
import {
  addView,
  emptySums,
  estimatePattern,
  peakToCorrelationEnergy,
  type SensorView,
  sensorSide,
  sensorView,
  turned,
} from './pattern';

const SIDE = 256;
/** What matches: Goljan, Fridrich and Filler (2009) find fewer than 3 in 100,000 others above it. */
const MATCH = 60;

/** A sensor's own pattern: 1.5 % of the light, which strong sensors reach. */
function sensor(seed: number): Float32Array {
  const normal = gaussian(seed);
  return Float32Array.from({ length: SIDE * SIDE }, () => 0.015 * normal());
}

/** A scene seen by a sensor, with photon noise, rounded. */
function photograph(pattern: Float32Array, seed: number): Float32Array {
  const scene = fractalField(SIDE, 2.4, seed);
  const normal = gaussian(seed + 500);
  return Float32Array.from(scene, (value, at) => {
    const light = 120 + 30 * value;
    return Math.min(255, Math.max(0, Math.round(light * (1 + (pattern[at] ?? 0)) + 1.5 * normal())));
  });
}

const view = (luma: Float32Array): SensorView => sensorView(luma, SIDE);

function learned(pattern: Float32Array, photos: number): Float32Array {
  const sums = emptySums(SIDE);
  for (let at = 0; at < photos; at++) addView(sums, view(photograph(pattern, 100 + at)));
  expect(sums.photos).toBe(photos);
  return estimatePattern(sums);
}

describe('a camera learned from eight photographs', () => {
  const own = sensor(1);
  const pattern = learned(own, 8);

  it('knows another photograph of its own, at no shift, and not one of another camera', () => {
    const match = peakToCorrelationEnergy(view(photograph(own, 7)), pattern, 4);
    expect(match.pce).toBeGreaterThan(2 * MATCH);
    expect([match.dx, match.dy]).toEqual([0, 0]);
    const other = peakToCorrelationEnergy(view(photograph(sensor(2), 7)), pattern, SIDE / 2 - 1);
    expect(other.pce).toBeLessThan(MATCH);
  });

  it('knows it moved, and says by how much', () => {
    const luma = photograph(own, 8);
    const moved = luma.map((_, at) => {
      const x = at % SIDE;
      const y = (at - x) / SIDE;
      return luma[((y + 9) % SIDE) * SIDE + ((x + 20) % SIDE)] ?? 0;
    });
    const near = peakToCorrelationEnergy(view(moved), pattern, 4);
    expect(near.pce).toBeLessThan(MATCH);
    const far = peakToCorrelationEnergy(view(moved), pattern, SIDE / 2 - 1);
    expect(far.pce).toBeGreaterThan(MATCH);
    expect([far.dx, far.dy]).toEqual([-20, -9]);
  });

  it('knows it turned', () => {
    for (let quarters = 1; quarters < 4; quarters++) {
      const shown = turned(photograph(own, 9), SIDE, quarters);
      expect(peakToCorrelationEnergy(view(shown), pattern, 4).pce).toBeLessThan(MATCH);
      const back = turned(shown, SIDE, 4 - quarters);
      expect(peakToCorrelationEnergy(view(back), pattern, 4).pce).toBeGreaterThan(2 * MATCH);
    }
  });

  it('is hardly worse packed in bytes', () => {
    const packed = packPattern(pattern);
    const luma = view(photograph(own, 10));
    const full = peakToCorrelationEnergy(luma, pattern, 4).pce;
    const bytes = peakToCorrelationEnergy(luma, unpackPattern(packed), 4).pce;
    expect(Math.abs(bytes / full - 1)).toBeLessThan(0.05);
  });

  it('forgets a photograph that is taken out again', () => {
    const sums = emptySums(SIDE);
    const first = view(photograph(own, 20));
    const second = view(photograph(own, 21));
    addView(sums, first);
    const alone = estimatePattern(sums);
    addView(sums, second);
    addView(sums, second, -1);
    const again = estimatePattern(sums);
    // Single precision leaves a thousandth of what was there; filters pass it on.
    expect(correlation(again, alone)).toBeGreaterThan(0.999);
  });
});

describe('photographs saved as JPEG at quality 90', () => {
  /** As a camera saves it: the tables of libjpeg at 90. */
  function saved(pattern: Float32Array, seed: number): Float32Array {
    const luma = photograph(pattern, seed);
    const file = compressed(
      greyImage(SIDE, SIDE, (x, y) => luma[y * SIDE + x] ?? 0),
      ijgTable(90),
    );
    return Float32Array.from({ length: SIDE * SIDE }, (_, at) => file.data[4 * at] ?? 0);
  }
  const sums = emptySums(SIDE);
  for (let at = 0; at < 12; at++) addView(sums, view(saved(sensor(1), 300 + at)));
  const pattern = estimatePattern(sums);
  const energy = (seed: number, scene: number) =>
    peakToCorrelationEnergy(view(saved(sensor(seed), scene)), pattern, 4).pce;

  it('match their own camera, in other scenes', () => {
    const own = Array.from({ length: 3 }, (_, at) => energy(1, 400 + at));
    expect(Math.min(...own)).toBeGreaterThan(MATCH);
  });

  it('do not match another: none of four comes near', () => {
    const others = Array.from({ length: 4 }, (_, at) => energy(50 + at, 400 + at));
    expect(Math.max(...others)).toBeLessThan(MATCH / 2);
  });
});

it('has nothing to say of flat pictures', () => {
  const flat = view(new Float32Array(SIDE * SIDE).fill(128));
  expect(peakToCorrelationEnergy(flat, new Float32Array(SIDE * SIDE), 4).pce).toBe(0);
  expect(packPattern(new Float32Array(4)).pattern).toEqual(new Int8Array(4));
});

it.each([
  [4000, 3000, 1024],
  [1024, 1024, 1024],
  [1023, 4000, 512],
  [511, 4000, null],
])('takes of %i x %i the middle %s', (width, height, side) => {
  expect(sensorSide(width, height)).toBe(side);
});
