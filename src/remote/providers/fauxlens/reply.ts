import * as v from 'valibot';
import type { LayerResult, LayerStatus, Verdict } from '../../../forensics/report';
import { message } from '../../../forensics/text';
import { failure, type Party, validate } from '../../reply';
import type { Band, MediaJob, OwnWords, RemoteRequest, RemoteResult } from '../../types';
import { tame, verbatim } from '../../words';
import { findingLayer, idMaker, likelihoodOf, MAX_FINDINGS, NOT_CHECKED, undecided } from '../common';

/** FauxLens's replies in our terms, as its page "AI Image Detection API for Developers" describes them. */

export const NAME = 'FauxLens';

/** Below this the guide calls a result inconclusive. */
const CONCLUSIVE = 0.5;

const SCALE = '0–1';

const VERDICTS = ['AI-Generated', 'Likely AI-Generated', 'Authentic'] as const;
type Word = (typeof VERDICTS)[number];

const replySchema = v.object({
  verdict: v.picklist(VERDICTS),
  confidence: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  suspected_model: v.nullish(v.string()),
  processing_time_ms: v.nullish(v.pipe(v.number(), v.finite(), v.minValue(0))),
  image_hash: v.nullish(v.string()),
  evidence: v.pipe(
    v.array(
      v.object({
        layer: v.pipe(v.string(), v.nonEmpty()),
        status: v.string(),
        label: v.string(),
        explanation: v.string(),
      }),
    ),
    v.maxLength(MAX_FINDINGS),
  ),
});
type Reply = v.InferOutput<typeof replySchema>;
type Evidence = Reply['evidence'][number];

/** Layers that the page documents; each has a sentence of ours on what it looks at. */
const KNOWN_LAYERS = new Set([
  'gan_fingerprint',
  'prnu_analysis',
  'ela',
  'frequency_domain',
  'shadow_physics',
  'exif_metadata',
]);

/** The page shows `flagged` and `warning` only; the rest are the plain words for "nothing found". */
const STATUS: Readonly<Record<string, LayerStatus>> = {
  flagged: 'flagged',
  warning: 'warning',
  clear: 'clear',
  clean: 'clear',
  passed: 'clear',
  pass: 'clear',
  ok: 'clear',
};

const BY_WORD: Readonly<Record<Word, { readonly id: string; readonly verdict: Verdict }>> = {
  'AI-Generated': { id: 'ai', verdict: 'ai-generated' },
  'Likely AI-Generated': { id: 'likely_ai', verdict: 'likely-ai-generated' },
  // Ours needs positive proof for `authentic`, and FauxLens states an absence of signs.
  Authentic: { id: 'authentic', verdict: 'likely-authentic' },
};

const UNDECIDED = { id: 'inconclusive', verdict: 'inconclusive' } as const;

/** Its word says which way, its confidence whether at all. */
export const BANDS: readonly Band[] = [
  ...VERDICTS.map((word) => ({ ...BY_WORD[word], word, from: CONCLUSIVE, to: 1 })),
  { ...UNDECIDED, word: null, from: 0, to: CONCLUSIVE },
].map((band) => ({ ...band, scale: SCALE, meaningKey: `providers.fauxlens.bands.${band.id}` }));

/**
 * An image's reply in our terms.
 * @param sent what was asked about: `url` null means that the bytes were uploaded
 * @throws CheckError `provider-bad-reply` where it does not fit the documentation, or is about other bytes
 */
export function readReply(
  json: unknown,
  sent: Pick<RemoteRequest, 'sha256' | 'url'>,
  party: Party,
): RemoteResult {
  const reply = validate(replySchema, json, party);
  const hashMatches = compareHash(reply.image_hash, sent.sha256);
  if (hashMatches === false && sent.url === null) {
    // An answer about other bytes than ours is no answer. By address it may be: sites serve variants.
    throw failure('provider-bad-reply', party, 'image_hash is not that of the file sent');
  }
  const model = tame(reply.suspected_model ?? '', 80);
  return {
    analysis: {
      ...judged(reply),
      manipulation: NOT_CHECKED,
      // The API gives the model's name no confidence of its own: the verdict's stands for it.
      generator:
        model === '' || reply.verdict === 'Authentic' ? null : { name: model, confidence: reply.confidence },
      layers: evidence(reply.evidence),
    },
    own: ownWords(reply),
    hashMatches,
    processingMs: reply.processing_time_ms ?? null,
  };
}

/** A video's reply: "a consistent JSON envelope for all detection requests", at once. */
export function readVideo(json: unknown, sha256: string, party: Party): MediaJob {
  const { analysis, own } = readReply(json, { sha256, url: null }, party);
  const { verdict, probability, layers } = analysis;
  const answer = { verdict, probability, own, layers };
  // The API numbers nothing: the hash is what it gives to tell requests apart.
  return { id: sha256, state: 'completed', kind: 'video', estimate: null, answer };
}

/** @returns null where the reply holds no complete SHA-256 (the documented example shortens it) */
function compareHash(theirs: string | null | undefined, ours: string): boolean | null {
  const hash = /^sha256:([0-9a-f]{64})$/i.exec(theirs ?? '')?.[1];
  return hash === undefined ? null : hash.toLowerCase() === ours.toLowerCase();
}

function ownWords({ verdict, confidence }: Reply): OwnWords {
  const { id } = confidence < CONCLUSIVE ? UNDECIDED : BY_WORD[verdict];
  return { verdict, score: confidence, scale: SCALE, band: id };
}

/**
 * Their confidence as P(AI-generated). The page defines it only as "a float from 0.0 to 1.0" beside
 * the verdict; we read it as confidence IN the verdict (its examples route "AI-generated above 0.75"
 * to review) and call anything below 0.5 even. This is a reading, not a calibration.
 */
function judged({
  verdict,
  confidence,
}: Reply): Pick<RemoteResult['analysis'], 'probability' | 'uncertainty' | 'verdict'> {
  if (confidence < CONCLUSIVE) return undecided(0.5, 'borderline');
  const likelihood = verdict === 'Authentic' ? 1 - confidence : confidence;
  return { verdict: BY_WORD[verdict].verdict, ...likelihoodOf(likelihood) };
}

/** Their layers in their order, under ids that no layer of ours has: `fauxlens.ela` is not our `ela`. */
function evidence(given: readonly Evidence[]): LayerResult[] {
  const idOf = idMaker('fauxlens');
  return given.map((entry) => layer(entry, idOf(entry.layer)));
}

function layer(entry: Evidence, id: string): LayerResult {
  const word = tame(entry.status, 40);
  const status: LayerStatus = Object.hasOwn(STATUS, word.toLowerCase())
    ? (STATUS[word.toLowerCase()] ?? 'unavailable')
    : 'unavailable';
  const unavailable = message('providers.unknown_status', NAME, word);
  return findingLayer(
    {
      id,
      status,
      ...(status === 'unavailable' ? { unavailable } : {}),
      label: verbatim(entry.label === '' ? entry.layer : entry.label, 120),
      seen: [verbatim(entry.explanation, 1000)],
      means: KNOWN_LAYERS.has(entry.layer) ? [message(`providers.fauxlens.layers.${entry.layer}`)] : [],
    },
    NAME,
  );
}
