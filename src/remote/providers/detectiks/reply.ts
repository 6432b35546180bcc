import * as v from 'valibot';
import type { LayerResult, LayerStatus } from '../../../forensics/report';
import { message } from '../../../forensics/text';
import { failure, type Party, validate } from '../../reply';
import type { Band, OwnWords, RemoteRequest, RemoteResult } from '../../types';
import type { UsageReport, UsageWindow } from '../../usage';
import { tame, verbatim } from '../../words';
import {
  bandAt,
  codeWords,
  findingLayer,
  idMaker,
  likelihoodOf,
  MAX_FINDINGS,
  NOT_CHECKED,
  undecided,
} from '../common';

/** Detectiks's replies in our terms, as its API page describes them. */

export const NAME = 'Detectiks';

const SCALE = '0–100';

/** The seven documented modules, in the order of the page. */
const MODULES = ['visual', 'metadata', 'physics', 'frequency', 'ml', 'provenance', 'fusion'] as const;

/** Explanations and flags shown; a reply may hold more, and no honest one does. */
const MAX_WORDS = 12;

/**
 * The page documents the score as "0-100 probability that the image is AI-generated" and no bands:
 * these are ours.
 */
export const BANDS: readonly Band[] = [
  band('ai', 85, 100, 'ai-generated'),
  band('likely_ai', 65, 85, 'likely-ai-generated'),
  band('inconclusive', 35, 65, 'inconclusive'),
  band('authentic', 0, 35, 'likely-authentic'),
];

function band(id: string, from: number, to: number, verdict: Band['verdict']): Band {
  return { id, word: null, from, to, scale: SCALE, meaningKey: `providers.detectiks.bands.${id}`, verdict };
}

const unit = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const phrases = v.pipe(v.array(v.string()), v.maxLength(100));

const replySchema = v.object({
  score: v.pipe(v.number(), v.minValue(0), v.maxValue(100)),
  verdict: v.pipe(v.string(), v.nonEmpty()),
  presentation: v.nullish(v.string()),
  confidence: v.nullish(unit),
  uncertainty: v.nullish(unit),
  explanations: v.nullish(phrases),
  hashes: v.nullish(v.object({ sha256: v.nullish(v.string()) })),
  modules: v.nullish(
    v.pipe(
      // A module that did not run ("optional ML models") may be null, or have no score.
      v.record(v.string(), v.nullable(v.object({ score: v.nullish(unit), flags: v.nullish(phrases) }))),
      v.check((entries) => Object.keys(entries).length <= MAX_FINDINGS, `at most ${MAX_FINDINGS} modules`),
    ),
  ),
});
type Reply = v.InferOutput<typeof replySchema>;
type Module = NonNullable<Reply['modules']>[string];

/**
 * A reply in our terms.
 * @throws CheckError `provider-bad-reply` where it does not fit the documentation, or is about other bytes
 */
export function readReply(json: unknown, sent: Pick<RemoteRequest, 'sha256'>, party: Party): RemoteResult {
  const reply = validate(replySchema, json, party);
  const hashMatches = compareHash(reply.hashes?.sha256, sent.sha256);
  if (hashMatches === false) {
    throw failure('provider-bad-reply', party, 'hashes.sha256 is not that of the file sent');
  }
  return {
    analysis: {
      ...judged(reply),
      manipulation: NOT_CHECKED,
      generator: null,
      layers: layers(reply.modules ?? {}),
    },
    own: ownWords(reply),
    hashMatches,
    processingMs: null,
  };
}

/** @returns null where the reply holds no complete SHA-256 */
function compareHash(theirs: string | null | undefined, ours: string): boolean | null {
  return /^[0-9a-f]{64}$/i.test(theirs ?? '') ? theirs?.toLowerCase() === ours.toLowerCase() : null;
}

function judged(reply: Reply): Pick<RemoteResult['analysis'], 'probability' | 'uncertainty' | 'verdict'> {
  const likelihood = reply.score / 100;
  const stated = reply.uncertainty ?? 0;
  const verdict = bandAt(BANDS, reply.score)?.verdict ?? 'inconclusive';
  // An uncertainty that reaches over the middle leaves nothing settled, whatever the score.
  if (verdict === 'inconclusive' || Math.abs(likelihood - 0.5) <= stated) {
    return undecided(likelihood, 'borderline');
  }
  return { verdict, ...likelihoodOf(likelihood, stated) };
}

function ownWords(reply: Reply): OwnWords {
  const more: { name: ReturnType<typeof message>; value: ReturnType<typeof verbatim> }[] = [];
  const add = (name: string, value: string | number | null | undefined, limit = 200) => {
    if (value !== null && value !== undefined && value !== '') {
      more.push({ name: message(`providers.more.${name}`), value: verbatim(String(value), limit) });
    }
  };
  add('presentation', reply.presentation);
  // Said twice is said once.
  for (const words of new Set(reply.explanations?.slice(0, MAX_WORDS))) add('explanation', words, 300);
  add('confidence', reply.confidence);
  add('uncertainty', reply.uncertainty);
  const id = bandAt(BANDS, reply.score)?.id;
  return { verdict: tame(reply.verdict, 80), score: reply.score, scale: SCALE, band: id, more };
}

function layers(modules: NonNullable<Reply['modules']>): LayerResult[] {
  const given = new Map(Object.entries(modules));
  const known: readonly string[] = MODULES;
  const names = [...MODULES.filter((name) => given.has(name))];
  const further = [...given.keys()].filter((name) => !known.includes(name));
  const idOf = idMaker('detectiks');
  return [...names, ...further].map((name) =>
    layer(name, idOf(name), known.includes(name), given.get(name) ?? null),
  );
}

function layer(name: string, id: string, known: boolean, module: Module): LayerResult {
  const label = known ? message(`providers.detectiks.labels.${name}`) : verbatim(name, 60);
  const means = known ? [message(`providers.detectiks.layers.${name}`)] : [];
  const score = module?.score ?? null;
  const flags = (module?.flags ?? []).filter((flag) => flag.trim() !== '');
  if (score === null && flags.length === 0) {
    const unavailable = message('providers.detectiks.unavailable');
    return findingLayer({ id, status: 'unavailable', unavailable, label, seen: [], means }, NAME);
  }
  const figure = score === null ? [] : [message('providers.detectiks.seen', score)];
  const seen = [...figure, ...flags.slice(0, MAX_WORDS).map((flag) => verbatim(codeWords(flag), 80))];
  const status = statusOf(score, flags.length);
  return findingLayer({ id, status, score: score ?? undefined, label, seen, means }, NAME);
}

/** Ours: the page gives modules a score from 0 to 1 and flags, and no thresholds. */
function statusOf(score: number | null, flags: number): LayerStatus {
  if (score !== null && score >= 0.65) return 'flagged';
  return flags > 0 || (score !== null && score >= 0.35) ? 'warning' : 'clear';
}

const WINDOWS: readonly { id: UsageWindow['id']; names: readonly string[] }[] = [
  { id: 'minute', names: ['minute', 'perMinute', 'per_minute', 'burst'] },
  { id: 'day', names: ['daily', 'day', 'today'] },
  { id: 'month', names: ['monthly', 'month'] },
];

/**
 * `GET /api/usage/status`. The page says "usage counters" and shows no reply, so it is searched for
 * counters under the names of the documented limits; what is not found is not told.
 */
export function readUsage(json: unknown): UsageReport {
  const outer = fieldOf(json, ['data', 'usage', 'status']);
  const places = [json, outer, fieldOf(outer, ['usage', 'limits'])];
  const windows = WINDOWS.flatMap(({ id, names }) => {
    const counters = places.map((place) => fieldOf(place, names)).find((found) => found !== undefined);
    const limit = figure(counters, ['limit', 'max', 'total']);
    const used = figure(counters, ['used', 'count', 'current']);
    const told = figure(counters, ['remaining', 'left']);
    const left = told ?? (limit !== null && used !== null ? Math.max(0, limit - used) : null);
    if (limit === null && used === null && left === null) return [];
    return [{ id, unit: 'requests', limit, used, left, resetsAt: null, source: 'provider' } as const];
  });
  const plan = places
    .map((place) => fieldOf(place, ['tier', 'plan']))
    .find((found) => typeof found === 'string');
  return typeof plan === 'string' ? { plan: tame(plan, 40), windows } : { windows };
}

function fieldOf(value: unknown, names: readonly string[]): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const name = names.find((one) => Object.hasOwn(value, one));
  return name === undefined ? undefined : Reflect.get(value, name);
}

function figure(value: unknown, names: readonly string[]): number | null {
  const found = fieldOf(value, names);
  return typeof found === 'number' && Number.isFinite(found) && found >= 0 ? found : null;
}
