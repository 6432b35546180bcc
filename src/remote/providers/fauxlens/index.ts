import { sha256Hex } from '../../../forensics/hash';
import { converse, PATIENCE } from '../../client';
import { failure, partyOf } from '../../reply';
import type {
  MediaJob,
  MediaRequest,
  ProviderConfig,
  ProviderDefinition,
  RemoteRequest,
  RemoteResult,
} from '../../types';
import { acceptedFormat, bearer, endpoint, imageFile, type Taken } from '../common';
import { BANDS, NAME, readReply, readVideo } from './reply';

/**
 * FauxLens, as its page "AI Image Detection API for Developers" documents it: one endpoint,
 * `POST /v1/detect`, which takes a multipart `image` or a JSON `image_url`, with a Bearer key.
 */

/** The page says "25MB"; where the server counts in millions it answers 413, which we understand. */
const IMAGE: Taken<'jpeg' | 'png' | 'webp'> = {
  formats: ['jpeg', 'png', 'webp'],
  maxBytes: 25 * 1024 * 1024,
  words: 'JPEG, PNG, WebP ≤ 25 MB',
};

const MAX_VIDEO_BYTES = 100 * 1024 * 1024;

/** MIME types of MP4 and MOV, with the endings for their neutral names. */
const VIDEO_TYPES: Readonly<Record<string, string>> = { 'video/mp4': 'mp4', 'video/quicktime': 'mov' };

/** The page promises 3 s for an image and nothing for a video. */
const VIDEO_PATIENCE = { ...PATIENCE, headers: 180_000, total: 1_200_000 };

export const fauxlens: ProviderDefinition = {
  id: 'fauxlens',
  name: NAME,
  defaultBaseUrl: 'https://api.fauxlens.com',
  limits: IMAGE,
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
  detect,
  // No documented call is cheaper than a detection.
  testKey: null,
  usage: null,
  media: {
    kinds: [
      {
        kind: 'video',
        types: Object.keys(VIDEO_TYPES),
        maxBytes: MAX_VIDEO_BYTES,
        costKey: 'providers.fauxlens.cost',
      },
    ],
    submit,
    job: null,
    list: null,
  },
};

async function detect(
  request: RemoteRequest,
  config: ProviderConfig,
  signal: AbortSignal,
): Promise<RemoteResult> {
  const party = partyOf(config, NAME);
  const format = acceptedFormat(request.bytes, IMAGE, party);
  const { json } = await converse(
    {
      party,
      url: endpoint(config.baseUrl, '/v1/detect'),
      method: 'POST',
      ...(request.url === null
        ? upload(imageFile(request.bytes, format), config)
        : address(request.url, config)),
    },
    signal,
  );
  return readReply(json, request, party);
}

/** The page names no field for a video: it goes as the one that it documents. */
async function submit(
  { kind, file }: MediaRequest,
  config: ProviderConfig,
  signal: AbortSignal,
): Promise<MediaJob> {
  const party = partyOf(config, NAME);
  const ending = Object.hasOwn(VIDEO_TYPES, file.type) ? VIDEO_TYPES[file.type] : undefined;
  if (kind !== 'video' || ending === undefined || file.size > MAX_VIDEO_BYTES) {
    const detail = `${kind}, ${file.size} bytes: not sent`;
    throw failure('provider-rejected-image', party, detail, undefined, { words: 'MP4, MOV ≤ 100 MB' });
  }
  const sha256 = await sha256Hex(await file.arrayBuffer());
  const video = new File([file], `video.${ending}`, { type: file.type });
  const { json } = await converse(
    {
      party,
      url: endpoint(config.baseUrl, '/v1/detect'),
      method: 'POST',
      patience: VIDEO_PATIENCE,
      ...upload(video, config),
    },
    signal,
  );
  return readVideo(json, sha256, party);
}

function upload(file: File, config: ProviderConfig) {
  const body = new FormData();
  body.set('image', file);
  return { body, bodyBytes: file.size, headers: bearer(config) };
}

function address(url: string, config: ProviderConfig) {
  return {
    body: JSON.stringify({ image_url: url }),
    headers: { ...bearer(config), 'content-type': 'application/json' },
  };
}
