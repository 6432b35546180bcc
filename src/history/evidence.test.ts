import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { message } from '../forensics/text';
import { evidenceSize, packEvidence, unpackEvidence, withMap } from './evidence';
import { layerOf } from './report.fixture';
import { EVIDENCE_MAX_BYTES } from './settings';

const shows = message('layers.ela.map');

function map(width: number, height: number, value: (x: number, y: number) => number, cell = 8) {
  const data = Float32Array.from({ length: width * height }, (_, i) =>
    value(i % width, Math.floor(i / width)),
  );
  return { width, height, data, shows, cell };
}

function picture(width: number, height: number, bright: readonly number[]) {
  const data = new Uint8ClampedArray(width * height);
  for (const i of bright) data[i] = 255;
  return { width, height, data, shows, marks: [{ x: 700, y: 301, label: '8 px' }] };
}

describe('evidence', () => {
  it('comes back as it was, to within half a step of 8 bits, where it is small', () => {
    const ramp = map(20, 10, (x, y) => (x + 20 * y) / 199);
    const { layers, evidence } = packEvidence('id', [layerOf({ map: ramp })]);
    expect(layers[0]).not.toHaveProperty('map');
    const [back] = unpackEvidence(layers, evidence);
    expect(back?.map).toMatchObject({ width: 20, height: 10, cell: 8, shows });
    const worst = Math.max(...(back?.map?.data ?? []).map((v, i) => Math.abs(v - (ramp.data[i] ?? 0))));
    expect(worst).toBeLessThanOrEqual(0.5 / 255 + 1e-6);
  });

  it('averages the cells of a map that is too large, and says how much each covers then', () => {
    // 512 x 512 in pairs of columns 0 and 1: every 2 x 2 block averages to one half.
    const { layers, evidence } = packEvidence('id', [layerOf({ map: map(512, 512, (x) => x % 2) })]);
    const back = unpackEvidence(layers, evidence)[0]?.map;
    expect(back).toMatchObject({ width: 256, height: 256, cell: 16 });
    expect(new Set(back?.data)).toEqual(new Set([Math.fround(128 / 255)]));
  });

  it('keeps the peaks of a picture that is too large, and moves its marks with them', () => {
    const peak = 301 * 1024 + 700;
    const { layers, evidence } = packEvidence('id', [layerOf({ picture: picture(1024, 1024, [peak]) })]);
    const back = unpackEvidence(layers, evidence)[0]?.picture;
    expect(back).toMatchObject({ width: 256, height: 256, marks: [{ x: 175, y: 75, label: '8 px' }] });
    expect(back?.data[75 * 256 + 175]).toBe(255);
    expect(back?.data.reduce((sum, v) => sum + v, 0)).toBe(255);
  });

  it('covers the last, narrower cells too', () => {
    const { evidence } = packEvidence('id', [layerOf({ map: map(301, 300, (x) => (x === 300 ? 1 : 0)) })]);
    const [raster] = evidence.rasters;
    expect(raster?.frame).toMatchObject({ width: 151, height: 150, cell: 16 });
    expect(raster?.data[150]).toBe(255);
  });

  it('takes figures that are no numbers for dark', () => {
    const { evidence } = packEvidence('id', [
      layerOf({ map: map(3, 1, (x) => [Number.NaN, 7, -7][x] ?? 0) }),
    ]);
    expect([...(evidence.rasters[0]?.data ?? [])]).toEqual([0, 255, 0]);
  });

  it('stays within its budget however many rasters there are', () => {
    const size = fc.integer({ min: 1, max: 700 });
    fc.assert(
      fc.property(fc.array(fc.tuple(size, size), { maxLength: 9 }), (sizes) => {
        const layers = sizes.map(([w, h], i) => layerOf({ id: `l${i}`, map: map(w, h, () => 0.5) }));
        expect(evidenceSize(packEvidence('id', layers).evidence)).toBeLessThanOrEqual(EVIDENCE_MAX_BYTES);
      }),
      { numRuns: 25 },
    );
  });

  it('takes another map for a layer’s, and leaves all else as it was', () => {
    const { layers, evidence } = packEvidence('id', [
      layerOf({ id: 'ela', map: map(4, 4, () => 1) }),
      layerOf({ id: 'model', map: map(4, 4, () => 0), picture: picture(2, 2, [1]) }),
    ]);
    const finer = { ...map(4, 4, (x) => x / 3), shows: message('layers.model.map_of_many', 25) };
    const changed = withMap(evidence, { layer: 'model', map: finer });
    const [ela, model] = unpackEvidence(layers, changed);
    expect(model?.map?.shows).toEqual(finer.shows);
    expect(Array.from(model?.map?.data ?? []).slice(0, 4)).toEqual(
      [0, 85, 170, 255].map((v) => Math.fround(v / 255)),
    );
    const [before, beforeModel] = unpackEvidence(layers, evidence);
    expect(ela).toEqual(before);
    expect(model?.picture).toEqual(beforeModel?.picture);
    expect(evidenceSize(changed)).toBe(evidenceSize(evidence));
  });

  it('has a place for the map of a layer that had none', () => {
    const { layers, evidence } = packEvidence('id', [
      layerOf({ id: 'ela', map: map(4, 4, () => 1) }),
      layerOf({ id: 'model' }),
    ]);
    const changed = withMap(evidence, { layer: 'model', map: map(2, 1, (x) => x) });
    const [ela, model] = unpackEvidence(layers, changed);
    expect(ela).toEqual(unpackEvidence(layers, evidence)[0]);
    expect([...(model?.map?.data ?? [])]).toEqual([0, 1]);
  });

  it('gives a later map the room that the others leave, and drops none of them for it', () => {
    const large = Array.from({ length: 9 }, (_, at) =>
      layerOf({ id: `l${at}`, map: map(600, 600, () => 0.5) }),
    );
    const { evidence } = packEvidence('id', large);
    const changed = withMap(evidence, { layer: 'model', map: map(700, 700, () => 1) });
    expect(evidenceSize(changed)).toBeLessThanOrEqual(EVIDENCE_MAX_BYTES);
    expect(changed.rasters.slice(0, 9)).toEqual(evidence.rasters);
  });
});
