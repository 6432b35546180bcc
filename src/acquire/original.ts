import { CheckError, type FailureCode } from '../failures';
import { sniffFormat } from '../forensics/containers/sniff';
import { MAX_FILE_BYTES } from '../forensics/limits';
import { hasAccess, hostOf, mayFetch } from './access';

/** Patience, in ms: a picture that a page shows is usually in the cache or on a fast host. */
const HEADERS_MS = 15_000;
const IDLE_MS = 10_000;
const TOTAL_MS = 60_000;

export interface Fetched {
  readonly bytes: ArrayBuffer;
  readonly mime: string;
}

/**
 * The site's own file, by the service worker's fetch: no cookies, no Referer, capped while it is
 * read, under deadlines. The address it ends at after redirects is checked again, and what came
 * from a forbidden one is dropped.
 * @throws CheckError `address-not-allowed`, `permission-denied`, `fetch-refused`, `fetch-timeout`,
 *   `offline`, `file-too-large`, `empty-file`, `not-an-image`, `cancelled`
 */
export async function fetchOriginal(
  address: string,
  pageUrl: string | null,
  signal: AbortSignal,
): Promise<Fetched> {
  if (!mayFetch(address, pageUrl)) throw failed('address-not-allowed', address);
  const patience = new AbortController();
  const late = () => patience.abort(failed('fetch-timeout', address));
  const total = setTimeout(late, TOTAL_MS);
  let timer = setTimeout(late, HEADERS_MS);
  try {
    const response = await fetch(address, {
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      headers: { accept: 'image/avif,image/webp,image/png,image/jpeg,image/*;q=0.8' },
      signal: AbortSignal.any([signal, patience.signal]),
    });
    if (!mayFetch(response.url, pageUrl)) throw failed('address-not-allowed', response.url);
    if (!response.ok) throw failed('fetch-refused', address, `HTTP ${response.status}`, response.status);
    const bytes = await readCapped(response, () => {
      clearTimeout(timer);
      timer = setTimeout(late, IDLE_MS);
    });
    const mime = response.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
    if (bytes.byteLength === 0) throw failed('empty-file', address);
    // Servers mislabel pictures; a page where a picture should be is the one label to believe.
    if (sniffFormat(new Uint8Array(bytes)) === null)
      throw failed('not-an-image', address, `content type ${mime}`);
    return { bytes, mime };
  } catch (thrown) {
    if (signal.aborted) throw new CheckError({ code: 'cancelled' }, { cause: thrown });
    if (patience.signal.aborted) throw patience.signal.reason;
    if (thrown instanceof CheckError) throw thrown;
    throw await explain(address, thrown);
  } finally {
    clearTimeout(total);
    clearTimeout(timer);
  }
}

/** fetch says only "failed": find out which of the likely causes it was. */
async function explain(address: string, cause: unknown): Promise<CheckError> {
  const code: FailureCode = !navigator.onLine
    ? 'offline'
    : (await hasAccess(address))
      ? 'fetch-refused'
      : 'permission-denied';
  return failed(code, address, cause instanceof Error ? cause.message : String(cause));
}

async function readCapped(response: Response, onData: () => void): Promise<ArrayBuffer> {
  const declared = Number(response.headers.get('content-length') ?? 0);
  if (declared > MAX_FILE_BYTES) throw tooLarge(declared);
  const reader = response.body?.getReader();
  if (!reader) return new ArrayBuffer(0);
  const pieces: Uint8Array[] = [];
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      onData();
      size += value.byteLength;
      if (size > MAX_FILE_BYTES) throw tooLarge(null);
      pieces.push(value);
    }
  } finally {
    reader.cancel().catch(() => undefined);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.byteLength;
  }
  return whole.buffer;
}

/** `data:` addresses carry the file themselves; nothing goes over any network. */
export async function readDataUrl(address: string): Promise<Fetched> {
  // Base64 takes four characters for three bytes; refuse before decoding.
  if (address.length > (MAX_FILE_BYTES * 4) / 3 + 1024) throw tooLarge(null);
  const response = await fetch(address).catch((cause: unknown) => {
    throw new CheckError({ code: 'not-an-image', detail: 'malformed data: address' }, { cause });
  });
  const bytes = await response.arrayBuffer();
  if (bytes.byteLength === 0) throw new CheckError({ code: 'empty-file' });
  return { bytes, mime: response.headers.get('content-type') ?? '' };
}

/** @param bytes how many there are, or null where reading stopped at the cap */
function tooLarge(bytes: number | null): CheckError {
  const megabyte = 1024 * 1024;
  const limit = MAX_FILE_BYTES / megabyte;
  const size = bytes === null ? `> ${limit}` : Math.ceil((bytes / megabyte) * 10) / 10;
  return new CheckError({ code: 'file-too-large', args: [size, limit] });
}

function failed(code: FailureCode, address: string, detail?: string, ...more: number[]): CheckError {
  const host = hostOf(address) ?? '';
  return new CheckError({ code, args: [host, ...more], detail: detail ?? host });
}
