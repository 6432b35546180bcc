import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GeneratorClaim, LayerResult } from '../report';
import { exampleConfig, exampleFacts, layerResult, notRun } from './example.fixture';
import { fuse } from './fuse';

const config = exampleConfig();
const model = (logOdds: number) =>
  layerResult('model', {}, { score: Number.isNaN(logOdds) ? logOdds : 1 / (1 + Math.exp(-logOdds)) });
const frequency = (slope: number) => layerResult('frequency', { slope });
const metadata = (claim?: GeneratorClaim) => layerResult('metadata', {}, claim ? { claim } : {});
const generated: GeneratorClaim = { kind: 'generated', name: 'Midjourney', where: 'PNG text "Description"' };
const camera: GeneratorClaim = { kind: 'camera', name: 'Canon EOS R5', where: 'EXIF' };
const byId = (layers: readonly LayerResult[], id: string) => layers.find((layer) => layer.id === id);

describe('fuse, worked out by hand', () => {
  it('adds calibrated, weighted log-odds', () => {
    // 0.5 * (0.2 + 0.8 * 2 + 0.4 * 1) - 0.1 + 0.2 (no metadata: 0.7 held to the weak cap) = 1.2
    const fused = fuse([metadata(), frequency(1), model(2)], exampleFacts, config);
    expect(fused.probability).toBeCloseTo(0.7685247834990175, 12);
    expect(fused.startLogOdds).toBeCloseTo(0.5 * 0.2 - 0.1, 12);
    expect(fused.layers.map((layer) => layer.id)).toEqual(['model', 'frequency', 'metadata']);
    expect(byId(fused.layers, 'model')?.contribution).toBeCloseTo(0.8, 12);
    expect(byId(fused.layers, 'frequency')?.contribution).toBeCloseTo(0.2, 12);
    expect(byId(fused.layers, 'metadata')?.contribution).toBeCloseTo(0.2, 12);
    expect(byId(fused.layers, 'model')?.score).toBeCloseTo(0.8807970779778823, 12);
    expect(byId(fused.layers, 'metadata')?.score).toBeCloseTo(0.549833997312478, 12);
    expect(fused.uncertainty).toEqual({ width: 0.05, reasons: [] });
    expect(fused.verdict).toBe('inconclusive');
    expect(fused.because).toEqual([{ key: 'fusion.because.inconclusive_towards_ai' }]);
    expect(fused.generator).toBeNull();
  });

  it('takes the weights of the layers that ran, and lets the others contribute nothing', () => {
    // only frequency: 0.5 * (0.1 + 0.5 * 2) - 0.1 + 0.2 = 0.65
    const fused = fuse([metadata(), frequency(2), notRun('model')], exampleFacts, config);
    expect(fused.probability).toBeCloseTo(0.6570104626734988, 12);
    expect(byId(fused.layers, 'model')).toMatchObject({ score: null, contribution: 0 });
    expect(fused.uncertainty).toEqual({ width: 0.3, reasons: ['model-missing', 'borderline'] });
    expect(fused.because).toEqual([{ key: 'fusion.because.inconclusive_wide' }]);
  });

  it('caps what camera data may argue, and calls the conflict by its name', () => {
    // 0.5 * 2 - 0.1 - 1 (camera: -3 held to the cap of 1) = -0.1
    const fused = fuse([model(2), metadata(camera)], exampleFacts, config);
    expect(fused.probability).toBeCloseTo(0.47502081252106, 12);
    expect(fused.uncertainty).toEqual({ width: 0.25, reasons: ['layers-in-conflict', 'borderline'] });
    expect(fused.because).toEqual([
      { key: 'fusion.because.inconclusive_wide' },
      { key: 'fusion.because.camera', args: ['Canon EOS R5'] },
    ]);
  });

  it('says "likely" on either side of the fitted thresholds', () => {
    expect(fuse([model(4)], exampleFacts, config)).toMatchObject({
      verdict: 'likely-ai-generated', // sigmoid(1.9) = 0.870
      because: [{ key: 'fusion.because.likely_ai' }],
    });
    expect(fuse([model(-4)], exampleFacts, config)).toMatchObject({
      verdict: 'likely-authentic', // sigmoid(-2.1) = 0.109
      because: [{ key: 'fusion.because.likely_authentic' }],
    });
    expect(fuse([model(8)], exampleFacts, config).verdict).toBe('ai-generated'); // sigmoid(3.9) = 0.980
  });

  it('clamps to 1 % and 99 %', () => {
    expect(fuse([model(10), metadata(generated)], exampleFacts, config).probability).toBe(0.99);
    const sets = config.sets.map((set) => ({ ...set, calibration: { slope: 5, intercept: 0 } }));
    expect(fuse([model(-10)], exampleFacts, { ...config, sets }).probability).toBeCloseTo(0.01, 12);
  });

  it('lets a layer without a calibrated score of its own have no say', () => {
    const fused = fuse([{ ...model(4), score: null }], exampleFacts, config);
    expect(fused).toMatchObject({
      probability: 0.5,
      uncertainty: { reasons: ['model-missing', 'borderline'] },
    });
  });

  it('never extrapolates beyond what the fit has seen', () => {
    expect(fuse([model(1e9)], exampleFacts, config)).toEqual({
      ...fuse([model(10)], exampleFacts, config),
      layers: [expect.objectContaining({ id: 'model', score: expect.closeTo(0.9999546, 6) })],
    });
  });
});

describe('claims in the file', () => {
  it('a generated claim leads the verdict and names the generator', () => {
    const fused = fuse([model(0), metadata(generated)], exampleFacts, config);
    expect(fused.verdict).toBe('ai-generated');
    expect(fused.because?.[0]).toEqual({
      key: 'fusion.because.claim',
      args: ['Midjourney', 'PNG text "Description"'],
    });
    expect(fused.generator).toEqual({ name: 'Midjourney', confidence: fused.probability });
  });

  it('pixels that look authentic hold it to "likely" and the conflict is told', () => {
    const fused = fuse([model(-6), metadata(generated)], exampleFacts, config);
    expect(fused.verdict).toBe('likely-ai-generated');
    expect(fused.uncertainty.reasons).toContain('layers-in-conflict');
    expect(fused.because?.[1]).toEqual({ key: 'fusion.because.claim_against_pixels' });
  });

  it('without a claim the family that the pixels resemble is named, where the picture is likely generated', () => {
    const suspect = { name: 'Flux', confidence: 0.8 };
    const high = fuse([{ ...model(6), suspect }], exampleFacts, config);
    expect(high.generator).toEqual({ name: 'Flux', confidence: Math.min(0.8, high.probability) });
    expect(fuse([{ ...model(-4), suspect }], exampleFacts, config).generator).toBeNull();
  });

  it('a nameless claim names no generator', () => {
    const fused = fuse([model(0), metadata({ ...generated, name: null })], exampleFacts, config);
    expect(fused).toMatchObject({ verdict: 'ai-generated', generator: null });
  });

  it('a claim of a layer that did not run does not count', () => {
    const fused = fuse([model(0), { ...notRun('metadata'), claim: generated }], exampleFacts, config);
    expect(fused).toMatchObject({ verdict: 'inconclusive', generator: null });
  });

  it('metadata alone: no pixels is said', () => {
    const fused = fuse([notRun('model'), metadata()], exampleFacts, config);
    expect(fused.probability).toBeCloseTo(0.549833997312478, 12);
    expect(fused.uncertainty.width).toBe(0.5);
    expect(fused.because).toContainEqual({ key: 'fusion.because.no_pixels' });
  });

  it('camera data never makes an image authentic', () => {
    for (const logOdds of [-10, 0, 10]) {
      expect(fuse([model(logOdds), metadata(camera)], exampleFacts, config).verdict).not.toBe('authentic');
    }
  });
});

describe('uncertainty', () => {
  it('takes the widest condition that holds, and lists all', () => {
    const facts = { ...exampleFacts, how: 'tab-crop' as const, width: 200, height: 900, bytes: 10_000 };
    expect(fuse([model(4)], facts, config).uncertainty).toEqual({
      width: 0.2,
      reasons: ['pixels-only', 'small', 'recompressed'],
    });
  });

  it('a plain PNG is not recompressed, however small its file', () => {
    const facts = { ...exampleFacts, format: 'png' as const, bytes: 1000 };
    expect(fuse([model(4)], facts, config).uncertainty.reasons).toEqual([]);
  });

  it('a band that reaches across even odds decides nothing', () => {
    const wide = { ...config.uncertainty, small: { shorterSide: 256, halfWidth: 0.4 } };
    const fused = fuse([model(4)], { ...exampleFacts, width: 100 }, { ...config, uncertainty: wide });
    expect(fused.verdict).toBe('inconclusive');
  });

  it('thresholds that the data did not support decide nothing', () => {
    const none = { aiGenerated: null, likelyAiGenerated: null, likelyAuthentic: null };
    for (const logOdds of [-10, 10]) {
      const sets = config.sets.map((set) => ({ ...set, verdicts: none }));
      expect(fuse([model(logOdds)], exampleFacts, { ...config, sets }).verdict).toBe('inconclusive');
    }
  });
});

describe('properties', () => {
  const wild = fc.double({ noNaN: false });
  const results = fc
    .record({
      model: fc.option(wild),
      frequency: fc.option(wild),
      other: fc.option(wild),
      claim: fc.boolean(),
    })
    .map(({ model: m, frequency: f, other: o, claim }) => [
      m === null ? notRun('model') : model(m),
      f === null ? notRun('frequency') : frequency(f),
      o === null ? notRun('unheard-of') : layerResult('unheard-of', { x: o }),
      metadata(claim ? generated : undefined),
    ]);

  it('is finite, in bounds and in order of weight for any subset and any features', () => {
    fc.assert(
      fc.property(results, fc.nat(5000), fc.nat(5000), (layers, width, height) => {
        const fused = fuse(layers, { ...exampleFacts, width, height }, config);
        expect(fused.probability).toBeGreaterThanOrEqual(0.01);
        expect(fused.probability).toBeLessThanOrEqual(0.99);
        expect(fused.uncertainty.width).toBeGreaterThanOrEqual(0);
        expect(fused.uncertainty.width).toBeLessThanOrEqual(0.5);
        expect(fused.layers).toHaveLength(layers.length);
        const sizes = fused.layers.map((layer) => Math.abs(layer.contribution ?? Number.NaN));
        expect(sizes.every(Number.isFinite)).toBe(true);
        expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
        const total = fused.layers.reduce(
          (sum, l) => sum + (l.contribution ?? 0),
          fused.startLogOdds ?? Number.NaN,
        );
        const logistic = 1 / (1 + Math.exp(-total));
        expect(fused.probability).toBeCloseTo(Math.min(0.99, Math.max(0.01, logistic)), 12);
      }),
    );
  });

  it('never falls when a layer leans more towards AI', () => {
    const logOdds = fc.double({ min: -20, max: 20, noNaN: true });
    fc.assert(
      fc.property(logOdds, logOdds, logOdds, fc.boolean(), (a, b, rest, swap) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        const at = (x: number) =>
          fuse(swap ? [model(rest), frequency(x)] : [model(x), frequency(rest)], exampleFacts, config)
            .probability;
        expect(at(high)).toBeGreaterThanOrEqual(at(low));
      }),
    );
  });

  it('does not depend on the order of the layers', () => {
    const layers = [metadata(generated), model(1.5), frequency(-3)];
    const answer = fuse(layers, exampleFacts, config);
    expect(fuse([...layers].reverse(), exampleFacts, config)).toEqual(answer);
  });
});
