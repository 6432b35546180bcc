import type { GenericSchema, InferOutput } from 'valibot';
import { safeParse } from 'valibot';
import { CheckError, type FailureCode } from '../failures';
import type { Line } from './line';
import type { ProviderConfig } from './types';
import { redact, tame } from './words';

/** Largest reply read. The documented ones are about 2 KB; a list of regions may be some hundred. */
export const MAX_REPLY_BYTES = 1024 * 1024;

/** Shortest key that is taken out of replies: a shorter one could be a part of any word or hash. */
const MIN_SECRET = 8;

/** Who is being talked to, for failures: the name people know, and the secret that no failure may hold. */
export interface Party {
  readonly name: string;
  readonly secret: string;
  /** Whom `converse` asks for a place before each request, and tells what the headers said. */
  readonly line?: Line;
}

/** The party of a conversation under a set-up. @param ownName the provider's own name */
export function partyOf(config: ProviderConfig, ownName: string): Party {
  return { name: config.name ?? ownName, secret: config.apiKey, line: config.line };
}

/**
 * Reads a body in pieces and stops at the cap, so that no server can fill our memory.
 * @param idleMs longest silence between two pieces
 * @throws CheckError `provider-bad-reply` above the cap, `provider-timeout` after a silence
 */
export async function readBounded(response: Response, idleMs: number, party: Party): Promise<Uint8Array> {
  const reader = response.body?.getReader();
  if (reader === undefined) return new Uint8Array();
  const pieces: Uint8Array[] = [];
  let size = 0;
  let silent = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    for (;;) {
      timer = setTimeout(() => {
        silent = true;
        reader.cancel().catch(() => undefined);
      }, idleMs);
      const { done, value } = await reader.read();
      clearTimeout(timer);
      if (silent) throw failure('provider-timeout', party, `no data for ${idleMs} ms`);
      if (done) break;
      size += value.byteLength;
      if (size > MAX_REPLY_BYTES) {
        throw failure('provider-bad-reply', party, `reply above ${MAX_REPLY_BYTES} bytes`);
      }
      pieces.push(value);
    }
  } finally {
    clearTimeout(timer);
    // Lets go of the connection where we stopped early; a finished stream does not mind.
    reader.cancel().catch(() => undefined);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.byteLength;
  }
  return whole;
}

/**
 * Bytes to JSON.
 * @throws CheckError `provider-bad-reply` for invalid UTF-8, anything but JSON, and any `__proto__` key:
 *   no honest reply has one
 */
export function parseJson(bytes: Uint8Array, party: Party): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw failure('provider-bad-reply', party, 'reply is not UTF-8', cause);
  }
  const { secret } = party;
  try {
    return JSON.parse(text, (key, value: unknown) => {
      if (key === '__proto__') throw new SyntaxError('key __proto__');
      // An echo of the key must not reach a page, the history or an export. Shorter ones are no secret.
      return typeof value === 'string' && secret.length >= MIN_SECRET ? redact(value, secret) : value;
    });
  } catch (cause) {
    const start = tame(redact(text.slice(0, 400), party.secret), 80);
    throw failure('provider-bad-reply', party, `reply is not JSON: ${start}`, cause);
  }
}

/**
 * Holds a reply against its schema. Fields the schema does not name are left out.
 * @throws CheckError `provider-bad-reply`, with the path of the first field that is wrong
 */
export function validate<Schema extends GenericSchema>(
  schema: Schema,
  json: unknown,
  party: Party,
): InferOutput<Schema> {
  const result = safeParse(schema, json, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = issue.path?.map((item) => String(item.key)).join('.') ?? 'reply';
  // Only what was expected: the received value is the provider's and may be anything.
  throw failure('provider-bad-reply', party, `${tame(path, 80)}: expected ${issue.expected}`);
}

/** A typed failure of a conversation; its first argument is the provider's name, its second what it said. */
export function failure(
  code: FailureCode,
  party: Party,
  detail: string,
  cause?: unknown,
  more: { words?: string; retryAt?: number } = {},
): CheckError {
  const words = tame(redact(more.words ?? '', party.secret), 200);
  const args = words === '' ? [party.name] : [party.name, words];
  return new CheckError(
    { code, args, detail: redact(detail, party.secret), retryAt: more.retryAt },
    { cause },
  );
}
