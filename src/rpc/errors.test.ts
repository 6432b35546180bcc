import * as Comlink from 'comlink';
import { afterEach, expect, test } from 'vitest';
import { CheckError, toFailure } from '../failures';
import { ForensicError } from '../forensics/errors';
import { installErrorTransfer } from './errors';

installErrorTransfer();

const open: MessagePort[] = [];
afterEach(() => {
  for (const port of open.splice(0)) port.close();
});

/** What arrives on the other side of a real port when `thrown` is thrown. */
async function across(thrown: unknown): Promise<unknown> {
  const { port1, port2 } = new MessageChannel();
  open.push(port1, port2);
  const api = {
    fail(): void {
      throw thrown;
    },
  };
  Comlink.expose(api, port1);
  const remote = Comlink.wrap<typeof api>(port2);
  return remote.fail().then(
    () => {
      throw new Error('nothing was thrown');
    },
    (error: unknown) => error,
  );
}

test('a forensic error keeps its code and arguments', async () => {
  const error = await across(new ForensicError('file-too-large', '31 MB', [31, 25]));
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({
    name: 'ForensicError',
    message: '31 MB',
    code: 'file-too-large',
    args: [31, 25],
  });
  expect(toFailure(error)).toEqual({ code: 'file-too-large', args: [31, 25], detail: '31 MB' });
});

test('a check error arrives as one, with its failure whole', async () => {
  const failure = { code: 'provider-rate-limited', args: ['FauxLens'], retryAt: 1_800_000_000_000 } as const;
  const error = await across(new CheckError(failure));
  expect(error).toBeInstanceOf(CheckError);
  expect(toFailure(error)).toEqual(failure);
});

test('other errors and thrown values arrive as they were', async () => {
  expect(await across(new TypeError('no'))).toMatchObject({ name: 'TypeError', message: 'no' });
  expect(toFailure(await across(new Error('no')))).toEqual({ code: 'unexpected', detail: 'no' });
  expect(await across('just words')).toBe('just words');
  expect(await across({ status: 4 })).toEqual({ status: 4 });
});

test('the numeric code of a DOMException is not taken for one of ours', async () => {
  const error = await across(new DOMException('stopped', 'AbortError'));
  expect(error).toMatchObject({ name: 'AbortError', message: 'stopped' });
  expect(error).not.toHaveProperty('code', 20);
});
