import * as v from 'valibot';
import type { LayerResult, LayerStatus } from '../../../forensics/report';
import { message } from '../../../forensics/text';
import { failure, type Party, validate } from '../../reply';
import type { Band, KeyKind, MediaJob, OwnWords, RemoteResult } from '../../types';
import type { UsageReport } from '../../usage';
import { tame, verbatim } from '../../words';
import { bandAt, findingLayer, idMaker, likelihoodOf, MAX_FINDINGS, NOT_CHECKED, undecided } from '../common';

/** FakeSec's replies in our terms, as its documentation describes them. */

export const NAME = 'FakeSec';

const SCALE = '0–1';

/** The twelve documented analyzers, in the order of the page. */
const ANALYZERS = [
  'ai_model_1',
  'ai_model_2',
  'ai_model_3',
  'fft',
  'noise',
  'pixel',
  'exif',
  'ela',
  'texture',
  'color',
  'benford',
  'edge',
] as const;

/** By the page: at least 0.55 is `AI`, under 0.35 is `Real`. */
const AI = 0.55;
const REAL = 0.35;

/** Scores are shown with two decimals: a word may sit this far on the other side of its threshold. */
const ROUNDING = 0.005;

const WORDS = ['AI', 'Uncertain', 'Real'] as const;
type Word = (typeof WORDS)[number];

const BY_WORD: Readonly<Record<Word, Pick<Band, 'id' | 'from' | 'to' | 'verdict'>>> = {
  // The topmost of its three: the page says "likely AI-generated", and tells no surer band apart.
  AI: { id: 'ai', from: AI, to: 1, verdict: 'likely-ai-generated' },
  Uncertain: { id: 'uncertain', from: REAL, to: AI, verdict: 'inconclusive' },
  Real: { id: 'real', from: 0, to: REAL, verdict: 'likely-authentic' },
};

export const BANDS: readonly Band[] = WORDS.map((word) => ({
  ...BY_WORD[word],
  word,
  scale: SCALE,
  meaningKey: `providers.fakesec.bands.${BY_WORD[word].id}`,
}));

const unit = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const count = v.pipe(v.number(), v.finite(), v.minValue(0));
const skipped = v.literal(-1);

const detection = v.object({
  success: v.literal(true),
  test: v.optional(v.boolean(), false),
  data: v.object({
    id: v.pipe(v.string(), v.nonEmpty()),
    media_type: v.picklist(['photo', 'video']),
    ai_score: unit,
    verdict: v.picklist(WORDS),
    confidence: v.pipe(v.number(), v.minValue(0), v.maxValue(100)),
    breakdown: v.pipe(
      v.record(v.string(), v.union([unit, skipped])),
      v.check((entries) => Object.keys(entries).length <= MAX_FINDINGS, `at most ${MAX_FINDINGS} analyzers`),
    ),
    tokens_used: count,
    tokens_remaining: count,
  }),
});
type Detection = v.InferOutput<typeof detection>;

/**
 * A photo's reply in our terms.
 * @param key of which kind the key is by its own prefix: a test key's figures are made up
 * @throws CheckError `provider-bad-reply`
 */
export function readReply(json: unknown, key: KeyKind, party: Party): RemoteResult {
  const reply = readDetection(json, 'photo', party);
  const mock = isMock(reply, key);
  return {
    analysis: {
      ...judged(reply, mock),
      manipulation: NOT_CHECKED,
      generator: null,
      layers: layers(reply.data.breakdown, mock),
    },
    own: ownWords(reply, mock),
    hashMatches: null,
    processingMs: null,
    ...(mock ? {} : { usage: tokensLeft(reply) }),
  };
}

/** A video's reply: the API answers at once, so the job is finished. */
export function readVideo(json: unknown, key: KeyKind, party: Party): MediaJob {
  const reply = readDetection(json, 'video', party);
  const mock = isMock(reply, key);
  const { verdict, probability } = judged(reply, mock);
  return {
    id: tame(reply.data.id, 80),
    state: 'completed',
    kind: 'video',
    estimate: null,
    answer: {
      verdict,
      probability,
      own: ownWords(reply, mock),
      layers: layers(reply.data.breakdown, mock),
    },
  };
}

function readDetection(json: unknown, expected: 'photo' | 'video', party: Party): Detection {
  const reply = validate(detection, json, party);
  if (reply.data.media_type === expected) return reply;
  throw failure('provider-bad-reply', party, `media_type: expected ${expected}`);
}

/** Either side's word that these figures are made up is enough. */
function isMock(reply: Detection, key: KeyKind): boolean {
  return reply.test || key === 'test';
}

function judged(
  { data }: Detection,
  mock: boolean,
): Pick<RemoteResult['analysis'], 'probability' | 'uncertainty' | 'verdict'> {
  // The documented mock says the same of every image: it must not be read as a judgement of this one.
  if (mock) return undecided(0.5, 'borderline');
  const { from, to, verdict } = BY_WORD[data.verdict];
  const fits = data.ai_score >= from - ROUNDING && data.ai_score < to + ROUNDING;
  if (!fits) return undecided(data.ai_score, 'layers-in-conflict');
  if (verdict === 'inconclusive') return undecided(data.ai_score, 'borderline');
  return { verdict, ...likelihoodOf(data.ai_score) };
}

function ownWords({ data }: Detection, mock: boolean): OwnWords {
  return {
    verdict: data.verdict,
    score: data.ai_score,
    scale: SCALE,
    band: bandAt(BANDS, data.ai_score)?.id,
    more: [
      {
        name: message('providers.more.confidence'),
        value: message('providers.more.of_100', data.confidence),
      },
      { name: message('providers.more.tokens'), value: verbatim(String(data.tokens_used), 20) },
      { name: message('providers.more.job'), value: verbatim(data.id, 80) },
    ],
    ...(mock ? { test: true } : {}),
  };
}

function tokensLeft({ data }: Detection): UsageReport {
  const known = { id: 'month', unit: 'tokens', source: 'provider' } as const;
  return { windows: [{ ...known, limit: null, used: null, left: data.tokens_remaining, resetsAt: null }] };
}

function layers(breakdown: Detection['data']['breakdown'], mock: boolean): LayerResult[] {
  const figures = new Map(Object.entries(breakdown));
  const known: readonly string[] = ANALYZERS;
  const further = [...figures.keys()].filter((name) => !known.includes(name));
  const idOf = idMaker('fakesec');
  return [...ANALYZERS, ...further].map((name) =>
    layer(name, idOf(name), known.includes(name), figures.get(name) ?? null, mock),
  );
}

/**
 * One analyzer. The page gives thresholds for the whole only; they are used for the parts too, as a
 * way to put them in order, and the explanation says whose they are.
 */
function layer(name: string, id: string, known: boolean, figure: number | null, mock: boolean): LayerResult {
  const label = known ? message(`providers.fakesec.labels.${name}`) : verbatim(name, 60);
  const means = known ? [message(`providers.fakesec.layers.${name}`)] : [];
  const missing = (why: string): LayerResult => {
    const unavailable = message(`providers.fakesec.unavailable.${why}`);
    return findingLayer({ id, status: 'unavailable', unavailable, label, seen: [], means }, NAME);
  };
  if (figure === null) return missing('absent');
  if (figure < 0) return missing('skipped');
  if (mock) return missing('mock');
  const seen = [message('providers.fakesec.seen', figure)];
  return findingLayer({ id, status: statusOf(figure), score: figure, label, seen, means }, NAME);
}

function statusOf(figure: number): LayerStatus {
  if (figure >= AI) return 'flagged';
  return figure >= REAL ? 'warning' : 'clear';
}

const usage = v.object({
  success: v.literal(true),
  data: v.object({
    plan: v.string(),
    tokens_limit: count,
    tokens_used: count,
    tokens_remaining: count,
    rate_limit: count,
    billing_reset: v.string(),
  }),
});

/**
 * `GET /api/v1/usage`. A test key spends no tokens, so the account's are left out for it: they would
 * only make it look used up.
 * @throws CheckError `provider-bad-reply`
 */
export function readUsage(json: unknown, key: KeyKind, party: Party): UsageReport {
  const { data } = validate(usage, json, party);
  const plan = tame(data.plan, 40);
  if (key === 'test') return { plan, windows: [] };
  const window = {
    id: 'month',
    unit: 'tokens',
    limit: data.tokens_limit,
    used: data.tokens_used,
    left: data.tokens_remaining,
    resetsAt: resetTime(data.billing_reset),
    source: 'provider',
  } as const;
  return { plan, windows: [window] };
}

/** The page writes `2026-03-22T00:00:00` without a zone: read as UTC. Null where it is no date. */
function resetTime(written: string): number | null {
  const zoned = /(?:z|[+-]\d\d:?\d\d)$/i.test(written) ? written : `${written}Z`;
  const time = /^\d{4}-\d\d-\d\dT/.test(written) ? Date.parse(zoned) : Number.NaN;
  return Number.isNaN(time) ? null : time;
}

/** `GET /api/v1/keys`: the page shows no reply, so only that it succeeded is looked at. */
export function readKeys(json: unknown, party: Party): void {
  validate(v.object({ success: v.literal(true) }), json, party);
}
