import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GeneratorClaim, LayerResult } from '../report';
import { exampleConfig, exampleFacts, layerResult } from './example.fixture';
import { fuse } from './fuse';

const config = exampleConfig();
const model = (logOdds: number) => layerResult('model', {}, { score: 1 / (1 + Math.exp(-logOdds)) });
const metadata = (claim?: GeneratorClaim) => layerResult('metadata', {}, claim ? { claim } : {});
const credentials = (
  kind: GeneratorClaim['kind'],
  proof: 'trusted' | 'untrusted',
  name: string | null = 'DALL·E',
) => layerResult('provenance', {}, { claim: { kind, name, where: 'Content Credentials', proof } });
const watermark = layerResult(
  'watermark',
  {},
  { claim: { kind: 'generated', name: 'Stable Diffusion', where: 'invisible watermark' } },
);
const note: GeneratorClaim = { kind: 'generated', name: 'Midjourney', where: 'PNG text' };
const judge = (...layers: LayerResult[]) => fuse(layers, exampleFacts, config);
const contribution = (layers: readonly LayerResult[], id: string) =>
  layers.find((layer) => layer.id === id)?.contribution;

describe('a trusted AI claim', () => {
  it('decides the verdict, whatever the pixels look like, and says so', () => {
    // Likely authentic by itself: 0.5 * -6 - 0.1 = -3.1, under the threshold of 0.2.
    const fused = judge(model(-6), metadata(), credentials('generated', 'trusted'));
    expect(fused).toMatchObject({ verdict: 'ai-generated', probability: 0.99 });
    expect(fused.generator).toEqual({ name: 'DALL·E', confidence: 0.99 });
    expect(fused.uncertainty).toEqual({ width: 0.01, reasons: [] });
    expect(fused.because).toEqual([
      { key: 'fusion.because.proven_ai', args: ['DALL·E'] },
      { key: 'fusion.because.proven_ai_against_pixels' },
    ]);
    // ln 99 = 4.59512; the rest is -3.1 + 0.2 (no metadata, held to the weak cap).
    expect(contribution(fused.layers, 'provenance')).toBeCloseTo(4.59511985013459 + 2.9, 12);
  });

  it('never lowers the probability', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -20, max: 20, noNaN: true }),
        fc.constantFrom(undefined, note),
        (x, claim) => {
          const before = judge(model(x), metadata(claim)).probability;
          const after = judge(model(x), metadata(claim), credentials('generated', 'trusted')).probability;
          expect(after).toBeGreaterThanOrEqual(before);
        },
      ),
    );
  });

  it('leads before a note in the file that names another', () => {
    const fused = judge(model(0), metadata(note), credentials('generated', 'trusted'));
    expect(fused.generator?.name).toBe('DALL·E');
  });
});

describe('an untrusted claim', () => {
  it.each(['generated', 'composite', 'camera', 'edited'] as const)('of %s never decides anything', (kind) => {
    for (const x of [-6, 0, 6]) {
      const without = judge(model(x), metadata());
      const fused = judge(model(x), metadata(), credentials(kind, 'untrusted'));
      const { verdict, probability, uncertainty, manipulation, generator } = fused;
      expect({ verdict, probability, uncertainty, manipulation }).toEqual({
        verdict: without.verdict,
        probability: without.probability,
        uncertainty: without.uncertainty,
        manipulation: without.manipulation,
      });
      expect(generator).toBeNull();
      expect(contribution(fused.layers, 'provenance')).toBe(0);
    }
  });

  it('of AI is told', () => {
    const fused = judge(model(0), metadata(), credentials('generated', 'untrusted'));
    expect(fused.because).toContainEqual({ key: 'fusion.because.unproven' });
  });
});

describe('a trusted camera claim', () => {
  const camera = credentials('camera', 'trusted', 'Leica M11-P');

  it('makes the verdict authentic', () => {
    const fused = judge(model(0), metadata(), camera);
    expect(fused.verdict).toBe('authentic');
    expect(fused.probability).toBeCloseTo(0.01, 12);
    expect(fused.because).toEqual([{ key: 'fusion.because.proven_camera', args: ['Leica M11-P'] }]);
  });

  it('does not where the pixels say AI, or a note or watermark does', () => {
    expect(judge(model(8), metadata(), camera).verdict).toBe('inconclusive');
    expect(judge(model(0), metadata(note), camera).verdict).toBe('likely-authentic');
    expect(judge(model(0), metadata(), watermark, camera).verdict).toBe('likely-authentic');
  });

  it('nothing but such a claim does, and one of edits does not', () => {
    expect(judge(model(-10), metadata(), credentials('edited', 'trusted')).verdict).not.toBe('authentic');
    expect(judge(model(-10), metadata()).verdict).not.toBe('authentic');
  });
});

it('a trusted claim of a part makes manipulation likely, an untrusted one does not', () => {
  expect(judge(model(0), credentials('composite', 'trusted')).manipulation.state).toBe('likely');
  expect(judge(model(0), credentials('composite', 'untrusted')).manipulation.state).not.toBe('likely');
});

describe('a watermark', () => {
  it('counts as a note that the picture was generated', () => {
    // 0.5 * 0 - 0.1 + 0.2 + 4 = 4.1
    const fused = judge(model(0), metadata(), watermark);
    expect(fused.probability).toBeCloseTo(0.9836975006285591, 12);
    expect(fused).toMatchObject({ verdict: 'ai-generated', generator: { name: 'Stable Diffusion' } });
    expect(fused.because?.[0]).toEqual({ key: 'fusion.because.watermark', args: ['Stable Diffusion'] });
  });

  it('counts once where a note says the same, and is held to "likely" by pixels that look authentic', () => {
    expect(judge(model(0), metadata(note), watermark).probability).toBe(
      judge(model(0), metadata(note)).probability,
    );
    expect(judge(model(-6), metadata(), watermark).verdict).toBe('likely-ai-generated');
  });
});

it('contributions and the start add up to the probability', () => {
  for (const layers of [
    [model(1), metadata(), credentials('generated', 'trusted')],
    [model(1), metadata(), credentials('camera', 'trusted')],
    [model(-2), metadata(), watermark],
    [model(-2), metadata(note), watermark, credentials('generated', 'trusted')],
  ]) {
    const fused = judge(...layers);
    const total = fused.layers.reduce(
      (sum, one) => sum + (one.contribution ?? 0),
      fused.startLogOdds ?? Number.NaN,
    );
    expect(fused.probability).toBeCloseTo(Math.min(0.99, Math.max(0.01, 1 / (1 + Math.exp(-total)))), 12);
  }
});
