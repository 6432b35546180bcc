import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  DETECTIKS_REPLY,
  FAKESEC_REPLY,
  FAKESEC_USAGE,
  FAUXLENS_REPLY,
  VERIPLUS_AUDIO,
  VERIPLUS_IMAGE,
  VERIPLUS_JOB_COMPLETED,
} from '../../../tests/providers/documented';
import { CheckError } from '../../failures';
import type { LayerResult } from '../../forensics/report';
import { parseJson } from '../reply';
import type { MediaAnswer, OwnWords, RemoteResult } from '../types';
import { detectiks } from './detectiks';
import * as detectiksReply from './detectiks/reply';
import { fakesec } from './fakesec';
import * as fakesecReply from './fakesec/reply';
import { fauxlens } from './fauxlens';
import * as fauxlensReply from './fauxlens/reply';
import { truthlens } from './truthlens';
import * as truthlensReply from './truthlens/reply';
import { veriplus } from './veriplus';
import * as veriplusMedia from './veriplus/media';
import * as veriplusReply from './veriplus/reply';

/**
 * Replies as a broken or hostile server might send them: the documented example with fields taken
 * away, added, or made something else, cut off or with single bytes changed. Each is a sound result
 * or a typed failure.
 */

const RUNS = 10_000;
const PARTY = { name: 'Somebody', secret: 'secret-key-0123456789' };
const SIZE = { width: 1920, height: 1080 };
const DETECTIKS_SHA = /[0-9a-f]{64}/.exec(DETECTIKS_REPLY)?.[0] ?? '';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** What tends to break readers: edges of ranges, wrong types, markup, marks that reorder text, long text. */
const hostile = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom<Json>(0, 1, -1, 0.5, 0.55, 0.35, 40, 70, 87, 100, 101, -0.1, 1e308),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Json>(true, false, null, '', [], {}, [[]], 'toString', 'constructor'),
  },
  fc.constantFrom<Json>(
    'AI',
    'Real',
    'Authentic',
    'GAN_GENERATED',
    'FACE_SWAP',
    'PHOTO_MANIPULATION',
    'FAILED',
  ),
  fc.constantFrom<Json>('<img src=x onerror=alert(1)>', 'safe\u202egnp.exe', 'x'.repeat(5000), PARTY.secret),
  fc.double({ noNaN: true, min: -2, max: 102 }),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.jsonValue({ maxDepth: 2 }).map((value): Json => JSON.parse(JSON.stringify(value))),
);

const change = fc.record({
  at: fc.nat(),
  how: fc.constantFrom('set', 'set', 'set', 'delete', 'add', 'repeat'),
  name: fc.constantFrom('extra', 'score', 'toString', 'constructor', 'prototype', 'status', 'hasOwnProperty'),
  value: hostile,
});

/** Cuts the text at a place, or changes one byte of it; both seldom. */
const damage = fc.oneof(
  { weight: 8, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.record({ cut: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ flip: fc.nat(), to: fc.integer({ min: 0, max: 255 }) }) },
);

/** Every place of a document: the holder and the name or index in it. */
function places(root: Json): { holder: Json[] | { [name: string]: Json }; name: string }[] {
  if (typeof root !== 'object' || root === null) return [];
  return Object.entries(root).flatMap(([name, value]) => [{ holder: root, name }, ...places(value)]);
}

function broken(document: string, changes: readonly Change[], wound: Wound): Uint8Array {
  const root: Json = JSON.parse(document);
  for (const { at, how, name, value } of changes) {
    const all = places(root);
    const place = all[at % Math.max(1, all.length)];
    if (place === undefined) break;
    if (how === 'set') Reflect.set(place.holder, place.name, structuredClone(value));
    if (how === 'delete') Reflect.deleteProperty(place.holder, place.name);
    if (how === 'add') Reflect.set(place.holder, name, structuredClone(value));
    if (how === 'repeat' && Array.isArray(place.holder)) {
      const [first = null] = place.holder;
      while (place.holder.length < 40) place.holder.push(structuredClone(first));
    }
  }
  const bytes = new TextEncoder().encode(JSON.stringify(root));
  if (wound !== null && 'cut' in wound) return bytes.subarray(0, wound.cut % bytes.length);
  if (wound !== null) bytes[wound.flip % bytes.length] = wound.to;
  return bytes;
}

type Change = { at: number; how: string; name: string; value: Json };
type Wound = { cut: number } | { flip: number; to: number } | null;

const HARMFUL = /[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u;

/** Every text in a value that pages show as it is. */
function verbatims(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = 'verbatim' in value && typeof value.verbatim === 'string' ? [value.verbatim] : [];
  return [...own, ...Object.values(value).flatMap(verbatims)];
}

/** Ours that a provider can lead to: never `authentic`, which needs proof. */
const VERDICTS = ['ai-generated', 'likely-ai-generated', 'inconclusive', 'likely-authentic'];

function within(value: number, from: number, to: number): boolean {
  return value >= from && value <= to;
}

function layerProblems(layer: LayerResult): string[] {
  const problems: string[] = [];
  if (layer.family !== 'provider' || layer.score !== null) problems.push('family or score');
  if (!['flagged', 'warning', 'clear', 'unavailable'].includes(layer.status)) problems.push('status');
  if ((layer.unavailable !== undefined) !== (layer.status === 'unavailable')) problems.push('unavailable');
  if (!Object.values(layer.features).every(Number.isFinite)) problems.push('features');
  for (const { x, y, width, height, score } of layer.regions ?? []) {
    const inside = x >= 0 && y >= 0 && width > 0 && height > 0 && x + width <= SIZE.width;
    if (!inside || y + height > SIZE.height || !within(score, 0, 1)) problems.push('region');
  }
  return problems;
}

/** What is wrong with an answer, in words; empty for a sound one. */
function problemsOf(
  answer: Pick<MediaAnswer, 'verdict' | 'probability' | 'layers'> & { own: OwnWords },
  bands: readonly { id: string }[],
): string[] {
  const problems = answer.layers.flatMap(layerProblems);
  if (!VERDICTS.includes(answer.verdict)) problems.push(`verdict ${answer.verdict}`);
  if (!within(answer.probability, 0.01, 0.99)) problems.push(`probability ${answer.probability}`);
  if (new Set(answer.layers.map(({ id }) => id)).size !== answer.layers.length) problems.push('ids');
  const { own } = answer;
  if (own.score !== null && !Number.isFinite(own.score)) problems.push('own score');
  if (own.band !== undefined && !bands.some(({ id }) => id === own.band)) problems.push('band');
  const texts = [own.verdict, ...verbatims(answer)];
  if (texts.some((text) => HARMFUL.test(text) || text.length > 2000)) problems.push('text');
  const spoken = (JSON.stringify(answer).match(/"key":"[^"]*"/g) ?? []).every((key) =>
    /^"key":"[\w.]+"$/.test(key),
  );
  if (!spoken) problems.push('a key made of their words');
  if (JSON.stringify(answer).includes(PARTY.secret)) problems.push('the key');
  return problems;
}

function resultProblems({ analysis, own, usage }: RemoteResult, bands: readonly { id: string }[]): string[] {
  const problems = problemsOf({ ...analysis, own }, bands);
  if (!within(analysis.uncertainty.width, 0.15, 0.5)) problems.push('width');
  const figures = (usage?.windows ?? []).flatMap(({ limit, used, left }) => [limit, used, left]);
  if (figures.some((figure) => figure !== null && !(Number.isFinite(figure) && figure >= 0))) {
    problems.push('usage');
  }
  return problems;
}

interface Target {
  readonly name: string;
  readonly document: string;
  /** What is wrong with the reading of a reply. */
  readonly read: (json: unknown) => string[];
}

const TARGETS: readonly Target[] = [
  {
    name: 'FauxLens',
    document: FAUXLENS_REPLY,
    read: (json) =>
      resultProblems(
        fauxlensReply.readReply(json, { sha256: '0'.repeat(64), url: null }, PARTY),
        fauxlens.bands,
      ),
  },
  {
    name: 'FakeSec',
    document: FAKESEC_REPLY,
    read: (json) => resultProblems(fakesecReply.readReply(json, 'live', PARTY), fakesec.bands),
  },
  {
    name: 'VeriPlus',
    document: VERIPLUS_IMAGE,
    read: (json) => resultProblems(veriplusReply.readReply(json, SIZE, PARTY), veriplus.bands),
  },
  {
    name: 'TruthLens',
    document: '{"is_ai_generated": true, "confidence": 0.93}',
    read: (json) => resultProblems(truthlensReply.readReply(json, PARTY), truthlens.bands),
  },
  {
    name: 'Detectiks',
    document: DETECTIKS_REPLY,
    read: (json) =>
      resultProblems(detectiksReply.readReply(json, { sha256: DETECTIKS_SHA }, PARTY), detectiks.bands),
  },
  ...[
    ['VeriPlus, a video', VERIPLUS_JOB_COMPLETED] as const,
    ['VeriPlus, sound', VERIPLUS_AUDIO] as const,
  ].map(([name, document]) => ({
    name,
    document,
    read: (json: unknown) => {
      const { answer } = veriplusMedia.readJob(json, null, PARTY);
      return answer === null ? [] : problemsOf(answer, veriplus.bands);
    },
  })),
  {
    name: 'FakeSec, usage',
    document: FAKESEC_USAGE,
    read: (json) => {
      const { windows } = fakesecReply.readUsage(json, 'live', PARTY);
      const odd = windows.some(({ left, resetsAt }) => left === null || left < 0 || Number.isNaN(resetsAt));
      return odd ? ['window'] : [];
    },
  },
];

it.each(TARGETS)(
  '$name: any reply is a sound result or a typed failure',
  ({ name, document, read }) => {
    let sound = 0;
    let refused = 0;
    fc.assert(
      fc.property(fc.array(change, { maxLength: 3 }), damage, (changes, wound) => {
        try {
          const problems = read(parseJson(broken(document, changes, wound), PARTY));
          if (problems.length > 0) throw new Error(`unsound: ${problems.join(', ')}`);
          sound += 1;
        } catch (error) {
          if (!(error instanceof CheckError) || error.failure.code !== 'provider-bad-reply') throw error;
          if (JSON.stringify(error.failure).includes(PARTY.secret)) throw new Error('the key in a failure');
          refused += 1;
        }
      }),
      { numRuns: RUNS },
    );
    process.stdout.write(`${name}: ${RUNS} replies, ${sound} sound results, ${refused} typed failures\n`);
    // Either half of the claim would be empty without the other.
    expect(Math.min(sound, refused)).toBeGreaterThan(RUNS / 50);
  },
  600_000,
);
