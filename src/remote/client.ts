import ky, { HTTPError } from 'ky';
import { CheckError, type FailureCode, type UploadFate } from '../failures';
import { isLoopback } from './address';
import { rateLimitOf, resumesAt } from './limits';
import { backoff, pauseFor } from './pause';
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

/** Longest pause before the second attempt, in ms; doubled for the third. */
const FIRST_PAUSE = 1_000;

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
 * @throws CheckError with a `provider-*` code, `offline` or `cancelled`; of an upload with its `fate`
 */
export async function converse(call: ProviderCall, signal: AbortSignal): Promise<ProviderReply> {
  const patience = call.patience ?? PATIENCE;
  const total = AbortSignal.timeout(patience.total);
  const either = AbortSignal.any([signal, total]);
  const paid = call.method === 'POST';
  let fate: UploadFate = 'not-sent';
  const attempt = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    await call.party.line?.admit(either);
    if (paid) await call.party.line?.sending();
    if (globalThis.navigator?.onLine === false && !isLoopback(call.url))
      throw new CheckError({ code: 'offline' });
    either.throwIfAborted();
    fate = 'unknown';
    const response = await fetchWithin(input, init, headersWithin(call, patience), call.party);
    fate = fateOf(response.status);
    await call.party.line?.heard(rateLimitOf(response.headers));
    return response;
  };
  try {
    const response = await ky(call.url, {
      method: call.method,
      headers: { accept: 'application/json', ...call.headers },
      body: call.body,
      redirect: 'error',
      credentials: 'omit',
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
      signal: either,
      // Ours below: this one would also end the pauses between attempts.
      timeout: false,
      fetch: attempt,
      retry: {
        limit: RETRIES,
        methods: ['get', 'post'],
        statusCodes: paid ? NOT_DONE : PASSING,
        shouldRetry: ({ error }) => worthRepeating(error, paid, patience),
        // The pause is ours (below): ky reads a date by our clock alone, and so asks a server whose
        // clock is behind at once, again and again.
        afterStatusCodes: [],
        delay: () => 0,
      },
      hooks: {
        beforeRetry: [({ error, retryCount }) => pauseFor(pauseBefore(error, retryCount, patience), either)],
      },
    });
    const bytes = await readBounded(response, patience.idle, call.party);
    return { status: response.status, headers: response.headers, json: parseJson(bytes, call.party) };
  } catch (thrown) {
    const error = await explainFailure(thrown, call, signal, total);
    throw paid && error instanceof CheckError ? withFate(error, fate) : error;
  }
}

/** What an answer with this status says of the upload. */
function fateOf(status: number): UploadFate {
  if (status < 400) return 'answered';
  // A gateway answers these for a server behind it, of which it knows as little as we do.
  if (status === 502 || status === 504) return 'unknown';
  return status === 503 || status < 500 ? 'refused' : 'failed';
}

function withFate(error: CheckError, fate: UploadFate): CheckError {
  return new CheckError({ ...error.failure, fate }, { cause: error.cause });
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
  const after = resumesAt(error.response);
  if (after !== null && after - Date.now() > patience.pause) return false;
  return undefined;
}

/** As the server says, else exponential backoff with full jitter. */
function pauseBefore(error: Error, attempt: number, patience: Patience): number {
  const now = Date.now();
  const after = error instanceof HTTPError ? resumesAt(error.response, now) : null;
  return after === null ? backoff(attempt, FIRST_PAUSE, patience.pause) : after - now;
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
  const retryAt = NOT_DONE.includes(response.status) ? (resumesAt(response) ?? undefined) : undefined;
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
