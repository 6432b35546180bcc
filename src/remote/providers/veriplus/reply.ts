import * as v from 'valibot';
import type { LayerResult, LayerStatus, Manipulation, Region } from '../../../forensics/report';
import { message, type Text } from '../../../forensics/text';
import { type Party, validate } from '../../reply';
import type { Band, OwnWords, RemoteResult } from '../../types';
import { tame, verbatim } from '../../words';
import {
  bandAt,
  codeWords,
  findingLayer,
  likelihoodOf,
  MAX_FINDINGS,
  NOT_CHECKED,
  undecided,
} from '../common';

/** VeriPlus's verdicts in our terms, as its "Deepfake Detection API" page describes them. */

export const NAME = 'VeriPlus';

const SCALE = '0–100';

/** The page's table of confidence scores. */
export const BANDS: readonly Band[] = [
  band('highly_likely', 'Highly likely deepfake', 90, 100, 'ai-generated'),
  band('likely', 'Likely deepfake', 70, 90, 'likely-ai-generated'),
  band('uncertain', 'Uncertain', 40, 70, 'inconclusive'),
  band('authentic', 'Likely authentic', 0, 40, 'likely-authentic'),
];

function band(id: string, word: string, from: number, to: number, verdict: Band['verdict']): Band {
  return { id, word, from, to, scale: SCALE, meaningKey: `providers.veriplus.bands.${id}`, verdict };
}

/** From here on the page calls it a deepfake; from `UNCERTAIN` on, uncertain. */
const LIKELY = 70;
const UNCERTAIN = 40;

/** Alterations by hand or program: they say nothing on whether AI made the picture. */
const NOT_BY_AI = new Set(['PHOTO_MANIPULATION', 'DOCUMENT_FORGERY', 'AUDIO_MANIPULATION', 'VIDEO_REPLAY']);

/** AI made a part: more than a hint of AI, less than "made by AI". */
const IN_PART = new Set(['FACE_SWAP']);

/** Documented words that have words of ours beside them. */
const KNOWN_TYPES = new Set([
  ...NOT_BY_AI,
  ...IN_PART,
  'GAN_GENERATED',
  'LIVENESS_SPOOF',
  'AUDIO_VISUAL_MISMATCH',
  'VOICE_CLONING',
  'TTS_ENGINE',
]);

export const percent = v.pipe(v.number(), v.minValue(0), v.maxValue(100));
export const amount = v.pipe(v.number(), v.finite(), v.minValue(0));
export const phrases = v.pipe(v.array(v.string()), v.maxLength(100));
export const jobId = v.pipe(v.string(), v.regex(/^[\w-]{1,100}$/));

/** What every verdict of theirs holds, whatever the medium. */
export const judgement = {
  confidence: percent,
  riskScore: v.nullish(percent),
  recommendation: v.nullish(v.string()),
};

const faceRegion = v.object({
  bbox: v.strictTuple([amount, amount, amount, amount]),
  deepfakeScore: percent,
  artifacts: v.optional(phrases, []),
});
type FaceRegion = v.InferOutput<typeof faceRegion>;

const imageVerdict = v.object({
  jobId,
  isDeepfake: v.boolean(),
  ...judgement,
  manipulationType: v.nullish(v.string()),
  analysis: v.nullish(
    v.object({
      faceRegions: v.nullish(v.pipe(v.array(faceRegion), v.maxLength(MAX_FINDINGS))),
      metadata: v.nullish(
        v.object({
          resolution: v.nullish(v.string()),
          format: v.nullish(v.string()),
          exifStripped: v.nullish(v.boolean()),
        }),
      ),
    }),
  ),
  creditsUsed: v.nullish(amount),
});
type ImageVerdict = v.InferOutput<typeof imageVerdict>;

const imageReply = v.object({ success: v.literal(true), data: imageVerdict });

/** Of the analysed image, in pixels; null where it is not known. */
export type Size = { readonly width: number; readonly height: number } | null;

/**
 * An image's reply in our terms.
 * @throws CheckError `provider-bad-reply`
 */
export function readReply(json: unknown, size: Size, party: Party): RemoteResult {
  const { data } = validate(imageReply, json, party);
  const faces = (data.analysis?.faceRegions ?? []).map((face) => ({ face, region: regionOf(face, size) }));
  return {
    analysis: {
      ...judged(data.confidence, data.isDeepfake, data.manipulationType ?? null),
      manipulation: manipulation(
        data,
        faces.map(({ region }) => region),
      ),
      generator: null,
      layers: faces.map(({ face, region }, index) => faceLayer(face, region, index + 1)),
    },
    own: ownWords(data, data.isDeepfake ? 'isDeepfake: true' : 'isDeepfake: false', [
      ...metadataWords(data.analysis?.metadata),
      ...creditWords(data.creditsUsed),
    ]),
    hashMatches: null,
    processingMs: null,
  };
}

/**
 * Their confidence as a verdict of ours. By their table it is a score of the deepfake, not a
 * confidence in the yes or no beside it: 0–39 is "likely authentic". Where the two contradict each
 * other nothing is claimed.
 */
export function judged(
  confidence: number,
  fake: boolean,
  type: string | null,
): Pick<RemoteResult['analysis'], 'probability' | 'uncertainty' | 'verdict'> {
  const likelihood = confidence / 100;
  const contradiction = fake ? confidence < UNCERTAIN : confidence >= LIKELY;
  if (contradiction) return undecided(likelihood, 'layers-in-conflict');
  if (fake && type !== null && NOT_BY_AI.has(type)) return undecided(0.5, 'borderline');
  const verdict = bandAt(BANDS, confidence)?.verdict ?? 'inconclusive';
  if (verdict === 'inconclusive') return undecided(likelihood, 'borderline');
  const inPart = verdict === 'ai-generated' && type !== null && IN_PART.has(type);
  return { verdict: inPart ? 'likely-ai-generated' : verdict, ...likelihoodOf(likelihood) };
}

/** What they say was altered. A picture that is generated as a whole is not an altered one. */
function manipulation(data: ImageVerdict, regions: readonly (Region | null)[]): Manipulation {
  const type = data.manipulationType ?? null;
  const altered = type !== null && (NOT_BY_AI.has(type) || IN_PART.has(type));
  if (!altered || !data.isDeepfake || data.confidence < UNCERTAIN) return NOT_CHECKED;
  return {
    state: data.confidence >= LIKELY ? 'likely' : 'possible',
    score: data.confidence / 100,
    regions: regions.filter(isRegion).filter(({ score }) => score >= UNCERTAIN / 100),
  };
}

function isRegion(region: Region | null): region is Region {
  return region !== null;
}

/**
 * A face's box in pixels of the image. The page does not say what its four numbers are: they are read
 * as x, y, width, height, and as two corners where only that lies inside the image.
 * @returns null where neither does, or the size is not known
 */
function regionOf({ bbox, deepfakeScore }: FaceRegion, size: Size): Region | null {
  if (size === null) return null;
  const [x, y, a, b] = bbox;
  const fits = (width: number, height: number) =>
    width > 0 && height > 0 && x + width <= size.width && y + height <= size.height;
  const score = deepfakeScore / 100;
  if (fits(a, b)) return { x, y, width: a, height: b, score };
  return fits(a - x, b - y) ? { x, y, width: a - x, height: b - y, score } : null;
}

function faceLayer(face: FaceRegion, region: Region | null, number: number): LayerResult {
  const seen: Text[] = [message('providers.veriplus.seen.face', face.deepfakeScore)];
  for (const artifact of face.artifacts.slice(0, 12)) {
    if (artifact.trim() !== '') seen.push(verbatim(artifact, 200));
  }
  return findingLayer(
    {
      id: `veriplus.face_${number}`,
      status: statusOf(face.deepfakeScore),
      score: face.deepfakeScore,
      label: message('providers.veriplus.labels.face', number),
      seen,
      means: [message('providers.veriplus.layers.face')],
      more: region === null ? {} : { regions: [region] },
    },
    NAME,
  );
}

/** By their table for the whole: at least 70 likely, at least 40 uncertain. */
export function statusOf(score: number): LayerStatus {
  if (score >= LIKELY) return 'flagged';
  return score >= UNCERTAIN ? 'warning' : 'clear';
}

type Judgement = Pick<ImageVerdict, 'confidence' | 'riskScore' | 'recommendation' | 'manipulationType'>;
type Words = NonNullable<OwnWords['more']>[number];

/** Their verdict as they gave it: type, recommendation, risk, and what else they told. */
export function ownWords(data: Judgement, verdict: string, further: readonly Words[] = []): OwnWords {
  const more: Words[] = [];
  const type = data.manipulationType ?? '';
  if (type !== '') more.push({ name: message('providers.more.manipulation'), value: typeWords(type) });
  if (data.recommendation) {
    const value = verbatim(codeWords(data.recommendation), 80);
    more.push({ name: message('providers.more.recommendation'), value });
  }
  if (data.riskScore !== null && data.riskScore !== undefined) {
    const value = message('providers.more.of_100', data.riskScore);
    more.push({ name: message('providers.more.risk'), value });
  }
  return {
    verdict,
    score: data.confidence,
    scale: SCALE,
    band: bandAt(BANDS, data.confidence)?.id,
    more: [...more, ...further],
  };
}

function typeWords(type: string): Text {
  return KNOWN_TYPES.has(type)
    ? message(`providers.veriplus.types.${type.toLowerCase()}`)
    : verbatim(codeWords(type), 80);
}

export function creditWords(credits: number | null | undefined): Words[] {
  if (credits === null || credits === undefined) return [];
  return [{ name: message('providers.more.credits'), value: verbatim(String(credits), 20) }];
}

function metadataWords(metadata: NonNullable<ImageVerdict['analysis']>['metadata']): Words[] {
  const words: Words[] = [];
  const { resolution, format, exifStripped } = metadata ?? {};
  if (resolution) words.push({ name: message('providers.more.resolution'), value: verbatim(resolution, 40) });
  if (format) words.push({ name: message('providers.more.format'), value: verbatim(format, 40) });
  if (exifStripped !== null && exifStripped !== undefined) {
    const value = message(`providers.veriplus.exif.${exifStripped ? 'stripped' : 'present'}`);
    words.push({ name: message('providers.more.exif'), value });
  }
  return words;
}

const errorReply = v.object({
  error: v.union([v.string(), v.object({ code: v.optional(v.string()), message: v.optional(v.string()) })]),
});

/** Code and words of an error: the page gives its codes, and no body. */
export function readError(json: unknown): { code: string; words: string } {
  const reply = v.safeParse(errorReply, json);
  if (!reply.success) return { code: '', words: '' };
  const { error } = reply.output;
  if (typeof error === 'string') return { code: error, words: codeWords(error) };
  const code = error.code ?? '';
  return { code, words: tame(error.message ?? codeWords(code), 200) };
}
