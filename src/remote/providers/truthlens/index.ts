import { converse } from '../../client';
import { partyOf } from '../../reply';
import type { ProviderConfig, ProviderDefinition, RemoteRequest, RemoteResult } from '../../types';
import { acceptedFormat, bearer, endpoint, imageFile, type Taken } from '../common';
import { BANDS, readReply } from './reply';

/**
 * TruthLens, as the article "Building a Deepfake Detection API with Python and TruthLens" shows it:
 * `POST /api/detect` with a multipart `image` and a Bearer key, answered with `is_ai_generated` and
 * `confidence`. It documents no more than that.
 */

const NAME = 'TruthLens';

/** The article names neither formats nor a largest size: these are what every such service takes. */
const IMAGE: Taken<'jpeg' | 'png' | 'webp'> = {
  formats: ['jpeg', 'png', 'webp'],
  maxBytes: 25 * 1024 * 1024,
  words: 'JPEG, PNG, WebP ≤ 25 MB',
};

export const truthlens: ProviderDefinition = {
  id: 'truthlens',
  name: NAME,
  defaultBaseUrl: 'https://truthlensbyai.online',
  limits: IMAGE,
  acceptsUrl: false,
  retentionKey: 'providers.truthlens.retention',
  costKey: 'providers.truthlens.cost',
  introKey: 'providers.truthlens.intro',
  scaleKey: 'providers.truthlens.scale',
  bands: BANDS,
  options: [],
  keyKind: () => 'plain',
  // Only months are documented, and which plan a key has is not known.
  pace: () => ({ requests: Number.POSITIVE_INFINITY, perMs: 60_000, concurrency: 2 }),
  repeatsAreFree: () => false,
  // No documented call is cheaper than a detection.
  testKey: null,
  usage: null,
  media: null,
  detect,
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
  const { json } = await converse(
    {
      party,
      url: endpoint(config.baseUrl, '/api/detect'),
      method: 'POST',
      headers: bearer(config),
      body,
      bodyBytes: request.bytes.byteLength,
    },
    signal,
  );
  return readReply(json, party);
}
