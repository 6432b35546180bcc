import type { Analysis, LayerResult } from '../report';
import { confidenceIn, type Say, saysAi } from './common';

/** A report as FauxLens's `POST /v1/detect` would answer it. */
export interface FauxLensShape {
  readonly verdict: 'AI-Generated' | 'Likely AI-Generated' | 'Authentic';
  /** 0..1; under 0.5 means inconclusive, as its guide says. */
  readonly confidence: number;
  readonly suspected_model: string | null;
  readonly processing_time_ms: number;
  /** `sha256:` and 64 hex digits. */
  readonly image_hash: string;
  readonly evidence: readonly {
    readonly layer: string;
    readonly status: LayerResult['status'];
    readonly label: string;
    readonly explanation: string;
  }[];
}

/** FauxLens's six layers by ours. Our other layers go under their own ids. */
const NAMES: Readonly<Record<string, string>> = {
  fingerprint: 'gan_fingerprint',
  prnu: 'prnu_analysis',
  frequency: 'frequency_domain',
  physics: 'shadow_physics',
  metadata: 'exif_metadata',
};

export function toFauxLens(analysis: Analysis, say: Say): FauxLensShape {
  const ai = saysAi(analysis);
  const certain = analysis.verdict === 'ai-generated';
  return {
    verdict: ai ? (certain ? 'AI-Generated' : 'Likely AI-Generated') : 'Authentic',
    confidence: confidenceIn(analysis),
    suspected_model: ai ? (analysis.generator?.name ?? null) : null,
    processing_time_ms: Math.round(analysis.timings.total),
    image_hash: `sha256:${analysis.image.sha256}`,
    evidence: analysis.layers.map((layer) => ({
      layer: Object.hasOwn(NAMES, layer.id) ? (NAMES[layer.id] ?? layer.id) : layer.id,
      status: layer.status,
      label: say(layer.label),
      explanation: explanation(layer, say),
    })),
  };
}

/** What was seen and what it means; for a layer that did not run, why. */
function explanation({ explanation: { seen, means }, unavailable }: LayerResult, say: Say): string {
  return [...(unavailable ? [unavailable] : []), ...seen, ...means].map(say).join(' ');
}
