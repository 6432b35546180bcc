import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A proxy on loopback between the client and a stand-in, that breaks what passes through it. What
 * it forwards reaches the stand-in whole, so that the stand-in's record tells what was charged.
 */
export type ProxyFault =
  | { readonly kind: 'pass' }
  /** Answers itself; nothing is forwarded. */
  | { readonly kind: 'status'; readonly status: number; readonly headers?: Record<string, string> }
  | { readonly kind: 'redirect'; readonly to: string }
  /** Cuts the connection when the request has come, before it is forwarded. */
  | { readonly kind: 'cut-before' }
  /** Forwards, waits for the answer, and cuts the connection without a word: charged, and nobody was told. */
  | { readonly kind: 'cut-after' }
  /** Forwards, and cuts inside the reply's body. */
  | { readonly kind: 'cut-inside' }
  /** Forwards, and hands the reply on a byte at a time. */
  | { readonly kind: 'trickle'; readonly everyMs: number }
  /** Forwards, and answers with another body: HTML, garbage, an endless one. */
  | { readonly kind: 'body'; readonly body: string; readonly type?: string }
  | { readonly kind: 'huge'; readonly bytes: number }
  /** Forwards, and hands the reply on under other headers. */
  | { readonly kind: 'headers'; readonly headers: Record<string, string> }
  /** Forwards, and never answers. */
  | { readonly kind: 'silent' };

export interface FaultProxy {
  readonly origin: string;
  /** Requests that came, whatever became of them; signs of life (HEAD) not counted. */
  readonly came: () => number;
  /** Bytes of `huge` bodies that the sockets took. */
  readonly poured: () => number;
  /** What the next requests get, one by one; then `pass`. */
  plan(...faults: ProxyFault[]): void;
  close(): Promise<void>;
}

export async function startFaultProxy(target: string): Promise<FaultProxy> {
  let faults: ProxyFault[] = [];
  let came = 0;
  let poured = 0;
  const server = createServer((incoming, outgoing) => {
    if (incoming.method === 'HEAD') return void outgoing.end();
    came += 1;
    const fault = faults.shift() ?? { kind: 'pass' };
    void handle(incoming, outgoing, fault, target, (bytes) => {
      poured += bytes;
    }).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    came: () => came,
    poured: () => poured,
    plan: (...next) => {
      faults = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function handle(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  fault: ProxyFault,
  target: string,
  pour: (bytes: number) => void,
): Promise<void> {
  const body = await readAll(incoming);
  const json = { 'content-type': 'application/json' };
  if (fault.kind === 'status') {
    outgoing.writeHead(fault.status, { ...json, ...fault.headers }).end('{"error":"no"}');
    return;
  }
  if (fault.kind === 'redirect') return void outgoing.writeHead(307, { location: fault.to }).end();
  if (fault.kind === 'cut-before') return void outgoing.destroy();
  const reply = await forward(incoming, body, target);
  switch (fault.kind) {
    case 'pass':
      outgoing.writeHead(reply.status, reply.headers).end(reply.body);
      return;
    case 'headers':
      // Node writes a Date of its own unless it is told not to.
      outgoing.sendDate = !('date' in fault.headers);
      outgoing.writeHead(reply.status, { ...reply.headers, ...fault.headers }).end(reply.body);
      return;
    case 'cut-after':
      outgoing.destroy();
      return;
    case 'cut-inside':
      outgoing.writeHead(reply.status, { ...json, 'content-length': String(reply.body.length) });
      outgoing.write(reply.body.subarray(0, reply.body.length >> 1), () => outgoing.destroy());
      return;
    case 'body':
      outgoing.writeHead(200, { 'content-type': fault.type ?? 'application/json' }).end(fault.body);
      return;
    case 'trickle':
      outgoing.writeHead(reply.status, json);
      trickle(outgoing, reply.body, fault.everyMs);
      return;
    case 'huge':
      outgoing.writeHead(200, json);
      flood(outgoing, fault.bytes, pour);
      return;
    case 'silent':
  }
}

interface Reply {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

function forward(incoming: IncomingMessage, body: Buffer, target: string): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const { method, url, headers } = incoming;
    const onward = request(new URL(url ?? '/', target), { method, headers }, (reply) => {
      const type = reply.headers['content-type'] ?? 'application/json';
      readAll(reply).then(
        (whole) =>
          resolve({ status: reply.statusCode ?? 502, headers: { 'content-type': type }, body: whole }),
        reject,
      );
    });
    onward.on('error', reject);
    onward.end(body);
  });
}

function readAll(stream: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    stream.on('data', (piece: Buffer) => pieces.push(piece));
    stream.on('end', () => resolve(Buffer.concat(pieces)));
    stream.on('error', reject);
  });
}

function trickle(outgoing: ServerResponse, body: Buffer, everyMs: number): void {
  let at = 0;
  const timer = setInterval(() => {
    if (outgoing.destroyed || at >= body.length) {
      clearInterval(timer);
      outgoing.end();
      return;
    }
    outgoing.write(body.subarray(at, at + 1));
    at += 1;
  }, everyMs);
}

/** Blanks, which are valid JSON so far, as fast as the other side takes them. */
function flood(outgoing: ServerResponse, bytes: number, pour: (bytes: number) => void): void {
  const chunk = Buffer.alloc(64 * 1024, ' ');
  let left = bytes;
  const more = () => {
    while (left > 0 && !outgoing.destroyed) {
      left -= chunk.byteLength;
      pour(chunk.byteLength);
      if (!outgoing.write(chunk)) {
        outgoing.once('drain', more);
        return;
      }
    }
    outgoing.end();
  };
  more();
}
