import type { Analysis, GeneratorClaim, LayerResult, LayerStatus } from '../forensics/report';
import type { Text } from '../forensics/text';

/** Turns a `Text` into the reader's words: the page passes its own, tests pass a plain one. */
export type Words = (text: Text) => string;

/** One finished file as written to JSON Lines. Field names are those of the report. */
export interface AnalysedLine {
  readonly file: string;
  readonly sha256: string;
  readonly verdict: Analysis['verdict'];
  /** P(AI-generated), 0.01..0.99. */
  readonly probability: number;
  readonly uncertainty: Analysis['uncertainty'];
  readonly generator: Analysis['generator'];
  readonly manipulation: { readonly state: Analysis['manipulation']['state']; readonly score: number | null };
  readonly layers: Readonly<Record<string, LineLayer>>;
  readonly backend: Analysis['backend'];
  readonly modelVersion: string | null;
  /** Milliseconds. */
  readonly ms: Analysis['timings'];
}

export interface LineLayer {
  readonly status: LayerStatus;
  readonly score: number | null;
  readonly label: string;
}

/** A file that could not be analysed: it keeps its line and says why. */
export interface ErrorLine {
  readonly file: string;
  readonly error: { readonly code: string; readonly message: string };
}

export type ResultLine = AnalysedLine | ErrorLine;

/** Detail of the `truegrain:result` event, by which the command line reads the page. */
export interface ResultDetail {
  /** Files since page load, in the order they were accepted, from 0. */
  readonly sequence: number;
  readonly line: ResultLine;
  /** The strongest reasons as sentences, heaviest first; empty for errors. */
  readonly reasons: readonly string[];
  /** Layer id -> figures; only with `?features=1`. */
  readonly features?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Layer id -> what the file claims about its maker; only with `?features=1`. */
  readonly claims?: Readonly<Record<string, GeneratorClaim>>;
  /** As another API would answer; only with `?shape=`. */
  readonly reply?: object;
}

export function isErrorLine(line: ResultLine): line is ErrorLine {
  return 'error' in line;
}

export function toLine(file: string, analysis: Analysis, words: Words): AnalysedLine {
  return {
    file,
    sha256: analysis.image.sha256,
    verdict: analysis.verdict,
    probability: analysis.probability,
    uncertainty: analysis.uncertainty,
    generator: analysis.generator,
    manipulation: { state: analysis.manipulation.state, score: analysis.manipulation.score },
    layers: Object.fromEntries(
      analysis.layers.map((layer) => [
        layer.id,
        { status: layer.status, score: layer.score, label: words(layerLine(layer)) },
      ]),
    ),
    backend: analysis.backend,
    modelVersion: analysis.modelVersion,
    ms: analysis.timings,
  };
}

/** A layer in one line: what it saw, or why it did not run. */
export function layerLine(layer: LayerResult): Text {
  return layer.status === 'unavailable' && layer.unavailable ? layer.unavailable : layer.label;
}

/**
 * The layers that carried the verdict, as sentences. Layers come in order of weight; those that
 * did not run never count, and those without a sign count only where no layer saw one.
 */
export function strongestReasons(layers: readonly LayerResult[], words: Words, most = 2): string[] {
  const ran = layers.filter((layer) => layer.status !== 'unavailable');
  const withSign = ran.filter((layer) => layer.status !== 'clear');
  return (withSign.length > 0 ? withSign : ran).slice(0, most).map((layer) => words(layer.label));
}

/** Raw figures of every layer, for fitting. */
export function rawFigures(analysis: Analysis): Pick<ResultDetail, 'features' | 'claims'> {
  return {
    features: Object.fromEntries(analysis.layers.map((layer) => [layer.id, layer.features])),
    claims: Object.fromEntries(
      analysis.layers.flatMap((layer) => (layer.claim ? [[layer.id, layer.claim] as const] : [])),
    ),
  };
}
