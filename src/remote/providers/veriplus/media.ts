import * as v from 'valibot';
import type { LayerResult, LayerStatus } from '../../../forensics/report';
import { message, type Text } from '../../../forensics/text';
import { type Party, validate } from '../../reply';
import type { MediaAnswer, MediaJob, MediaKind } from '../../types';
import { tame, verbatim } from '../../words';
import { codeWords, findingLayer } from '../common';
import { amount, creditWords, jobId, judged, judgement, NAME, ownWords, percent, phrases } from './reply';

/** VeriPlus's jobs for video and sound in our terms. */

/** A list may name many jobs; one page of it holds at most this many. */
const MAX_JOBS = 100;

const videoAnalysis = v.object({
  temporalCoherence: v.nullish(v.object({ score: v.nullish(percent), issues: v.optional(phrases, []) })),
  faceDetection: v.nullish(
    v.object({ averageConfidence: v.nullish(percent), stableDetection: v.nullish(v.boolean()) }),
  ),
  audioVisualSync: v.nullish(v.object({ lipSyncScore: v.nullish(percent), verdict: v.nullish(v.string()) })),
  screenReplay: v.nullish(v.object({ detected: v.boolean() })),
  liveness: v.nullish(v.object({ result: v.string(), spoofingType: v.nullish(v.string()) })),
});
type VideoAnalysis = v.InferOutput<typeof videoAnalysis>;

const frames = v.pipe(
  v.array(
    v.object({
      frameNumber: amount,
      timestamp: v.nullish(v.string()),
      issue: v.nullish(v.string()),
      confidence: v.nullish(percent),
    }),
  ),
  v.maxLength(1000),
);
type Frames = v.InferOutput<typeof frames>;

const soundAnalysis = v.object({
  spectralAnomalies: v.nullish(v.boolean()),
  unnaturalProsody: v.nullish(v.boolean()),
  modelFingerprint: v.nullish(v.string()),
});
type SoundAnalysis = v.InferOutput<typeof soundAnalysis>;

const mediaType = v.nullish(v.picklist(['IMAGE', 'VIDEO', 'AUDIO']));

const video = v.object({
  jobId,
  result: v.object({ isDeepfake: v.boolean(), ...judgement, manipulationType: v.nullish(v.string()) }),
  analysis: v.nullish(videoAnalysis),
  suspiciousFrames: v.nullish(frames),
  creditsUsed: v.nullish(amount),
});

const sound = v.object({
  jobId,
  isSynthetic: v.boolean(),
  ...judgement,
  method: v.nullish(v.string()),
  analysis: v.nullish(soundAnalysis),
  creditsUsed: v.nullish(amount),
});

/** Any job, done or not. `QUEUED` is ours: the page says that jobs queue, and names no word for it. */
const job = v.object({
  jobId,
  status: v.nullish(v.picklist(['QUEUED', 'PENDING', 'PROCESSING', 'COMPLETED', 'FAILED'])),
  mediaType,
  estimatedTime: v.nullish(v.string()),
});
type Job = v.InferOutput<typeof job>;

const STATES = {
  QUEUED: 'processing',
  PENDING: 'processing',
  PROCESSING: 'processing',
  COMPLETED: 'completed',
  FAILED: 'failed',
} as const;

/**
 * One job: the reply of `analyse/video`, `analyse/audio` or `jobs/:id`.
 * @param kind what was sent, where that is known
 * @throws CheckError `provider-bad-reply`
 */
export function readJob(json: unknown, kind: MediaKind | null, party: Party): MediaJob {
  const { data } = validate(v.object({ success: v.literal(true), data: job }), json, party);
  const known = kindOf(data) ?? kind;
  // Sound is answered at once, and then the page shows no status.
  const state = data.status ? STATES[data.status] : 'completed';
  const answer = state === 'completed' ? readAnswer(json, known, party) : null;
  return { ...head(data, known), state, answer };
}

/**
 * `GET jobs`: what is not a verdict on video or sound (images, and jobs without their verdict) is
 * listed without an answer.
 * @throws CheckError `provider-bad-reply`
 */
export function readJobs(json: unknown, party: Party): MediaJob[] {
  const reply = v.object({ success: v.literal(true), data: v.pipe(v.array(job), v.maxLength(MAX_JOBS)) });
  return validate(reply, json, party).data.map((data) => ({
    ...head(data, kindOf(data)),
    state: data.status ? STATES[data.status] : 'completed',
    answer: null,
  }));
}

/** An image's reply or job: done, waiting for a slot under an id, or failed. */
export type ImageJob =
  | { readonly state: 'done'; readonly json: unknown }
  | { readonly state: 'waiting'; readonly id: string }
  | { readonly state: 'failed' };

/** How an image stands. The page shows images answered at once, and says that jobs above a plan's limit queue. */
export function imageJob(json: unknown): ImageJob {
  const found = v.safeParse(v.object({ data: job }), json);
  if (!found.success) return { state: 'done', json };
  const { status, jobId: id } = found.output.data;
  const state = status ? STATES[status] : 'completed';
  if (state === 'processing') return { state: 'waiting', id };
  return state === 'failed' ? { state } : { state: 'done', json: flattened(json) };
}

/** A finished job may hold its verdict under `result`, as a video's does. */
function flattened(json: unknown): unknown {
  const nested = v.object({ success: v.unknown(), data: v.looseObject({ result: v.looseObject({}) }) });
  const found = v.safeParse(nested, json);
  if (!found.success) return json;
  const { success, data } = found.output;
  return { success, data: { ...data, ...data.result } };
}

function head(data: Job, kind: MediaKind | null): Pick<MediaJob, 'id' | 'kind' | 'estimate'> {
  const estimate = tame(data.estimatedTime ?? '', 40);
  return { id: data.jobId, kind, estimate: estimate === '' ? null : estimate };
}

function kindOf(data: Job): MediaKind | null {
  if (data.mediaType === 'VIDEO') return 'video';
  return data.mediaType === 'AUDIO' ? 'audio' : null;
}

function readAnswer(json: unknown, kind: MediaKind | null, party: Party): MediaAnswer {
  const audible = kind === 'audio' || (kind === null && !hasResult(json));
  return audible ? soundAnswer(json, party) : videoAnswer(json, party);
}

function hasResult(json: unknown): boolean {
  return v.is(v.object({ data: v.object({ result: v.looseObject({}) }) }), json);
}

function videoAnswer(json: unknown, party: Party): MediaAnswer {
  const { data } = validate(v.object({ data: video }), json, party);
  const { result } = data;
  const { verdict, probability } = judged(
    result.confidence,
    result.isDeepfake,
    result.manipulationType ?? null,
  );
  const words = result.isDeepfake ? 'isDeepfake: true' : 'isDeepfake: false';
  return {
    verdict,
    probability,
    own: ownWords(result, words, creditWords(data.creditsUsed)),
    layers: [...videoLayers(data.analysis ?? {}), ...frameLayer(data.suspiciousFrames ?? [])],
  };
}

function soundAnswer(json: unknown, party: Party): MediaAnswer {
  const { data } = validate(v.object({ data: sound }), json, party);
  const { verdict, probability } = judged(data.confidence, data.isSynthetic, data.method ?? null);
  const words = data.isSynthetic ? 'isSynthetic: true' : 'isSynthetic: false';
  return {
    verdict,
    probability,
    own: ownWords({ ...data, manipulationType: data.method }, words, creditWords(data.creditsUsed)),
    layers: soundLayers(data.analysis ?? {}),
  };
}

function finding(name: string, status: LayerStatus, seen: readonly Text[], score?: number): LayerResult {
  return findingLayer(
    {
      id: `veriplus.${name}`,
      status,
      score,
      label: message(`providers.veriplus.labels.${name}`),
      seen,
      means: [message(`providers.veriplus.layers.${name}`)],
    },
    NAME,
  );
}

/** A figure from 0 to 100 in their words, where there is one. */
function figure(score: number | null | undefined): Text[] {
  return score === null || score === undefined ? [] : [message('providers.veriplus.seen.figure', score)];
}

function videoLayers(analysis: VideoAnalysis): LayerResult[] {
  const { temporalCoherence, faceDetection, audioVisualSync, screenReplay, liveness } = analysis;
  const layers: LayerResult[] = [];
  if (temporalCoherence) {
    const { score, issues } = temporalCoherence;
    const seen = [...figure(score), ...issues.slice(0, 12).map((issue) => verbatim(issue, 200))];
    layers.push(finding('temporal', issues.length > 0 ? 'warning' : 'clear', seen, score ?? undefined));
  }
  if (faceDetection) {
    const { averageConfidence, stableDetection } = faceDetection;
    const status = stableDetection === false ? 'warning' : 'clear';
    layers.push(finding('face_detection', status, figure(averageConfidence), averageConfidence ?? undefined));
  }
  if (audioVisualSync) {
    const { lipSyncScore, verdict } = audioVisualSync;
    const seen = [...figure(lipSyncScore), ...(verdict ? [verbatim(codeWords(verdict), 80)] : [])];
    const status = /POOR|BAD|FAIL|OUT_OF/i.test(verdict ?? '') ? 'warning' : 'clear';
    layers.push(finding('lip_sync', status, seen, lipSyncScore ?? undefined));
  }
  if (screenReplay) {
    const seen = [message(`providers.veriplus.seen.replay_${screenReplay.detected ? 'yes' : 'no'}`)];
    layers.push(finding('screen_replay', screenReplay.detected ? 'flagged' : 'clear', seen));
  }
  if (liveness) {
    const words = [liveness.result, liveness.spoofingType ?? ''].filter((word) => word !== '');
    const passed = /^PASS/i.test(liveness.result);
    const seen = words.map((word) => verbatim(codeWords(word), 80));
    layers.push(finding('liveness', passed ? 'clear' : 'flagged', seen));
  }
  return layers;
}

/** Frames that they found suspicious, as a table. */
function frameLayer(given: Frames): LayerResult[] {
  if (given.length === 0) return [];
  const seen = [message('providers.veriplus.seen.frames', given.length)];
  const facts = given.slice(0, 50).map(({ frameNumber, timestamp, issue, confidence }) => ({
    name: message('providers.veriplus.frame', frameNumber),
    value: verbatim(
      [timestamp, issue, confidence].filter((part) => part !== null && part !== undefined).join(', '),
      200,
    ),
  }));
  return [{ ...finding('frames', 'warning', seen), facts }];
}

function soundLayers(analysis: SoundAnalysis): LayerResult[] {
  const layers: LayerResult[] = [];
  const yesNo = (name: string, found: boolean | null | undefined) => {
    if (found === null || found === undefined) return;
    const seen = [message(`providers.veriplus.seen.${found ? 'found' : 'not_found'}`)];
    layers.push(finding(name, found ? 'flagged' : 'clear', seen));
  };
  yesNo('spectrum', analysis.spectralAnomalies);
  yesNo('prosody', analysis.unnaturalProsody);
  const fingerprint = tame(analysis.modelFingerprint ?? '', 80);
  if (fingerprint !== '') {
    layers.push(finding('fingerprint', 'flagged', [verbatim(codeWords(fingerprint), 80)]));
  }
  return layers;
}
