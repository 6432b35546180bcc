import { bearerKey, type ContractServer, startContractServer } from './contract-server';
import { fixedWindows, perMonth } from './limits';
import { mediaType } from './media';

/**
 * A server on loopback that behaves as the article on TruthLens shows, and misbehaves on demand. The
 * article shows one endpoint, one header, one field and two fields of the reply; it names no error,
 * no format and no limit of size, so those here are HTTP's own. It judges nothing: every image is
 * called authentic, so that a second opinion can differ from the other stand-ins'.
 */

export const SAMPLE_KEY = 'tl_sample_key_0123456789';
/** A key whose month is used up: 429 to everything. */
export const SPENT_KEY = 'tl_sample_key_of_a_used_up_month';

/** What the article's code reads of a reply. */
export interface TruthLensReply {
  readonly is_ai_generated: boolean;
  readonly confidence: number;
}

export interface TruthLensOptions {
  readonly port?: number;
  /** Detections a month; the free plan's 50. */
  readonly perMonth?: number;
  readonly now?: () => number;
  readonly reply?: TruthLensReply;
}

export function startTruthLens(options: TruthLensOptions = {}): Promise<ContractServer> {
  const now = options.now ?? Date.now;
  const count = fixedWindows([perMonth(options.perMonth ?? 50)], now);
  const spent = fixedWindows([perMonth(0)], now);
  return startContractServer(
    {
      authenticate(context) {
        const key = bearerKey(context);
        if (key === SAMPLE_KEY || key === SPENT_KEY) return key;
        return context.json({ error: 'Invalid API key' }, 401);
      },
      admit(context) {
        const key = context.get('key');
        const standing = (key === SPENT_KEY ? spent : count)(key);
        const refused = standing.refused ? context.json({ error: 'Monthly limit reached' }, 429) : null;
        return { headers: {}, refused };
      },
      routes(app) {
        app.post('/api/detect', (context) => {
          const image = context.get('body').files.find(({ field }) => field === 'image');
          if (image === undefined) return context.json({ error: 'No image' }, 400);
          if (!['jpeg', 'png', 'webp'].includes(mediaType(image.bytes) ?? '')) {
            return context.json({ error: 'Unsupported image' }, 415);
          }
          return context.json(options.reply ?? { is_ai_generated: false, confidence: 0.83 });
        });
      },
      notFound: (context) => context.json({ error: 'Not found' }, 404),
    },
    options.port,
  );
}
