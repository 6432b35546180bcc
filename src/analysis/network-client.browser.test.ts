import * as Comlink from 'comlink';
import { afterEach, expect, test } from 'vitest';
import { ModelError, parseCard } from '../forensics/model/card';
import type { Inference } from '../forensics/model/session';
import { tinyCard } from '../forensics/model/tiny-onnx.fixture';
import { installErrorTransfer } from '../rpc/errors';
import { NetworkClient } from './network-client';
import type { NetworkApi } from './protocol';

installErrorTransfer();

const never = new AbortController().signal;
const card = parseCard(tinyCard('0'.repeat(64), 1));

const ports: MessagePort[] = [];
afterEach(() => {
  for (const port of ports.splice(0)) port.close();
});

/** A port on which `infer` does as told. */
function port(infer: NetworkApi['infer']): MessagePort {
  const { port1, port2 } = new MessageChannel();
  ports.push(port1, port2);
  const api: NetworkApi = { describe: async () => ({ card, backend: 'wasm' }), infer };
  Comlink.expose(api, port1);
  return port2;
}

const answer = (...logits: number[]): Inference => ({ logits, families: null });
const count = async (_view: string, data: Float32Array, squares: number) => answer(data.length, squares);
const silent = () => new Promise<Inference>(() => undefined);

test('asks over the port and transfers the squares', async () => {
  const client = new NetworkClient(() => undefined);
  client.connect(port(count));
  const data = new Float32Array(12);
  expect(await client.infer('strip', data, 2, never)).toEqual(answer(12, 2));
  expect(data.length).toBe(0);
  expect((await client.describe()).card.version).toBe('tiny-1');
});

test('calls made before it is connected wait for it', async () => {
  const client = new NetworkClient(() => undefined);
  const early = client.infer('strip', new Float32Array(3), 1, never);
  client.connect(port(count));
  expect(await early).toEqual(answer(3, 1));
});

test('a network that hangs fails the call and is told of, once', async () => {
  let stuck = 0;
  const client = new NetworkClient(() => {
    stuck += 1;
  }, 20);
  client.connect(port(silent));
  const call = client.infer('strip', new Float32Array(3), 1, never);
  await expect(call).rejects.toMatchObject({ code: 'inference-failed' });
  expect(stuck).toBe(1);
});

test('what waits on a replaced network fails at once, and the new one answers', async () => {
  const client = new NetworkClient(() => undefined);
  client.connect(port(silent));
  const call = client.infer('strip', new Float32Array(3), 1, never);
  await Promise.resolve();
  client.connect(port(count));
  await expect(call).rejects.toMatchObject({ code: 'inference-failed' });
  expect(await client.infer('strip', new Float32Array(6), 1, never)).toEqual(answer(6, 1));
});

test('without a network every call fails at once', async () => {
  const client = new NetworkClient(() => undefined);
  client.connect(null);
  await expect(client.describe()).rejects.toMatchObject({ code: 'runtime-failed' });
});

test("the network's own failure arrives with its code", async () => {
  const client = new NetworkClient(() => undefined);
  client.connect(port(() => Promise.reject(new ModelError('self-test-failed', 'off by 3'))));
  const call = client.infer('strip', new Float32Array(3), 1, never);
  await expect(call).rejects.toMatchObject({ code: 'self-test-failed', message: 'off by 3' });
});
