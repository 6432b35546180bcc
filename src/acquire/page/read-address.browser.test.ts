import { describe, expect, it } from 'vitest';
import { readAddress } from './read';

const address = (bytes: Uint8Array<ArrayBuffer>) =>
  URL.createObjectURL(new Blob([bytes], { type: 'image/png' }));

describe('readAddress', () => {
  it('gives the bytes and what the page calls them', async () => {
    const bytes = Uint8Array.from({ length: 1000 }, (_, at) => at % 251);
    const read = await readAddress(address(bytes), 1000);
    expect(read).toMatchObject({ ok: true, mime: 'image/png' });
    expect(read.ok && new Uint8Array(read.bytes)).toEqual(bytes);
  });

  it('stops at the cap', async () => {
    expect(await readAddress(address(new Uint8Array(1001)), 1000)).toEqual({
      ok: false,
      failure: 'file-too-large',
    });
  });

  it('says that a file is empty, or has gone', async () => {
    expect(await readAddress(address(new Uint8Array(0)), 1000)).toEqual({ ok: false, failure: 'empty-file' });
    const gone = address(new Uint8Array(10));
    URL.revokeObjectURL(gone);
    expect(await readAddress(gone, 1000)).toEqual({ ok: false, failure: 'fetch-refused' });
  });
});
