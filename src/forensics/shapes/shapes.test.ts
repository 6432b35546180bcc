import { describe, expect, it } from 'vitest';
import {
  DETECTIKS_REPLY,
  FAKESEC_REPLY,
  FAUXLENS_REPLY,
  VERIPLUS_IMAGE,
} from '../../../tests/providers/documented';
import {
  isShapeName,
  type Say,
  SHAPE_NAMES,
  toDetectiks,
  toFakeSec,
  toFauxLens,
  toShape,
  toTruthLens,
  toVeriPlus,
} from './index';
import { finished } from './shapes.fixture';

const say: Say = (text) => ('key' in text ? `[${text.key}]` : text.verbatim);

/** Names of a value's fields, nested, with the kinds of their values; of lists the first entry's. */
function fieldsOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(fieldsOf);
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, fieldsOf(inner)]));
}

describe('the fields of the documented examples, and no others', () => {
  it('FauxLens', () => {
    expect(fieldsOf(toFauxLens(finished(), say))).toEqual(fieldsOf(JSON.parse(FAUXLENS_REPLY)));
  });

  it('FakeSec', () => {
    expect(fieldsOf(toFakeSec(finished()))).toEqual(fieldsOf(JSON.parse(FAKESEC_REPLY)));
  });

  it('VeriPlus, but for the faces that no layer looks for', () => {
    const shown = JSON.parse(VERIPLUS_IMAGE);
    shown.data.analysis.faceRegions = [];
    expect(fieldsOf(toVeriPlus(finished()))).toEqual(fieldsOf(shown));
  });

  it('Detectiks', () => {
    const shown = JSON.parse(DETECTIKS_REPLY);
    const ours = toDetectiks(finished(), say);
    expect(Object.keys(ours.modules).sort()).toEqual(Object.keys(shown.modules).sort());
    expect(fieldsOf({ ...ours, modules: {} })).toEqual(fieldsOf({ ...shown, modules: {} }));
    expect(fieldsOf(ours.modules.visual)).toEqual(fieldsOf(shown.modules.visual));
  });

  it('TruthLens, as the article reads them', () => {
    expect(fieldsOf(toTruthLens(finished()))).toEqual({ is_ai_generated: 'boolean', confidence: 'number' });
  });
});

describe('by name', () => {
  it.each([
    ['fauxlens', toFauxLens(finished(), say)],
    ['fakesec', toFakeSec(finished())],
    ['veriplus', toVeriPlus(finished())],
    ['truthlens', toTruthLens(finished())],
    ['detectiks', toDetectiks(finished(), say)],
  ] as const)('%s is the shape of that API, and survives JSON', (name, shape) => {
    expect(JSON.parse(JSON.stringify(toShape(name, finished(), say)))).toEqual(shape);
  });

  it('there are five, and no others', () => {
    expect(Object.keys(SHAPE_NAMES).filter(isShapeName)).toHaveLength(5);
    for (const other of ['', 'FakeSec', 'toString', '__proto__', null])
      expect(isShapeName(other)).toBe(false);
  });
});

describe('the figures', () => {
  it('FauxLens', () => {
    const shape = toFauxLens(finished(), say);
    expect(shape).toMatchObject({
      verdict: 'AI-Generated',
      confidence: 0.94,
      suspected_model: 'Midjourney',
      processing_time_ms: 1847,
      image_hash: `sha256:${'ab'.repeat(32)}`,
    });
    expect(shape.evidence.map(({ layer, status }) => [layer, status])).toEqual([
      ['model', 'flagged'],
      ['frequency_domain', 'flagged'],
      ['noise', 'warning'],
      ['ela', 'clear'],
      ['edge', 'clear'],
      ['shadow_physics', 'clear'],
      ['provenance', 'clear'],
      ['exif_metadata', 'clear'],
      ['prnu_analysis', 'unavailable'],
    ]);
    expect(shape.evidence[0]).toMatchObject({
      label: '[label.model]',
      explanation: '[seen.model] [means.model]',
    });
    expect(shape.evidence.at(-1)?.explanation).toBe('[layers.prnu.small] [seen.prnu] [means.prnu]');
  });

  it('FakeSec: −1 for what did not run or has no say', () => {
    const { data } = toFakeSec(finished(), { used: 1, remaining: 4999 });
    expect(data).toEqual({
      id: '0f8fad5b-d9cb-469f-a165-70867728950e',
      media_type: 'photo',
      ai_score: 0.94,
      verdict: 'AI',
      confidence: 94,
      breakdown: {
        ai_model_1: 0.92,
        ai_model_2: -1,
        ai_model_3: -1,
        fft: 0.65,
        noise: 0.71,
        pixel: -1,
        exif: 0.3,
        ela: 0.41,
        texture: -1,
        color: -1,
        benford: -1,
        edge: -1,
      },
      tokens_used: 1,
      tokens_remaining: 4999,
    });
  });

  it.each([
    [0.55, 'AI'],
    [0.546, 'AI'],
    [0.54, 'Uncertain'],
    [0.35, 'Uncertain'],
    [0.34, 'Real'],
  ])('FakeSec at %f: %s', (probability, word) => {
    expect(toFakeSec(finished({ probability })).data.verdict).toBe(word);
  });

  it('VeriPlus', () => {
    expect(toVeriPlus(finished()).data).toMatchObject({
      jobId: 'job_img_0f8fad5b-d9cb-469f-a165-70867728950e',
      isDeepfake: true,
      confidence: 94,
      manipulationType: 'GAN_GENERATED',
      riskScore: 99,
      recommendation: 'REJECT',
      analysis: { metadata: { resolution: '1920x1080', format: 'JPEG', exifStripped: false } },
      creditsUsed: 0,
      processedAt: '2026-11-21T14:30:05Z',
    });
    const manipulation = { state: 'likely', score: 0.8, regions: [] } as const;
    const altered = finished({ verdict: 'likely-authentic', probability: 0.1, manipulation, layers: [] });
    expect(toVeriPlus(altered).data).toMatchObject({
      isDeepfake: true,
      confidence: 80,
      manipulationType: 'PHOTO_MANIPULATION',
      recommendation: 'MANUAL_REVIEW',
      analysis: { metadata: { exifStripped: true } },
    });
  });

  it.each([
    [0.9, 'REJECT'],
    [0.89, 'MANUAL_REVIEW'],
    [0.69, 'ENHANCED_VERIFICATION'],
    [0.39, 'ACCEPT'],
  ])('VeriPlus at %f: %s', (probability, recommendation) => {
    expect(toVeriPlus(finished({ probability })).data.recommendation).toBe(recommendation);
  });

  it('Detectiks', () => {
    expect(toDetectiks(finished(), say)).toEqual({
      score: 94,
      verdict: 'AI generated',
      presentation: '[verdict.ai_generated.sentence]',
      confidence: 0.94,
      uncertainty: 0.05,
      explanations: ['[verdict.why.small]'],
      hashes: { sha256: 'ab'.repeat(32) },
      modules: {
        visual: { score: 0.71, flags: ['noise'] },
        metadata: { score: 0.3, flags: [] },
        physics: { score: 0.5, flags: [] },
        frequency: { score: 0.65, flags: ['frequency'] },
        ml: { score: 0.92, flags: ['model'] },
        provenance: { score: 0.4, flags: [] },
        fusion: { score: 0.94, flags: [] },
      },
    });
    expect(Object.keys(toDetectiks(finished({ layers: [] }), say).modules)).toEqual(['fusion']);
  });

  it.each([
    ['ai-generated', 0.94, true, 0.94],
    ['likely-ai-generated', 0.7, true, 0.7],
    ['inconclusive', 0.6, true, 0.2],
    ['inconclusive', 0.9, true, 0.49],
    ['inconclusive', 0.5, true, 0],
    ['inconclusive', 0.45, false, 0.1],
    ['likely-authentic', 0.2, false, 0.8],
    ['authentic', 0.01, false, 0.99],
  ] as const)('TruthLens for %s at %f: %s, %f', (verdict, probability, isAi, confidence) => {
    expect(toTruthLens(finished({ verdict, probability }))).toEqual({ is_ai_generated: isAi, confidence });
  });
});
