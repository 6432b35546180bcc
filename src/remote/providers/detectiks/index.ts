import { converse } from '../../client';
import { partyOf } from '../../reply';
import type { ProviderConfig, ProviderDefinition, RemoteRequest, RemoteResult } from '../../types';
import type { UsageReport } from '../../usage';
import { acceptedFormat, endpoint, imageFile, type Taken } from '../common';
import { BANDS, NAME, readReply, readUsage } from './reply';

/**
 * Detectiks, as its API page describes it: `POST /api/detect` with a multipart `file` and, where the
 * person named one, a `model`; the key in `x-api-key`; `GET /api/usage/status`.
 */

const IMAGE: Taken<'jpeg' | 'png' | 'webp' | 'heic'> = {
  formats: ['jpeg', 'png', 'webp', 'heic'],
  maxBytes: 10 * 1024 * 1024,
  words: 'JPEG, PNG, WebP, HEIC ≤ 10 MB',
};

/** A slug as in the page's example, `flux-v1`. */
const MODEL = /^[a-z0-9][a-z0-9._-]{0,63}$/i;

export const detectiks: ProviderDefinition = {
  id: 'detectiks',
  name: NAME,
  // The page's example says `your-site.com`; the page itself stands at this address.
  defaultBaseUrl: 'https://detectiks.com',
  limits: IMAGE,
  acceptsUrl: false,
  retentionKey: 'providers.detectiks.retention',
  costKey: 'providers.detectiks.cost',
  introKey: 'providers.detectiks.intro',
  scaleKey: 'providers.detectiks.scale',
  bands: BANDS,
  options: [
    {
      kind: 'text',
      id: 'model',
      labelKey: 'providers.detectiks.options.model.label',
      hintKey: 'providers.detectiks.options.model.hint',
      pattern: MODEL,
    },
  ],
  keyKind: () => 'plain',
  // Of the two plans with API access the smaller one; headers tell the real limit.
  pace: () => ({ requests: 30, perMs: 60_000, concurrency: 2 }),
  repeatsAreFree: () => false,
  detect,
  testKey,
  usage,
  media: null,
};

async function detect(
  request: RemoteRequest,
  config: ProviderConfig,
  signal: AbortSignal,
): Promise<RemoteResult> {
  const party = partyOf(config, NAME);
  const format = acceptedFormat(request.bytes, IMAGE, party);
  const body = new FormData();
  body.set('file', imageFile(request.bytes, format));
  const model = config.options?.model ?? '';
  if (MODEL.test(model)) body.set('model', model);
  const { json } = await converse(
    {
      party,
      url: endpoint(config.baseUrl, '/api/detect'),
      method: 'POST',
      headers: headers(config),
      body,
      bodyBytes: request.bytes.byteLength,
    },
    signal,
  );
  return readReply(json, request, party);
}

async function testKey(config: ProviderConfig, signal: AbortSignal): Promise<void> {
  await askUsage(config, signal);
}

async function usage(config: ProviderConfig, signal: AbortSignal): Promise<UsageReport> {
  return readUsage(await askUsage(config, signal));
}

async function askUsage(config: ProviderConfig, signal: AbortSignal): Promise<unknown> {
  const url = endpoint(config.baseUrl, '/api/usage/status');
  const party = partyOf(config, NAME);
  return (await converse({ party, url, method: 'GET', headers: headers(config) }, signal)).json;
}

/** The documented tag of where a request comes from, beside the key. */
function headers(config: ProviderConfig): Readonly<Record<string, string>> {
  return { 'x-api-key': config.apiKey, 'x-detection-source': 'extension' };
}
