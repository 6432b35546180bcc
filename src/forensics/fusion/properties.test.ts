import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GeneratorClaim, LayerResult } from '../report';
import { type FusionConfig, parseFusionConfig, type SetFit } from './config';
import { exampleConfig, exampleFacts, layerResult, notRun } from './example.fixture';
import { type Fused, fuse } from './fuse';

/** What must hold whatever a fit writes and whatever the layers measure. */

const NAMES = ['model', 'frequency', 'texture', 'noise'] as const;
const FIGURES = ['a', 'b'] as const;

const between = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const term = fc
  .record({
    feature: fc.constantFrom(...FIGURES),
    mean: between(-5, 5),
    scale: between(0.01, 5),
    coefficient: between(-5, 5),
    ends: fc.tuple(between(-9, 9), between(-9, 9)),
  })
  .map(({ ends, ...rest }) => ({ ...rest, low: Math.min(...ends), high: Math.max(...ends) }));
const logistic = fc.record({
  kind: fc.constant('logistic' as const),
  intercept: between(-5, 5),
  terms: fc.array(term, { maxLength: 3 }),
});
const thresholds = fc.option(fc.tuple(between(0, 0.5), between(0.5, 0.9), between(0.9, 1))).map((given) => ({
  likelyAuthentic: given?.[0] ?? null,
  likelyAiGenerated: given?.[1] ?? null,
  aiGenerated: given?.[2] ?? null,
}));

const set: fc.Arbitrary<SetFit> = fc
  .record({
    layers: fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 1 }),
    besides: fc.uniqueArray(fc.constantFrom(...NAMES)),
    weights: fc.tuple(between(0, 5), between(0, 5), between(0, 5), between(0, 5)),
    own: fc.option(logistic),
    intercept: between(-5, 5),
    slope: between(0.01, 5),
    offset: between(-5, 5),
    halfWidth: between(0, 0.5),
    verdicts: thresholds,
  })
  .map(({ layers, besides, weights, own, intercept, slope, offset, halfWidth, verdicts }) => {
    const weighed = [...new Set([...layers, ...besides])];
    const [first] = layers;
    return {
      layers,
      intercept,
      weights: Object.fromEntries(weighed.map((id) => [id, weights[NAMES.indexOf(id)] ?? 0])),
      calibration: { slope, intercept: offset },
      halfWidth,
      verdicts,
      ...(own && first ? { fits: { [first]: own } } : {}),
    };
  });

const configs: fc.Arbitrary<FusionConfig> = fc
  .record({
    sets: fc.array(set, { maxLength: 5 }),
    fits: fc.tuple(logistic, logistic, logistic),
    generated: between(0, 6),
    camera: between(-6, 0),
  })
  .map(({ sets, fits, generated, camera }) => {
    const example = exampleConfig();
    const empty = example.sets.slice(-1);
    return {
      ...example,
      layers: {
        model: { kind: 'own' as const, low: -10, high: 10 },
        frequency: fits[0],
        texture: fits[1],
        noise: fits[2],
        metadata: {
          kind: 'claims' as const,
          logRatios: { generated, composite: 1, camera, edited: -0.5, none: 0.7 },
        },
      },
      sets: [...sets, ...empty],
    };
  });

const claim = (
  where: string,
  kind: GeneratorClaim['kind'],
  proof?: GeneratorClaim['proof'],
): GeneratorClaim => ({ kind, name: 'Someone', where, ...(proof ? { proof } : {}) });

const figures = fc.record({ a: fc.double(), b: fc.double() }, { requiredKeys: [] });
const measured = fc.option(fc.record({ score: fc.option(fc.double()), features: figures }));
const kinds = fc.constantFrom<GeneratorClaim['kind']>('generated', 'composite', 'camera', 'edited');
const pictures: fc.Arbitrary<LayerResult[]> = fc
  .record({
    layers: fc.tuple(measured, measured, measured, measured),
    noted: fc.option(kinds),
    signed: fc.option(fc.tuple(kinds, fc.constantFrom<GeneratorClaim['proof']>('trusted', 'untrusted'))),
    marked: fc.boolean(),
  })
  .map(({ layers, noted, signed, marked }) => [
    ...NAMES.map((id, i) => {
      const own = layers[i];
      return own ? layerResult(id, own.features, { score: own.score }) : notRun(id);
    }),
    layerResult('metadata', {}, noted ? { claim: claim('EXIF', noted) } : {}),
    layerResult('provenance', {}, signed ? { claim: claim('Content Credentials', ...signed) } : {}),
    layerResult('watermark', {}, marked ? { claim: claim('watermark', 'generated') } : {}),
  ]);

const total = ({ layers, startLogOdds }: Fused): number =>
  layers.reduce((sum, layer) => sum + (layer.contribution ?? Number.NaN), startLogOdds ?? Number.NaN);

describe('whatever was fitted and measured', () => {
  it('the configurations drawn here are such as are shipped', () => {
    fc.assert(fc.property(configs, (config) => void parseFusionConfig(JSON.parse(JSON.stringify(config)))));
  });

  it('the contributions and the start add up to the probability', () => {
    fc.assert(
      fc.property(configs, pictures, (config, results) => {
        const fused = fuse(results, exampleFacts, config);
        const logistic = 1 / (1 + Math.exp(-total(fused)));
        expect(fused.probability).toBeCloseTo(Math.min(0.99, Math.max(0.01, logistic)), 9);
      }),
    );
  });

  it('a trusted claim of AI never lowers the probability, nor takes the verdict from "ai-generated"', () => {
    fc.assert(
      fc.property(configs, pictures, fc.boolean(), (config, results, named) => {
        const without = results.filter((layer) => layer.id !== 'provenance');
        const trusted = {
          ...claim('Content Credentials', 'generated', 'trusted'),
          ...(named ? {} : { name: null }),
        };
        const before = fuse(without, exampleFacts, config);
        const after = fuse(
          [...without, layerResult('provenance', {}, { claim: trusted })],
          exampleFacts,
          config,
        );
        expect(after.probability).toBeGreaterThanOrEqual(before.probability);
        expect(after.verdict).toBe('ai-generated');
      }),
    );
  });

  it('layers that no fit knows change nothing, and contribute nothing', () => {
    fc.assert(
      fc.property(configs, pictures, figures, fc.option(fc.double()), (config, results, own, score) => {
        const stranger = layerResult('unheard-of', own, { score });
        const { layers, ...before } = fuse(results, exampleFacts, config);
        const { layers: after, ...answer } = fuse([stranger, ...results], exampleFacts, config);
        expect(answer).toEqual(before);
        expect(after.filter((layer) => layer.id !== stranger.id)).toEqual(layers);
        expect(after.find((layer) => layer.id === stranger.id)).toMatchObject({
          contribution: 0,
          score: null,
        });
      }),
    );
  });
});

describe('which set has the word', () => {
  const silent = { aiGenerated: null, likelyAiGenerated: null, likelyAuthentic: null };
  const one = { intercept: 0, calibration: { slope: 1, intercept: 0 }, halfWidth: 0.1, verdicts: silent };
  const example = exampleConfig();
  const fit = example.layers.frequency;
  if (!fit) throw new Error('The example has a frequency layer.');
  const config: FusionConfig = {
    ...example,
    layers: {
      ...example.layers,
      texture: fit,
      metadata: { kind: 'claims', logRatios: { generated: 4, composite: 1, camera: 0, edited: 0, none: 0 } },
    },
    sets: [
      { ...one, layers: ['model'], weights: { model: 1 }, verdicts: { ...silent, likelyAiGenerated: 0.8 } },
      { ...one, layers: ['frequency', 'texture'], weights: { frequency: 1, texture: 1 } },
      ...example.sets.slice(-1),
    ],
  };
  const layers = [layerResult('frequency', { slope: -3 }), layerResult('texture', { slope: -3 })];
  const model = layerResult('model', {}, { score: 0.9 });

  it('the fit says, not the number of layers: two weak ones do not displace the model', () => {
    const fused = fuse([...layers, model], exampleFacts, config);
    expect(fused.probability).toBeCloseTo(0.9, 12);
    expect(fused.verdict).toBe('likely-ai-generated');
    expect(fused.layers.map(({ id, contribution }) => [id, contribution === 0])).toEqual([
      ['model', false],
      ['frequency', true],
      ['texture', true],
    ]);
  });

  it('without the model the others have it, and promise only what they can keep', () => {
    const towards = layers.map((layer) => ({ ...layer, features: { slope: 2 } }));
    const fused = fuse([...towards, notRun('model')], exampleFacts, config);
    expect(fused.probability).toBeCloseTo(1 / (1 + Math.exp(-4)), 12);
    expect(fused.verdict).toBe('inconclusive');
    expect(fused.uncertainty.reasons).toContain('model-missing');
  });

  it('a layer that may be missing counts where it ran, by the fit of the set where it has one', () => {
    const joint = {
      kind: 'logistic' as const,
      intercept: 0,
      terms: fit.kind === 'logistic' ? fit.terms.map((each) => ({ ...each, coefficient: 2 })) : [],
    };
    const sets = [
      { ...one, layers: ['texture'], weights: { texture: 1, frequency: 1 }, fits: { texture: joint } },
      ...config.sets.slice(-1),
    ];
    const [frequency, texture] = layers;
    if (!frequency || !texture) throw new Error('Two layers were measured.');
    // texture by the set's own fit: 2 * -3; frequency by its own log-odds: -3
    expect(total(fuse([frequency, texture], exampleFacts, { ...config, sets }))).toBeCloseTo(-9, 12);
    expect(total(fuse([notRun('frequency'), texture], exampleFacts, { ...config, sets }))).toBeCloseTo(
      -6,
      12,
    );
    expect(fuse([frequency, notRun('texture')], exampleFacts, { ...config, sets }).probability).toBe(0.5);
  });
});
