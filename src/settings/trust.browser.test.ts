import { afterEach, expect, test } from 'vitest';
import { certificatesOf, forgetUserTrust, importUserTrust, readUserTrust } from './trust';

const pem = (body: string, end = '\n') =>
  ['-----BEGIN CERTIFICATE-----', body, '-----END CERTIFICATE-----'].join(end);

afterEach(forgetUserTrust);

test('certificates are kept until they are forgotten, and take the place of those before', async () => {
  expect(await readUserTrust()).toBeNull();
  expect(await importUserTrust(`Root\n${pem('AAAA')}\n${pem('BBBB')}`, '2026-11-21')).toBe(2);
  expect(await readUserTrust()).toEqual({
    issued: '2026-11-21',
    anchors: [pem('AAAA'), pem('BBBB')],
    allowed: [],
  });
  expect(await importUserTrust(pem('CCCC'), '2026-11-22')).toBe(1);
  expect((await readUserTrust())?.anchors).toEqual([pem('CCCC')]);
  await forgetUserTrust();
  expect(await readUserTrust()).toBeNull();
  await forgetUserTrust();
});

test('a text without certificates changes nothing', async () => {
  await importUserTrust(pem('AAAA'), '2026-11-21');
  expect(await importUserTrust('<html>Not found</html>', '2026-11-22')).toBe(0);
  expect((await readUserTrust())?.issued).toBe('2026-11-21');
});

test('each certificate once, whole, with plain line ends', () => {
  const text = `${pem('AAAA', '\r\n')}\n${pem('AAAA')}\n-----BEGIN CERTIFICATE-----\ncut off`;
  expect(certificatesOf(text)).toEqual([pem('AAAA')]);
  expect(certificatesOf(pem('<script>'))).toEqual([]);
});
