import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ServerType, serve } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { type Context, Hono } from 'hono';

/**
 * What the stand-ins for the five providers share: a server on loopback that keeps what it was
 * sent, authenticates, counts, and misbehaves on demand. What each provider's documentation says
 * stands in `<provider>-server.ts`.
 */

/** Ways to misbehave. Those with a status answer so after authentication; the rest break the reply. */
export type Fault =
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly body: string;
      readonly headers?: Record<string, string>;
    }
  | {
      readonly kind: 'reply';
      readonly body: string | Uint8Array;
      readonly type?: string;
      readonly headers?: Record<string, string>;
    }
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
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  /** Names of the multipart fields in their order, or `[]`. */
  readonly fields: readonly string[];
  /** Multipart fields that hold text. */
  readonly texts: Readonly<Record<string, string>>;
  /** The first file that came. */
  readonly fileName: string | null;
  readonly fileType: string | null;
  readonly sha256: string | null;
  /** `image_url` of a JSON body. */
  readonly imageUrl: string | null;
}

export interface ReceivedFile {
  readonly field: string;
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

/** A request's body, read once for the record and the route. */
export interface Body {
  readonly kind: 'multipart' | 'json' | 'malformed' | 'other' | 'none';
  readonly files: readonly ReceivedFile[];
  readonly texts: Readonly<Record<string, string>>;
  readonly json: unknown;
}

export type Env = {
  Bindings: { incoming: IncomingMessage; outgoing: ServerResponse };
  Variables: { body: Body; key: string };
};

/** What a provider's documentation says of who may ask and how often. */
export interface Rules {
  /** The key that a request bears, or the documented refusal. */
  authenticate(context: Context<Env>): string | Response;
  /** Counts the request; `headers` go onto the reply, whatever it is. */
  admit?(context: Context<Env>): { headers: Record<string, string>; refused: Response | null };
  /** The documented endpoints. `body` and `key` are set. */
  routes(app: Hono<Env>): void;
  /** The envelope of errors that no endpoint speaks of. */
  notFound(context: Context<Env>): Response;
}

export interface ContractServer {
  /** `http://127.0.0.1:<port>`: the base URL to set up. */
  readonly origin: string;
  /** Every request that came, refused ones included. */
  readonly seen: readonly SeenRequest[];
  /** Bytes of reply bodies that `huge-body` managed to hand to the socket. */
  readonly handedOut: () => number;
  /** What the next requests get instead; a list is used up one by one, `null` is good behaviour. */
  misbehave(...faults: (Fault | null)[]): void;
  close(): Promise<void>;
}

export async function startContractServer(rules: Rules, port = 0): Promise<ContractServer> {
  const seen: SeenRequest[] = [];
  let faults: (Fault | null)[] = [];
  let handedOut = 0;

  const app = new Hono<Env>();
  app.use(async (context, next) => {
    const body = await readBody(context);
    seen.push(record(context, body));
    const key = rules.authenticate(context);
    if (typeof key !== 'string') return key;
    context.set('key', key);
    context.set('body', body);
    const fault = faults.length > 1 ? faults.shift() : faults[0];
    if (fault) {
      return misbehave(context, fault, (bytes) => {
        handedOut += bytes;
      });
    }
    const { headers, refused } = rules.admit?.(context) ?? { headers: {}, refused: null };
    if (refused === null) await next();
    else context.res = refused;
    for (const [name, value] of Object.entries(headers)) context.res.headers.set(name, value);
    return context.res;
  });
  rules.routes(app);
  app.notFound((context) => rules.notFound(context));

  const listening = await listen(app, port);
  return {
    origin: `http://127.0.0.1:${listening.port}`,
    seen,
    handedOut: () => handedOut,
    misbehave: (...next) => {
      faults = next;
    },
    close: () => stop(listening.server),
  };
}

/** The key of `Authorization: Bearer <key>`, or null. */
export function bearerKey(context: Context<Env>): string | null {
  return /^Bearer (.+)$/.exec(context.req.header('authorization') ?? '')?.[1] ?? null;
}

/** The documented bytes as a reply. */
export function jsonText(context: Context<Env>, text: string): Response {
  return context.body(text, 200, { 'content-type': 'application/json' });
}

function listen(app: Hono<Env>, port: number): Promise<{ server: ServerType; port: number }> {
  return new Promise((resolve) => {
    const server = serve({ fetch: app.fetch, port, hostname: '127.0.0.1' }, (info) =>
      resolve({ server, port: info.port }),
    );
    // Kept open until `close`: on a busy machine a connection would be dropped while it is written to.
    if ('keepAliveTimeout' in server) server.keepAliveTimeout = 0;
  });
}

function stop(server: ServerType): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    if ('closeAllConnections' in server) server.closeAllConnections();
  });
}

const EMPTY: Body = { kind: 'none', files: [], texts: {}, json: null };

async function readBody(context: Context<Env>): Promise<Body> {
  const type = context.req.header('content-type') ?? '';
  if (type === '') return EMPTY;
  if (type.startsWith('application/json')) {
    const json: unknown = await context.req.json().catch(() => null);
    return { ...EMPTY, kind: 'json', json };
  }
  if (!type.startsWith('multipart/form-data')) return { ...EMPTY, kind: 'other' };
  const form = await context.req.formData().catch(() => null);
  if (form === null) return { ...EMPTY, kind: 'malformed' };
  const files: ReceivedFile[] = [];
  const texts: Record<string, string> = {};
  for (const [field, value] of form.entries()) {
    if (typeof value === 'string') texts[field] = value;
    else files.push(await receive(field, value));
  }
  return { kind: 'multipart', files, texts, json: null };
}

async function receive(field: string, file: File): Promise<ReceivedFile> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { field, name: file.name, type: file.type, bytes, sha256 };
}

function record(context: Context<Env>, body: Body): SeenRequest {
  const [first] = body.files;
  const url =
    typeof body.json === 'object' && body.json !== null ? Reflect.get(body.json, 'image_url') : null;
  return {
    method: context.req.method,
    path: context.req.path,
    query: context.req.query(),
    headers: context.req.header(),
    fields: [...body.files.map((file) => file.field), ...Object.keys(body.texts)],
    texts: body.texts,
    fileName: first?.name ?? null,
    fileType: first?.type ?? null,
    sha256: first?.sha256 ?? null,
    imageUrl: typeof url === 'string' ? url : null,
  };
}

function misbehave(context: Context<Env>, fault: Fault, count: (bytes: number) => void): Response {
  const { outgoing } = context.env;
  const json = { 'content-type': 'application/json' };
  switch (fault.kind) {
    case 'status':
      return new Response(fault.body, { status: fault.status, headers: { ...json, ...fault.headers } });
    case 'reply':
      return new Response(new Uint8Array(Buffer.from(fault.body)), {
        headers: { 'content-type': fault.type ?? 'application/json', ...fault.headers },
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
