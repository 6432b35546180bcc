import { sniffFormat } from '../../forensics/containers/sniff';
import type { ImageFormat, LayerResult, LayerStatus } from '../../forensics/report';
import type { Text } from '../../forensics/text';
import { message } from '../../forensics/text';
import { failure, type Party } from '../reply';
import type { Band, ProviderConfig, RemoteResult } from '../types';
import { tame } from '../words';

/** What the five providers share in making requests and in reading replies. */

/** Half-width of the band at a provider's full confidence: more than what our pages call narrow. */
export const NARROWEST = 0.15;

/** Replies name up to twelve findings; one with many more is none. */
export const MAX_FINDINGS = 32;

/**
 * URL of a documented endpoint. A base URL may already hold the beginning of the documented path
 * (FakeSec calls `https://fakesec.com/api/v1` its base URL): it is not repeated.
 * @param path absolute, as documented: `/api/v1/detect`
 */
export function endpoint(baseUrl: string, path: string): string {
  const parts = path.split('/').slice(1);
  for (let shared = parts.length; shared > 0; shared -= 1) {
    const start = `/${parts.slice(0, shared).join('/')}`;
    if (baseUrl.endsWith(start)) return baseUrl.slice(0, -start.length) + path;
  }
  return baseUrl + path;
}

export function bearer(config: ProviderConfig): { readonly authorization: string } {
  return { authorization: `Bearer ${config.apiKey}` };
}

/** What a provider takes, and the words for a person whose file it does not take. */
export interface Taken<Format extends ImageFormat> {
  readonly formats: readonly Format[];
  readonly maxBytes: number;
  /** `JPEG, PNG, WebP ≤ 15 MB` */
  readonly words: string;
}

/**
 * Names the format of an image by its bytes.
 * @throws CheckError `provider-rejected-image`, before anything is sent
 */
export function acceptedFormat<Format extends ImageFormat>(
  bytes: Uint8Array,
  taken: Taken<Format>,
  party: Party,
): Format {
  const format = sniffFormat(bytes);
  const known = taken.formats.find((one) => one === format);
  if (known !== undefined && bytes.byteLength <= taken.maxBytes) return known;
  const detail = `${format ?? 'unknown format'}, ${bytes.byteLength} bytes: not sent`;
  throw failure('provider-rejected-image', party, detail, undefined, { words: taken.words });
}

/** An image as a multipart file under a neutral name: its own may tell where it came from. */
export function imageFile(bytes: Uint8Array, format: ImageFormat): File {
  return new File([new Uint8Array(bytes)], `image.${format}`, { type: `image/${format}` });
}

/**
 * A likelihood as ours, with its band. None of the providers publishes how often its figures are
 * right, so the band is as wide as what they leave open, and never narrow.
 * @param likelihood P(AI) by the provider's own figure, 0..1
 * @param width half-width that the provider itself states, 0..1
 */
export function likelihoodOf(
  likelihood: number,
  width = 0,
): Pick<RemoteResult['analysis'], 'probability' | 'uncertainty'> {
  const open = Math.min(likelihood, 1 - likelihood);
  return {
    probability: Math.min(0.99, Math.max(0.01, likelihood)),
    uncertainty: { width: Math.min(0.5, Math.max(NARROWEST, open, width)), reasons: [] },
  };
}

/** The same where the answer settles nothing. */
export function undecided(
  likelihood: number,
  reason: 'borderline' | 'layers-in-conflict',
): Pick<RemoteResult['analysis'], 'probability' | 'uncertainty' | 'verdict'> {
  const { probability } = likelihoodOf(likelihood);
  return { verdict: 'inconclusive', probability, uncertainty: { width: 0.5, reasons: [reason] } };
}

/** Where nothing was said about alterations. */
export const NOT_CHECKED = { state: 'not-checked', score: null, regions: [] } as const;

/** The band that a score falls into, of bands in falling order: where two meet, the upper one. */
export function bandAt(bands: readonly Band[], score: number): Band | undefined {
  return bands.find(({ from, to }) => score >= from && score <= to);
}

/** One finding of a provider. */
export interface Finding {
  /** `fakesec.fft`: no layer of ours has such an id. */
  readonly id: string;
  readonly status: LayerStatus;
  /** Why it did not run; set exactly when status is `unavailable`. */
  readonly unavailable?: Text;
  /** Its figure on the provider's own scale. */
  readonly score?: number;
  readonly label: Text;
  readonly seen: readonly Text[];
  readonly means: readonly Text[];
  readonly more?: Pick<LayerResult, 'regions' | 'facts'>;
}

/** A finding as a layer: no score of ours, and the caveat that these are the provider's own words. */
export function findingLayer(finding: Finding, provider: string): LayerResult {
  const { id, status, unavailable, score, label, seen, means, more } = finding;
  return {
    id,
    family: 'provider',
    status,
    ...(unavailable === undefined ? {} : { unavailable }),
    score: null,
    features: score === undefined ? {} : { score },
    label,
    explanation: { seen, means, otherwise: [message('providers.own_words', provider)] },
    ...more,
  };
}

/** Names of a provider as ids: lower case, no two alike. */
export function idMaker(prefix: string): (name: string) => string {
  const seen = new Set<string>();
  return (name) => {
    const slug = name
      .toLowerCase()
      .replace(/[^a-z0-9_]/g, '_')
      .slice(0, 40);
    let id = slug;
    for (let n = 2; seen.has(id); n += 1) id = `${slug}_${n}`;
    seen.add(id);
    return `${prefix}.${id}`;
  };
}

/** `skin_smoothing`, `POOR_SYNC`: a provider's code as words, still its own. */
export function codeWords(code: string): string {
  const words = tame(code, 80).replaceAll('_', ' ');
  return /[a-z]/.test(words) ? words : words.toLowerCase();
}
