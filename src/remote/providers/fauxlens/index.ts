import * as v from 'valibot';
import { sniffFormat } from '../../../forensics/containers/sniff';
import type { LayerResult, LayerStatus, Verdict } from '../../../forensics/report';
import { message } from '../../../forensics/text';
import { converse } from '../../client';
import { failure, type Party, partyOf, validate } from '../../reply';
import type { Band, ProviderConfig, ProviderDefinition, RemoteRequest, RemoteResult } from '../../types';
import { tame, verbatim } from '../../words';

/**
 * FauxLens, as its page "AI Image Detection API for Developers" documents it: one endpoint,
 * `POST /v1/detect`, which takes a multipart `image` or a JSON `image_url`, with a Bearer key.
 */

const NAME = 'FauxLens';

/** The page says "25MB"; where the server counts in millions it answers 413, which we understand. */
const MAX_BYTES = 25 * 1024 * 1024;

const FORMATS = ['jpeg', 'png', 'webp'] as const;
type Format = (typeof FORMATS)[number];

/** Below this the guide calls a result inconclusive. */
const CONCLUSIVE = 0.5;

const SCALE = '0–1';

/** Half-width of the band at full confidence: more than what our pages call narrow. */
const NARROWEST = 0.15;

/** The documented reply names six layers; a reply with many more is not one. */
const MAX_LAYERS = 32;

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
    v.maxLength(MAX_LAYERS),
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

const VERDICT: Readonly<Record<Word, Verdict>> = {
  'AI-Generated': 'ai-generated',
  'Likely AI-Generated': 'likely-ai-generated',
  // Ours needs positive proof for `authentic`, and FauxLens states an absence of signs.
  Authentic: 'likely-authentic',
};

/** Its word says which way, its confidence whether at all. */
const BANDS: readonly Band[] = [
  band('ai', 'AI-Generated', 'ai-generated'),
  band('likely_ai', 'Likely AI-Generated', 'likely-ai-generated'),
  band('authentic', 'Authentic', 'likely-authentic'),
  { ...band('inconclusive', null, 'inconclusive'), from: 0, to: CONCLUSIVE },
];

function band(id: string, word: Word | null, verdict: Verdict): Band {
  const meaningKey = `providers.fauxlens.bands.${id}`;
  return { id, word, from: CONCLUSIVE, to: 1, scale: SCALE, meaningKey, verdict };
}

export const fauxlens: ProviderDefinition = {
  id: 'fauxlens',
  name: NAME,
  defaultBaseUrl: 'https://api.fauxlens.com',
  limits: { maxBytes: MAX_BYTES, formats: FORMATS },
  acceptsUrl: true,
  retentionKey: 'providers.fauxlens.retention',
  costKey: 'providers.fauxlens.cost',
  introKey: 'providers.fauxlens.intro',
  scaleKey: 'providers.fauxlens.scale',
  bands: BANDS,
  options: [],
  keyKind: () => 'plain',
  pace: () => ({ requests: 60, perMs: 60_000, concurrency: 4 }),
  // `image_hash` is documented for our own books; nothing says that the same bytes are charged once.
  repeatsAreFree: () => false,
  // No documented call is cheaper than a detection.
  testKey: null,
  usage: null,
  // The page names MP4 and MOV up to 100 MB, but neither field nor reply of a video.
  media: null,
  detect,
};

async function detect(
  request: RemoteRequest,
  config: ProviderConfig,
  signal: AbortSignal,
): Promise<RemoteResult> {
  const party = partyOf(config, NAME);
  const format = acceptedFormat(request.bytes, party);
  const { json } = await converse(
    {
      party,
      url: `${config.baseUrl}/v1/detect`,
      method: 'POST',
      ...(request.url === null ? upload(request.bytes, format, config) : address(request.url, config)),
    },
    signal,
  );
  return readReply(json, request, party);
}

/**
 * A reply in our terms.
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
  return normalise(reply, hashMatches);
}

/** @throws CheckError `provider-rejected-image`, before anything is sent */
function acceptedFormat(bytes: Uint8Array, party: Party): Format {
  const format = sniffFormat(bytes);
  const taken = FORMATS.find((known) => known === format);
  if (taken !== undefined && bytes.byteLength <= MAX_BYTES) return taken;
  const detail = `${format ?? 'unknown format'}, ${bytes.byteLength} bytes: not sent`;
  throw failure('provider-rejected-image', party, detail, undefined, { words: 'JPEG, PNG, WebP ≤ 25 MB' });
}

function authorisation(config: ProviderConfig): { readonly authorization: string } {
  return { authorization: `Bearer ${config.apiKey}` };
}

function upload(bytes: Uint8Array, format: Format, config: ProviderConfig) {
  const body = new FormData();
  const type = `image/${format}`;
  // A neutral name: the file's own may tell where it came from.
  body.set('image', new File([new Uint8Array(bytes)], `image.${format}`, { type }));
  return { body, bodyBytes: bytes.byteLength, headers: authorisation(config) };
}

function address(url: string, config: ProviderConfig) {
  return {
    body: JSON.stringify({ image_url: url }),
    headers: { ...authorisation(config), 'content-type': 'application/json' },
  };
}

/** @returns null where the reply holds no complete SHA-256 (the documented example shortens it) */
function compareHash(theirs: string | null | undefined, ours: string): boolean | null {
  const hash = /^sha256:([0-9a-f]{64})$/i.exec(theirs ?? '')?.[1];
  return hash === undefined ? null : hash.toLowerCase() === ours.toLowerCase();
}

function normalise(reply: Reply, hashMatches: boolean | null): RemoteResult {
  const { confidence, verdict } = reply;
  const conclusive = confidence >= CONCLUSIVE;
  const model = tame(reply.suspected_model ?? '', 80);
  return {
    analysis: {
      verdict: conclusive ? VERDICT[verdict] : 'inconclusive',
      ...probability(verdict, confidence),
      manipulation: { state: 'not-checked', score: null, regions: [] },
      // The API gives the model's name no confidence of its own: the verdict's stands for it.
      generator: model === '' || verdict === 'Authentic' ? null : { name: model, confidence },
      layers: evidence(reply.evidence),
    },
    own: { verdict, score: confidence, scale: SCALE, band: bandId(verdict, conclusive) },
    hashMatches,
    processingMs: reply.processing_time_ms ?? null,
  };
}

/**
 * Their confidence as P(AI-generated). The page defines it only as "a float from 0.0 to 1.0" beside
 * the verdict; we read it as confidence IN the verdict (its examples route "AI-generated above 0.75"
 * to review) and call anything below 0.5 even. This is a reading, not a calibration: nothing is
 * published on how often 0.9 is right, so the band is as wide as what they leave open, and never narrow.
 */
function probability(
  word: Word,
  confidence: number,
): Pick<RemoteResult['analysis'], 'probability' | 'uncertainty'> {
  const held = Math.max(confidence, CONCLUSIVE);
  const towardsAi = word === 'Authentic' ? 1 - held : held;
  return {
    probability: Math.min(0.99, Math.max(0.01, towardsAi)),
    uncertainty: {
      width: Math.max(NARROWEST, 1 - held),
      reasons: confidence < CONCLUSIVE ? ['borderline'] : [],
    },
  };
}

function bandId(word: Word, conclusive: boolean): string {
  const found = BANDS.find((one) => (conclusive ? one.word === word : one.word === null));
  return found?.id ?? 'inconclusive';
}

/** Their layers in their order, under ids that no layer of ours has: `fauxlens.ela` is not our `ela`. */
function evidence(given: readonly Evidence[]): LayerResult[] {
  const seen = new Set<string>();
  return given.map((entry, index) => {
    const slug = entry.layer
      .toLowerCase()
      .replace(/[^a-z0-9_]/g, '_')
      .slice(0, 40);
    const id = seen.has(slug) ? `${slug}_${index}` : slug;
    seen.add(id);
    return layer(entry, id);
  });
}

function layer(entry: Evidence, id: string): LayerResult {
  const word = tame(entry.status, 40);
  const status: LayerStatus = Object.hasOwn(STATUS, word.toLowerCase())
    ? (STATUS[word.toLowerCase()] ?? 'unavailable')
    : 'unavailable';
  const unavailable = message('providers.unknown_status', NAME, word);
  const gloss = KNOWN_LAYERS.has(id) ? [message(`providers.fauxlens.layers.${id}`)] : [];
  return {
    id: `fauxlens.${id}`,
    family: 'provider',
    status,
    ...(status === 'unavailable' ? { unavailable } : {}),
    score: null,
    features: {},
    label: verbatim(entry.label === '' ? entry.layer : entry.label, 120),
    explanation: {
      seen: [verbatim(entry.explanation, 1000)],
      means: gloss,
      otherwise: [message('providers.own_words', NAME)],
    },
  };
}
