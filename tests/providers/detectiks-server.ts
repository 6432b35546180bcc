import type { ContractServer } from './contract-server';
import { startContractServer } from './contract-server';
import { DETECTIKS_REPLY } from './documented';
import { fixedWindows, perDay, perMinute, perMonth } from './limits';
import { mediaType } from './media';

/**
 * A server on loopback that behaves as Detectiks's documentation says, and misbehaves on demand. It
 * judges nothing: every image gets the documented example, with the hash of what came.
 */

export const SAMPLE_KEY = 'imag_sample_key_0123456789';
/** A key whose day is used up: 429 to every detection. */
export const SPENT_KEY = 'imag_sample_key_of_a_used_up_day';

const MAX_BYTES = 10 * 1024 * 1024;
const FORMATS = ['jpeg', 'png', 'webp', 'heic'];

/** Requests per minute, day and month. */
const TIERS = {
  free: [10, 50, 1000],
  premium: [30, 1000, 2500],
  enterprise: [100, 10_000, 300_000],
} as const;

export interface DetectiksOptions {
  readonly port?: number;
  readonly tier?: keyof typeof TIERS;
  readonly now?: () => number;
}

export function startDetectiks(options: DetectiksOptions = {}): Promise<ContractServer> {
  const now = options.now ?? Date.now;
  const [minute, day, month] = TIERS[options.tier ?? 'premium'];
  const count = fixedWindows([perMinute(minute), perDay(day), perMonth(month)], now);
  const spent = fixedWindows([perDay(0)], now);
  let used = 0;

  return startContractServer(
    {
      authenticate(context) {
        const key = context.req.header('x-api-key');
        if (key === SAMPLE_KEY || key === SPENT_KEY) return key;
        return context.json({ error: 'Missing, disabled, or revoked API key' }, 401);
      },
      admit(context) {
        const key = context.get('key');
        if (context.req.method === 'GET') return { headers: {}, refused: null };
        const standing = (key === SPENT_KEY ? spent : count)(key);
        const headers: Record<string, string> = {
          'x-ratelimit-limit': String(standing.limit),
          'x-ratelimit-remaining': String(standing.remaining),
          'x-ratelimit-reset': String(Math.ceil(standing.resetAt / 1000)),
        };
        if (!standing.refused) return { headers, refused: null };
        headers['retry-after'] = String(Math.ceil((standing.resetAt - now()) / 1000));
        return { headers, refused: context.json({ error: 'Burst or daily quota exceeded' }, 429) };
      },
      routes(app) {
        app.post('/api/detect', (context) => {
          const { kind, files, texts } = context.get('body');
          if (kind !== 'multipart') return context.json({ error: 'Expected multipart/form-data' }, 415);
          const file = files.find(({ field }) => field === 'file');
          if (file === undefined) return context.json({ error: 'Field "file" is required' }, 400);
          if (file.bytes.byteLength > MAX_BYTES)
            return context.json({ error: 'Files must be <= 10 MB' }, 413);
          if (!FORMATS.includes(mediaType(file.bytes) ?? '')) {
            return context.json({ error: 'Only JPEG/PNG/WebP/HEIC/HEIF are allowed' }, 415);
          }
          used += 1;
          const reply = JSON.parse(DETECTIKS_REPLY);
          return context.json({
            ...reply,
            hashes: { sha256: file.sha256 },
            ...(texts.model ? { model: texts.model } : {}),
          });
        });
        // The page names this endpoint ("usage counters") and shows no reply: this shape is a guess.
        app.get('/api/usage/status', (context) => {
          const spentDay = context.get('key') === SPENT_KEY ? day : used;
          return context.json({
            tier: options.tier ?? 'premium',
            daily: { used: spentDay, limit: day, remaining: day - spentDay },
            monthly: { used: spentDay, limit: month, remaining: month - spentDay },
          });
        });
      },
      notFound: (context) => context.json({ error: 'Not found' }, 404),
    },
    options.port,
  );
}
