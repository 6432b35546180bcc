import ky, { HTTPError } from 'ky';
import { CheckError, type FailureCode } from '../failures';
import { failure, type Party, parseJson, readBounded } from './reply';
import { tame } from './words';

/** How long we wait, in ms. */
export interface Patience {
  /**
   * Until the reply's headers come. A page cannot see the connection being made apart from the
   * upload and the provider's work, so this one limit covers all three and grows with the upload.
   */
  readonly headers: number;
  /** Longest silence inside the reply's body. */
  readonly idle: number;
  /** The whole conversation, all attempts and pauses included. */
  readonly total: number;
  /** Longest pause before another attempt; a provider that asks for more is told to the person instead. */
  readonly pause: number;
}

/** Providers state 1 to 5 s for an image. */
export const PATIENCE: Patience = { headers: 30_000, idle: 15_000, total: 240_000, pause: 20_000 };

/** Slowest uplink that is still worth waiting for. */
const SLOWEST_UPLINK_BYTES_PER_MS = 128;

/** Attempts after the first. */
const RETRIES = 2;

/**
 * Statuses by which a server says that it did NOT do the work, so that asking again cannot be
 * charged twice. A broken connection, 500, 502 and 504 leave that open: they are never repeated
 * for a paid request.
 */
const NOT_DONE = [429, 503];

/** Statuses and broken connections worth another try where the request changes and costs nothing. */
const PASSING = [408, 429, 500, 502, 503, 504];

export interface ProviderCall {
  readonly party: Party;
  /** Absolute; built from the configured base URL. */
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: FormData | string;
  /** Size of the upload, for the time it may take. */
  readonly bodyBytes?: number;
  /** The provider's own reading of its error replies, where it differs from HTTP's. */
  readonly explain?: (status: number, json: unknown) => { code: FailureCode; words: string } | null;
  readonly patience?: Patience;
}

export interface ProviderReply {
  readonly status: number;
  readonly headers: Headers;
  readonly json: unknown;
}

/**
 * One conversation with a provider: limits in time and size, no redirects (they would carry the key
 * to another origin), no cookies, and repeats only where they are safe.
 * @throws CheckError with a `provider-*` code, `offline` or `cancelled`
 */
export async function converse(call: ProviderCall, signal: AbortSignal): Promise<ProviderReply> {
  const patience = call.patience ?? PATIENCE;
  const total = AbortSignal.timeout(patience.total);
  const paid = call.method === 'POST';
  try {
    const response = await ky(call.url, {
      method: call.method,
      headers: { accept: 'application/json', ...call.headers },
      body: call.body,
      redirect: 'error',
      credentials: 'omit',
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
      signal: AbortSignal.any([signal, total]),
      // Ours below: this one would also end the pauses between attempts.
      timeout: false,
      fetch: (input, init) => fetchWithin(input, init, headersWithin(call, patience), call.party),
      retry: {
        limit: RETRIES,
        methods: ['get', 'post'],
        statusCodes: paid ? NOT_DONE : PASSING,
        afterStatusCodes: NOT_DONE,
        jitter: true,
        delay: (attempt) => 1000 * 2 ** (attempt - 1),
        backoffLimit: patience.pause,
        maxRetryAfter: patience.pause,
        shouldRetry: ({ error }) => worthRepeating(error, paid, patience),
      },
    });
    const bytes = await readBounded(response, patience.idle, call.party);
    return { status: response.status, headers: response.headers, json: parseJson(bytes, call.party) };
  } catch (thrown) {
    throw await explainFailure(thrown, call, signal, total);
  }
}

function headersWithin(call: ProviderCall, patience: Patience): number {
  return patience.headers + (call.bodyBytes ?? 0) / SLOWEST_UPLINK_BYTES_PER_MS;
}

/** One attempt under a deadline that ends with the reply's headers. */
async function fetchWithin(
  input: string | URL | Request,
  init: RequestInit | undefined,
  ms: number,
  party: Party,
): Promise<Response> {
  const deadline = new AbortController();
  const timer = setTimeout(
    () => deadline.abort(failure('provider-timeout', party, `no reply within ${Math.round(ms)} ms`)),
    ms,
  );
  const outer = input instanceof Request ? [input.signal] : [];
  try {
    return await fetch(input, { ...init, signal: AbortSignal.any([...outer, deadline.signal]) });
  } finally {
    clearTimeout(timer);
  }
}

/** @returns false never, undefined by status code: the shape that ky asks for. */
function worthRepeating(error: Error, paid: boolean, patience: Patience): false | undefined {
  if (!(error instanceof HTTPError)) return paid || error instanceof CheckError ? false : undefined;
  const after = retryAfter(error.response);
  if (after !== null && after - Date.now() > patience.pause) return false;
  return undefined;
}

/**
 * When the server wants to be asked again, in ms since the epoch by OUR clock, or null.
 * Retry-After (RFC 9110, 10.2.3) is in seconds or an HTTP date; a date is read against the server's
 * own `Date`, so that a wrong clock on either side does no harm.
 */
export function retryAfter(response: Response, now = Date.now()): number | null {
  const value = response.headers.get('retry-after')?.trim() ?? '';
  if (/^\d{1,9}$/.test(value)) return now + Number(value) * 1000;
  // Date.parse makes a date of "-5" too: an HTTP date names its month.
  const date = /[a-z]{3}/i.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(date)) return null;
  const theirs = Date.parse(response.headers.get('date') ?? '');
  return Math.max(now, now + date - (Number.isNaN(theirs) ? now : theirs));
}

async function explainFailure(
  thrown: unknown,
  call: ProviderCall,
  signal: AbortSignal,
  total: AbortSignal,
): Promise<unknown> {
  const { party } = call;
  if (signal.aborted) return new CheckError({ code: 'cancelled' }, { cause: thrown });
  if (thrown instanceof CheckError) return thrown;
  if (total.aborted)
    return failure('provider-timeout', party, 'the whole conversation took too long', thrown);
  if (thrown instanceof HTTPError) return refusal(thrown.response, call);
  if (globalThis.navigator?.onLine === false) return new CheckError({ code: 'offline' }, { cause: thrown });
  // fetch tells no more than "failed": no route, a reset, bad TLS, or a redirect that we do not follow.
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  return failure('provider-unreachable', party, detail, thrown);
}

/** A reply with an error status, in our terms, with the provider's own words beside. */
async function refusal(response: Response, call: ProviderCall): Promise<CheckError> {
  const { party } = call;
  const { json, raw } = await readError(response, call);
  const told = call.explain?.(response.status, json) ?? null;
  const words = told?.words ?? envelopeWords(json);
  const code = told?.code ?? codeOf(response.status);
  const detail = `HTTP ${response.status}: ${tame(words === '' ? raw : words, 200)}`;
  const retryAt = NOT_DONE.includes(response.status) ? (retryAfter(response) ?? undefined) : undefined;
  return failure(code, party, detail, undefined, { words, retryAt });
}

/** The error's body, if it can be had: a proxy's HTML must not hide the status, which is the message. */
async function readError(response: Response, call: ProviderCall): Promise<{ json: unknown; raw: string }> {
  try {
    const bytes = await readBounded(response, (call.patience ?? PATIENCE).idle, call.party);
    const raw = new TextDecoder().decode(bytes.subarray(0, 400));
    try {
      return { json: parseJson(bytes, call.party), raw };
    } catch {
      return { json: null, raw };
    }
  } catch {
    return { json: null, raw: '' };
  }
}

/** Status to failure. 403 is a key too: providers bind keys to addresses and plans. */
function codeOf(status: number): FailureCode {
  if (status === 401 || status === 403) return 'provider-unauthorised';
  if (status === 402) return 'provider-out-of-credit';
  if (status === 429) return 'provider-rate-limited';
  if (status === 400 || status === 413 || status === 415 || status === 422) return 'provider-rejected-image';
  return 'provider-error';
}

/** Words of the usual envelopes: `{error: "…"}`, `{error: {message}}`, `{message}`; `''` where there are none. */
export function envelopeWords(json: unknown): string {
  const error = field(json, 'error');
  for (const words of [error, field(error, 'message'), field(json, 'message'), field(error, 'code')]) {
    if (typeof words === 'string' && words.trim() !== '') return words;
  }
  return '';
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
