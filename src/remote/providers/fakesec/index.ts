import * as v from 'valibot';
import type { FailureCode } from '../../../failures';
import { converse, PATIENCE } from '../../client';
import { failure, partyOf } from '../../reply';
import type {
  KeyKind,
  MediaJob,
  MediaRequest,
  ProviderConfig,
  ProviderDefinition,
  RemoteRequest,
  RemoteResult,
} from '../../types';
import type { UsageReport } from '../../usage';
import { acceptedFormat, bearer, endpoint, imageFile, type Taken } from '../common';
import { BANDS, NAME, readKeys, readReply, readUsage, readVideo } from './reply';

/**
 * FakeSec, as its API documentation describes it: `POST /api/v1/detect` with a multipart `file` and a
 * Bearer key, `GET /api/v1/usage`, `GET /api/v1/keys`. Test keys answer with made-up figures.
 */

const PHOTO: Taken<'jpeg' | 'png' | 'webp'> = {
  formats: ['jpeg', 'png', 'webp'],
  maxBytes: 15 * 1024 * 1024,
  words: 'JPEG, PNG, WebP ≤ 15 MB',
};

const MAX_VIDEO_BYTES = 50 * 1024 * 1024;

/** MIME types of MP4, WebM, MOV and MKV, with the endings for their neutral names. */
const VIDEO_TYPES: Readonly<Record<string, string>> = {
  'video/mp4': 'mp4',
  'video/webm': 'webm',
  'video/quicktime': 'mov',
  'video/x-matroska': 'mkv',
};

/** The page promises nothing on how long a video takes; VeriPlus names up to two minutes for its own. */
const VIDEO_PATIENCE = { ...PATIENCE, headers: 180_000, total: 600_000 };

/** The nine documented errors. `token_limit` comes as 429, but no waiting minute mends it. */
const ERRORS: Readonly<Record<string, FailureCode>> = {
  // The request itself was wrong: our fault, not the image's.
  invalid_request: 'provider-error',
  no_file: 'provider-error',
  invalid_file: 'provider-rejected-image',
  invalid_api_key: 'provider-unauthorised',
  account_blocked: 'provider-unauthorised',
  file_too_large: 'provider-rejected-image',
  rate_limit: 'provider-rate-limited',
  token_limit: 'provider-out-of-credit',
  analysis_failed: 'provider-error',
};

const errorReply = v.object({ error: v.object({ code: v.string(), message: v.optional(v.string(), '') }) });

export const fakesec: ProviderDefinition = {
  id: 'fakesec',
  name: NAME,
  defaultBaseUrl: 'https://fakesec.com/api/v1',
  limits: PHOTO,
  acceptsUrl: false,
  retentionKey: 'providers.fakesec.retention',
  costKey: 'providers.fakesec.cost',
  introKey: 'providers.fakesec.intro',
  scaleKey: 'providers.fakesec.scale',
  bands: BANDS,
  options: [],
  keyKind,
  // A live key's plan is not known here: the smallest one's pace. Headers tell the real one.
  pace: ({ apiKey }) => ({ requests: keyKind(apiKey) === 'test' ? 30 : 60, perMs: 60_000, concurrency: 4 }),
  repeatsAreFree: ({ apiKey }) => keyKind(apiKey) === 'test',
  detect,
  testKey,
  usage,
  media: {
    kinds: [
      {
        kind: 'video',
        types: Object.keys(VIDEO_TYPES),
        maxBytes: MAX_VIDEO_BYTES,
        costKey: 'providers.fakesec.cost_video',
      },
    ],
    submit,
    job: null,
    list: null,
  },
};

/** By the documented prefixes, `fsec_test_` and `fsec_live_`. */
function keyKind(apiKey: string): KeyKind {
  if (apiKey.startsWith('fsec_test_')) return 'test';
  return apiKey.startsWith('fsec_live_') ? 'live' : 'plain';
}

async function detect(
  request: RemoteRequest,
  config: ProviderConfig,
  signal: AbortSignal,
): Promise<RemoteResult> {
  const party = partyOf(config, NAME);
  const format = acceptedFormat(request.bytes, PHOTO, party);
  const body = new FormData();
  body.set('file', imageFile(request.bytes, format));
  const { json } = await converse(
    {
      party,
      url: endpoint(config.baseUrl, '/api/v1/detect'),
      method: 'POST',
      headers: bearer(config),
      body,
      bodyBytes: request.bytes.byteLength,
      explain,
    },
    signal,
  );
  return readReply(json, keyKind(config.apiKey), party);
}

async function submit(
  { kind, file }: MediaRequest,
  config: ProviderConfig,
  signal: AbortSignal,
): Promise<MediaJob> {
  const party = partyOf(config, NAME);
  const ending = Object.hasOwn(VIDEO_TYPES, file.type) ? VIDEO_TYPES[file.type] : undefined;
  if (kind !== 'video' || ending === undefined || file.size > MAX_VIDEO_BYTES) {
    const words = 'MP4, WebM, MOV, MKV ≤ 50 MB';
    throw failure('provider-rejected-image', party, `${kind}, ${file.size} bytes: not sent`, undefined, {
      words,
    });
  }
  const body = new FormData();
  body.set('file', new File([file], `video.${ending}`, { type: file.type }));
  const { json } = await converse(
    {
      party,
      url: endpoint(config.baseUrl, '/api/v1/detect'),
      method: 'POST',
      headers: bearer(config),
      body,
      bodyBytes: file.size,
      explain,
      patience: VIDEO_PATIENCE,
    },
    signal,
  );
  return readVideo(json, keyKind(config.apiKey), party);
}

/** `GET /api/v1/keys`: costs nothing, and answers only to a key that works. */
async function testKey(config: ProviderConfig, signal: AbortSignal): Promise<void> {
  readKeys(await get(config, '/api/v1/keys', signal), partyOf(config, NAME));
}

async function usage(config: ProviderConfig, signal: AbortSignal): Promise<UsageReport> {
  const json = await get(config, '/api/v1/usage', signal);
  return readUsage(json, keyKind(config.apiKey), partyOf(config, NAME));
}

async function get(config: ProviderConfig, path: string, signal: AbortSignal): Promise<unknown> {
  const url = endpoint(config.baseUrl, path);
  const party = partyOf(config, NAME);
  return (await converse({ party, url, method: 'GET', headers: bearer(config), explain }, signal)).json;
}

function explain(_status: number, json: unknown): { code: FailureCode; words: string } | null {
  const reply = v.safeParse(errorReply, json);
  if (!reply.success) return null;
  const { code, message } = reply.output.error;
  const known = Object.hasOwn(ERRORS, code) ? ERRORS[code] : undefined;
  return known === undefined ? null : { code: known, words: message };
}
