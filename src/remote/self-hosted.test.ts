import { afterEach, expect, it } from 'vitest';
import type { ContractServer } from '../../tests/providers/contract-server';
import { STAND_INS } from '../../tests/providers/stand-ins';
import { parseBaseUrl } from './address';
import { failureOf, never, PNG, request } from './providers/provider.fixture';
import { SHAPES } from './registry';
import { selfHosted } from './self-hosted';

const open: ContractServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

it('every documented API has a stand-in, and the other way round', () => {
  expect(SHAPES.map(({ id }) => id).sort()).toEqual(STAND_INS.map(({ id }) => id).sort());
});

it.each(STAND_INS)(
  'a server of one’s own may speak as $name does',
  async ({ id, name, start, path, keys }) => {
    const server = await start();
    open.push(server);
    const shape = SHAPES.find((one) => one.id === id);
    if (shape === undefined) throw new Error(`Expected a definition of ${id}`);
    const own = selfHosted(shape);
    expect(own).toMatchObject({ id: 'self-hosted', name: `${name} (self-hosted)`, defaultBaseUrl: '' });
    // http is for loopback only.
    const baseUrl = parseBaseUrl(server.origin) ?? '';
    expect(parseBaseUrl(server.origin.replace('127.0.0.1', '192.168.0.4'))).toBeNull();
    const config = { baseUrl, apiKey: keys[0]?.key ?? '' };
    const theirs = await own.detect(request(PNG), config, never);
    expect(server.seen.at(-1)?.path).toBe(path);
    expect(theirs.analysis).toEqual((await shape.detect(request(PNG), config, never)).analysis);
    const wrong = { ...config, apiKey: 'wrong-key-0123456789' };
    const { testKey } = own;
    const asks = [
      () => own.detect(request(PNG), wrong, never),
      ...(testKey ? [() => testKey(wrong, never)] : []),
    ];
    for (const ask of asks) {
      expect(await failureOf(ask())).toMatchObject({
        code: 'provider-unauthorised',
        args: [own.name, expect.any(String)],
      });
    }
    expect(own.pace(config).requests).toBe(Number.POSITIVE_INFINITY);
  },
);
