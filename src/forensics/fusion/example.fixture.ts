import type { LayerResult } from '../report';
import { message } from '../text';
import type { FusionConfig } from './config';
import type { FusionFacts } from './facts';

/** Round numbers for tests, so that answers can be worked out by hand. Not fitted, never shipped. */
export function exampleConfig(): FusionConfig {
  const term = { mean: 0, scale: 1, coefficient: 1, low: -10, high: 10 };
  const one = (feature: string) => ({
    kind: 'logistic' as const,
    intercept: 0,
    terms: [{ ...term, feature }],
  });
  const calibration = { slope: 0.5, intercept: -0.1 };
  const verdicts = { aiGenerated: 0.95, likelyAiGenerated: 0.8, likelyAuthentic: 0.2 };
  const silent = { aiGenerated: null, likelyAiGenerated: null, likelyAuthentic: null };
  return {
    schema: 2,
    fitted: {
      date: '2026-11-21',
      command: 'none',
      manifestSha256: '0'.repeat(64),
      images: 0,
      deliveries: [],
      modelVersion: null,
    },
    layers: {
      model: { kind: 'own', low: -10, high: 10 },
      frequency: one('slope'),
      metadata: {
        kind: 'claims',
        logRatios: { generated: 4, composite: 1, camera: -3, edited: -0.5, none: 0.7 },
      },
    },
    sets: [
      {
        layers: ['model', 'frequency'],
        intercept: 0.2,
        weights: { model: 0.8, frequency: 0.4 },
        calibration,
        halfWidth: 0.05,
        verdicts,
      },
      { layers: ['model'], intercept: 0, weights: { model: 1 }, calibration, halfWidth: 0.1, verdicts },
      {
        layers: ['frequency'],
        intercept: 0.1,
        weights: { frequency: 0.5 },
        calibration,
        halfWidth: 0.3,
        verdicts: silent,
      },
      {
        layers: [],
        intercept: 0,
        weights: {},
        calibration: { slope: 1, intercept: 0 },
        halfWidth: 0.5,
        verdicts: silent,
      },
    ],
    uncertainty: {
      zones: [
        { upTo: 0.3, halfWidth: 0.06 },
        { upTo: 0.7, halfWidth: 0.12 },
        { upTo: 1, halfWidth: 0.04 },
      ],
      small: { shorterSide: 256, halfWidth: 0.2 },
      recompressed: { bitsPerPixel: 1, halfWidth: 0.15 },
      pixelsOnly: { halfWidth: 0.1 },
      conflict: { logOdds: 0.5, halfWidth: 0.25 },
    },
    manipulation: {
      history: {
        formats: ['jpeg'],
        leastShared: 0.5,
        fit: {
          kind: 'logistic',
          intercept: -1,
          terms: [
            { ...term, feature: 'tamper.againstTop' },
            { ...term, feature: 'pixel.copyPairs' },
          ],
        },
        possible: 0.5,
        likely: null,
      },
      copies: {
        fit: { kind: 'logistic', intercept: -1, terms: [{ ...term, feature: 'pixel.copyPairs' }] },
        possible: 0.5,
        likely: 0.9,
      },
    },
    policy: { cameraCap: 1, weakCap: 0.2 },
  };
}

export const exampleFacts: FusionFacts = {
  how: 'file',
  width: 1000,
  height: 800,
  bytes: 400_000, // 4 bits a pixel
  format: 'jpeg',
};

export function layerResult(
  id: string,
  features: Readonly<Record<string, number>>,
  more: Partial<LayerResult> = {},
): LayerResult {
  return {
    id,
    family: id === 'metadata' ? 'metadata' : id === 'model' ? 'model' : 'frequency',
    status: 'clear',
    score: null,
    features,
    label: message('test'),
    explanation: { seen: [], means: [], otherwise: [] },
    ...more,
  };
}

export const notRun = (id: string): LayerResult =>
  layerResult(id, {}, { status: 'unavailable', unavailable: message('test') });
