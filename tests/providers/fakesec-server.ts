import { randomBytes } from 'node:crypto';
import { type Body, bearerKey, type ContractServer, startContractServer } from './contract-server';
import { FAKESEC_REPLY } from './documented';
import { slidingWindow } from './limits';
import { mediaType } from './media';

/**
 * A server on loopback that behaves as FakeSec's documentation says, and misbehaves on demand. It
 * judges nothing: a live key gets the documented example, a test key its documented mock.
 */

export const LIVE_KEY = 'fsec_live_sample_0123456789';
export const TEST_KEY = 'fsec_test_sample_0123456789';
/** A live key without tokens: 429 `token_limit`. */
export const SPENT_KEY = 'fsec_live_sample_without_tokens';
/** A live key of a suspended account: 403 `account_blocked`. */
export const BLOCKED_KEY = 'fsec_live_sample_blocked_account';

const MAX_PHOTO_BYTES = 15 * 1024 * 1024;
const MAX_VIDEO_BYTES = 50 * 1024 * 1024;
const PHOTOS = ['jpeg', 'png', 'webp'];
const VIDEOS = ['mp4', 'webm', 'mov', 'mkv'];

/** Tokens. */
const PRICE = { photo: 1, video: 3 } as const;

/** Requests in 60 seconds, by key type and plan. */
const RATES = { test: 30, starter: 60, pro: 150, business: 300 } as const;

/** The nine documented errors; the words of four are the page's own. */
const ERRORS = {
  invalid_request: [400, 'Expected multipart/form-data'],
  no_file: [400, 'No file field in request'],
  invalid_file: [400, 'Corrupted or unsupported file'],
  invalid_api_key: [401, 'Invalid API key'],
  account_blocked: [403, 'Account has been suspended'],
  file_too_large: [413, 'File exceeds size limit'],
  rate_limit: [429, 'Too many requests'],
  token_limit: [429, 'Insufficient API tokens'],
  analysis_failed: [500, 'Internal analysis error'],
} as const;

export type FakeSecError = keyof typeof ERRORS;
export const FAKESEC_ERRORS: readonly FakeSecError[] = [
  'invalid_request',
  'no_file',
  'invalid_file',
  'invalid_api_key',
  'account_blocked',
  'file_too_large',
  'rate_limit',
  'token_limit',
  'analysis_failed',
];

/** Status and body of an error, as documented. */
export function fakeSecError(code: FakeSecError): { status: number; body: string } {
  const [status, words] = ERRORS[code];
  return { status, body: JSON.stringify({ success: false, error: { code, message: words } }) };
}

export interface FakeSecOptions {
  readonly port?: number;
  readonly plan?: 'starter' | 'pro' | 'business';
  /** Tokens of the billing period and those used before the first request. */
  readonly tokens?: { readonly limit: number; readonly used: number };
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

export function startFakeSec(options: FakeSecOptions = {}): Promise<ContractServer> {
  const now = options.now ?? Date.now;
  const plan = options.plan ?? 'pro';
  const limit = options.tokens?.limit ?? 5000;
  let used = options.tokens?.used ?? 0;
  let id = 41;
  const count = slidingWindow(60_000, now);
  const known = new Set([LIVE_KEY, TEST_KEY, SPENT_KEY, BLOCKED_KEY]);

  return startContractServer(
    {
      authenticate(context) {
        const key = bearerKey(context);
        if (key === null || !known.has(key)) return refuse('invalid_api_key');
        return key === BLOCKED_KEY ? refuse('account_blocked') : key;
      },
      admit(context) {
        const key = context.get('key');
        const standing = count(key, key === TEST_KEY ? RATES.test : RATES[plan]);
        const headers = {
          'x-ratelimit-limit': String(standing.limit),
          'x-ratelimit-remaining': String(standing.remaining),
          'x-ratelimit-reset': String(Math.ceil(standing.resetAt / 1000)),
        };
        return { headers, refused: standing.refused ? refuse('rate_limit') : null };
      },
      routes(app) {
        app.post('/api/v1/detect', (context) => {
          const { media, error } = submitted(context.get('body'));
          if (media === null) return refuse(error);
          const { data } = JSON.parse(FAKESEC_REPLY);
          if (context.get('key') === TEST_KEY) {
            const mock = { id: `test_${randomBytes(6).toString('hex')}`, ai_score: 0.72, confidence: 72 };
            const account = { tokens_used: 0, tokens_remaining: limit - used };
            const reply = { ...data, ...mock, media_type: media, ...account };
            return context.json({ success: true, test: true, data: reply });
          }
          const price = PRICE[media];
          if (context.get('key') === SPENT_KEY || used + price > limit) return refuse('token_limit');
          used += price;
          id += 1;
          const account = { tokens_used: price, tokens_remaining: limit - used };
          const reply = { ...data, id: String(id), media_type: media, ...account };
          return context.json({ success: true, data: reply });
        });
        app.get('/api/v1/usage', (context) => {
          const spent = context.get('key') === SPENT_KEY ? limit : used;
          const data = {
            plan,
            tokens_limit: limit,
            tokens_used: spent,
            tokens_remaining: limit - spent,
            rate_limit: RATES[plan],
            billing_reset: nextMonth(now()),
          };
          return context.json({ success: true, data });
        });
        // The page says "Get masked API keys" and shows no reply: this shape is a guess.
        app.get('/api/v1/keys', (context) =>
          context.json({ success: true, data: { live: mask(LIVE_KEY), test: mask(TEST_KEY) } }),
        );
      },
      notFound: (context) =>
        context.json({ success: false, error: { code: 'not_found', message: 'Not found' } }, 404),
    },
    options.port,
  );
}

type Submitted =
  | { readonly media: 'photo' | 'video'; readonly error: null }
  | { readonly media: null; readonly error: FakeSecError };

function submitted(body: Body): Submitted {
  const wrong = (error: FakeSecError): Submitted => ({ media: null, error });
  if (body.kind !== 'multipart') return wrong('invalid_request');
  const file = body.files.find(({ field }) => field === 'file');
  if (file === undefined) return wrong('no_file');
  const type = mediaType(file.bytes) ?? '';
  const photo = PHOTOS.includes(type);
  if (!photo && !VIDEOS.includes(type)) return wrong('invalid_file');
  if (file.bytes.byteLength > (photo ? MAX_PHOTO_BYTES : MAX_VIDEO_BYTES)) return wrong('file_too_large');
  return { media: photo ? 'photo' : 'video', error: null };
}

function refuse(code: FakeSecError): Response {
  const { status, body } = fakeSecError(code);
  return new Response(body, { status, headers: { 'content-type': 'application/json' } });
}

function mask(key: string): string {
  return `${key.slice(0, 10)}••••${key.slice(-4)}`;
}

/** As the page writes it: without a zone. */
function nextMonth(time: number): string {
  const date = new Date(time);
  const next = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
  return new Date(next).toISOString().slice(0, 19);
}
