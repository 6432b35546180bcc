import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ServerType, serve } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { type Context, Hono } from 'hono';

/**
 * A server on loopback that behaves as FauxLens's documentation says, and misbehaves on demand.
 * It judges nothing: every image gets the documented example's verdict, with the hash of what came.
 */

/** The documented example reply, field for field; the page itself shortens the hash. */
export const DOCUMENTED_REPLY = `{
  "verdict": "AI-Generated",
  "confidence": 0.94,
  "suspected_model": "Midjourney v6",
  "processing_time_ms": 1847,
  "image_hash": "sha256:a3f8c2...",
  "evidence": [
    {
      "layer": "gan_fingerprint",
      "status": "flagged",
      "label": "GAN Fingerprint Detected",
      "explanation": "Frequency-domain artifacts consistent with Midjourney v6 diffusion model denoising schedule detected at 0.89 confidence."
    },
    {
      "layer": "prnu_analysis",
      "status": "flagged",
      "label": "No Camera Sensor Pattern",
      "explanation": "PRNU noise fingerprint absent. Image contains no coherent sensor noise pattern consistent with any known camera manufacturer."
    },
    {
      "layer": "ela",
      "status": "warning",
      "label": "Uniform ELA Distribution",
      "explanation": "Error level analysis shows spatially uniform compression error distribution across the entire image — consistent with synthetic origin rather than a photographed scene."
    },
    {
      "layer": "frequency_domain",
      "status": "flagged",
      "label": "Unnatural Spectral Signature",
      "explanation": "Fourier spectrum analysis reveals periodic artifacts at 64-pixel intervals in both horizontal and vertical axes — characteristic of latent diffusion model decoding."
    },
    {
      "layer": "shadow_physics",
      "status": "warning",
      "label": "Shadow Inconsistency",
      "explanation": "Shadow direction vectors in lower-left quadrant are inconsistent with the apparent primary light source position."
    },
    {
      "layer": "exif_metadata",
      "status": "flagged",
      "label": "No Camera EXIF",
      "explanation": "Image contains no EXIF metadata. No camera make, model, lens, or capture timestamp present."
    }
  ]
}`;

/** The key that the demo names; any server started without keys of its own takes it. */
export const SAMPLE_KEY = 'fl_sample_key_0123456789';

const MAX_IMAGE_BYTES = 25 * 1024 * 1024;

/** Ways to misbehave. Those with a status answer so after authentication; the rest break the reply. */
export type Fault =
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly body: string;
      readonly headers?: Record<string, string>;
    }
  | { readonly kind: 'reply'; readonly body: string | Uint8Array; readonly type?: string }
  | { readonly kind: 'redirect'; readonly to: string }
  /** Takes the request and never answers. */
  | { readonly kind: 'silent' }
  /** Sends the headers and the beginning, then nothing. */
  | { readonly kind: 'stalled-body' }
  | { readonly kind: 'huge-body'; readonly bytes: number }
  /** Cuts the connection before, or inside, the reply. */
  | { readonly kind: 'reset' }
  | { readonly kind: 'reset-mid-body' };

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Names of the multipart fields, or `[]`. */
  readonly fields: readonly string[];
  readonly fileName: string | null;
  readonly fileType: string | null;
  readonly sha256: string | null;
  readonly imageUrl: string | null;
}

export interface FauxLensOptions {
  readonly port?: number;
  readonly keys?: readonly string[];
  readonly perMinute?: number;
  readonly perMonth?: number;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** Fetches an image by its address for `image_url`; the default uses the network. */
  readonly fetchImage?: (url: string) => Promise<Uint8Array>;
}

export interface FauxLensServer {
  readonly origin: string;
  /** Every request that came, refused ones included. */
  readonly seen: readonly SeenRequest[];
  /** Bytes of reply bodies that `huge-body` managed to hand to the socket. */
  readonly handedOut: () => number;
  /** What the next requests get instead; a list is used up one by one, `null` is good behaviour. */
  misbehave(...faults: (Fault | null)[]): void;
  close(): Promise<void>;
}

type Env = { Bindings: { incoming: IncomingMessage; outgoing: ServerResponse } };

export async function startFauxLens(options: FauxLensOptions = {}): Promise<FauxLensServer> {
  const keys = new Set(options.keys ?? [SAMPLE_KEY]);
  const limiter = createLimiter(options.perMinute ?? 60, options.perMonth ?? 10_000, options.now ?? Date.now);
  const fetchImage = options.fetchImage ?? fetchFromNetwork;
  const seen: SeenRequest[] = [];
  let faults: (Fault | null)[] = [];
  let handedOut = 0;

  const app = new Hono<Env>();
  app.post('/v1/detect', async (context) => {
    const { record, image, problem } = await readRequest(context, fetchImage);
    seen.push(record);
    const key = /^Bearer (.+)$/.exec(record.headers.authorization ?? '')?.[1];
    if (key === undefined || !keys.has(key))
      return context.json({ error: 'Invalid or missing API key' }, 401);
    const fault = faults.length > 1 ? faults.shift() : faults[0];
    if (fault)
      return misbehave(context, fault, (bytes) => {
        handedOut += bytes;
      });
    const wait = limiter(key);
    if (wait !== null)
      return context.json({ error: 'Rate limit exceeded' }, 429, { 'retry-after': String(wait) });
    if (problem !== null) return context.json({ error: problem.error }, problem.status);
    const hash = createHash('sha256').update(image).digest('hex');
    return context.body(DOCUMENTED_REPLY.replace('a3f8c2...', hash), 200, {
      'content-type': 'application/json',
    });
  });
  app.notFound((context) => {
    seen.push(bare(context));
    return context.json({ error: 'Not found' }, 404);
  });

  const { server, port } = await listen(app, options.port ?? 0);
  return {
    origin: `http://127.0.0.1:${port}`,
    seen,
    handedOut: () => handedOut,
    misbehave: (...next) => {
      faults = next;
    },
    close: () => stop(server),
  };
}

function listen(app: Hono<Env>, port: number): Promise<{ server: ServerType; port: number }> {
  return new Promise((resolve) => {
    const server = serve({ fetch: app.fetch, port, hostname: '127.0.0.1' }, (info) =>
      resolve({ server, port: info.port }),
    );
  });
}

function stop(server: ServerType): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    if ('closeAllConnections' in server) server.closeAllConnections();
  });
}

/** Fixed windows, as the page's "60 requests per minute and 10,000 requests per month" suggest. */
function createLimiter(perMinute: number, perMonth: number, now: () => number) {
  const counts = new Map<string, number>();
  /** Counts a request; answers null, or the seconds until requests can resume. */
  return (key: string): number | null => {
    const time = now();
    const date = new Date(time);
    const minuteEnds = (Math.floor(time / 60_000) + 1) * 60_000;
    const monthEnds = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
    const minute = `${key} minute ${minuteEnds}`;
    const month = `${key} month ${monthEnds}`;
    if ((counts.get(month) ?? 0) >= perMonth) return Math.ceil((monthEnds - time) / 1000);
    if ((counts.get(minute) ?? 0) >= perMinute) return Math.ceil((minuteEnds - time) / 1000);
    counts.set(month, (counts.get(month) ?? 0) + 1);
    counts.set(minute, (counts.get(minute) ?? 0) + 1);
    return null;
  };
}

type Problem = { readonly status: 400 | 413 | 415 | 422; readonly error: string };
type Read = { record: SeenRequest; image: Uint8Array; problem: Problem | null };

function bare(context: Context<Env>): SeenRequest {
  const { method, path } = context.req;
  const none = { fields: [], fileName: null, fileType: null, sha256: null, imageUrl: null };
  return { method, path, headers: context.req.header(), ...none };
}

async function readRequest(
  context: Context<Env>,
  fetchImage: (url: string) => Promise<Uint8Array>,
): Promise<Read> {
  const record = bare(context);
  const refuse = (status: Problem['status'], error: string, more: Partial<SeenRequest> = {}): Read => ({
    record: { ...record, ...more },
    image: new Uint8Array(),
    problem: { status, error },
  });
  const type = record.headers['content-type'] ?? '';
  if (type.startsWith('application/json')) {
    const json: unknown = await context.req.json().catch(() => null);
    const url = typeof json === 'object' && json !== null ? Reflect.get(json, 'image_url') : undefined;
    if (typeof url !== 'string') return refuse(400, 'Field "image_url" is required');
    try {
      return judge(await fetchImage(url), { ...record, imageUrl: url });
    } catch {
      return refuse(422, 'Could not fetch image_url', { imageUrl: url });
    }
  }
  if (!type.startsWith('multipart/form-data')) return refuse(415, 'Expected multipart/form-data or JSON');
  const form = await context.req.formData().catch(() => null);
  if (form === null) return refuse(400, 'Malformed multipart body');
  const fields = [...form.keys()];
  const image = form.get('image');
  if (!(image instanceof File)) return refuse(400, 'Field "image" is required', { fields });
  const bytes = new Uint8Array(await image.arrayBuffer());
  return judge(bytes, { ...record, fields, fileName: image.name, fileType: image.type });
}

function judge(image: Uint8Array, record: SeenRequest): Read {
  const full = { ...record, sha256: createHash('sha256').update(image).digest('hex') };
  if (image.byteLength > MAX_IMAGE_BYTES) {
    return { record: full, image, problem: { status: 413, error: 'Image exceeds 25MB' } };
  }
  const known = isSupported(image);
  return { record: full, image, problem: known ? null : { status: 415, error: 'Unsupported image format' } };
}

/** JPEG, PNG or WebP by their first bytes. */
function isSupported(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.subarray(0, 12)).toString('hex');
  const webp = head.startsWith('52494646') && head.endsWith('57454250');
  return head.startsWith('ffd8ff') || head.startsWith('89504e470d0a1a0a') || webp;
}

async function fetchFromNetwork(url: string): Promise<Uint8Array> {
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

function misbehave(context: Context<Env>, fault: Fault, count: (bytes: number) => void): Response {
  const { outgoing } = context.env;
  const json = { 'content-type': 'application/json' };
  switch (fault.kind) {
    case 'status':
      return new Response(fault.body, { status: fault.status, headers: { ...json, ...fault.headers } });
    case 'reply':
      return new Response(new Uint8Array(Buffer.from(fault.body)), {
        headers: { 'content-type': fault.type ?? 'application/json' },
      });
    case 'redirect':
      return context.redirect(fault.to, 307);
    case 'silent':
      return RESPONSE_ALREADY_SENT;
    case 'stalled-body':
      outgoing.writeHead(200, json);
      outgoing.write('{"verdict":');
      return RESPONSE_ALREADY_SENT;
    case 'reset':
      outgoing.destroy();
      return RESPONSE_ALREADY_SENT;
    case 'reset-mid-body':
      outgoing.writeHead(200, { ...json, 'content-length': '4000' });
      outgoing.write('{"verdict":', () => outgoing.destroy());
      return RESPONSE_ALREADY_SENT;
    case 'huge-body':
      outgoing.writeHead(200, json);
      pour(outgoing, fault.bytes, count);
      return RESPONSE_ALREADY_SENT;
  }
}

/** Sends blanks, which is valid JSON so far, as fast as the other side takes them. */
function pour(outgoing: ServerResponse, bytes: number, count: (bytes: number) => void): void {
  const chunk = Buffer.alloc(64 * 1024, ' ');
  let left = bytes;
  const more = () => {
    while (left > 0 && !outgoing.destroyed) {
      left -= chunk.byteLength;
      count(chunk.byteLength);
      if (!outgoing.write(chunk)) {
        outgoing.once('drain', more);
        return;
      }
    }
    outgoing.end();
  };
  more();
}
