import type {
  AcquiredBy,
  Analysis,
  LayerResult,
  Report,
  UncertaintyReason,
  Verdict,
} from '../forensics/report';
import { isOriginalFile } from '../forensics/report';
import { bandPercent, formatPercent, wholePercent } from './format';
import { say, t } from './text';

/** What a verdict is called in full: the first thing a person reads. */
export function verdictWord(verdict: Verdict): string {
  return say(`verdict.${verdict}.word`);
}

/** The short form, for lists and filters. */
export function verdictShort(verdict: Verdict): string {
  return say(`verdict.${verdict}.short`);
}

/**
 * What the verdict means, in a sentence. An inconclusive one says which way the estimate leans, or
 * its word and its place on the scale would seem to contradict each other.
 */
export function verdictSentence(verdict: Verdict, probability: number): string {
  if (verdict === 'inconclusive' && probability < LEANS) return t('verdict.inconclusive.sentenceLow');
  if (verdict === 'inconclusive' && probability > 1 - LEANS) return t('verdict.inconclusive.sentenceHigh');
  return say(`verdict.${verdict}.sentence`);
}

/** Probability below which, or above its mirror, an inconclusive estimate leans to one side. */
const LEANS = 0.35;

export function statusWord(status: LayerResult['status']): string {
  return say(`verdict.status.${status}`);
}

/** Providers' layers carry the provider's id and a dot: `fauxlens.gan_fingerprint`. */
const isOwnLayer = (id: string) => !id.includes('.');

/** Name of a layer: ours are translated; a provider's own are made readable. */
export function layerName(id: string): string {
  if (isOwnLayer(id)) return say(`verdict.layer.${id}`);
  return id.replace(/^[a-z]+\./, '').replaceAll(/[_-]+/g, ' ');
}

/** One sentence on what kind of evidence a layer is; null for a provider's layers. */
export function layerLooksAt(id: string): string | null {
  return isOwnLayer(id) ? say(`verdict.looksAt.${id}`) : null;
}

export function uncertaintyWords(reason: UncertaintyReason): string {
  return say(`verdict.why.${reason}`);
}

export function howWords(how: AcquiredBy): string {
  return say(`verdict.how.${how}`);
}

/** "About 62 %, and between 45 % and 79 % once uncertainty is counted." */
export function scaleSummary(probability: number, halfWidth: number, spoken = false): string {
  const { low, high } = bandPercent(probability, halfWidth);
  const figures: [string, string, string] = [
    formatPercent(wholePercent(probability)),
    formatPercent(low),
    formatPercent(high),
  ];
  return spoken ? t('verdict.scale.spoken', figures) : t('verdict.scale.summary', figures);
}

/** The band's width in words: half-widths up to 0.1 are narrow, from 0.2 wide. */
export function widthWords(halfWidth: number): string {
  if (halfWidth <= 0.1) return t('verdict.scale.narrow');
  return halfWidth < 0.2 ? t('verdict.scale.medium') : t('verdict.scale.wide');
}

/** Log-odds below which a layer is said to hardly count: a shift of the even chance by 5 points. */
const SLIGHT_CONTRIBUTION = 0.2;

/** Which way a layer pulled the result; null where the fusion did not weigh it. */
export function weightWords(layer: LayerResult): string | null {
  if (layer.contribution === undefined || layer.status === 'unavailable') return null;
  if (Math.abs(layer.contribution) < SLIGHT_CONTRIBUTION) return t('verdict.evidence.weight.none');
  return layer.contribution > 0 ? t('verdict.evidence.weight.ai') : t('verdict.evidence.weight.real');
}

/** Where the check ran, as a sentence. `providerName` is the provider's own name for remote checks. */
export function ranWords(analysis: Pick<Analysis, 'backend'>, engine: string, providerName: string): string {
  if (engine !== 'local') return t('verdict.ran.provider', [providerName]);
  if (analysis.backend === 'webgpu') return t('verdict.ran.webgpu');
  return analysis.backend === 'wasm' ? t('verdict.ran.wasm') : t('verdict.ran.pixelsOnly');
}

/** The honest limits of this very check, most specific first. */
export function limitsOf(
  report: Pick<Report, 'engine' | 'layers' | 'source'>,
  providerName: string,
): string[] {
  const limits: string[] = [];
  if (!isOriginalFile(report.source.how)) limits.push(t('verdict.cannot.pixels'));
  if (report.engine !== 'local') limits.push(t('verdict.cannot.provider', [providerName]));
  if (report.layers.some((layer) => layer.claim)) limits.push(t('verdict.cannot.claims'));
  if (report.layers.some((layer) => layer.id === 'model' && layer.status !== 'unavailable')) {
    limits.push(t('verdict.cannot.model'));
  }
  limits.push(t('verdict.cannot.absence'), t('verdict.cannot.truth'), t('verdict.cannot.person'));
  return limits;
}
