import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FauxLensServer, SAMPLE_KEY, startFauxLens } from '../../tests/providers/fauxlens-server';
import { CheckError } from '../failures';
import { converse, envelopeWords, type Patience, type ProviderCall } from './client';

/** Short enough to see each limit act, long enough for a busy machine. */
const PATIENCE: Patience = { headers: 2_000, idle: 400, total: 20_000, pause: 5_000 };
const PNG = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

let server: FauxLensServer;
let elsewhere: FauxLensServer;

beforeEach(async () => {
  [server, elsewhere] = await Promise.all([startFauxLens({ perMinute: 2 }), startFauxLens()]);
});
afterEach(() => Promise.all([server.close(), elsewhere.close()]));

function call(change: Partial<ProviderCall> = {}): ProviderCall {
  const body = new FormData();
  body.set('image', new File([PNG], 'image.png', { type: 'image/png' }));
  return {
    party: { name: 'FauxLens', secret: SAMPLE_KEY },
    url: `${server.origin}/v1/detect`,
    method: 'POST',
    headers: { authorization: `Bearer ${SAMPLE_KEY}` },
    body,
    patience: PATIENCE,
    ...change,
  };
}

async function failureOf(promise: Promise<unknown>) {
  const thrown: unknown = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(thrown instanceof CheckError)) throw new Error(`Expected a CheckError, received ${String(thrown)}`);
  return thrown.failure;
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const never = new AbortController().signal;

describe('time', () => {
  it('gives up on a server that never answers', async () => {
    server.misbehave({ kind: 'silent' });
    const failure = await failureOf(converse(call({ patience: { ...PATIENCE, headers: 500 } }), never));
    expect(failure).toMatchObject({ code: 'provider-timeout', args: ['FauxLens'] });
    // Not asked again, whether or not a busy machine saw the request at all.
    expect(server.seen.length).toBeLessThanOrEqual(1);
  });

  it('gives up on a body that stalls', async () => {
    server.misbehave({ kind: 'stalled-body' });
    expect(await failureOf(converse(call(), never))).toMatchObject({ code: 'provider-timeout' });
  });

  it('ends the whole conversation in time, pauses included', async () => {
    server.misbehave({ kind: 'status', status: 503, body: '', headers: { 'retry-after': '4' } });
    const failure = await failureOf(converse(call({ patience: { ...PATIENCE, total: 1_500 } }), never));
    expect(failure).toMatchObject({ code: 'provider-timeout' });
    expect(server.seen.length).toBeLessThanOrEqual(1);
  });
});

describe('size and shape', () => {
  it('stops reading a reply of 200 MB at the cap', async () => {
    server.misbehave({ kind: 'huge-body', bytes: 200 * 1024 * 1024 });
    expect(await failureOf(converse(call(), never))).toMatchObject({ code: 'provider-bad-reply' });
    // What the sockets' buffers swallowed before the connection was let go.
    expect(server.handedOut()).toBeLessThan(40 * 1024 * 1024);
  });

  it('a connection reset before, or inside, the reply is not asked again', async () => {
    for (const kind of ['reset', 'reset-mid-body'] as const) {
      const before = server.seen.length;
      server.misbehave({ kind });
      expect(await failureOf(converse(call(), never))).toMatchObject({ code: 'provider-unreachable' });
      expect(server.seen.length).toBe(before + 1);
    }
  });

  it('a port where nobody listens is unreachable', async () => {
    const probe = createServer();
    const port = await new Promise<number>((resolve) => {
      probe.listen(0, '127.0.0.1', () => {
        resolve(portOf(probe.address()));
      });
    });
    await new Promise((resolve) => probe.close(resolve));
    const failure = await failureOf(converse(call({ url: `http://127.0.0.1:${port}/v1/detect` }), never));
    expect(failure).toMatchObject({ code: 'provider-unreachable' });
  });
});

describe('the key', () => {
  it('follows no redirect, so it never reaches another origin', async () => {
    server.misbehave({ kind: 'redirect', to: `${elsewhere.origin}/v1/detect` });
    expect(await failureOf(converse(call(), never))).toMatchObject({ code: 'provider-unreachable' });
    expect(elsewhere.seen).toEqual([]);
    expect(server.seen.length).toBe(1);
  });

  it('is in no failure', async () => {
    server.misbehave({ kind: 'reply', body: `not json ${SAMPLE_KEY}` });
    const failure = await failureOf(converse(call(), never));
    expect(failure.code).toBe('provider-bad-reply');
    expect(JSON.stringify(failure)).not.toContain(SAMPLE_KEY);
  });
});

describe('asking again', () => {
  it('waits out a short rate limit and succeeds', async () => {
    const limited = {
      kind: 'status',
      status: 429,
      body: '{"error":"slow"}',
      headers: { 'retry-after': '1' },
    } as const;
    server.misbehave(limited, null);
    const began = performance.now();
    expect((await converse(call(), never)).status).toBe(200);
    expect(performance.now() - began).toBeGreaterThan(950);
    expect(server.seen.length).toBe(2);
  });

  it('does not wait out a long one: it says when', async () => {
    server.misbehave({
      kind: 'status',
      status: 429,
      body: '{"error":"month used up"}',
      headers: { 'retry-after': '3600' },
    });
    const failure = await failureOf(converse(call(), never));
    expect(failure).toMatchObject({ code: 'provider-rate-limited', args: ['FauxLens', 'month used up'] });
    expect(Math.abs((failure.retryAt ?? 0) - Date.now() - 3_600_000)).toBeLessThan(2_000);
    expect(server.seen.length).toBe(1);
  });

  it('meets the documented limit of the contract server, with its Retry-After', async () => {
    const patient = call({ patience: { ...PATIENCE, pause: 0 } });
    await converse(patient, never);
    await converse(patient, never);
    const failure = await failureOf(converse(patient, never));
    expect(failure.code).toBe('provider-rate-limited');
    expect(failure.retryAt).toBeGreaterThan(Date.now() - 1000);
    expect(failure.retryAt).toBeLessThanOrEqual(Date.now() + 60_000);
  });

  it('gives up after two repeats', async () => {
    server.misbehave({ kind: 'status', status: 429, body: '{}', headers: { 'retry-after': '0' } });
    expect(await failureOf(converse(call(), never))).toMatchObject({ code: 'provider-rate-limited' });
    expect(server.seen.length).toBe(3);
  });

  it('does not repeat a paid request after a server error', async () => {
    server.misbehave({ kind: 'status', status: 500, body: '{}' }, null);
    expect(await failureOf(converse(call(), never))).toMatchObject({ code: 'provider-error' });
    expect(server.seen.length).toBe(1);
  });

  it('repeats a free one after a server error and after a reset', async () => {
    let asked = 0;
    const shaky = createHttpServer((_request, response) => {
      asked += 1;
      if (asked === 1) response.writeHead(500).end('{}');
      else if (asked === 2) response.destroy();
      else response.end('{"used": 7}');
    });
    await new Promise<void>((resolve) => shaky.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${portOf(shaky.address())}/v1/usage`;
    const free = call({ method: 'GET', body: undefined, url });
    expect((await converse(free, never)).json).toEqual({ used: 7 });
    expect(asked).toBe(3);
    shaky.closeAllConnections();
    shaky.close();
  });
});

describe('abort', () => {
  it('before the start sends nothing', async () => {
    const gone = AbortSignal.abort();
    expect(await failureOf(converse(call(), gone))).toEqual({ code: 'cancelled', fate: 'not-sent' });
    expect(server.seen).toEqual([]);
  });

  it('inside an upload ends the connection', async () => {
    const controller = new AbortController();
    const closed = new Promise<number>((resolve) => {
      // A bare socket that reads as slowly as it can, so that the upload is surely not over.
      const slow = createServer((socket) => {
        socket.once('data', () => {
          socket.pause();
          controller.abort();
          socket.resume();
        });
        socket.on('error', () => undefined);
        socket.on('close', () => {
          slow.close();
          resolve(socket.bytesRead);
        });
      });
      slow.listen(0, '127.0.0.1', () => {
        const port = portOf(slow.address());
        const body = new FormData();
        body.set('image', new File([new Uint8Array(24 * 1024 * 1024)], 'image.png'));
        failure = failureOf(
          converse(call({ url: `http://127.0.0.1:${port}/v1/detect`, body }), controller.signal),
        );
      });
    });
    let failure: Promise<unknown> | null = null;
    expect(await closed).toBeLessThan(24 * 1024 * 1024);
    expect(await failure).toEqual({ code: 'cancelled', fate: 'unknown' });
  });

  it('inside a pause ends the pause', async () => {
    server.misbehave({ kind: 'status', status: 429, body: '{}', headers: { 'retry-after': '5' } });
    const controller = new AbortController();
    const failure = failureOf(converse(call(), controller.signal));
    await expect.poll(() => server.seen.length).toBe(1);
    controller.abort();
    expect(await failure).toMatchObject({ code: 'cancelled' });
  });
});

it('reads the words of every usual envelope', () => {
  expect(envelopeWords({ error: 'no' })).toBe('no');
  expect(envelopeWords({ error: { message: 'no', code: 'X' } })).toBe('no');
  expect(envelopeWords({ error: { code: 'X' } })).toBe('X');
  expect(envelopeWords({ message: 'no' })).toBe('no');
  expect(envelopeWords({ error: 5 })).toBe('');
  expect(envelopeWords(null)).toBe('');
});
