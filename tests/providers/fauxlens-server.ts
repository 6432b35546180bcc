import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import {
  type Body,
  bearerKey,
  type ContractServer,
  type Env,
  jsonText,
  startContractServer,
} from './contract-server';
import { FAUXLENS_REPLY } from './documented';
import { fixedWindows, perMinute, perMonth } from './limits';
import { mediaType } from './media';

/**
 * A server on loopback that behaves as FauxLens's documentation says, and misbehaves on demand.
 * It judges nothing: every image gets the documented example's verdict, with the hash of what came.
 */

/** The documented example reply, with line breaks for those who change a field of it. */
export const DOCUMENTED_REPLY = JSON.stringify(JSON.parse(FAUXLENS_REPLY), null, 2);

/** The key that the demo names; any server started without keys of its own takes it. */
export const SAMPLE_KEY = 'fl_sample_key_0123456789';

/** A key whose month is used up: 429 to everything. */
export const SPENT_KEY = 'fl_sample_key_of_a_used_up_month';

const MAX_IMAGE_BYTES = 25 * 1024 * 1024;
const MAX_VIDEO_BYTES = 100 * 1024 * 1024;
const IMAGES = ['jpeg', 'png', 'webp'];
const VIDEOS = ['mp4', 'mov'];

export type { Fault, SeenRequest } from './contract-server';
export type FauxLensServer = ContractServer;

export interface FauxLensOptions {
  readonly port?: number;
  readonly keys?: readonly string[];
  readonly perMinute?: number;
  readonly perMonth?: number;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** Fetches an image by its address for `image_url`; the default uses the network. */
  readonly fetchImage?: (url: string) => Promise<Uint8Array>;
  /** The reply, where it is not the documented one. */
  readonly reply?: string;
}

export function startFauxLens(options: FauxLensOptions = {}): Promise<FauxLensServer> {
  const keys = new Set(options.keys ?? [SAMPLE_KEY, SPENT_KEY]);
  const now = options.now ?? Date.now;
  const windows = [perMinute(options.perMinute ?? 60), perMonth(options.perMonth ?? 10_000)];
  const count = fixedWindows(windows, now);
  const spent = fixedWindows([perMonth(0)], now);
  const fetchImage = options.fetchImage ?? fetchFromNetwork;

  return startContractServer(
    {
      authenticate(context) {
        const key = bearerKey(context);
        if (key !== null && keys.has(key)) return key;
        return context.json({ error: 'Invalid or missing API key' }, 401);
      },
      admit(context) {
        const key = context.get('key');
        const standing = (key === SPENT_KEY ? spent : count)(key);
        if (!standing.refused) return { headers: {}, refused: null };
        const wait = Math.ceil((standing.resetAt - now()) / 1000);
        const headers = { 'retry-after': String(wait) };
        return { headers, refused: context.json({ error: 'Rate limit exceeded' }, 429) };
      },
      routes(app) {
        app.post('/v1/detect', async (context) => {
          const { bytes, problem } = await submitted(context.get('body'), fetchImage);
          if (problem !== null) return context.json({ error: problem.error }, problem.status);
          const hash = createHash('sha256').update(bytes).digest('hex');
          return jsonText(context, (options.reply ?? DOCUMENTED_REPLY).replace('a3f8c2...', hash));
        });
      },
      notFound: (context: Context<Env>) => context.json({ error: 'Not found' }, 404),
    },
    options.port,
  );
}

type Problem = { readonly status: 400 | 413 | 415 | 422; readonly error: string };
type Submitted = { readonly bytes: Uint8Array; readonly problem: Problem | null };

async function submitted(body: Body, fetchImage: (url: string) => Promise<Uint8Array>): Promise<Submitted> {
  if (body.kind === 'json') {
    const url = typeof body.json === 'object' && body.json ? Reflect.get(body.json, 'image_url') : undefined;
    if (typeof url !== 'string') return refuse(400, 'Field "image_url" is required');
    const fetched = await fetchImage(url).catch(() => null);
    return fetched === null ? refuse(422, 'Could not fetch image_url') : judge(fetched, IMAGES);
  }
  if (body.kind === 'malformed') return refuse(400, 'Malformed multipart body');
  if (body.kind !== 'multipart') return refuse(415, 'Expected multipart/form-data or JSON');
  const file = body.files.find(({ field }) => field === 'image');
  return file === undefined
    ? refuse(400, 'Field "image" is required')
    : judge(file.bytes, [...IMAGES, ...VIDEOS]);
}

function judge(bytes: Uint8Array, taken: readonly string[]): Submitted {
  const type = mediaType(bytes);
  if (type !== null && VIDEOS.includes(type) && taken.includes(type)) {
    return bytes.byteLength > MAX_VIDEO_BYTES ? refuse(413, 'Video exceeds 100MB') : { bytes, problem: null };
  }
  if (bytes.byteLength > MAX_IMAGE_BYTES) return refuse(413, 'Image exceeds 25MB');
  if (type === null || !taken.includes(type)) return refuse(415, 'Unsupported image format');
  return { bytes, problem: null };
}

function refuse(status: Problem['status'], error: string): Submitted {
  return { bytes: new Uint8Array(), problem: { status, error } };
}

async function fetchFromNetwork(url: string): Promise<Uint8Array> {
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}
