import { expect, test } from 'vitest';
import { createExifDecoder } from './exif-client';

const never = new AbortController().signal;

const reader = () => new Worker(new URL('./exif.worker.ts', import.meta.url), { type: 'module' });

function worker(code: string): Worker {
  return new Worker(URL.createObjectURL(new Blob([code], { type: 'text/javascript' })), { type: 'module' });
}

const spins = () => worker('onmessage = () => { for (;;); };');

/** Big-endian TIFF with one entry: Make (0x010F), ASCII, "Leica". */
const tiff = () =>
  new Uint8Array([
    ...[0x4d, 0x4d, 0, 42, 0, 0, 0, 8],
    ...[0, 1],
    ...[0x01, 0x0f, 0, 2, 0, 0, 0, 6, 0, 0, 0, 26],
    ...[0, 0, 0, 0],
    ...[0x4c, 0x65, 0x69, 0x63, 0x61, 0],
  ]);

test('reads a block and leaves the bytes with the caller', async () => {
  const block = tiff();
  expect(await createExifDecoder(reader).decode(block, never)).toMatchObject({ Make: 'Leica' });
  expect(block).toHaveLength(tiff().length);
});

test('a reader that hangs is terminated, and the next block gets another', async () => {
  let spawned = 0;
  const decoder = createExifDecoder(() => {
    spawned += 1;
    return spawned === 1 ? spins() : reader();
  }, 4_000); // Ample for a sound reader to load, even on a busy machine.
  await expect(decoder.decode(tiff(), never)).rejects.toThrow('4000 ms');
  expect(await decoder.decode(tiff(), never)).toMatchObject({ Make: 'Leica' });
  expect(spawned).toBe(2);
});

test('a reader that crashes fails the block and nothing else', async () => {
  const decoder = createExifDecoder(() => worker('onmessage = () => { throw new Error("bad tag"); };'));
  await expect(decoder.decode(tiff(), never)).rejects.toThrow('bad tag');
});

test('an abort ends the reading', async () => {
  const abort = new AbortController();
  const reading = createExifDecoder(spins).decode(tiff(), abort.signal);
  abort.abort(new Error('enough'));
  await expect(reading).rejects.toThrow('enough');
});
