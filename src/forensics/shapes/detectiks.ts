import type { Analysis, LayerResult, Verdict } from '../report';
import { message } from '../text';
import { rounded, type Say } from './common';

/** Detectiks's modules but for `fusion`. */
type Module = 'visual' | 'metadata' | 'physics' | 'frequency' | 'ml' | 'provenance';

/** A report as Detectiks's `POST /api/detect` would answer it. */
export interface DetectiksShape {
  /** P(AI), 0..100. */
  readonly score: number;
  readonly verdict: string;
  readonly presentation: string;
  /** 0..1: probability of the more likely side. */
  readonly confidence: number;
  /** Half-width of the band, 0..0.5. */
  readonly uncertainty: number;
  readonly explanations: readonly string[];
  readonly hashes: { readonly sha256: string };
  /** Modules with nothing to say are left out. */
  readonly modules: Readonly<Partial<Record<Module | 'fusion', ModuleShape>>>;
}

interface ModuleShape {
  /** 0..1 */
  readonly score: number;
  /** Ids of our layers that were flagged or gave a warning. */
  readonly flags: readonly string[];
}

const WORDS: Readonly<Record<Verdict, string>> = {
  'ai-generated': 'AI generated',
  'likely-ai-generated': 'Likely AI generated',
  inconclusive: 'Inconclusive',
  'likely-authentic': 'Likely authentic',
  authentic: 'Authentic',
};

const MODULES: readonly Module[] = ['visual', 'metadata', 'physics', 'frequency', 'ml', 'provenance'];

/** Layers that belong elsewhere than their family does. */
const BY_ID: Readonly<Record<string, Module>> = { provenance: 'provenance', watermark: 'provenance' };

const BY_FAMILY: Readonly<Record<LayerResult['family'], Module>> = {
  metadata: 'metadata',
  compression: 'visual',
  frequency: 'frequency',
  model: 'ml',
  pixels: 'visual',
  physics: 'physics',
  provider: 'ml',
};

export function toDetectiks(analysis: Analysis, say: Say): DetectiksShape {
  const { verdict, probability, uncertainty } = analysis;
  return {
    score: rounded(100 * probability, 1),
    verdict: WORDS[verdict],
    presentation: say(message(`verdict.${verdict.replaceAll('-', '_')}.sentence`)),
    confidence: rounded(Math.max(probability, 1 - probability), 2),
    uncertainty: rounded(uncertainty.width, 2),
    explanations: (analysis.because ?? []).map(say),
    hashes: { sha256: analysis.image.sha256 },
    modules: { ...modules(analysis.layers), fusion: { score: rounded(probability, 2), flags: [] } },
  };
}

function modules(layers: readonly LayerResult[]): DetectiksShape['modules'] {
  const found: Partial<Record<Module, ModuleShape>> = {};
  for (const name of MODULES) {
    const own = layers.filter((layer) => moduleOf(layer) === name && layer.status !== 'unavailable');
    const shape = moduleShape(own);
    if (shape !== null) found[name] = shape;
  }
  return found;
}

function moduleOf({ id, family }: LayerResult): Module {
  return Object.hasOwn(BY_ID, id) ? (BY_ID[id] ?? BY_FAMILY[family]) : BY_FAMILY[family];
}

/** The score of the layer that is farthest from even; even where only marks were found. */
function moduleShape(layers: readonly LayerResult[]): ModuleShape | null {
  const marked = layers.filter(({ status }) => status === 'flagged' || status === 'warning');
  const scores = layers.flatMap(({ score }) => (score === null ? [] : [score]));
  if (scores.length === 0 && marked.length === 0) return null;
  const far = (score: number) => Math.abs(score - 0.5);
  const score = scores.reduce((best, one) => (far(one) > far(best) ? one : best), 0.5);
  return { score: rounded(score, 2), flags: marked.map(({ id }) => id) };
}
