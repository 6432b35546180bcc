import { type Finished, ran, rounded } from './common';

/** FakeSec's twelve analyzers, each with the layer of ours that looks at the same thing. */
const ANALYZERS = {
  ai_model_1: 'model',
  // The learnt comparison with the spectra of known generators; a third network there is none.
  ai_model_2: 'fingerprint',
  ai_model_3: null,
  fft: 'frequency',
  noise: 'noise',
  pixel: 'pixel',
  exif: 'metadata',
  ela: 'ela',
  texture: 'texture',
  color: 'color',
  benford: 'benford',
  edge: 'edge',
} as const;

/** A report as FakeSec's `POST /api/v1/detect` would answer it. */
export interface FakeSecShape {
  readonly success: true;
  readonly data: {
    readonly id: string;
    readonly media_type: 'photo';
    /** P(AI), 0..1. */
    readonly ai_score: number;
    readonly verdict: 'AI' | 'Uncertain' | 'Real';
    /** Whole number, 0..100. */
    readonly confidence: number;
    /** 0..1, or −1 where the analyzer did not run or has no say of its own. */
    readonly breakdown: Readonly<Record<keyof typeof ANALYZERS, number>>;
    readonly tokens_used: number;
    readonly tokens_remaining: number;
  };
}

/**
 * The verdict is FakeSec's word for the score, by its thresholds: there, words are ranges of the
 * score. So it can be firmer than ours, which also asks how wide the uncertainty is.
 * @param tokens FakeSec's currency. A check on one's own machine costs none
 */
export function toFakeSec(report: Finished, tokens = { used: 0, remaining: 0 }): FakeSecShape {
  const score = rounded(report.probability, 2);
  return {
    success: true,
    data: {
      id: report.id,
      media_type: 'photo',
      ai_score: score,
      verdict: wordOf(score),
      confidence: Math.round(100 * score),
      breakdown: breakdown(report),
      tokens_used: tokens.used,
      tokens_remaining: tokens.remaining,
    },
  };
}

function wordOf(score: number): FakeSecShape['data']['verdict'] {
  if (score >= 0.55) return 'AI';
  return score >= 0.35 ? 'Uncertain' : 'Real';
}

function breakdown({ layers }: Finished): FakeSecShape['data']['breakdown'] {
  const scoreOf = (id: string | null): number => {
    const score = id === null ? null : (ran(layers, id)?.score ?? null);
    return score === null ? -1 : rounded(score, 2);
  };
  return {
    ai_model_1: scoreOf(ANALYZERS.ai_model_1),
    ai_model_2: scoreOf(ANALYZERS.ai_model_2),
    ai_model_3: scoreOf(ANALYZERS.ai_model_3),
    fft: scoreOf(ANALYZERS.fft),
    noise: scoreOf(ANALYZERS.noise),
    pixel: scoreOf(ANALYZERS.pixel),
    exif: scoreOf(ANALYZERS.exif),
    ela: scoreOf(ANALYZERS.ela),
    texture: scoreOf(ANALYZERS.texture),
    color: scoreOf(ANALYZERS.color),
    benford: scoreOf(ANALYZERS.benford),
    edge: scoreOf(ANALYZERS.edge),
  };
}
