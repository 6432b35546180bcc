import type { FailureCode } from '../../../failures';
import { readHeader } from '../../../forensics/containers';
import { converse, PATIENCE, type ProviderCall } from '../../client';
import { failure, type Party, partyOf } from '../../reply';
import type {
  MediaFilter,
  MediaJob,
  MediaKind,
  MediaRequest,
  ProviderConfig,
  ProviderDefinition,
  RemoteRequest,
  RemoteResult,
} from '../../types';
import { acceptedFormat, bearer, endpoint, imageFile, type Taken } from '../common';
import { imageJob, readJob, readJobs } from './media';
import { pollUntil } from './poll';
import { BANDS, NAME, readError, readReply } from './reply';

/**
 * VeriPlus, as its "Deepfake Detection API" page describes it: `POST analyse/image` with
 * `analysisType` and `returnDetails`, `analyse/video` and `analyse/audio` as jobs, `GET jobs/:id`
 * and `GET jobs`, all under `/api/v4/deepfake` with a Bearer key.
 */

const ROOT = '/api/v4/deepfake';
const MB = 1024 * 1024;

/** The page gives images no largest size; where the server has one it answers 413. */
const IMAGE: Taken<'jpeg' | 'png' | 'webp'> = {
  formats: ['jpeg', 'png', 'webp'],
  maxBytes: 25 * MB,
  words: 'JPEG, PNG, WebP ≤ 25 MB',
};

/** MIME types with the endings for their neutral names. */
const MEDIA: Readonly<
  Record<MediaKind, { types: Readonly<Record<string, string>>; maxBytes: number; words: string }>
> = {
  video: {
    types: { 'video/mp4': 'mp4', 'video/quicktime': 'mov', 'video/webm': 'webm' },
    maxBytes: 50 * MB,
    words: 'MP4, MOV, WebM ≤ 50 MB',
  },
  audio: {
    types: {
      'audio/mpeg': 'mp3',
      'audio/wav': 'wav',
      'audio/x-wav': 'wav',
      'audio/mp4': 'm4a',
      'audio/x-m4a': 'm4a',
    },
    maxBytes: 10 * MB,
    words: 'MP3, WAV, M4A ≤ 10 MB',
  },
};

/** Jobs at the same time, by plan. */
const PLANS: Readonly<Record<string, number>> = { FREE: 1, BASIC: 3, PROFESSIONAL: 10, ENTERPRISE: 50 };

const ANALYSIS_TYPES = ['GENERAL', 'FACE', 'DOCUMENT'] as const;

/** The five documented errors. */
const ERRORS: Readonly<Record<string, FailureCode>> = {
  INVALID_FILE_FORMAT: 'provider-rejected-image',
  FILE_TOO_LARGE: 'provider-rejected-image',
  INSUFFICIENT_CREDITS: 'provider-out-of-credit',
  ANALYSIS_FAILED: 'provider-error',
  NO_FACE_DETECTED: 'provider-rejected-image',
};

export const veriplus: ProviderDefinition = {
  id: 'veriplus',
  name: NAME,
  defaultBaseUrl: 'https://api.veriplus.co.uk',
  limits: IMAGE,
  acceptsUrl: false,
  retentionKey: 'providers.veriplus.retention',
  costKey: 'providers.veriplus.cost',
  introKey: 'providers.veriplus.intro',
  scaleKey: 'providers.veriplus.scale',
  bands: BANDS,
  options: [
    {
      kind: 'choice',
      id: 'analysisType',
      labelKey: 'providers.veriplus.options.analysis_type.label',
      hintKey: 'providers.veriplus.options.analysis_type.hint',
      values: ANALYSIS_TYPES.map((value) => ({
        value,
        labelKey: `providers.veriplus.options.analysis_type.${value.toLowerCase()}`,
      })),
    },
    {
      kind: 'choice',
      id: 'plan',
      labelKey: 'providers.veriplus.options.plan.label',
      hintKey: 'providers.veriplus.options.plan.hint',
      values: Object.keys(PLANS).map((value) => ({
        value,
        labelKey: `providers.veriplus.options.plan.${value.toLowerCase()}`,
      })),
    },
  ],
  keyKind: () => 'plain',
  // Only jobs at the same time are limited; those above it queue there, and here before they are sent.
  pace: ({ options }) => ({
    requests: Number.POSITIVE_INFINITY,
    perMs: 60_000,
    concurrency: PLANS[options?.plan ?? 'FREE'] ?? 1,
  }),
  repeatsAreFree: () => false,
  detect,
  testKey,
  usage: null,
  media: {
    kinds: (['video', 'audio'] as const).map((kind) => ({
      kind,
      types: Object.keys(MEDIA[kind].types),
      maxBytes: MEDIA[kind].maxBytes,
      costKey: `providers.veriplus.cost_${kind}`,
    })),
    submit,
    job,
    list,
  },
};

async function detect(
  request: RemoteRequest,
  config: ProviderConfig,
  signal: AbortSignal,
): Promise<RemoteResult> {
  const party = partyOf(config, NAME);
  const format = acceptedFormat(request.bytes, IMAGE, party);
  const body = new FormData();
  body.set('image', imageFile(request.bytes, format));
  const chosen = ANALYSIS_TYPES.find((type) => type === config.options?.analysisType);
  body.set('analysisType', chosen ?? 'GENERAL');
  body.set('returnDetails', 'true');
  const { json } = await post('analyse/image', body, request.bytes.byteLength, config, signal);
  return readReply(await finished(json, config, signal), readHeader(request.bytes), party);
}

/** An image's verdict, at once or once its job has come to its turn. */
function finished(reply: unknown, config: ProviderConfig, signal: AbortSignal): Promise<unknown> {
  const party = partyOf(config, NAME);
  let standing = imageJob(reply);
  const look = async () => {
    if (standing.state === 'waiting') standing = imageJob(await get(`jobs/${standing.id}`, config, signal));
    if (standing.state === 'failed') throw failure('provider-error', party, 'the job failed');
    return standing.state === 'done' ? standing.json : null;
  };
  return standing.state === 'waiting' ? pollUntil(look, party, signal) : look();
}

async function submit(
  { kind, file }: MediaRequest,
  config: ProviderConfig,
  signal: AbortSignal,
): Promise<MediaJob> {
  const party = partyOf(config, NAME);
  const { types, maxBytes, words } = MEDIA[kind];
  const ending = Object.hasOwn(types, file.type) ? types[file.type] : undefined;
  if (ending === undefined || file.size > maxBytes) {
    const detail = `${kind}, ${file.size} bytes: not sent`;
    throw failure('provider-rejected-image', party, detail, undefined, { words });
  }
  const body = new FormData();
  body.set(kind, new File([file], `${kind}.${ending}`, { type: file.type }));
  if (kind === 'video') {
    body.set('analysisType', 'GENERAL');
    body.set('returnSuspiciousFrames', 'true');
  }
  return readJob((await post(`analyse/${kind}`, body, file.size, config, signal)).json, kind, party);
}

async function job(id: string, config: ProviderConfig, signal: AbortSignal): Promise<MediaJob> {
  const json = await get(`jobs/${encodeURIComponent(id)}`, config, signal);
  return readJob(json, null, partyOf(config, NAME));
}

async function list(
  filter: MediaFilter,
  config: ProviderConfig,
  signal: AbortSignal,
): Promise<readonly MediaJob[]> {
  const query = new URLSearchParams();
  if (filter.state !== undefined) query.set('status', filter.state.toUpperCase());
  if (filter.kind !== undefined) query.set('mediaType', filter.kind.toUpperCase());
  query.set('limit', String(filter.limit ?? 20));
  return readJobs(await get(`jobs?${query}`, config, signal), partyOf(config, NAME));
}

/** The list of jobs costs 0 credits. */
async function testKey(config: ProviderConfig, signal: AbortSignal): Promise<void> {
  await list({ limit: 1 }, config, signal);
}

function post(path: string, body: FormData, bodyBytes: number, config: ProviderConfig, signal: AbortSignal) {
  return converse({ ...call(path, config), method: 'POST', body, bodyBytes, patience: PATIENCE }, signal);
}

async function get(path: string, config: ProviderConfig, signal: AbortSignal): Promise<unknown> {
  return (await converse({ ...call(path, config), method: 'GET' }, signal)).json;
}

function call(path: string, config: ProviderConfig): Omit<ProviderCall, 'method'> {
  const party: Party = partyOf(config, NAME);
  return { party, url: endpoint(config.baseUrl, `${ROOT}/${path}`), headers: bearer(config), explain };
}

function explain(_status: number, json: unknown): { code: FailureCode; words: string } | null {
  const { code, words } = readError(json);
  const known = Object.hasOwn(ERRORS, code) ? ERRORS[code] : undefined;
  return known === undefined ? null : { code: known, words };
}
